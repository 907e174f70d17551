"""The text of a document without pictures of its pages, with the same marks on it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from app.documents.values import Page
from app.ui.documents.page_view import FLASH_MS
from app.ui.theme import Theme

Range = tuple[int, int]  # characters of a page's text


class TextPages(QPlainTextEdit):
    """Pages one after another, each under its label. Characters are counted within a page."""

    page_changed = Signal(int)
    text_selected = Signal(int, object)  # page, Range or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._pages: list[Page] = []
        self._starts: list[int] = []  # where each page's own text begins
        self._marks: Mapping[int, Sequence[Range]] = {}
        self._tone = "found"
        self._current = 1
        self.setObjectName("documentText")
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            self.textInteractionFlags() | self.textInteractionFlags().TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(24)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.selectionChanged.connect(self._on_selected)
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(FLASH_MS)
        self._flash.timeout.connect(self._paint_marks)
        self._name()

    def show_pages(self, pages: Sequence[Page]) -> None:
        """All of them; long documents are laid out by Qt as they come into sight."""
        self._starts, parts, at = [], [], 0
        for page in pages:
            head = f"{page.label or self.tr('Part {number}').format(number=page.number)}\n\n"
            # One character for one: Qt would turn these into line ends or drop them.
            text = page.text.translate(_SAME_LENGTH)
            self._starts.append(at + _qt_length(head))
            parts.append(f"{head}{text}\n\n")
            at += _qt_length(parts[-1])
        self._marks, self._pages = {}, list(pages)
        self.setPlainText("".join(parts))

    def mark(self, marks: Mapping[int, Sequence[Range]], tone: str = "found") -> None:
        self._marks, self._tone = marks, tone
        self._paint_marks()

    def flash(self) -> None:
        self._paint_marks(is_strong=True)
        self._flash.start()

    def go_to(self, number: int, start: int = 0) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(number, start))
        self.setTextCursor(cursor)
        self.centerCursor()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint_marks()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._name()
        super().changeEvent(event)

    def _name(self) -> None:
        self.setAccessibleName(self.tr("Text of the document"))

    def _position(self, number: int, start: int) -> int:
        """In Qt's count, where a character beyond the first plane is two."""
        text = self._pages[number - 1].text[:start]
        return self._starts[number - 1] + _qt_length(text)

    def _paint_marks(self, *, is_strong: bool = False) -> None:
        shown = QTextCharFormat()
        shown.setBackground(self._theme.color("found_now" if is_strong else self._tone))
        if is_strong:
            shown.setForeground(self._theme.color("on_found"))
        selections = []
        for number, ranges in self._marks.items():
            for start, end in ranges:
                selection = QTextEdit.ExtraSelection()
                selection.format = shown
                selection.cursor = QTextCursor(self.document())
                selection.cursor.setPosition(self._position(number, start))
                selection.cursor.setPosition(
                    self._position(number, end), QTextCursor.MoveMode.KeepAnchor
                )
                selections.append(selection)
        self.setExtraSelections(selections)

    def _on_scrolled(self) -> None:
        first = self.firstVisibleBlock().position()
        number = max(1, bisect_right(self._starts, first + 1))
        if number != self._current and self._starts:
            self._current = number
            self.page_changed.emit(number)

    def _on_selected(self) -> None:
        cursor = self.textCursor()
        if not cursor.hasSelection() or not self._starts:
            self.text_selected.emit(1, None)
            return
        number = max(1, bisect_right(self._starts, cursor.selectionStart()))
        begin = self._starts[number - 1]
        text = self._pages[number - 1].text
        start = _characters(text, cursor.selectionStart() - begin)
        end = _characters(text, cursor.selectionEnd() - begin)
        self.text_selected.emit(number, (start, min(end, len(text))))


_SAME_LENGTH = str.maketrans("\u2028\u2029\r\f\v\ufdd0\ufdd1", "\n\n     ")


def _qt_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """How many characters so many UTF-16 units are."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))
