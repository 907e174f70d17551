"""Asks before a link opens, and shows the whole address it leads to."""

from math import ceil

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.widgets.dialog_size import dialog_width

_LINES_SHOWN = 8  # the rest scrolls
_FIELD_PADDING = 14


def web_address(untrusted_url: str) -> QUrl | None:
    """The address, or None for anything that is not a complete http or https URL."""
    if any(not character.isprintable() for character in untrusted_url):
        return None
    url = QUrl(untrusted_url.strip(), QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme() not in ("http", "https") or not url.host():
        return None
    return url


class LinkDialog(QDialog):
    """Open or Cancel; Cancel is what Enter and Esc do."""

    confirmed = Signal(QUrl)

    def __init__(self, url: QUrl, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._url = url
        self.setWindowTitle(self.tr("Open this link?"))
        width = dialog_width(theme, parent)
        self.setFixedWidth(width)
        self._inner_width = width - 2 * theme.size("space_5")
        self._address = self._address_field(url)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._label(self.tr("Open this link in your browser?"), "title"))
        column.addWidget(
            self._label(
                self.tr("It leaves Doorstep and goes to {host}.").format(host=_host(url)),
                "secondary",
            )
        )
        column.addWidget(self._address)
        column.addSpacing(4)
        column.addLayout(self._buttons())
        self._cancel.setFocus()

    @property
    def shown_address(self) -> str:
        return self._address.toPlainText()

    def accept(self) -> None:
        super().accept()
        self.confirmed.emit(self._url)

    def _label(self, text: str, kind: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("kind", kind)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.ensurePolished()
        label.setFixedHeight(label.heightForWidth(self._inner_width))
        return label

    def _address_field(self, url: QUrl) -> QPlainTextEdit:
        """The whole address, wrapped at any character and never elided."""
        field = QPlainTextEdit(_whole(url))
        field.setObjectName("url")
        field.setReadOnly(True)
        field.setAccessibleName(self.tr("Whole address"))
        field.setTabChangesFocus(True)
        field.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        option = field.document().defaultTextOption()
        option.setWrapMode(option.WrapMode.WrapAnywhere)
        field.document().setDefaultTextOption(option)
        field.ensurePolished()
        line = ceil(QFontMetricsF(field.font()).height()) + 1  # as the text is laid out
        wide = field.fontMetrics().horizontalAdvance(field.toPlainText())
        lines = 1 + wide // (self._inner_width - 2 * _FIELD_PADDING)
        field.setFixedHeight(min(lines, _LINES_SHOWN) * line + 2 * _FIELD_PADDING)
        return field

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        self.open_button = QPushButton(self.tr("Open link"))
        self.open_button.setAutoDefault(False)
        self.open_button.clicked.connect(self.accept)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setDefault(True)
        self._cancel.clicked.connect(self.reject)
        row.addWidget(self.open_button)
        row.addWidget(self._cancel)
        return row


def _host(url: QUrl) -> str:
    """The host in the form the network uses: look-alike letters show as punycode."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded)


def _whole(url: QUrl) -> str:
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
