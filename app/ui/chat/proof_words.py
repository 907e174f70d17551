"""How much of an answer is proven, and how much was read for it, in the user's language."""

from PySide6.QtCore import QCoreApplication

from app.chat.messages import CitationsPart
from app.documents.citation import Coverage


def verified(proof: CitationsPart) -> str:
    if not proof.citations:
        return ""
    count = sum(c.status == "verified" for c in proof.citations)
    words = _tr("{count} of %n quote(s) verified.", len(proof.citations))
    return words.format(count=f"{count:,}")


def coverage(found: Coverage | None) -> str:
    """What the model was given to read, as a sentence."""
    if found is None:
        return ""
    if found.mode == "passages":
        passages = _tr("%n passage(s)", found.passages)
        documents = _tr("of %n document(s)", found.documents_total)
        return _tr("{passages} {documents}.").format(passages=passages, documents=documents)
    if found.mode == "passes":
        words = _tr("Read {count} of %n page(s), in passes.", found.pages_total)
    else:
        words = _tr("Read {count} of %n page(s).", found.pages_total)
    return words.format(count=f"{found.pages_read:,}")


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Citations", text, None, count)
