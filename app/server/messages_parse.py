"""A request of the Anthropic Messages protocol becomes the messages and tools of a turn.

Lenient, because agents send more every month: null is absent, unknown fields, betas, block kinds
and server tools are passed over. What the model cannot see is refused or named, never dropped.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.chat.canonical import lasting_blocks
from app.chat.messages import Message, Part, ReasoningPart, TextPart, ToolCallPart
from app.chat.tools import Tool, ToolChoice, ToolMode
from app.chat.turn import TurnRequest
from app.server.errors import ApiError, invalid
from app.server.fields import Fields, read_json_arguments, read_max_tokens, read_sampling

IMAGE_NOTE = "[There was an image here. This model reads text only.]"

_MODES: dict[str, ToolMode] = {
    "auto": "auto",
    "any": "required",
    "tool": "named",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """A message as asked for."""

    turn: TurnRequest
    is_stream: bool
    shows_thinking: bool


def parse(untrusted: dict[str, Any], session_key: str | None = None) -> MessagesRequest:
    """Raises ApiError or AppError for what cannot be answered."""
    fields = Fields(untrusted)
    choice = fields.object("tool_choice")
    messages = _messages(fields)
    turn = TurnRequest(
        messages=messages,
        sampling=read_sampling(fields),
        max_tokens=read_max_tokens(fields, "max_tokens"),
        stop=_stop(fields),
        tools=_tools(fields.items("tools"), fields.items("messages")),
        tool_choice=_tool_choice(choice),
        parallel_tool_calls=not choice.flag("disable_parallel_tool_use"),
        response_schema=_schema(fields),
        session_key=session_key or fields.object("metadata").text("user_id"),
    )
    # As at the vendor: who has not asked for thinking gets an answer that begins with its text.
    shows_thinking = fields.object("thinking").get("type") in ("enabled", "adaptive")
    return MessagesRequest(turn, fields.flag("stream"), shows_thinking)


def _messages(fields: Fields) -> tuple[Message, ...]:
    found = _system(fields.get("system"))
    items = fields.items("messages")
    if not items:
        raise invalid("messages must be a list with at least one message.", "messages")
    for index, item in enumerate(items):
        found += _turns(item, f"messages.{index}")
    return tuple(found)


def _system(content: object) -> list[Message]:
    """One system message; blocks stand apart like paragraphs."""
    texts = [content] if isinstance(content, str) else _system_texts(content)
    text = "\n\n".join(lasting_blocks(texts))
    return [Message.of("system", text)] if text else []


def _system_texts(content: object) -> Iterable[str]:
    if content is None:
        return []
    if not isinstance(content, list):
        raise invalid("system must be a string or a list of text blocks.", "system")
    return [_block(item, "system").text("text") or "" for item in content]


def _turns(item: object, where: str) -> list[Message]:
    """One message; a user's becomes several where tool results stand between the words."""
    if not isinstance(item, dict):
        raise invalid(f"{where} must be an object.", where)
    fields = Fields(item)
    content = fields.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list):
        raise invalid(f"{where}.content must be a string or a list of blocks.", where)
    match fields.text("role"):
        case "user":
            return _user(blocks, where)
        case "assistant":
            parts = [part for block in blocks for part in _assistant_part(_block(block, where))]
            return [Message("assistant", tuple(parts))]
        case "system" | "developer":
            # Stays in its place: agents append more of them, so moving one breaks the prefix.
            texts = [_block(block, where).text("text") or "" for block in blocks]
            return [Message.of("system", "".join(texts))]
    raise invalid(f"{where}.role must be user, assistant or system.", where)


def _user(blocks: list[Any], where: str) -> list[Message]:
    found: list[Message] = []
    said: list[Part] = []
    for item in blocks:
        block = _block(item, where)
        if block.get("type") == "tool_result":
            if said:
                found.append(Message("user", tuple(said)))
                said = []
            found.append(_tool_result(block, where))
        elif text := _text(block, where):
            said.append(TextPart(text))
    if said or not found:
        found.append(Message("user", tuple(said)))
    return found


def _assistant_part(block: Fields) -> list[Part]:
    match block.get("type"):
        case "text" | None:
            return [TextPart(text)] if (text := block.text("text")) else []
        case "thinking":
            return [ReasoningPart(text)] if (text := block.text("thinking")) else []
        case "tool_use":
            arguments = read_json_arguments(block.get("input"))
            return [ToolCallPart(block.text("id") or "", block.text("name") or "", arguments)]
    return []  # redacted thinking, server tools and what else only the vendor can read


