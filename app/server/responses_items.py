"""Input items of the Responses protocol become messages.

What one answer of the model was - its reasoning, words and calls - comes as separate items and is
put together again. Kinds of items that only the vendor can read are passed over.
"""

import base64
import binascii
from typing import Any

from app.chat.messages import Message, Part, ReasoningPart, Role, TextPart, ToolCallPart
from app.server.errors import ApiError, invalid
from app.server.fields import Fields, read_json_arguments
from app.server.responses_tools import CUSTOM_ARGUMENT, flat_name

IMAGE_NOTE = "[There was an image here. This model reads text only.]"

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_SEALED = "doorstep:"  # reasoning that we gave out as encrypted_content


def read_input(untrusted: object) -> list[Message]:
    """A string is what a user says. Raises ApiError 400."""
    if isinstance(untrusted, str):
        return [Message.of("user", untrusted)]
    if not isinstance(untrusted, list):
        raise invalid("input must be a string or a list of items.", "input")
    found: list[Message] = []
    answer: list[Part] = []
    for index, item in enumerate(untrusted):
        where = f"input[{index}]"
        if not isinstance(item, dict):
            raise invalid(f"{where} must be an object.", where)
        fields = Fields(item)
        if (parts := _answer_parts(fields, where)) is not None:
            if _begins_another(answer, parts):
                found += _assistant(answer)
                answer = []
            answer += parts
        elif (message := _other(fields, where)) is not None:
            found += [*_assistant(answer), message]
            answer = []
    return found + _assistant(answer)


def seal(reasoning: str) -> str:
    """Reasoning for clients that keep only what they cannot read."""
    return _SEALED + base64.b64encode(reasoning.encode("utf-8", "replace")).decode()


def _begins_another(answer: list[Part], more: list[Part]) -> bool:
    """One answer thinks first and speaks once before it calls."""
    match answer[-1:], more:
        case [TextPart()], [TextPart()]:
            return True
        case [TextPart() | ToolCallPart()], [ReasoningPart()]:
            return True
    return False


def _assistant(parts: list[Part]) -> list[Message]:
    return [Message("assistant", tuple(parts))] if parts else []


def _answer_parts(fields: Fields, where: str) -> list[Part] | None:
    """What the model said, if this is something that it said."""
    match fields.get("type"):
        case "reasoning":
            return [ReasoningPart(text)] if (text := _reasoning(fields, where)) else []
        case "function_call":
            return [_call(fields, read_json_arguments(fields.get("arguments")))]
        case "custom_tool_call":
            return [_call(fields, {CUSTOM_ARGUMENT: fields.text("input") or ""})]
        case "message" | None if fields.get("role") == "assistant":
            text = _text(fields.get("content"), f"{where}.content")
            return [TextPart(text)] if text else []
    return None


def _other(fields: Fields, where: str) -> Message | None:
    match fields.get("type"):
        case "message" | None:
            role = _ROLES.get(fields.text("role") or "")
            if role is None:
                raise invalid(f"{where}.role must be one of {', '.join(_ROLES)}.", f"{where}.role")
            return Message.of(role, _text(fields.get("content"), f"{where}.content"))
        case "function_call_output" | "custom_tool_call_output":
            text = _text(fields.get("output"), f"{where}.output", is_result=True)
            return Message("tool", (TextPart(text),), None, fields.text("call_id"))
    return None


def _call(fields: Fields, arguments: dict[str, Any]) -> ToolCallPart:
    name = flat_name(fields.text("name") or "", fields.text("namespace"))
    return ToolCallPart(fields.text("call_id") or "", name, arguments)


def _reasoning(fields: Fields, where: str) -> str:
    """As thought, wherever the client has kept it; a summary is better than nothing."""
    if text := _text(fields.get("content"), f"{where}.content"):
        return text
    sealed = fields.text("encrypted_content") or ""
    if sealed.startswith(_SEALED):
        try:
            return base64.b64decode(sealed.removeprefix(_SEALED), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return _text(fields.get("summary"), f"{where}.summary")


def _text(content: object, where: str, *, is_result: bool = False) -> str:
    """Text is the same prompt whether it comes as a string or in parts."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise invalid(f"{where} must be a string or a list of parts.", where)
    return "".join(_part_text(part, where, is_result) for part in content)


def _part_text(part: object, where: str, is_result: bool) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        raise invalid(f"{where} must be a string or a list of parts.", where)
    fields = Fields(part)
    match fields.get("type"):
        case "refusal":
            return fields.text("refusal") or ""
        case "input_image" | "input_file" | "input_audio" | "input_video" | "image_url":
            # A tool may return an image at any time; refusing it would end the session for good.
            if is_result:
                return IMAGE_NOTE
            raise _not_text(where)
    return fields.text("text") or ""


def _not_text(where: str) -> ApiError:
    return invalid(
        f"{where} has a part that is not text. This endpoint reads text only: no images, audio or "
        "files, neither inside the request nor by address.",
        where,
    )
