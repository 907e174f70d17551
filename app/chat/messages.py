"""Messages and their parts: what a conversation is made of, and its JSON form on disk."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from app.engine.protocol import DraftStats, SamplingParams

Role = Literal["system", "user", "assistant", "tool"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class TextPart:
    """What was said, as typed or generated; markdown in answers."""

    text: str


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


Part = TextPart | ReasoningPart | ToolCallPart


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


def _part_from_dict(item: dict[str, Any]) -> Part:
    match item.get("kind"):
        case "reasoning":
            return ReasoningPart(item.get("text") or "", item.get("seconds") or 0.0)
        case "tool_call":
            return ToolCallPart(
                item.get("id") or "", item.get("name") or "", item.get("arguments") or {}
            )
        case _:
            return TextPart(item.get("text") or "")
