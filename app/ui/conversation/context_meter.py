"""How much of the context the next prompt takes: a thin bar and its numbers."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme

_BAR_WIDTH, _BAR_HEIGHT, _GAP = 48, 4, 8
_WORTH_SHOWING = 0.25


class ContextMeter(QWidget):
    """Hidden until a quarter of the context is taken; says what will be left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme.load("light")
        self._tokens = self._limit = self._left_out = 0
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.hide()

    @property
    def text(self) -> str:
        return self._text

    def show_use(self, tokens: int, limit: int, left_out: int) -> None:
        """Tokens of the prompt and of the context; messages that will not be sent."""
        self._tokens, self._limit, self._left_out = tokens, limit, left_out
        is_over = tokens > limit
        self.setVisible(limit > 0 and (tokens >= limit * _WORTH_SHOWING or left_out > 0))
        self._name(is_over)
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = self.fontMetrics()
        return QSize(
            metrics.horizontalAdvance(self._text) + _GAP + _BAR_WIDTH, metrics.height() + 2
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._name(self._tokens > self._limit)
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_notable = self._left_out > 0 or self._tokens > self._limit
        color = self._theme.color("warn" if is_notable else "muted")
        painter.setPen(color)
        painter.setFont(self._theme.font("caption"))
        words = self.rect().adjusted(0, 0, -_BAR_WIDTH - _GAP, 0)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._text
        )
        top = (self.height() - _BAR_HEIGHT) / 2
        bar = QRectF(self.width() - _BAR_WIDTH, top, _BAR_WIDTH, _BAR_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("sunken"))
        painter.drawRoundedRect(bar, 2, 2)
        share = min(1.0, self._tokens / self._limit) if self._limit else 0.0
        bar.setWidth(_BAR_WIDTH * share)
        painter.setBrush(color)
        painter.drawRoundedRect(bar, 2, 2)

    def _name(self, is_over: bool) -> None:
        tokens, limit = f"{self._tokens:,}", f"{self._limit:,}"
        if is_over:
            self._text = self.tr("Too long: {tokens} of {limit} tokens")
            hint = self.tr("Shorten the message, or open the model with a longer context.")
        elif self._left_out:
            self._text = self.tr("Oldest messages left out: {count}").format(count=self._left_out)
            hint = self.tr(
                "The prompt takes {tokens} of {limit} tokens. The oldest messages no longer fit; "
                "they stay in the chat."
            )
        else:
            self._text = self.tr("{tokens} of {limit} tokens")
            hint = self.tr("What the next message takes of the model's context")
        self._text = self._text.format(tokens=tokens, limit=limit)
        self.setToolTip(hint.format(tokens=tokens, limit=limit))
        self.setAccessibleName(self.tr("Context"))
        self.setAccessibleDescription(self._text)
