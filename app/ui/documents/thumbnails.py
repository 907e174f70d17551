"""Small pictures of all pages, in a column: a click goes to the page."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.documents.page_view import SETTLE_MS
from app.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex

WIDTH = 108
_PADDING, _NUMBER = 8, 18
_MOST_KEPT = 400  # about 60 kB each


class ThumbnailModel(QAbstractListModel):
    """One row a page; the display role is its number, the decoration its picture."""

    def __init__(self) -> None:
        super().__init__()
        self._sizes: Sequence[tuple[float, float]] = ()
        self._pictures: OrderedDict[int, QImage] = OrderedDict()

    def show_pages(self, sizes: Sequence[tuple[float, float]]) -> None:
        self.beginResetModel()
        self._sizes = sizes
        self._pictures.clear()
        self.endResetModel()

    def height_of(self, row: int) -> int:
        """Of the picture in pixels."""
        width, height = self._sizes[row]
        return round(WIDTH * height / width) if width else WIDTH

    def scale_of(self, row: int) -> float:
        """Pixels per point."""
        return WIDTH / (self._sizes[row][0] or 1.0)

    def has(self, number: int) -> bool:
        return number in self._pictures

    def put(self, number: int, picture: QImage) -> None:
        self._pictures[number] = picture
        if len(self._pictures) > _MOST_KEPT:
            self._pictures.popitem(last=False)
        index = self.index(number - 1)
        self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._sizes)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{index.row() + 1}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.tr("Page {number}").format(number=index.row() + 1)
            case Qt.ItemDataRole.DecorationRole:
                return self._pictures.get(index.row() + 1)
        return None


class ThumbnailDelegate(QStyledItemDelegate):
    def __init__(self, model: ThumbnailModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = self._model.height_of(index.row())
        return QSize(WIDTH + 2 * _PADDING, height + _NUMBER + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        height = self._model.height_of(index.row())
        left = option.rect.left() + (option.rect.width() - WIDTH) // 2
        place = QRect(left, option.rect.top() + _PADDING, WIDTH, height)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if picture is None:
            painter.fillRect(place, Qt.GlobalColor.white)
        else:
            painter.drawImage(place, picture)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        width = self.theme.size("focus_ring") if is_current else 1
        painter.setPen(QPen(self.theme.color("accent" if is_current else "line"), width))
        painter.drawRect(place)
        painter.setPen(self.theme.color("text" if is_current else "muted"))
        painter.setFont(self.theme.font("caption"))
        number = QRect(left, place.bottom() + 2, WIDTH, _NUMBER)
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, index.data())


class Thumbnails(QListView):
    """Asks only for the pictures in sight."""

    page_chosen = Signal(int)
    pictures_wanted = Signal(object, float)  # page numbers, pixels per point

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("thumbnails")
        self.pages = ThumbnailModel()
        self.setModel(self.pages)
        self._delegate = ThumbnailDelegate(self.pages, Theme.load("light"))
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH + 2 * _PADDING + 16)
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._name()

    def show_current(self, number: int) -> None:
        index = self.pages.index(number - 1)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self._on_scrolled()

    def set_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_scrolled()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._name()
        super().changeEvent(event)

    def _name(self) -> None:
        self.setAccessibleName(self.tr("All pages"))

    def _on_scrolled(self) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def _ask(self) -> None:
        if not self.isVisible() or not self.pages.rowCount():
            return
        first = self.indexAt(self.viewport().rect().topLeft())
        last = self.indexAt(self.viewport().rect().bottomLeft())
        top = max(first.row(), 0)
        bottom = last.row() if last.isValid() else self.pages.rowCount() - 1
        missing = [n + 1 for n in range(top, bottom + 1) if not self.pages.has(n + 1)]
        scale = self.pages.scale_of(top) * self.devicePixelRatioF()
        self.pictures_wanted.emit(missing, round(scale, 3))

    def _on_chosen(self, index: QModelIndex) -> None:
        self.page_chosen.emit(index.row() + 1)
