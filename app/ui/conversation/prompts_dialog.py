"""The prompt library: names on the left, the text of the chosen one on the right."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.conversation.prompt_text import gap
from app.ui.theme import Theme
from app.ui.widgets.card import words
from app.ui.widgets.line_field import LineField


class PromptsDialog(QDialog):
    """Changes are kept as soon as they are saved; who listens stores them."""

    saved = Signal(str, str)  # name, text
    removed = Signal(str)

    def __init__(self, prompts: Mapping[str, str], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._prompts = dict(prompts)
        self.setModal(True)
        self.setWindowTitle(self.tr("Prompts"))
        room = parent.window().size() - QSize(64, 64)
        self.resize(QSize(theme.size("column"), theme.size("dialog")).boundedTo(room))
        self.names = QListWidget()
        self.names.setObjectName("dialogList")
        self.names.setAccessibleName(self.tr("Prompts"))
        self.names.currentTextChanged.connect(self._show)
        self.name = LineField()
        self.name.setMaxLength(40)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.setPlaceholderText(self.tr("Name, to be typed after a slash"))
        self.name.textChanged.connect(self._on_changed)
        self.text = QPlainTextEdit()
        self.text.setObjectName("dialogText")
        self.text.setAccessibleName(self.tr("Text"))
        self.text.setPlaceholderText(self.tr("Text"))
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._on_changed)
        use = self.tr("Type / and a name at the beginning of a message to use a prompt.")
        gaps = self.tr("{gap} in its text is a gap to fill in.").format(gap=gap(self.tr("topic")))
        hint = words(f"{use}\n{gaps}", "caption")
        right = QVBoxLayout()
        right.setSpacing(8)
        for part in (self.name, self.text, hint):
            right.addWidget(part)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self.names, 2)
        columns.addLayout(right, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(words(self.windowTitle(), "title"))
        column.addLayout(columns)
        column.addLayout(self._buttons())
        self._list("")

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.add = QPushButton(self.tr("New prompt"))
        self.add.clicked.connect(self._on_add)
        self.remove = QPushButton(self.tr("Delete prompt"))
        self.remove.setProperty("kind", "danger")
        self.remove.clicked.connect(self._on_remove)
        self.save = QPushButton(self.tr("Save"))
        self.save.setProperty("kind", "primary")
        self.save.clicked.connect(self._on_save)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.accept)
        for button in (self.add, self.remove, self.save, close):
            button.setAutoDefault(False)
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addStretch()
        row.addWidget(self.save)
        row.addWidget(close)
        return row

    def _list(self, current: str) -> None:
        self.names.clear()
        self.names.addItems(sorted(self._prompts))
        rows = [n for n in range(self.names.count()) if self.names.item(n).text() == current]
        self.names.setCurrentRow(rows[0] if rows else 0)
        self._on_changed()

    def _show(self, name: str) -> None:
        self.name.setText(name)
        self.text.setPlainText(self._prompts.get(name, ""))

    def _on_changed(self) -> None:
        name, text = self.name.text().strip(), self.text.toPlainText()
        is_known = name in self._prompts
        self.remove.setEnabled(is_known)
        is_new = not is_known or self._prompts[name] != text
        self.save.setEnabled(bool(name) and " " not in name and bool(text.strip()) and is_new)

    def _on_add(self) -> None:
        self.names.setCurrentRow(-1)
        self._show("")
        self.name.setFocus()

    def _on_save(self) -> None:
        name, text = self.name.text().strip(), self.text.toPlainText()
        self._prompts[name] = text
        self.saved.emit(name, text)
        self._list(name)

    def _on_remove(self) -> None:
        name = self.name.text().strip()
        del self._prompts[name]
        self.removed.emit(name)
        self._list("")
