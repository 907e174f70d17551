"""An answer as markdown that keeps its proof when it leaves the chat: quotes become footnotes."""

from collections.abc import Mapping
from functools import reduce

from PySide6.QtCore import QCoreApplication

from app.chat.messages import Message
from app.documents.citation import Citation, CitationStatus
from app.documents.values import Place
from app.ui.chat.proof_words import coverage, verified
from app.ui.error_words import in_a_row, sentence


def with_footnotes(message: Message, names: Mapping[int, str] | None = None) -> str:
    """The text with a mark after each quote, and below it where each was found and how much was
    read, in the language of the window; ``names`` are those of the documents by id.
    """
    proof = message.proof
    if proof is None:
        return message.text
    text = message.text
    marked, at = "", 0
    notes = []
    for number, citation in enumerate(proof.citations, 1):
        end = min(max(citation.answer_end, at), len(text))
        marked += f"{text[at:end]}[^{number}]"
        at = end
        notes.append(f"[^{number}]: {_note(citation, names or {})}")
    said = [words for words in (coverage(proof.coverage), verified(proof)) if words]
    summary = f"*{reduce(in_a_row, said)}*" if said else ""
    blocks = [marked + text[at:], summary, "\n".join(notes)]
    return "\n\n".join(block.rstrip() for block in blocks if block.strip())


def _note(citation: Citation, names: Mapping[int, str]) -> str:
    quote = " ".join(citation.quote.split())
    status = _statuses()[citation.status]
    places = dict.fromkeys(_place(place, names) for place in citation.places)
    if places and citation.status != "unverified":
        words = _tr("“{quote}” {places}. {status}.")
        said = words.format(quote=quote, places=_tr("; ").join(places), status=status)
    else:
        said = _tr("“{quote}” {status}.").format(quote=quote, status=status)
    return in_a_row(said, sentence(citation.reason)) if citation.reason else said


def _place(place: Place, names: Mapping[int, str]) -> str:
    name = names.get(place.document_id)
    if name is None:
        return _tr("Page {page}").format(page=place.page)
    return _tr("{name}, page {page}").format(name=name, page=place.page)


def _statuses() -> dict[CitationStatus, str]:
    return {
        "verified": _tr("Verified"),
        "close": _tr("Close"),
        "ambiguous": _tr("In several places"),
        "unverified": _tr("Not verified"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("Footnotes", text)
