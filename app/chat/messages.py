"""Messages and their parts: what a conversation is made of, and its JSON form on disk."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from app.documents.citation import (
    READING_MODES,
    Citation,
    Coverage,
    ReadingMode,
    verified_words,
)
from app.documents.values import Place
from app.engine.protocol import DraftStats, SamplingParams, Timings, Usage

Role = Literal["system", "user", "assistant", "tool"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class TextPart:
    """What was said, as typed or generated; markdown in answers.

    ``is_checkpoint`` is for prompts alone and never stored: later prompts agree up to its end.
    """

    text: str
    is_checkpoint: bool = False


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """What the model thought before it answered; ``seconds`` is how long that took."""

    text: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A call that the model asks for; ``arguments`` is the decoded JSON object."""

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document as it was when it was asked about."""

    id: int
    sha256: str
    name: str
    pages: int


@dataclass(frozen=True, slots=True)
class PageRange:
    """Pages of a document, both ends included."""

    document_id: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DocumentsPart:
    """What a question is about and how it was to be read; ``ranges`` for the mode "pages"."""

    documents: tuple[DocumentRef, ...]
    mode: ReadingMode = "whole"
    ranges: tuple[PageRange, ...] = ()


@dataclass(frozen=True, slots=True)
class CitationsPart:
    """What an answer is based on, and the proof of its quotes.

    ``excerpts`` are the passages that the model was given, ``notes`` what it wrote down while it
    read in passes; later turns are shown the same.
    """

    citations: tuple[Citation, ...] = ()
    coverage: Coverage | None = None
    excerpts: tuple[Place, ...] = ()
    notes: str = ""


Part = TextPart | ReasoningPart | ToolCallPart | DocumentsPart | CitationsPart
_Kind = TypeVar("_Kind", bound=Part)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. ``tool_call_id`` names the call that a tool message answers."""

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None
    tool_call_id: str | None = None

    @classmethod
    def of(cls, role: Role, text: str) -> "Message":
        return cls(role, (TextPart(text),))

    @property
    def text(self) -> str:
        """All text parts joined; never the reasoning."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def reasoning(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, ReasoningPart))

    @property
    def thought_s(self) -> float:
        return sum(part.seconds for part in self.parts if isinstance(part, ReasoningPart))

    @property
    def tool_calls(self) -> tuple[ToolCallPart, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCallPart))

    @property
    def documents(self) -> DocumentsPart | None:
        """What a question is about, where it is about documents."""
        return self._first(DocumentsPart)

    @property
    def proof(self) -> CitationsPart | None:
        """What an answer about documents is based on."""
        return self._first(CitationsPart)

    def _first(self, kind: type[_Kind]) -> _Kind | None:
        return next((part for part in self.parts if isinstance(part, kind)), None)


EDITED = "edited"  # the finish_reason of an answer that the user wrote from another

MessageState = Literal["complete", "streaming", "interrupted", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class AnswerDetails:
    """How an answer came about: counts in tokens, times in seconds; None where not known."""

    model: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    prefill_s: float = 0.0
    decode_s: float = 0.0
    finish_reason: str = ""
    error: str = ""  # title and sentence, for the user
    seed: int | None = None
    sampling: SamplingParams | None = None
    drafts: DraftStats | None = None
    left_out: int = 0  # messages that no longer fitted into the prompt

    @property
    def tokens_per_second(self) -> float:
        """As it was told while the answer was written; 0 where that is not known."""
        usage = Usage(self.prompt_tokens, self.cached_tokens, self.completion_tokens)
        speed = Timings(self.prefill_s, self.decode_s).tokens_per_second(usage)
        return max(0.0, speed)


def parts_to_json(parts: tuple[Part, ...]) -> str:
    """The stored form; lone surrogates survive as escapes."""
    return json.dumps([_part_to_dict(part) for part in parts], ensure_ascii=True)


def parts_from_json(text: str) -> tuple[Part, ...]:
    """The parts of a stored message; kinds written by a newer version become plain text."""
    return tuple(_part_from_dict(item) for item in json.loads(text))


def _part_to_dict(part: Part) -> dict[str, Any]:
    match part:
        case TextPart(text):
            return {"kind": "text", "text": text}
        case ReasoningPart(text, seconds):
            return {"kind": "reasoning", "text": text, "seconds": seconds}
        case ToolCallPart(id_, name, arguments):
            return {"kind": "tool_call", "id": id_, "name": name, "arguments": arguments}
        case DocumentsPart():
            return _documents_to_dict(part)
        case CitationsPart():
            return _citations_to_dict(part)


def _part_from_dict(item: dict[str, Any]) -> Part:
    match item.get("kind"):
        case "reasoning":
            return ReasoningPart(item.get("text") or "", item.get("seconds") or 0.0)
        case "tool_call":
            return ToolCallPart(
                item.get("id") or "", item.get("name") or "", item.get("arguments") or {}
            )
        case "documents":
            return _documents_from_dict(item)
        case "citations":
            return _citations_from_dict(item)
        case _:
            return TextPart(item.get("text") or "")


def _documents_to_dict(part: DocumentsPart) -> dict[str, Any]:
    """``text`` is for versions that do not know this kind."""
    names = ", ".join(document.name for document in part.documents)
    return {
        "kind": "documents",
        "text": f"[{names}]\n\n",
        "documents": [asdict(document) for document in part.documents],
        "mode": part.mode,
        "ranges": [asdict(pages) for pages in part.ranges],
    }


def _documents_from_dict(item: dict[str, Any]) -> DocumentsPart:
    mode = item["mode"]
    if mode not in READING_MODES:
        raise ValueError("an unknown way of reading")
    documents = tuple(DocumentRef(**found) for found in item["documents"])
    return DocumentsPart(documents, mode, tuple(PageRange(**found) for found in item["ranges"]))


def _citations_to_dict(part: CitationsPart) -> dict[str, Any]:
    """``text`` is for versions that do not know this kind."""
    coverage = part.coverage
    words = [coverage.words if coverage else "", verified_words(part.citations)]
    return {
        "kind": "citations",
        "text": "".join(f"\n\n[{text}]" for text in words if text),
        "citations": [asdict(citation) for citation in part.citations],
        "coverage": asdict(coverage) if coverage else None,
        "excerpts": [asdict(place) for place in part.excerpts],
        "notes": part.notes,
    }


def _citations_from_dict(item: dict[str, Any]) -> CitationsPart:
    citations = (
        Citation(**(found | {"places": tuple(Place(**place) for place in found["places"])}))
        for found in item["citations"]
    )
    coverage = item["coverage"]
    return CitationsPart(
        tuple(citations),
        Coverage(**coverage) if coverage else None,
        tuple(Place(**place) for place in item["excerpts"]),
        item["notes"],
    )
