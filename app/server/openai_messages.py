"""Messages of the OpenAI chat format become messages of a conversation."""

from typing import Any

from app.chat.canonical import lasting_blocks
from app.chat.messages import Message, Part, ReasoningPart, Role, TextPart, ToolCallPart
from app.server.errors import invalid
from app.server.fields import Fields, read_json_arguments

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_TEXT_KINDS = ("text", "input_text", "output_text")


def read_messages(untrusted: list[Any]) -> tuple[Message, ...]:
    """In their order and with their text unaltered. Raises ApiError 400."""
    if not untrusted:
        raise invalid("messages must be a list with at least one message.", "messages")
    return tuple(_message(item, f"messages[{index}]") for index, item in enumerate(untrusted))


def _message(item: object, where: str) -> Message:
    if not isinstance(item, dict):
        raise invalid(f"{where} must be an object.", where)
    fields = Fields(item)
    role = _ROLES.get(fields.text("role") or "")
    if role is None:
        raise invalid(f"{where}.role must be one of {', '.join(_ROLES)}.", f"{where}.role")
    parts: list[Part] = []
    # Clients send the reasoning back under the name that they read it from.
    if reasoning := fields.text("reasoning_content") or fields.text("reasoning"):
        parts.append(ReasoningPart(reasoning))
    if text := _text(fields.get("content"), f"{where}.content"):
        parts.append(TextPart(text))
    parts.extend(_tool_call(call, where) for call in fields.items("tool_calls"))
    return Message(role, tuple(parts), fields.text("name"), fields.text("tool_call_id"))


def _text(content: object, where: str) -> str:
    """Text is the same prompt whether it comes as a string or in parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise invalid(f"{where} must be a string or a list of parts.", where)
    return "".join(lasting_blocks(_part_text(part, where) for part in content))


def _part_text(part: object, where: str) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        raise invalid(f"{where} must be a string or a list of parts.", where)
    if part.get("type", "text") in _TEXT_KINDS:
        return Fields(part).text("text") or ""
    raise invalid(
        f"{where} has a part that is not text. This endpoint reads text only: no images, audio or "
        "files, neither inside the request nor by address.",
        where,
    )


def _tool_call(call: object, where: str) -> ToolCallPart:
    if not isinstance(call, dict):
        raise invalid(f"{where}.tool_calls must be a list of objects.", where)
    function = Fields(call).object("function")
    return ToolCallPart(
        Fields(call).text("id") or "",
        function.text("name") or "",
        read_json_arguments(function.get("arguments")),
    )
