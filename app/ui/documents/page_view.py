"""The pages of a document one below the other; only those that can be seen are painted."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.documents.values import Box
from app.ui.documents.page_layout import PageLayout
from app.ui.documents.picture_cache import PictureCache
from app.ui.theme import Theme

SETTLE_MS = 30
FLASH_MS = 1500
ZOOM_STEP = 1.2
_MARGIN_PAGES = 1  # asked for ahead, before and behind


class PageView(QAbstractScrollArea):
    """Emits what it needs and what the user did; who listens asks the file.

    Places on a page are in points from its top left corner. Pages are counted from 1.
    """

    pictures_wanted = Signal(object, float)  # page numbers, pixels per point
    page_changed = Signal(int)
    zoom_changed = Signal(float)
    drag_moved = Signal(int, object)  # page, (x0, y0, x1, y1)
    drag_ended = Signal()
    link_pressed = Signal(int, float, float)  # a click without a drag: page, x, y

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._sizes: Sequence[tuple[float, float]] = ()
        self._zoom: float | None = None
        self._layout = PageLayout((), 100, None)
        self._pictures = PictureCache()
        self._marks: Mapping[int, Sequence[Box]] = {}
        self._selection: Mapping[int, Sequence[Box]] = {}
        self._tone, self._label = "found", ""
        self._is_flashing = False
        self._current = 1
        self._pressed: tuple[int, QPointF] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Pages"))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._on_scrolled)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(FLASH_MS)
        self._flash.timeout.connect(self._on_flash_over)

    @property
    def current(self) -> int:
        return self._current

    @property
    def zoom(self) -> float:
        return self._layout.zoom

    @property
    def count(self) -> int:
        return self._layout.count

    @property
    def marks(self) -> Mapping[int, Sequence[Box]]:
        return self._marks

    def show_pages(self, sizes: Sequence[tuple[float, float]]) -> None:
        """Sizes in points; the view goes to the first page."""
        self._sizes = sizes
        self._pictures.clear()
        self._marks, self._selection = {}, {}
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._on_scrolled()

    def take_picture(self, number: int, picture: QImage, scale: float) -> None:
        self._pictures.put(number, picture, scale)
        self.viewport().update()

    def mark(
        self, marks: Mapping[int, Sequence[Box]], tone: str = "found", label: str = ""
    ) -> None:
        """Boxes by page; ``tone`` "found" or "warn", ``label`` stands in the margin."""
        self._marks, self._tone, self._label = marks, tone, label
        self.viewport().update()

    def flash(self) -> None:
        """Make the marks stand out for a moment, so that the eye finds them."""
        self._is_flashing = True
        self._flash.start()
        self.viewport().update()

    def select(self, boxes: Mapping[int, Sequence[Box]]) -> None:
        self._selection = boxes
        self.viewport().update()

    def go_to(self, number: int, box: Box | None = None) -> None:
        """Show the page, or the box on it in the upper third of the view."""
        if not 1 <= number <= self._layout.count:
            return
        page = self._layout.rect(number)
        top = page.top() - 8
        if box is not None:
            top = page.top() + box.top * self._layout.scale - self.viewport().height() / 3
            middle = page.left() + (box.left + box.right) / 2 * self._layout.scale
            self.horizontalScrollBar().setValue(round(middle - self.viewport().width() / 2))
        self.verticalScrollBar().setValue(round(top))

    def set_zoom(self, zoom: float | None) -> None:
        """1 is the size on paper, None as wide as the view; the same place stays in sight."""
        self._zoom = zoom
        self._arrange()

    def zoom_by(self, factor: float) -> None:
        self.set_zoom(min(max(self.zoom * factor, 0.25), 5.0))

    def box_on_screen(self, number: int, box: Box) -> QRectF:
        """Where a box stands in the viewport now."""
        page, scale = self._layout.rect(number), self._layout.scale
        left = page.left() - self.horizontalScrollBar().value()
        top = page.top() - self.verticalScrollBar().value()
        return QRectF(
            left + box.left * scale,
            top + box.top * scale,
            (box.right - box.left) * scale,
            (box.bottom - box.top) * scale,
        )

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("sunken"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        left, top = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        for number in self._layout.visible(top, top + self.viewport().height()):
            page = self._layout.rect(number).translated(-left, -top)
            picture = self._pictures.get(number)
            if picture is None:
                painter.fillRect(page, Qt.GlobalColor.white)  # paper, in any theme
            else:
                painter.drawImage(page, picture)
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(page)
            self._paint_boxes(painter, number, self._selection, "paper_selection")
            self._paint_boxes(painter, number, self._marks, f"paper_{self._tone}")
            if self._label:
                self._paint_label(painter, number, page)
            if self._is_flashing:
                self._paint_frames(painter, number)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Home:
                bar.setValue(0)
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case Qt.Key.Key_Space:
                bar.setValue(bar.value() + bar.pageStep() * 9 // 10)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._place(event.position())
            self.select({})

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        number, start = self._pressed
        page = self._layout.rect(number)
        here = self._on_page(event.position(), page)
        self.drag_moved.emit(number, (start.x(), start.y(), here.x(), here.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            number, start = self._pressed
            here = self._on_page(event.position(), self._layout.rect(number))
            if (here - start).manhattanLength() < 3:
                self.link_pressed.emit(number, here.x(), here.y())
            else:
                self.drag_ended.emit()
        self._pressed = None

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(self.tr("Pages"))
        super().changeEvent(event)

    def _paint_boxes(
        self,
        painter: QPainter,
        number: int,
        boxes: Mapping[int, Sequence[Box]],
        token: str,
    ) -> None:
        """Like a highlighter: the text below stays black. Paper is white in any theme."""
        color = self._theme.color(token)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        for box in boxes.get(number, ()):
            painter.fillRect(self.box_on_screen(number, box).adjusted(-1, -1, 1, 1), color)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _paint_label(self, painter: QPainter, number: int, page: QRectF) -> None:
        """The number of the citation, in the margin beside its first line."""
        for box in list(self._marks.get(number, ()))[:1]:
            line = self.box_on_screen(number, box)
            painter.setFont(self._theme.font("caption", is_strong=True))
            metrics = painter.fontMetrics()
            height = metrics.height() + 4
            width = max(height, metrics.horizontalAdvance(self._label) + 12)
            tag = QRectF(page.left() + 4, line.center().y() - height / 2, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawRoundedRect(tag, height / 2, height / 2)
            painter.setPen(self._theme.color("on_accent"))
            painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, self._label)

    def _paint_frames(self, painter: QPainter, number: int) -> None:
        painter.setPen(QPen(self._theme.color("accent"), self._theme.size("focus_ring")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in self._marks.get(number, ()):
            painter.drawRoundedRect(self.box_on_screen(number, box).adjusted(-4, -4, 4, 4), 4, 4)

    def _place(self, point: QPointF) -> tuple[int, QPointF] | None:
        if not self._layout.count:
            return None
        y = point.y() + self.verticalScrollBar().value()
        number = self._layout.page_at(y)
        return number, self._on_page(point, self._layout.rect(number))

    def _on_page(self, point: QPointF, page: QRectF) -> QPointF:
        x = point.x() + self.horizontalScrollBar().value() - page.left()
        y = point.y() + self.verticalScrollBar().value() - page.top()
        return QPointF(x / self._layout.scale, y / self._layout.scale)

    def _arrange(self) -> None:
        """Lay the pages out anew, and keep what is in the middle of the view there."""
        middle = self.verticalScrollBar().value() + self.viewport().height() / 2
        number, share = self._current, 0.0
        if self._layout.count:
            number = self._layout.page_at(middle)
            page = self._layout.rect(number)
            share = (middle - page.top()) / max(page.height(), 1.0)
        self._layout = PageLayout(self._sizes, self.viewport().width(), self._zoom)
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        height, width = self.viewport().height(), self.viewport().width()
        down.setRange(0, max(0, self._layout.height - height))
        down.setPageStep(height)
        down.setSingleStep(40)
        across.setRange(0, max(0, self._layout.width - width))
        across.setPageStep(width)
        if number <= self._layout.count:
            page = self._layout.rect(number)
            down.setValue(round(page.top() + share * page.height() - height / 2))
        self.zoom_changed.emit(self._layout.zoom)
        self._on_scrolled()

    def _on_scrolled(self) -> None:
        top = self.verticalScrollBar().value()
        number = self._layout.page_at(top + self.viewport().height() / 3)
        if number != self._current:
            self._current = number
            self.page_changed.emit(number)
        if not self._settle.isActive():
            self._settle.start()
        self.viewport().update()

    def _ask(self) -> None:
        """For the pictures in sight, then those beside them, that are missing or not sharp."""
        top = self.verticalScrollBar().value()
        seen = self._layout.visible(top, top + self.viewport().height())
        if not seen:
            return
        around = range(
            max(1, seen.start - _MARGIN_PAGES), min(self._layout.count, seen.stop) + _MARGIN_PAGES
        )
        order = [*seen, *(n for n in around if n not in seen and n <= self._layout.count)]
        scale = round(self._layout.scale * self.devicePixelRatioF(), 3)
        missing = [n for n in order if abs(self._pictures.scale_of(n) - scale) > 0.01]
        self.pictures_wanted.emit(missing, scale)

    def _on_flash_over(self) -> None:
        self._is_flashing = False
        self.viewport().update()
