"""The prompts that fit what is typed after a slash, over the conversation."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

_MOST_SHOWN = 6
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
        self.itemClicked.connect(self._on_clicked)
        field.installEventFilter(self)
        self._field = field
        self.hide()

    def show_prompts(self, prompts: Sequence[tuple[str, str]]) -> None:
        """Names and texts; none closes it."""
        self.clear()
        for name, text in prompts:
            item = QListWidgetItem(f"/{name}   {' '.join(text.split())[:80]}", self)
            item.setData(Qt.ItemDataRole.UserRole, name)
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
        place = self._field.mapTo(self.parentWidget(), self._field.rect().topLeft())
        self.setGeometry(place.x(), place.y() - height - 20, self._field.width(), height)

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
