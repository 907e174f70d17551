"""What Doorstep is, and the licences of everything in it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QPushButton, QWidget

from app import __version__
from app.ui.settings.licences import Library
from app.ui.settings.sections import Section
from app.ui.widgets.card import words

_LIST_ROWS = 7


class About(Section):
    """The list of libraries is read when it is asked for."""

    licences_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.set_title(self.tr("About Doorstep"))
        self.set_note(
            self.tr("Version {version}. Runs language models on your own computer.").format(
                version=__version__
            )
        )
        self.column.addWidget(
            words(
                self.tr(
                    "Doorstep is free software under the Apache License 2.0. It uses Qt under the "
                    "GNU LGPL 3: you may replace the Qt libraries in its folder with your own."
                ),
                "secondary",
            )
        )
        self.button = QPushButton(self.tr("Show licences"))
        self.button.clicked.connect(self.licences_requested)
        self.column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.list = QListWidget()
        self.list.setObjectName("plainList")
        self.list.setAccessibleName(self.tr("Libraries"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._on_current)
        self.text = QPlainTextEdit()
        self.text.setObjectName("url")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Text of the licence"))
        for part in (self.list, self.text):
            self.column.addWidget(part)
            part.hide()

    def show_libraries(self, libraries: list[Library]) -> None:
        self.list.clear()
        for library in libraries:
            parts = (f"{library.name} {library.version}".strip(), library.licence)
            item = QListWidgetItem(" · ".join(part for part in parts if part))
            item.setData(Qt.ItemDataRole.UserRole, library.text)
            self.list.addItem(item)
        self.button.hide()
        row = self.list.sizeHintForRow(0)
        for part in (self.list, self.text):
            part.setFixedHeight(row * _LIST_ROWS + 10)
            part.show()
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _on_current(self, item: QListWidgetItem | None) -> None:
        text = item.data(Qt.ItemDataRole.UserRole) if item is not None else ""
        self.text.setPlainText(text or self.tr("Its package comes without the text."))