def _tool_result(block: Fields, where: str) -> Message:
    content = block.get("content")
    if content is None or isinstance(content, str):
        text = content or ""
    elif isinstance(content, list):
        text = "".join(_result_text(_block(item, where), where) for item in content)
    else:
        raise invalid(f"{where}: a tool_result must have a string or a list of blocks.", where)
    if block.flag("is_error") and "error" not in text[:100].lower():
        text = f"Error: {text}"
    return Message("tool", (TextPart(text),), None, block.text("tool_use_id"))


def _result_text(block: Fields, where: str) -> str:
    # A tool may return an image at any time; refusing it would end the session for good.
    return IMAGE_NOTE if block.get("type") == "image" else _text(block, where)


def _text(block: Fields, where: str) -> str:
    """The text of a block that a user or a tool sent. Raises ApiError for what has none."""
    match block.get("type"):
        case "text" | "input_text" | None:
            return block.text("text") or ""
        case "document":
            return _document(block, where)
        case "search_result":
            return "".join(
                _block(item, where).text("text") or "" for item in block.items("content")
            )
        case "image" | "image_url" | "input_image":
            raise _not_text(where)
    return ""


def _document(block: Fields, where: str) -> str:
    source = block.object("source")
    kind = source.get("type")
    if kind == "text":
        text = source.text("data") or ""
    elif kind == "base64" and (source.text("media_type") or "").startswith("text/"):
        try:
            text = base64.b64decode(source.text("data") or "", validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise invalid(f"{where} has a document that is not UTF-8 text.", where) from None
    elif kind == "content" and isinstance(content := source.get("content"), str):
        text = content
    elif kind == "content":
        text = "".join(_text(_block(item, where), where) for item in source.items("content"))
    else:
        raise _not_text(where)
    title = block.text("title")
    return f"{title}\n\n{text}" if title else text


def _block(untrusted: object, where: str) -> Fields:
    if isinstance(untrusted, str):
        return Fields({"type": "text", "text": untrusted})
    if not isinstance(untrusted, dict):
        raise invalid(f"{where} must have a string or a list of blocks as its content.", where)
    return Fields(untrusted)


def _not_text(where: str) -> ApiError:
    return invalid(
        f"{where} has a block that is not text. This model reads text only: no images, PDF or "
        "other files, neither inside the request nor by address.",
        where,
    )


def _tools(untrusted: list[Any], messages: list[Any]) -> tuple[Tool, ...]:
    """In their order. Deferred ones only once a tool search has found them."""
    found: list[Tool] = []
    loaded = set(_references(messages))
    for item in untrusted:
        fields = _block(item, "tools")
        name, schema = fields.text("name"), fields.get("input_schema")
        is_known = fields.get("type") in (None, "custom") or isinstance(schema, dict)
        is_deferred = fields.get("defer_loading") is True and name not in loaded
        if name and is_known and not is_deferred:
            parameters = schema if isinstance(schema, dict) else {}
            found.append(Tool(name, fields.text("description") or "", parameters))
    return tuple(found)


def _references(value: object) -> Iterable[str]:
    """Names in tool_reference blocks, which a tool search puts into its result."""
    level = [value]
    while level:
        item = level.pop()
        if isinstance(item, list):
            level += item
        elif isinstance(item, dict):
            name = item.get("tool_name")
            if item.get("type") == "tool_reference" and isinstance(name, str):
                yield name
            level.append(item.get("content"))


def _tool_choice(fields: Fields) -> ToolChoice:
    kind = fields.text("type") or "auto"
    mode = _MODES.get(kind)
    name = fields.text("name")
    if mode is None or (mode == "named" and not name):
        raise invalid(
            "tool_choice must be auto, any, none, or a tool with its name.", "tool_choice"
        )
    return ToolChoice(mode, name if mode == "named" else None)


def _schema(fields: Fields) -> dict[str, Any] | None:
    """``output_config.format``; ``output_format`` is its name in older betas."""
    asked = fields.object("output_config").get("format") or fields.get("output_format")
    if asked is None:
        return None
    form = _block(asked, "output_config.format")
    schema = form.get("schema")
    if form.get("type") != "json_schema" or not isinstance(schema, dict):
        raise invalid("output_config.format must be a json_schema.", "output_config.format")
    return schema


def _stop(fields: Fields) -> tuple[str, ...]:
    texts = fields.items("stop_sequences")
    if not all(isinstance(text, str) for text in texts):
        raise invalid("stop_sequences must be a list of strings.", "stop_sequences")
    return tuple(text for text in texts if text)
