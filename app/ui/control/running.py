"""An answer being written, as the window keeps it while other conversations may be shown."""

from dataclasses import dataclass, field

from app.chat.session import LiveAnswer
from app.chat.turn import PromptProgress
from app.ui.bridge import AnswerBuffer, Flush


@dataclass(slots=True)
class RunningAnswer:
    """GUI thread only, but for ``buffer``."""

    question: str
    provisional_id: int  # of the question in the transcript, until the store gave it one
    buffer: AnswerBuffer = field(default_factory=AnswerBuffer)
    live: LiveAnswer | None = None  # None: sent, not yet running
    progress: PromptProgress | None = None
    is_over: bool = False
    is_stopping: bool = False
    _reasoning: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def take(self, flush: Flush) -> None:
        if flush.reasoning:
            self._reasoning.append(flush.reasoning)
        if flush.text:
            self._text.append(flush.text)
        self.progress = flush.progress or self.progress
        self.is_over = flush.end is not None

    @property
    def reasoning(self) -> str:
        return "".join(self._reasoning)

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def has_begun(self) -> bool:
        return bool(self._reasoning or self._text)
