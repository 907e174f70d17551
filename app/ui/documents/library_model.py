"""The item model of the document library: one row a document, with its state in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.storage.documents_rows import Document
from app.ui.error_words import sentence
from app.ui.words import bytes_in_words

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Warmth:
    """The model's state of a document on disk, or how far making it is."""

    size_bytes: int = 0
    fraction: float | None = None  # 0 to 1 while it is being made


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What the delegate paints. ``fraction`` None where nothing is under way."""

    document: Document
    state: str
    fraction: float | None = None
    is_failed: bool = False
    badge: str = ""


class LibraryModel(QAbstractListModel):
    """Rows keep their places; ``show_documents`` changes what has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[DocumentRow] = []

    def show_documents(self, documents: Sequence[Document], warm: Mapping[int, Warmth]) -> None:
        old = self._rows
        self._rows = [self._row(found, warm.get(found.id)) for found in documents]
        if [row.document.id for row in old] != [row.document.id for row in self._rows]:
            self.beginResetModel()
            self.endResetModel()
            return
        for number, row in enumerate(self._rows):
            if row != old[number]:
                self.dataChanged.emit(self.index(number), self.index(number))

    def document(self, index: Index) -> Document:
        return self._rows[index.row()].document

    @property
    def has_failed(self) -> bool:
        return any(row.is_failed for row in self._rows)

    def row_of(self, document_id: int) -> int | None:
        return next((n for n, row in enumerate(self._rows) if row.document.id == document_id), None)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.document.name
            case Qt.ItemDataRole.ToolTipRole:
                return f"{row.document.path}\n{row.state}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return ". ".join(filter(None, (row.document.name, row.state, row.badge)))
            case _ if role == ROW_ROLE:
                return row
        return None

    def _row(self, document: Document, warm: Warmth | None) -> DocumentRow:
        badge, fraction = "", self._fraction(document)
        if warm is not None and warm.fraction is not None:
            badge = self.tr("Reading ahead, {percent} %").format(percent=int(warm.fraction * 100))
            fraction = warm.fraction
        elif warm is not None:
            badge = self.tr("Warm, {size}").format(size=bytes_in_words(warm.size_bytes))
        failed = document.state == "failed"
        return DocumentRow(document, self._state(document), fraction, failed, badge)

    def _fraction(self, document: Document) -> float | None:
        if document.state == "imported" and document.pages and not document.is_paused:
            return document.pages_done / document.pages
        return None

    def _state(self, document: Document) -> str:
        if document.state == "failed":
            return sentence(document.error)
        words = [self.tr("%n page(s)", "", document.pages)] if document.pages else []
        if document.is_paused:
            words.append(self.tr("Paused"))
        elif document.state == "imported":
            done = self.tr("reading page {number}").format(number=f"{document.pages_done:,}")
            words.append(done if document.pages else self.tr("Waiting to be read"))
        elif document.state == "text ready":
            words.append(self.tr("Text ready, being indexed"))
        elif document.state == "indexed":
            words.append(self.tr("Indexed"))
        if document.ocr_pages and not document.notices:  # they name the pages
            words.append(self.tr("%n page(s) read by OCR", "", document.ocr_pages))
        if document.newer_id is not None:
            words.append(self.tr("An older version"))
        words.append(bytes_in_words(document.size_bytes))
        words += map(sentence, document.notices)
        return " · ".join(words)
