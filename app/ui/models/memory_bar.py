"""The memory that a model needs against what this machine has: four parts, and what is left."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.ui.icons import dot_icon
from app.ui.theme import Theme
from app.ui.widgets.card import words
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.words import bytes_in_words

_TOKENS = ("chart_weights", "chart_kv", "chart_compute", "chart_system")


@dataclass(frozen=True, slots=True)
class Need:
    """In bytes. ``system`` is what other programs take now; ``installed`` all there is."""

    weights: int
    kv_cache: int
    compute: int
    system: int
    installed: int

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return self.weights, self.kv_cache, self.compute, self.system

    @property
    def left(self) -> int:
        """Negative where memory is missing."""
        return self.installed - sum(self.parts)


class MemoryBar(QWidget):
    """The bar, and below it every part in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = _Bar(theme)
        self._legend = QWidget()
        flow = FlowLayout(self._legend, gap=12)
        self._labels = [words("", "caption") for _ in range(5)]
        self._dots = [QLabel() for _ in _TOKENS]
        for number, label in enumerate(self._labels):
            label.setWordWrap(False)
            if number < len(self._dots):
                flow.addWidget(_pair(self._dots[number], label))
            else:
                flow.addWidget(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._bar)
        column.addWidget(self._legend)
        self.set_theme(theme)

    def show_need(self, need: Need) -> None:
        texts = [
            self.tr("Weights {size}").format(size=bytes_in_words(need.weights)),
            self.tr("KV cache {size}").format(size=bytes_in_words(need.kv_cache)),
            self.tr("Compute {size}").format(size=bytes_in_words(need.compute)),
            self.tr("Other programs {size}").format(size=bytes_in_words(need.system)),
            self.tr("{size} left").format(size=bytes_in_words(need.left))
            if need.left >= 0
            else self.tr("{size} missing").format(size=bytes_in_words(-need.left)),
        ]
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        of = self.tr("Memory of {size}").format(size=bytes_in_words(need.installed))
        self._bar.show_need(need)
        self._bar.setAccessibleName(": ".join((of, ", ".join(texts))))
        self._legend.updateGeometry()

    def set_theme(self, theme: Theme) -> None:
        self._bar.set_theme(theme)
        size = theme.size("dot")
        for token, dot in zip(_TOKENS, self._dots, strict=True):
            dot.setPixmap(dot_icon(theme.color(token), size).pixmap(size, size))


class _Bar(QWidget):
    """As wide as what is installed, or as what is needed where that is more."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._need = theme, Need(0, 0, 0, 0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_need(self, need: Need) -> None:
        self._need = need
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._theme.size("icon"))

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(area, self._theme.size("radius"), self._theme.size("radius"))
        painter.fillPath(shape, self._theme.color("sunken"))
        painter.setClipPath(shape)
        need = self._need
        scale = area.width() / max(need.installed, sum(need.parts), 1)
        x = area.left()
        for token, size in zip(_TOKENS, need.parts, strict=True):
            width = max(size * scale, 2.0 if size else 0.0)
            painter.fillRect(QRectF(x, area.top(), width, area.height()), self._theme.color(token))
            x += width
        if need.left < 0:  # where the memory of this machine ends
            end = area.left() + need.installed * scale
            painter.setClipping(False)
            painter.fillRect(QRectF(end - 3, 0, 6, self.height()), self._theme.color("surface"))
            painter.fillRect(QRectF(end - 1, 0, 2, self.height()), self._theme.color("danger"))


def _pair(dot: QLabel, label: QLabel) -> QWidget:
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(dot)
    row.addWidget(label)
    return pair
