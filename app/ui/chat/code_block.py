"""Code: its language and a Copy button above, the lines below, highlighted once it is finished."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QTextBlock, QTextLayout
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.chat import words
from app.ui.chat.code_view import CodeView
from app.ui.chat.copy_button import CopyButton
from app.ui.chat.highlighting import LONGEST, Lexers, tokens_of
from app.ui.chat.idle_queue import IdleQueue, Job
from app.ui.chat.quiet_button import paint_focus_ring
from app.ui.chat.rows import Row
from app.ui.chat.style import Style

_HEADER_AROUND = 24  # pixels above and below the language
SIDE = 16
BELOW = 12
# Longer listings give the view only the lines in sight: it lays out every line above them.
_WINDOWED = 120


class CodeBlock(QWidget):
    """Shows a code row. ``append_text`` adds to a fence that is still open."""

    def __init__(self, idle: IdleQueue, lexers: Lexers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._idle = idle
        self._lexers = lexers
        self._style: Style | None = None
        self._header = 0
        self._showings = 0  # a job that was started for an earlier showing stops
        self._lines = 1
        self._widest = 0.0
        self._span = (0, 1 << 24)
        self._language = QLabel(self)
        self._language.setTextFormat(Qt.TextFormat.PlainText)
        self._copy = CopyButton(self)
        self.view = CodeView(self)
        self.view.focus_shown.connect(self._on_focus_shown)
        self._is_ringed = False
        self.setFocusProxy(self.view)

    def set_style(self, style: Style) -> None:
        self._style = style
        self._header = _HEADER_AROUND + style.theme.size("caption")
        self._language.setPalette(style.muted_palette)
        self._language.setFont(style.caption)
        self._copy.set_style(style)
        self.view.setPalette(style.text_palette)
        self.view.setFont(style.code)
        self.view.setTabStopDistance(4 * QFontMetricsF(style.code).horizontalAdvance(" "))

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        self._showings += 1
        self._language.setText(row.info or words.code_without_language())
        self._copy.source = row.source
        self.view.setPlainText(row.text)
        self.view.horizontalScrollBar().setValue(0)
        self._lines = self.view.blockCount()
        self._widest = self._widest_of(row.text)
        self.view.setAccessibleName(words.code(row.info, self._lines))
        if not row.is_open:
            self._idle.add(self._highlighted(row))
        return self._height(width)

    def append_text(self, row: Row, text: str, width: int) -> int:
        """More of an open fence; costs what is new."""
        self.view.append_text(text)
        self._copy.source = row.source
        self._lines = self.view.blockCount()
        self._widest = max(self._widest, self._widest_of(row.text[-len(text) - 400 :]))
        return self._height(width)

    def seal(self, row: Row, width: int) -> int:
        """The fence is closed and the text already here: highlight it."""
        self._copy.source = row.source
        self._idle.add(self._highlighted(row))
        return self._height(width)

    def set_visible_span(self, top: int, bottom: int) -> None:
        """Which part of this widget, in its own pixels, can be seen."""
        if (top, bottom) != self._span:
            self._span = (top, bottom)
            if self._lines > _WINDOWED:
                self._place_view()

    def resizeEvent(self, event: object) -> None:
        hint = self._copy.sizeHint()
        self._copy.setGeometry(
            self.width() - hint.width() - 8, (self._header - hint.height()) // 2, *hint.toTuple()
        )
        self._language.setGeometry(SIDE, 0, self.width() // 2, self._header)
        self._place_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._style.sunken)
        radius = self._style.theme.size("radius_card")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self._is_ringed:
            paint_focus_ring(painter, QRectF(self.rect()), radius, self._style)
        painter.end()

    def _on_focus_shown(self, is_shown: bool) -> None:
        self._is_ringed = is_shown
        self.update()

    def _height(self, width: int) -> int:
        is_wide = self._widest > width - 2 * SIDE
        self.view.setHorizontalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn
            if is_wide
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        return self._header + self._lines_height() + self._bar_height() + BELOW

    def _lines_height(self) -> int:
        if self._lines > _WINDOWED:
            return self._lines * self.line_height
        return self.view.lines_height()

    def _bar_height(self) -> int:
        policy = self.view.horizontalScrollBarPolicy()
        if policy == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            return 0
        return self.view.horizontalScrollBar().sizeHint().height()

    @property
    def line_height(self) -> int:
        return self.view.line_height()

    def _place_view(self) -> None:
        """All lines; of a long listing only those in sight, scrolled to their place."""
        line, bar = self.line_height, self._bar_height()
        first, height = 0, self.height() - self._header - BELOW
        if self._lines > _WINDOWED:
            top, bottom = self._span
            first = max(0, min((top - self._header) // line - 2, self._lines - 1))
            last = min(self._lines, (bottom - self._header) // line + 3)
            height = max(1, last - first) * line + bar
        self.view.setGeometry(SIDE, self._header + first * line, self.width() - 2 * SIDE, height)
        self.view.verticalScrollBar().setValue(first)

    def _widest_of(self, text: str) -> float:
        """The width of the longest line, about: wide characters count twice."""
        longest = max(text.split("\n"), key=len)
        metrics = QFontMetricsF(self.view.font())
        if longest.isascii():
            return metrics.horizontalAdvance("m") * len(longest.expandtabs(4))
        return metrics.horizontalAdvance(longest[:2_000].expandtabs(4))

    def _highlighted(self, row: Row) -> Job:
        """Colour the code line by line, as long as this widget still shows the row."""
        showing = self._showings
        if row.styles is None:
            finding = self._lexers.find(row.info)
            while not finding.done():
                yield True
            lexer = finding.result() if len(row.text) <= LONGEST else None
            styles: list[tuple[int, int, str]] = []
            for style in tokens_of(row.text, lexer) if lexer is not None else ():
                styles.append(style)
                if len(styles) % 32 == 0:
                    yield False
            row.styles = styles
        block: QTextBlock = self.view.document().firstBlock()
        ranges: list[QTextLayout.FormatRange] = []
        for start, length, token in row.styles:
            if self._showings != showing or self._style is None:
                return
            form = self._style.syntax(token)
            end = start + length
            while form is not None and start < end and block.isValid():
                after = block.position() + block.length()
                if start >= after:
                    yield from self._colour(block, ranges)
                    block, ranges = block.next(), []
                    continue
                ranges.append(_range(start - block.position(), min(end, after) - start, form))
                start = min(end, after)
        if self._showings == showing:
            yield from self._colour(block, ranges)

    def _colour(self, block: QTextBlock, ranges: list[QTextLayout.FormatRange]) -> Job:
        if ranges and block.isValid():
            block.layout().setFormats(ranges)
            self.view.document().markContentsDirty(block.position(), block.length())
            yield False


def _range(start: int, length: int, form: object) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start, result.length, result.format = start, length, form
    return result
