"""How an answer came about, beside the conversation: model, tokens, speed, seed, drafts."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.chat.differences import first_difference
from app.storage.conversations import StoredMessage
from app.ui.panel.facts import Fact, facts_of
from app.ui.theme import Theme
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.tall_area import TallArea


class RunCard(QFrame):
    """Shows one answer. What a replay changed is told below."""

    replay_requested = Signal(int)  # message
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(self.tr("Run card"))
        self._message: StoredMessage | None = None
        title = QLabel(self.tr("Run card"))
        title.setProperty("kind", "heading")
        self.close_button = IconButton("close", self.tr("Close the run card"))
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.close_button)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(12)
        self.replay = QPushButton(self.tr("Replay"))
        self.replay.setToolTip(self.tr("Answer again with the same settings and seed"))
        self.replay.clicked.connect(self._on_replay)
        self.difference = QLabel()
        self.difference.setProperty("kind", "secondary")
        self.difference.setTextFormat(Qt.TextFormat.PlainText)
        self.difference.setWordWrap(True)
        self.difference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 12, 0)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self._scrolling(), 1)
        self.hide()

    def _scrolling(self) -> QScrollArea:
        """What may be higher than the window."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 20)
        column.setSpacing(16)
        column.addLayout(self._facts)
        column.addWidget(self.replay, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.difference)
        column.addStretch()
        return TallArea(inner)

    @property
    def message_id(self) -> int | None:
        return self._message.id if self._message is not None else None

    def show_answer(self, message: StoredMessage, difference: str = "") -> None:
        """``difference`` from the answer that it replays, in words."""
        self._message = message
        while (item := self._facts.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        for fact in facts_of(message):
            self._facts.addWidget(_FactLine(fact))
        self.replay.setEnabled(message.details.seed is not None)
        self.difference.setText(difference)
        self.difference.setVisible(bool(difference))

    def set_theme(self, theme: Theme) -> None:
        self.close_button.set_theme(theme)

    def _on_replay(self) -> None:
        if self._message is not None:
            self.replay_requested.emit(self._message.id)


class _FactLine(QWidget):
    """A muted name, and below it the value."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        name = QLabel(fact.name)
        name.setProperty("kind", "caption")
        value = QLabel(fact.value)
        value.setProperty("kind", "value")
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(f"{fact.name}: {fact.value}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(name)
        column.addWidget(value)


def difference_in_words(before: str, after: str) -> str:
    """Where the replayed answer first differs from the one that it replays."""
    at = first_difference((before, after))
    if at is None:
        words = _tr("The replay wrote the same {count} characters.")
        return words.format(count=f"{len(after):,}")
    start = max(0, at - 20)
    words = _tr("The replay first differs at character {at}.\n\nBefore: {before}\nNow: {after}")
    return words.format(
        at=f"{at + 1:,}", before=_excerpt(before, start), after=_excerpt(after, start)
    )


def _excerpt(text: str, start: int) -> str:
    """What stands around the difference, on one line."""
    part = " ".join(text[start : start + 60].split())
    return f"{'…' if start else ''}{part}{'…' if start + 60 < len(text) else ''}" or _tr("(end)")


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunCard", text)
