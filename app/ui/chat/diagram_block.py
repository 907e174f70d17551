"""A diagram: its picture once it is drawn, its source until then, and whenever it is asked for."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QWidget

from app.diagrams.job import kind_of
from app.ui.chat import words
from app.ui.chat.code_block import BELOW, SIDE, CodeBlock
from app.ui.chat.diagram_pictures import PICTURES, Key, is_diagram, key_of
from app.ui.chat.diagram_view import DiagramView
from app.ui.chat.highlighting import Lexers
from app.ui.chat.idle_queue import IdleQueue, Job
from app.ui.chat.quiet_button import QuietButton
from app.ui.chat.rows import Row
from app.ui.chat.style import Style

_BETWEEN = 4  # pixels between the words of the header


class DiagramBlock(CodeBlock):
    """A code block in the language of diagrams."""

    redrawn = Signal(object)  # the row: it looks different now, and may be higher or lower
    toggled_by_user = Signal(object)  # the row: its picture or its source was asked for
    save_requested = Signal(object, str)  # QImage, what it is a picture of

    def __init__(self, idle: IdleQueue, lexers: Lexers, parent: QWidget | None = None) -> None:
        super().__init__(idle, lexers, parent)
        self._row: Row | None = None
        self.picture = DiagramView(self)
        self.picture.focus_shown.connect(self._on_focus_shown)
        self.toggle = QuietButton("", self)
        self.toggle.clicked.connect(self._on_toggled)
        self.copy_picture = QuietButton(words.copy_picture(), self)
        self.copy_picture.setToolTip(words.copy_picture())
        self.copy_picture.clicked.connect(self._on_copied)
        self.save_picture = QuietButton(words.save_picture(), self)
        self.save_picture.setToolTip(words.save_picture())
        self.save_picture.clicked.connect(self._on_save)
        self.can_save = False  # whether somebody does it when asked
        self._show_parts(is_picture=False, can_toggle=False)

    @property
    def is_picture_shown(self) -> bool:
        return not self.picture.isHidden()

    def set_style(self, style: Style) -> None:
        super().set_style(style)
        self.toggle.set_style(style)
        self.copy_picture.set_style(style)
        self.save_picture.set_style(style)

    def show_row(self, row: Row, width: int) -> int:
        height = super().show_row(row, width)
        return self._with_picture(row, width, height)

    def seal(self, row: Row, width: int) -> int:
        height = super().seal(row, width)
        return self._with_picture(row, width, height)

    def show_source(self) -> None:
        """From now on, once it is shown anew."""
        if self._row is not None:
            PICTURES.show_source(self._row.text, is_shown=True)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._place_header()
        height = self.height() - self._header - BELOW
        self.picture.setGeometry(SIDE, self._header, self.width() - 2 * SIDE, height)

    def _place_header(self) -> None:
        """From the right; where the words of all do not fit, two are icons."""
        right = self._copy.x()
        shown = [b for b in (self.copy_picture, self.save_picture, self.toggle) if not b.isHidden()]
        for button in shown:
            button.show_words()
        if sum(button.sizeHint().width() + _BETWEEN for button in shown) > right - SIDE:
            self.copy_picture.show_icon("copy", words.copy_picture())
            self.save_picture.show_icon("save", words.save_picture())
        for button in shown:
            hint = button.sizeHint()
            right -= hint.width() + _BETWEEN
            button.setGeometry(right, (self._header - hint.height()) // 2, *hint.toTuple())
        self._language.setGeometry(SIDE, 0, max(0, right - SIDE - _BETWEEN), self._header)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._row is not None:
            self.redrawn.emit(self._row)
        elif event.type() == QEvent.Type.LayoutRequest:  # a word in the header changed
            self._place_header()
        return super().event(event)

    def _with_picture(self, row: Row, width: int, height: int) -> int:
        """The height with the picture, if there is one that is to be seen."""
        self._row = row
        if not is_diagram(row):
            self._show_parts(is_picture=False, can_toggle=False)
            return height
        assert self._style is not None
        key = key_of(row.text, self._style, self.devicePixelRatioF())
        found = PICTURES.find(key)
        is_picture = found is not None and not PICTURES.is_source_shown(row.text)
        self._show_parts(is_picture=is_picture, can_toggle=found is not None)
        if PICTURES.is_refused(key):
            self._language.setText(words.undrawable(row.info))
        elif not PICTURES.is_done(key):
            self._idle.add(self._drawn(row, key))
        if found is None or not is_picture:
            return height
        self.picture.setAccessibleName(words.diagram(kind_of(row.text)))
        self.picture.setAccessibleDescription(row.text)
        room = width - 2 * SIDE
        shown = self.picture.show_picture(found, self._style.body.pixelSize(), room)
        return self._header + shown + BELOW

    def _drawn(self, row: Row, key: Key) -> Job:
        """Wait for the picture, as long as this widget shows the row."""
        assert self._style is not None
        pictures, showing = PICTURES, self._showings
        waited = pictures.want(key, self._style)
        try:
            while not waited.done() and self._showings == showing and row.widget is self:
                yield True
        finally:
            pictures.leave(key)
        if self._showings == showing and row.widget is self:
            self.redrawn.emit(row)

    def _show_parts(self, *, is_picture: bool, can_toggle: bool) -> None:
        word = words.show_source() if is_picture else words.show_diagram()
        for name in (self.toggle.setText, self.toggle.setAccessibleName, self.toggle.setToolTip):
            name(word)
        self.toggle.setVisible(can_toggle)
        self.copy_picture.setVisible(is_picture)
        self.save_picture.setVisible(is_picture and self.can_save)
        self.picture.setVisible(is_picture)
        self.view.setVisible(not is_picture)
        self.setFocusProxy(self.picture if is_picture else self.view)
        self._place_header()

    def _on_toggled(self) -> None:
        assert self._row is not None
        PICTURES.show_source(self._row.text, is_shown=self.is_picture_shown)
        self.toggled_by_user.emit(self._row)

    def _on_copied(self) -> None:
        if self.picture.picture is not None:
            QGuiApplication.clipboard().setImage(self._on_its_ground(self.picture.picture.image))

    def _on_save(self) -> None:
        if self.picture.picture is not None and self._row is not None:
            image = self._on_its_ground(self.picture.picture.image)
            self.save_requested.emit(image, kind_of(self._row.text))

    def _on_its_ground(self, drawn: QImage) -> QImage:
        """Letters for a dark one are not to be read on a white page."""
        assert self._style is not None
        image = QImage(drawn.size(), QImage.Format.Format_RGB32)
        image.fill(self._style.sunken)
        painter = QPainter(image)
        painter.drawImage(0, 0, drawn)
        painter.end()
        return image
