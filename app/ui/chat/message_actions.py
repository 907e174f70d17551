"""The quiet row under a message: what can be done with it, its variants, how fast it came."""

from PySide6.QtCore import QCoreApplication, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.chat.offers import Action, Offer
from app.ui.chat.quiet_button import QuietButton, action_size
from app.ui.chat.rows import Row
from app.ui.chat.style import Style

_SAID_MS = 1_500
_ICONS = {
    Action.COPY: "copy",
    Action.EDIT: "rename",
    Action.REGENERATE: "regenerate",
    Action.BRANCH: "branch",
    Action.DETAILS: "details",
    Action.PREVIOUS: "previous",
    Action.NEXT: "next",
}
_WORDED = (Action.CONTINUE, Action.TRY_AGAIN)  # always seen: the one action that helps


class MessageActions(QWidget):
    """Icons are seen while the pointer or the keyboard is on the message; their place is kept.

    They are made when they are first revealed: a page has many rows and few are ever used.
    """

    asked = Signal(int, str)  # message, Action

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: Style | None = None
        self._height = 0
        self._offer: Offer | None = None
        self._is_revealed = False
        self._is_arranged = False
        self._buttons: dict[Action, QuietButton] = {}
        self._count = QRect()
        self._caption_left = 0
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(_SAID_MS)
        self._said.timeout.connect(self._on_said)

    def set_style(self, style: Style) -> None:
        self._style, self._height = style, action_size(style)
        self.setFont(style.caption)
        for button in self._buttons.values():
            button.set_style(style)

    def widget(self) -> QWidget:
        return self

    def show_row(self, row: Row, width: int) -> int:
        self._offer = row.offer
        self._is_arranged = False
        self.setAccessibleName(row.text or _tr("Actions"))
        for button in self._buttons.values():
            button.hide()
        if self._offer is not None and self._always_seen():
            self._arrange(width)
        is_revealed, self._is_revealed = self._is_revealed, None
        self.set_revealed(bool(is_revealed))
        return self._height

    def set_revealed(self, is_revealed: bool) -> None:
        if is_revealed == self._is_revealed:
            return
        self._is_revealed = is_revealed
        if is_revealed and not self._is_arranged:
            self._arrange(self.width())
        for action, button in self._buttons.items():
            button.set_revealed(is_revealed or action in self._always_seen())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_arranged:
            self._arrange(self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        offer = self._offer
        if self._style is None or offer is None or not self._is_arranged:
            return
        painter = QPainter(self)
        painter.setPen(self._style.muted)
        if offer.variants > 1:
            count = f"{offer.variant}/{offer.variants}"
            painter.drawText(self._count, Qt.AlignmentFlag.AlignCenter, count)
        if self._is_revealed and offer.caption:
            place = QRect(self._caption_left, 0, self.width() - self._caption_left, self._height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, offer.caption)
        painter.end()

    def _always_seen(self) -> tuple[Action, ...]:
        if self._offer is None:
            return ()
        variants = (Action.PREVIOUS, Action.NEXT) if self._offer.variants > 1 else ()
        return (*(a for a in self._offer.actions if a in _WORDED), *variants)

    def _arrange(self, width: int) -> None:
        """Put every button in its place: at the left under an answer, at the right otherwise."""
        offer = self._offer
        if offer is None or self._style is None:
            return
        self._is_arranged = True
        order = [a for a in offer.actions if a in _WORDED]
        order += [a for a in offer.actions if a not in _WORDED]
        if offer.variants > 1:
            order[:0] = [Action.PREVIOUS, Action.NEXT]
        count_width = self.fontMetrics().horizontalAdvance(f"{offer.variants}/{offer.variants}")
        widths = [self._button(action).sizeHint().width() for action in order]
        total = sum(widths) + (count_width if offer.variants > 1 else 0)
        x = width - total if offer.role == "user" else -6
        previous: QWidget = self
        for action, button_width in zip(order, widths, strict=True):
            button = self._button(action)
            if action is Action.NEXT:
                self._count = QRect(x, 0, count_width, self._height)
                x += count_width
            button.setGeometry(x, 0, button_width, self._height)
            button.show()
            QWidget.setTabOrder(previous, button)
            previous, x = button, x + button_width
        self._caption_left = x + 8
        self._button_state(offer)

    def _button_state(self, offer: Offer) -> None:
        if offer.variants > 1:
            self._buttons[Action.PREVIOUS].setEnabled(offer.variant > 1)
            self._buttons[Action.NEXT].setEnabled(offer.variant < offer.variants)

    def _button(self, action: Action) -> QuietButton:
        button = self._buttons.get(action)
        if button is None:
            words = _name(action, "assistant") if action in _WORDED else ""
            button = QuietButton(words, self, is_accent=bool(words))
            button.setProperty("action", action.value)
            button.clicked.connect(self._on_clicked)
            assert self._style is not None
            button.set_style(self._style)
            self._buttons[action] = button
        if action in _ICONS and self._offer is not None:
            button.show_icon(_ICONS[action], _name(action, self._offer.role))
        return button

    def _on_clicked(self) -> None:
        action = Action(self.sender().property("action"))
        if self._offer is None:
            return
        if action is Action.COPY:
            QGuiApplication.clipboard().setText(self._offer.source)
            self._buttons[action].show_icon("check", _tr("Copied"))
            self._said.start()
        else:
            self.asked.emit(self._offer.message_id, action.value)

    def _on_said(self) -> None:
        if self._offer is not None and Action.COPY in self._buttons:
            self._button(Action.COPY)


def _name(action: Action, role: str) -> str:
    match action:
        case Action.COPY:
            return _tr("Copy message") if role == "user" else _tr("Copy answer")
        case Action.EDIT:
            return _tr("Edit message") if role == "user" else _tr("Edit answer")
        case Action.REGENERATE:
            return _tr("Answer again")
        case Action.CONTINUE:
            return _tr("Continue")
        case Action.TRY_AGAIN:
            return _tr("Try again")
        case Action.BRANCH:
            return _tr("Branch into a new chat")
        case Action.DETAILS:
            return _tr("Run card")
        case Action.PREVIOUS:
            return _tr("Previous variant")
        case Action.NEXT:
            return _tr("Next variant")


def _tr(text: str) -> str:
    return QCoreApplication.translate("MessageActions", text)
