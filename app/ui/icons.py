"""Icons of resources/icons, tinted with a colour of the theme."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.paths import resources

_RATIOS = (1, 2, 3)  # device pixels per pixel that screens have


def icon(name: str, color: QColor, size: int = 18, gap: int = 0) -> QIcon:
    """An icon of ``size`` pixels, sharp on every screen, with a gap to the words after it."""
    return _tinted(name, color.name(), size, gap)


@cache
def _tinted(name: str, color: str, size: int, gap: int) -> QIcon:
    svg = _source(name).replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    result = QIcon()
    for ratio in _RATIOS:
        pixmap = QPixmap((size + gap) * ratio, size * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size * ratio, size * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        result.addPixmap(pixmap)
    return result


def dot_icon(color: QColor, size: int) -> QIcon:
    """A filled circle, for legends and states; always beside a word."""
    result = QIcon()
    for ratio in _RATIOS:
        pixmap = QPixmap(size * ratio, size * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(0, 0, size * ratio, size * ratio)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        result.addPixmap(pixmap)
    return result


def application_icon() -> QIcon:
    """The icon of the window and the task bar, in the sizes desktops ask for."""
    renderer = QSvgRenderer(QByteArray(_source("doorstep").encode()))
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        result.addPixmap(pixmap)
    return result


@cache
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
