"""Citations in the text of an answer: a number after each quote, and what they come to below."""

import re
from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.chat.messages import CitationsPart, DocumentsPart
from app.documents.citation import Citation
from app.ui.chat.proof_words import coverage, verified
from app.ui.chat.rows import Row, RowKind
from app.ui.error_words import in_a_row, sentence

if TYPE_CHECKING:
    from app.storage.conversations import StoredMessage

DOUBTFUL = "?"

_LINK = re.compile(r"doorstep:cite/(\d+)/(\d+)")
_REFERENCE = re.compile(r"\s*[\[【（(][^\[\]【】()（）\n]{1,80}[\]】）)]\s*\Z")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)


def with_marks(text: str, message_id: int, proof: CitationsPart | None) -> str:
    """The answer with a link after each quote, in the place of the reference that the model wrote.

    A quote that is not proven has a question mark. Those in code blocks get no link: there, it
    would be text.
    """
    if proof is None:
        return text
    parts, at = [], 0
    for number, citation in _in_order(proof):
        end = citation.answer_end
        if not at <= end <= len(text) or _is_in_code(text, end):
            continue
        quote = _REFERENCE.sub("", text[at:end])
        link = f"[{_label(number, citation)}](doorstep:cite/{message_id}/{number})"
        parts.append(f"{quote} {link}")
        at = end
    return "".join([*parts, text[at:]])


def cited(url: str) -> tuple[int, int] | None:
    """Message and number of a citation's link; None for any other link."""
    found = _LINK.fullmatch(url)
    return (int(found[1]), int(found[2])) if found else None


def numbered(proof: CitationsPart) -> list[tuple[int, Citation]]:
    """The citations with the numbers they have in the text."""
    return list(enumerate(proof.citations, 1))


def proof_rows(message: "StoredMessage") -> list[Row]:
    """Below an answer: how much was read, how many quotes are proven, and each that is not."""
    proof = message.message.proof
    if proof is None or message.state == "streaming":
        return []
    said = [words for words in (verified(proof), coverage(proof.coverage)) if words]
    rows = [Row(RowKind.NOTE, reduce(in_a_row, said), info="muted", gap=8)] if said else []
    for number, citation in numbered(proof):
        if citation.status in ("unverified", "close"):
            rows.append(Row(RowKind.NOTE, _doubt(number, citation), info="warn", gap=4))
    return rows


def document_rows(part: DocumentsPart) -> list[Row]:
    """Above a question: what it is about."""
    names = [
        _tr("{name} ({pages})").format(name=found.name, pages=_tr("%n page(s)", found.pages))
        if found.pages
        else found.name
        for found in part.documents
    ]
    words = _tr("About {documents}").format(documents=_tr(", ").join(names))
    return [Row(RowKind.NOTE, words, info="about", gap=0)]


def _label(number: int, citation: Citation) -> str:
    """The number and the page of what was found; Qt takes no brackets in the name of a link."""
    doubt = "" if citation.status in ("verified", "ambiguous") else DOUBTFUL
    page = citation.places[0].page if citation.places and not doubt else citation.page
    words = _tr("{number} · p. {page}") if page else "{number}"
    return words.format(number=number, page=page).replace(" ", "\u00a0") + doubt


def _doubt(number: int, citation: Citation) -> str:
    if citation.status == "close":
        words = _tr("[{number}] differs a little from the document. {reason}")
    else:
        words = _tr("[{number}] unverified. {reason}")
    return words.format(number=number, reason=sentence(citation.reason)).strip()


def _in_order(proof: CitationsPart) -> list[tuple[int, Citation]]:
    return sorted(numbered(proof), key=lambda found: found[1].answer_end)


def _is_in_code(text: str, at: int) -> bool:
    """Whether a fenced block that began before has not ended here."""
    return len(_FENCE.findall(text[:at])) % 2 == 1


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Citations", text, None, count)
