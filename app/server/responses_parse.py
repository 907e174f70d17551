"""A request of the Responses protocol becomes the messages and tools of a turn.

Lenient in what it takes: null is absent; unknown fields, items and tools are passed over. What
would need a memory of earlier answers is refused in words: nothing is stored here.
"""

from dataclasses import dataclass
from typing import Any

from app.chat.messages import Message
from app.chat.turn import TurnRequest
from app.server.errors import ApiError, invalid
from app.server.fields import Fields, read_max_tokens, read_sampling
from app.server.responses_items import read_input
from app.server.responses_tools import Toolbox, read_choice, read_tools

_SEALED = "reasoning.encrypted_content"


@dataclass(frozen=True, slots=True)
class ResponsesRequest:
    """A response as asked for. ``told_back`` are the fields that every response repeats."""

    turn: TurnRequest
    toolbox: Toolbox
    told_back: dict[str, Any]
    is_stream: bool
    streams_reasoning: bool
    seals_reasoning: bool


def parse(untrusted: dict[str, Any]) -> ResponsesRequest:
    """Raises ApiError or AppError for what cannot be answered."""
    fields = Fields(untrusted)
    if not fields.text("model"):
        raise invalid("model must be given; any name means the loaded model.", "model")
    _refuse_memory(fields)
    toolbox, choice = read_choice(fields.get("tool_choice"), read_tools(fields.items("tools")))
    instructions = fields.text("instructions")
    turn = TurnRequest(
        messages=(*_system(instructions), *read_input(fields.get("input"))),
        sampling=read_sampling(fields),
        max_tokens=read_max_tokens(fields, "max_output_tokens"),
        tools=toolbox.tools,
        tool_choice=choice,
        parallel_tool_calls=fields.get("parallel_tool_calls") is not False,
        response_schema=_schema(fields.object("text").object("format")),
        session_key=fields.text("prompt_cache_key"),
    )
    include = [name for name in fields.items("include") if isinstance(name, str)]
    return ResponsesRequest(
        turn,
        toolbox,
        _told_back(fields, turn, toolbox),
        fields.flag("stream"),
        # Open Responses and OpenAI name the events differently; who asks nothing gets neither.
        fields.get("reasoning") is not None or _SEALED in include,
        _SEALED in include,
    )


def _system(instructions: str | None) -> list[Message]:
    return [Message.of("system", instructions)] if instructions else []


def _refuse_memory(fields: Fields) -> None:
    if fields.get("previous_response_id") is not None:
        raise ApiError(
            400,
            "Responses are not stored here, so there is no previous one. Send the whole "
            "conversation as input.",
            code="previous_response_not_found",
            param="previous_response_id",
        )
    for name in ("conversation", "prompt"):
        if fields.get(name) is not None:
            raise invalid(f"{name} is not supported: nothing is stored here.", name)
    if fields.flag("background"):
        raise invalid("Responses are not stored here, so none can run behind.", "background")


def _schema(form: Fields) -> dict[str, Any] | None:
    match form.get("type"):
        case None | "text":
            return None
        case "json_object":
            return {"type": "object"}
        case "json_schema":
            schema = form.get("schema")
            if isinstance(schema, dict):
                return schema
    raise invalid("text.format must be text, json_object or a json_schema.", "text.format")


def _told_back(fields: Fields, turn: TurnRequest, toolbox: Toolbox) -> dict[str, Any]:
    reasoning, text = fields.object("reasoning"), fields.object("text")
    choice = fields.get("tool_choice")
    return {
        "instructions": fields.text("instructions"),
        "max_output_tokens": turn.max_tokens,
        "max_tool_calls": fields.whole("max_tool_calls"),
        "metadata": fields.get("metadata") or {},
        "model": fields.text("model"),
        "parallel_tool_calls": turn.parallel_tool_calls,
        "previous_response_id": None,
        "prompt_cache_key": turn.session_key,
        "reasoning": {"effort": reasoning.get("effort"), "summary": reasoning.get("summary")},
        "safety_identifier": fields.text("safety_identifier"),
        "service_tier": "default",
        "store": False,
        "temperature": turn.sampling.temperature,
        "top_p": turn.sampling.top_p,
        "presence_penalty": turn.sampling.presence_penalty,
        "frequency_penalty": turn.sampling.frequency_penalty,
        "text": {"format": _told_format(text), "verbosity": text.get("verbosity") or "medium"},
        "tool_choice": "auto" if choice is None else choice,
        "tools": toolbox.described,
        "top_logprobs": 0,
        "truncation": "disabled",
        "user": fields.text("user"),
        "background": False,
    }


def _told_format(text: Fields) -> dict[str, Any]:
    form = text.object("format")
    if form.get("type") != "json_schema":
        return {"type": form.get("type") or "text"}
    return {
        "type": "json_schema",
        "name": form.text("name") or "answer",
        "description": form.text("description"),
        "schema": form.get("schema"),
        "strict": form.flag("strict"),
    }
