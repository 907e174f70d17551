"""Above the list while it shows the trash or the archive: the way back, and what can be done."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton


class ShelfBar(QWidget):
    """Its buttons act on what is selected in the list."""

    back_requested = Signal()
    restore_requested = Signal()
    delete_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._back = IconButton("previous", self.tr("Back to the chats"))
        self._back.clicked.connect(self.back_requested)
        self._title = QLabel()
        self._title.setProperty("kind", "heading")
        self._note = QLabel()
        self._note.setProperty("kind", "caption")
        self._note.setWordWrap(True)
        self._note.setContentsMargins(10, 0, 10, 0)
        self.restore = QPushButton(self.tr("Restore"))
        self.restore.clicked.connect(self.restore_requested)
        self.delete = QPushButton(self.tr("Delete…"))
        self.delete.clicked.connect(self.delete_requested)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._back)
        head.addWidget(self._title, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(9, 0, 9, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self.restore)
        buttons.addWidget(self.delete)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._note)
        column.addLayout(buttons)
        self.hide()

    def show_trash(self) -> None:
        self._title.setText(self.tr("Trash"))
        self._note.setText(self.tr("Chats are kept here for 30 days."))
        self.restore.setText(self.tr("Restore"))
        self.delete.show()
        self.show()

    def show_archive(self) -> None:
        self._title.setText(self.tr("Archive"))
        self._note.setText(self.tr("Out of the way, and found when you search."))
        self.restore.setText(self.tr("Put back"))
        self.delete.hide()
        self.show()

    def set_selected(self, count: int) -> None:
        self.restore.setEnabled(count > 0)
        self.delete.setEnabled(count > 0)

    def set_theme(self, theme: Theme) -> None:
        self._back.set_theme(theme)
