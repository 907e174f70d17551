"""What a chat needs of whoever reads documents for it; see ``app.documents.reading``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.chat.messages import CitationsPart, DocumentRef, Message
from app.documents.citation import Citation


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """Documents are being read in passes: ``done`` of ``total``."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Messages as the model gets them, the documents in them, and what that makes of the answer.

    ``basis`` has no citations yet; None where the messages have no documents.
    """

    messages: tuple[Message, ...]
    basis: CitationsPart | None = None


class Sources(Protocol):
    """The documents that messages are about. Any thread may call; all may take long."""

    def refs(self, document_ids: Sequence[int]) -> tuple[DocumentRef, ...]:
        """The documents as they are now. Raises AppError for one that is not there."""

    def read(
        self,
        messages: Sequence[Message],
        known: CitationsPart | None = None,
        on_progress: Callable[[ReadingProgress], None] = lambda _: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Reading:
        """Put the documents' text into the messages; the last one is the question.

        ``known`` is the basis of a former answer to it: nothing is read again for this one.
        Cancelled, it returns with what it has. Raises AppError.
        """

    def proven(self, answer: str, messages: Sequence[Message]) -> tuple[Citation, ...]:
        """The quotes of an answer to these messages (as stored, not as read), each judged."""
