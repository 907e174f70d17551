"""What a chat completion request means inside the program.

What would change the answer and is not there is refused (several choices, token biases); hints are
passed over. Any model name means the loaded model, but one must be given.
"""

from dataclasses import dataclass
from typing import Any

from app.chat.tools import ToolChoice
from app.chat.turn import TurnRequest
from app.server.errors import invalid
from app.server.fields import Fields, read_max_tokens, read_sampling, read_stop
from app.server.logprobs import read_top_logprobs
from app.server.openai_messages import read_messages
from app.server.responses_tools import Toolbox, read_choice, read_tools


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat completion as asked for."""

    turn: TurnRequest
    toolbox: Toolbox
    is_stream: bool
    wants_usage: bool


def parse(untrusted: dict[str, Any], session_key: str | None = None) -> ChatRequest:
    """Raises ApiError or AppError for what cannot be answered."""
    fields = Fields(untrusted)
    if fields.text("model") is None:
        raise invalid("model must be given; any name means the loaded model.", "model")
    _refuse_unsupported(fields)
    toolbox, choice = _tools(fields)
    turn = TurnRequest(
        messages=read_messages(fields.items("messages")),
        sampling=read_sampling(fields),
        max_tokens=read_max_tokens(fields, "max_completion_tokens", "max_tokens"),
        stop=read_stop(fields),
        tools=toolbox.tools,
        tool_choice=choice,
        parallel_tool_calls=fields.get("parallel_tool_calls") is not False,
        response_schema=_schema(fields.object("response_format")),
        session_key=fields.text("prompt_cache_key") or session_key,
        top_logprobs=_top_logprobs(fields),
    )
    wants_usage = fields.object("stream_options").flag("include_usage")
    return ChatRequest(turn, toolbox, fields.flag("stream"), wants_usage)


def _refuse_unsupported(fields: Fields) -> None:
    if fields.number("n") not in (None, 1):
        raise invalid("Only one choice per request is supported; leave n out.", "n")
    if fields.get("logit_bias"):
        raise invalid("logit_bias is not supported yet.", "logit_bias")
    if fields.get("function_call") not in (None, "auto", "none"):
        raise invalid("function_call is not supported; use tools and tool_choice.", "function_call")


def _top_logprobs(fields: Fields) -> int | None:
    count = read_top_logprobs(fields)
    if not fields.flag("logprobs"):
        if count:
            raise invalid("top_logprobs needs logprobs to be true.", "top_logprobs")
        return None
    return count


def _tools(fields: Fields) -> tuple[Toolbox, ToolChoice]:
    toolbox = read_tools([_flat(item) for item in fields.items("tools")])
    toolbox, choice = read_choice(_flat(fields.get("tool_choice")), toolbox)
    if choice.mode == "required" and not toolbox.tools:
        raise invalid("tool_choice demands a call, but there is no tool to call.", "tool_choice")
    return toolbox, choice


def _flat(item: object) -> object:
    """The chat protocol nests what the other one writes side by side."""
    if isinstance(item, dict) and item.get("type") in ("custom", "allowed_tools"):
        nested = item.get(item["type"])
        if isinstance(nested, dict):
            form = nested.get("format")
            grammar = form.get("grammar") if isinstance(form, dict) else None
            return {"type": item["type"], **nested} | ({"format": grammar} if grammar else {})
    return item


def _schema(form: Fields) -> dict[str, Any] | None:
    """The schema that the answer must follow."""
    match form.get("type"):
        case None | "text":
            return None
        case "json_object":
            return {"type": "object"}
        case "json_schema":
            schema = form.object("json_schema").get("schema")
            if isinstance(schema, dict):
                return schema
    message = "response_format must be text, json_object or a json_schema with its schema."
    raise invalid(message, "response_format")
