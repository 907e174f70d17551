"""An answer as markdown that keeps its proof when it leaves the chat: quotes become footnotes."""

from collections.abc import Mapping

from app.chat.messages import Message
from app.documents.citation import Citation, verified_words

_STATUS = {
    "verified": "verified",
    "close": "close",
    "ambiguous": "in several places",
    "unverified": "not verified",
}


def with_footnotes(message: Message, names: Mapping[int, str] | None = None) -> str:
    """The text with a mark after each quote, and below it where each was found and how much was
    read; ``names`` are those of the documents by id.
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
    coverage = proof.coverage.words if proof.coverage else ""
    summary = " ".join(words for words in (coverage, verified_words(proof.citations)) if words)
    blocks = [marked + text[at:], f"*{summary}*" if summary else "", "\n".join(notes)]
    return "\n\n".join(block.rstrip() for block in blocks if block.strip())


def _note(citation: Citation, names: Mapping[int, str]) -> str:
    quote = " ".join(citation.quote.split())
    found = [
        f"{names.get(place.document_id, f'document {place.document_id}')}, page {place.page}"
        for place in citation.places
    ]
    places = "; ".join(dict.fromkeys(found))
    where = "" if citation.status == "unverified" else f" {places}."
    reason = f" {citation.reason}" if citation.reason else ""
    return f"“{quote}”{where} {_STATUS[citation.status].capitalize()}.{reason}"
