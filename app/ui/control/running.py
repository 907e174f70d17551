"""An answer being written, as the window keeps it while other conversations may be shown."""

from dataclasses import dataclass, field

from app.chat.session import LiveAnswer
from app.chat.sources import ReadingProgress
from app.chat.turn import PromptProgress
from app.ui.bridge import AnswerBuffer, Flush


@dataclass(slots=True)
class RunningAnswer:
    """GUI thread only, but for ``buffer``."""

    question: str = ""  # what the user wrote, to give back if it cannot be stored
    provisional_id: int | None = None  # of the question on the page, until the store gave it one
    cut_id: int | None = None  # the message on the page in whose place the answer will stand
    replayed: int | None = None  # the answer that this one is compared with
    buffer: AnswerBuffer = field(default_factory=AnswerBuffer)
    live: LiveAnswer | None = None  # None: asked, not yet running
    progress: PromptProgress | None = None
    reading: ReadingProgress | None = None  # of documents, in passes; set before it is live
    is_over: bool = False
    is_stopping: bool = False
    has_failed: bool = False
    _reasoning: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def begin(self, live: LiveAnswer) -> None:
        self.live = live
        if live.opening is not None:
            self._reasoning.append(live.opening.reasoning)
            self._text.append(live.opening.text)

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

    @property
    def is_thinking(self) -> bool:
        """Nothing of the answer itself has come yet."""
        return bool(self._reasoning) and not any(self._text)
