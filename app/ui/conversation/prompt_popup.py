"""The prompts that fit what is typed after a slash, over the conversation."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

_MOST_SHOWN = 6
_TEXT_ROLE = Qt.ItemDataRole.UserRole + 1
_GAP, _INSET = 16, 12
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class PromptPopup(QListWidget):
    """While it is open, the arrows, Enter, Tab and Esc of the field belong to it."""

    chosen = Signal(str)

    def __init__(self, field: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Prompts"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_PromptDelegate(self))
        self.itemClicked.connect(self._on_clicked)
        field.installEventFilter(self)
        self._field = field
        self.hide()

    def show_prompts(self, prompts: Sequence[tuple[str, str]]) -> None:
        """Names and texts; none closes it."""
        self.clear()
        for name, text in prompts:
            item = QListWidgetItem(f"/{name}", self)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setData(_TEXT_ROLE, " ".join(text[:400].split()))
            item.setToolTip(text)
        self.setVisible(bool(prompts))
        if not prompts:
            return
        self.setCurrentRow(0)
        self.raise_()
        QTimer.singleShot(0, self, self._place)  # once the field has the height of its new text

    def _place(self) -> None:
        rows = min(self.count(), _MOST_SHOWN)
        height = rows * self.sizeHintForRow(0) + 2 * self.frameWidth() + 2
        box = self._field.parentWidget()
        place = box.mapTo(self.parentWidget(), box.rect().topLeft())
        self.setGeometry(place.x(), place.y() - height - 4, box.width(), height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.isVisible() or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if event.type() == QEvent.Type.ShortcutOverride and key == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress or event.modifiers():
            return super().eventFilter(watched, event)
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in _STEPS:
            self.setCurrentRow((self.currentRow() + _STEPS[key]) % self.count())
        elif key in _TAKE:
            self._on_clicked(self.currentItem())
        else:
            return super().eventFilter(watched, event)
        return True

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class _PromptDelegate(QStyledItemDelegate):
    """The name, and what the prompt says in a column of its own, as far as it fits."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        option.text = " "  # the style paints the ground alone, as high as a line

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(option.font)
        model, metrics = index.model(), painter.fontMetrics()
        widest = max(
            metrics.horizontalAdvance(model.index(row, 0).data()) for row in range(model.rowCount())
        )
        area = option.rect.adjusted(_INSET, 0, -_INSET, 0)
        name = QRect(area.topLeft(), area.size())
        name.setWidth(min(widest + 2, area.width() // 2))
        self._draw(painter, name, index.data(), QPalette.ColorRole.Text)
        text = area.adjusted(name.width() + _GAP, 0, 0, 0)
        self._draw(painter, text, index.data(_TEXT_ROLE), QPalette.ColorRole.PlaceholderText)
        painter.restore()

    def _draw(self, painter: QPainter, area: QRect, said: str, role: QPalette.ColorRole) -> None:
        """On one line with the words beside it, whatever fonts the letters come from."""
        metrics = painter.fontMetrics()
        base = area.top() + (area.height() + metrics.ascent() - metrics.descent()) // 2
        painter.setPen(self.parent().palette().color(role))
        shown = metrics.elidedText(said, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area.left(), base, shown)
