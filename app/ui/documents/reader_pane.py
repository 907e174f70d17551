"""A document beside the chat: its pages, the way through them, and the citation that is shown."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.conversation.find_bar import FindBar
from app.ui.documents.page_view import ZOOM_STEP, PageView
from app.ui.documents.text_pages import TextPages
from app.ui.documents.thumbnails import Thumbnails
from app.ui.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton


class ReaderPane(QFrame):
    """Shows values and emits what the user did. ``[`` and ``]`` go from citation to citation."""

    closed = Signal()
    previous_requested = Signal()
    next_requested = Signal()
    page_chosen = Signal(int)
    ask_requested = Signal()  # about the selection

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reader")
        self.setAccessibleName(self.tr("Document"))
        self.view, self.text = PageView(), TextPages()
        self.thumbnails = Thumbnails()
        self.thumbnails.hide()
        self.state = QLabel()
        self.state.setProperty("kind", "secondary")
        self.state.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.state.setWordWrap(True)
        self.state.setMargin(24)
        self._stack = QStackedWidget()
        for part in (self.state, self.view, self.text):
            self._stack.addWidget(part)
        self.find_bar = FindBar(self._stack, self.tr("Find in this document"))
        self.ask = QPushButton(self.tr("Ask about this"), self._stack)
        self.ask.setProperty("kind", "pill")
        self.ask.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the selection must stay
        self.ask.clicked.connect(self.ask_requested)
        self.ask.hide()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.thumbnails)
        middle.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addLayout(self._tools())
        column.addLayout(middle, 1)
        column.addWidget(self._citation_bar())
        self._connect()
        self.hide()

    def show_state(self, words: str) -> None:
        """Instead of pages: what is going on, or why there are none."""
        self.state.setText(words)
        self._stack.setCurrentWidget(self.state)

    def show_name(self, name: str, *, has_pictures: bool) -> None:
        self.name.setText(name)
        for part in self._picture_tools:
            part.setVisible(has_pictures)
        if not has_pictures:
            self.thumbnails.hide()

    def show_pages(self) -> None:
        self._stack.setCurrentWidget(self.view)

    def show_text(self) -> None:
        self._stack.setCurrentWidget(self.text)

    def show_page(self, number: int, count: int) -> None:
        self.page.setText(f"{number}")
        self.page.setValidator(QIntValidator(1, max(1, count), self.page))
        self.count.setText(self.tr("of {count}").format(count=f"{count:,}"))
        self.thumbnails.show_current(number)

    def show_citation(self, words: str, *, is_doubtful: bool, has_others: bool) -> None:
        """The line below the pages; no words hide it."""
        self.citation.setText(words)
        self.citation.setProperty("kind", "warning" if is_doubtful else "secondary")
        self.citation.style().polish(self.citation)
        self._bar.setVisible(bool(words))
        for button in (self.previous, self.next):
            button.setVisible(has_others)

    def offer_question(self, is_offered: bool) -> None:
        self.ask.setVisible(is_offered)
        self._place()

    def set_theme(self, theme: Theme) -> None:
        buttons = (*self._picture_tools, self.previous, self.next)
        for button in (*buttons, self.find, self.close_button):
            if isinstance(button, IconButton):
                button.set_theme(theme)
        for part in (self.view, self.text, self.thumbnails, self.find_bar):
            part.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_BracketLeft:
                self.previous_requested.emit()
            case Qt.Key.Key_BracketRight:
                self.next_requested.emit()
            case Qt.Key.Key_Escape:
                self.closed.emit()
            case _:
                super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Esc closes the reader before it stops an answer."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _connect(self) -> None:
        self.view.zoom_changed.connect(self._on_zoom)
        self.thumbnails.page_chosen.connect(self.page_chosen)
        self.page.returnPressed.connect(self._on_page)
        self.find_bar.closed.connect(self._on_find_closed)

    def _head(self) -> QHBoxLayout:
        self.name = ElidedLabel("heading")
        self.close_button = IconButton("close", self.tr("Close the document (Esc)"))
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 8, 0)
        row.addWidget(self.name, 1)
        row.addWidget(self.close_button)
        return row

    def _tools(self) -> QHBoxLayout:
        self.thumbnails_button = IconButton("pages", self.tr("Show or hide all pages"))
        self.thumbnails_button.clicked.connect(self._on_thumbnails)
        self.page = QLineEdit()
        self.page.setAccessibleName(self.tr("Page"))
        self.page.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.page.setMaximumWidth(self.page.fontMetrics().horizontalAdvance("000000") + 16)
        self.count = QLabel()
        self.count.setProperty("kind", "caption")
        self.zoom_out = IconButton("zoom_out", self.tr("Smaller"))
        self.zoom_out.clicked.connect(self._on_zoom_out)
        self.zoom = QLabel()
        self.zoom.setProperty("kind", "caption")
        self.zoom_in = IconButton("zoom_in", self.tr("Larger"))
        self.zoom_in.clicked.connect(self._on_zoom_in)
        self.fit = IconButton("fit_width", self.tr("As wide as the window"))
        self.fit.clicked.connect(self._on_fit)
        self.find = IconButton("search", self.tr("Find in this document"))
        self.find.clicked.connect(self.find_bar.begin)
        self._picture_tools = (
            *(self.thumbnails_button, self.zoom_out, self.zoom, self.zoom_in, self.fit),
        )
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 8)
        row.setSpacing(4)
        for part in (self.thumbnails_button, self.page, self.count):
            row.addWidget(part)
        row.addStretch()
        for part in (self.zoom_out, self.zoom, self.zoom_in, self.fit, self.find):
            row.addWidget(part)
        return row

    def _citation_bar(self) -> QFrame:
        self.citation = QLabel()
        self.citation.setTextFormat(Qt.TextFormat.PlainText)
        self.citation.setWordWrap(True)
        self.previous = IconButton("previous", self.tr("Previous citation ([)"))
        self.previous.clicked.connect(self.previous_requested)
        self.next = IconButton("next", self.tr("Next citation (])"))
        self.next.clicked.connect(self.next_requested)
        self._bar = QFrame()
        self._bar.setObjectName("citationBar")
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(4)
        row.addWidget(self.citation, 1)
        row.addWidget(self.previous)
        row.addWidget(self.next)
        self._bar.hide()
        return self._bar

    def _place(self) -> None:
        area = self._stack.rect()
        size = self.ask.sizeHint()
        left = (area.width() - size.width()) // 2
        self.ask.setGeometry(left, area.height() - size.height() - 12, *size.toTuple())
        self.ask.raise_()
        height = self.find_bar.sizeHint().height()
        width = min(360, area.width() - 24)
        self.find_bar.setGeometry(area.width() - width - 20, 4, width, height)

    def _on_thumbnails(self) -> None:
        self.thumbnails.setVisible(not self.thumbnails.isVisible())

    def _on_page(self) -> None:
        self.page_chosen.emit(int(self.page.text() or 1))

    def _on_zoom(self, zoom: float) -> None:
        self.zoom.setText(f"{zoom * 100:.0f} %")

    def _on_zoom_in(self) -> None:
        self.view.zoom_by(ZOOM_STEP)

    def _on_zoom_out(self) -> None:
        self.view.zoom_by(1 / ZOOM_STEP)

    def _on_fit(self) -> None:
        self.view.set_zoom(None)

    def _on_find_closed(self) -> None:
        self.find_bar.hide()
        (self.view if self._stack.currentWidget() is self.view else self.text).setFocus()
