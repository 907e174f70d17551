"""A request of the Responses protocol becomes the messages and tools of a turn.

Lenient in what it takes: null is absent; unknown fields, items and tools are passed over. What
would need more memory than that of the last responses is refused in words.
"""

from dataclasses import dataclass
from typing import Any

from app.chat.messages import Message
from app.chat.turn import TurnRequest
from app.server.errors import ApiError, invalid
from app.server.fields import Fields, read_max_tokens, read_sampling
from app.server.logprobs import read_top_logprobs
from app.server.responses_items import read_input
from app.server.responses_store import ResponseStore
from app.server.responses_tools import Toolbox, read_choice, read_tools

_SEALED = "reasoning.encrypted_content"
_LOGPROBS = "message.output_text.logprobs"


@dataclass(frozen=True, slots=True)
class ResponsesRequest:
    """A response as asked for.

    ``conversation`` is what may be gone on from: the messages without the instructions, which hold
    for one response only. ``told_back`` are the fields that every response repeats.
    """

    turn: TurnRequest
    conversation: tuple[Message, ...]
    toolbox: Toolbox
    told_back: dict[str, Any]
    is_stream: bool
    streams_reasoning: bool
    seals_reasoning: bool
    is_stored: bool


def parse(untrusted: dict[str, Any], store: ResponseStore) -> ResponsesRequest:
    """Raises ApiError or AppError for what cannot be answered."""
    fields = Fields(untrusted)
    if not fields.text("model"):
        raise invalid("model must be given; any name means the loaded model.", "model")
    _refuse_unsupported(fields)
    toolbox, choice = read_choice(fields.get("tool_choice"), read_tools(fields.items("tools")))
    earlier = _earlier(fields.text("previous_response_id"), store)
    conversation = (*earlier, *read_input(fields.get("input")))
    include = [name for name in fields.items("include") if isinstance(name, str)]
    turn = TurnRequest(
        messages=(*_system(fields.text("instructions")), *conversation),
        sampling=read_sampling(fields),
        max_tokens=read_max_tokens(fields, "max_output_tokens"),
        tools=toolbox.tools,
        tool_choice=choice,
        parallel_tool_calls=fields.get("parallel_tool_calls") is not False,
        response_schema=_schema(fields.object("text").object("format")),
        session_key=fields.text("prompt_cache_key"),
        top_logprobs=_top_logprobs(fields, include),
    )
    return ResponsesRequest(
        turn,
        conversation,
        toolbox,
        _told_back(fields, turn, toolbox),
        fields.flag("stream"),
        # Open Responses and OpenAI name the events differently; who asks nothing gets neither.
        fields.get("reasoning") is not None or _SEALED in include,
        _SEALED in include,
        fields.get("store") is not False,
    )


def _top_logprobs(fields: Fields, include: list[str]) -> int | None:
    """Either way of asking for them is enough."""
    count = read_top_logprobs(fields)
    return count if count or _LOGPROBS in include else None


def _system(instructions: str | None) -> list[Message]:
    return [Message.of("system", instructions)] if instructions else []


def _earlier(response_id: str | None, store: ResponseStore) -> tuple[Message, ...]:
    if response_id is None:
        return ()
    kept = store.find(response_id)
    if kept is None:
        raise ApiError(
            400,
            "The previous response is not known here, or no longer: only the last ones are kept, "
            "and none with store set to false. Send the whole conversation as input.",
            code="previous_response_not_found",
            param="previous_response_id",
        )
    return kept.conversation


def _refuse_unsupported(fields: Fields) -> None:
    for name in ("conversation", "prompt"):
        if fields.get(name) is not None:
            raise invalid(f"{name} is not supported: send what it holds as input.", name)
    if fields.flag("background"):
        raise invalid("background is not supported: use a stream.", "background")


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
        "previous_response_id": fields.text("previous_response_id"),
        "prompt_cache_key": turn.session_key,
        "reasoning": {"effort": reasoning.get("effort"), "summary": reasoning.get("summary")},
        "safety_identifier": fields.text("safety_identifier"),
        "service_tier": "default",
        "store": fields.get("store") is not False,
        "temperature": turn.sampling.temperature,
        "top_p": turn.sampling.top_p,
        "presence_penalty": turn.sampling.presence_penalty,
        "frequency_penalty": turn.sampling.frequency_penalty,
        "text": {"format": _told_format(text), "verbosity": text.get("verbosity") or "medium"},
        "tool_choice": "auto" if choice is None else choice,
        "tools": toolbox.described,
        "top_logprobs": turn.top_logprobs or 0,
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
