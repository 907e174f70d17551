"""Text that can be selected and never loads anything: what prose, plain text and tables share."""

from PySide6.QtCore import QByteArray, QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QKeySequence, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from app.ui.chat.formula_document import readable_selection
from app.ui.chat.style import Style

# Keys that move the page, not the text cursor.
PAGE_KEYS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space)


_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def is_by_keyboard(event: QFocusEvent) -> bool:
    """A click shows where it went; a key must be shown a ring."""
    return event.reason() in _KEYBOARD


class TextBlock(QTextBrowser):
    """As high as its text, without scroll bars; links, images and files are only ever named."""

    link_clicked = Signal(str)
    text_selected = Signal()
    focus_shown = Signal(object, bool)  # this widget; whether a ring belongs around it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Otherwise a widget that is resized while it is hidden is laid out anew when it is shown.
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.anchorClicked.connect(self._on_anchor_clicked)
        self.selectionChanged.connect(self._on_selection_changed)

    def set_style(self, style: Style) -> None:
        self.setPalette(style.text_palette)
        self.setFont(style.body)
        self.document().setDefaultFont(style.body)

    def widget(self) -> QWidget:
        return self

    def loadResource(self, kind: int, name: QUrl | str) -> QImage | QByteArray:
        """Nothing, ever: no picture, no style sheet, from no network, disk or share.

        Nothing must be something: given a null value, QTextDocument opens the local file itself,
        and given an image without pixels, Qt's image handler does (qtextdocument.cpp,
        QTextDocument::loadResource; qtextimagehandler.cpp, getPixmap; seen with Qt 6.11).
        """
        if kind == QTextDocument.ResourceType.ImageResource.value:
            image = QImage(1, 1, QImage.Format.Format_ARGB32)
            image.fill(Qt.GlobalColor.transparent)
            return image
        return QByteArray()

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(readable_selection(self.textCursor()))
        return data

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in PAGE_KEYS and not event.matches(QKeySequence.StandardKey.SelectAll):
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_shown.emit(self, is_by_keyboard(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Drop the selection when another text is chosen, so that only one is ever marked."""
        super().focusOutEvent(event)
        self.focus_shown.emit(self, False)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.MenuBarFocusReason,
        ):
            cursor = self.textCursor()
            cursor.clearSelection()
            self.setTextCursor(cursor)

    def begin_filling(self, width: int) -> QTextDocument:
        """The document, without a layout until ``end_filling``: in between, changes are cheap."""
        document: QTextDocument = self.document()
        document.setLayoutEnabled(False)
        self.resize(width, self.height())
        self.set_text_width(width)
        return document

    def end_filling(self) -> int:
        """Lay out what is there, once; returns its height."""
        self.document().setLayoutEnabled(True)
        return self.text_height()

    def set_text_width(self, width: int) -> None:
        """Qt lays all of the text out for this, even if the width is what it was."""
        self.setLineWrapColumnOrWidth(width)

    def text_height(self) -> int:
        return int(self.document().size().height() + 0.99)

    def _on_anchor_clicked(self, url: QUrl) -> None:
        self.link_clicked.emit(bytes(url.toEncoded().data()).decode())

    def _on_selection_changed(self) -> None:
        if self.hasFocus() and self.textCursor().hasSelection():
            self.text_selected.emit()
