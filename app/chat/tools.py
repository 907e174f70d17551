"""The tools a model may call: what they are, which must be called, and the news of a call."""

from dataclasses import dataclass, field
from typing import Any, Literal

from app.chat.messages import ToolCallPart

ToolMode = Literal["auto", "none", "required", "named"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the client runs; ``parameters`` is the JSON schema of its arguments."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Whether a call is allowed, left to the model, or demanded; ``name`` goes with "named"."""

    mode: ToolMode = "auto"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The model calls a tool; the name is as called, known or not. ``index`` counts from 0."""

    index: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """More of the JSON text of the arguments."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallEnded:
    """The call is complete. Its deltas, joined, are ``json.dumps(call.arguments)``.

    A call that the end of the answer cut short has no ToolCallEnded.
    """

    index: int
    call: ToolCallPart


ToolUpdate = ToolCallStarted | ToolCallDelta | ToolCallEnded


def tool_as_json(tool: Tool) -> dict[str, Any]:
    """The form that chat templates print."""
    function: dict[str, Any] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    return {"type": "function", "function": function | {"parameters": tool.parameters}}
