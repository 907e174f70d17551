"""Tools for models whose template knows none: described and written in words, as Hermes has it."""

import json
from collections.abc import Sequence

from app.chat.messages import Message, Part, TextPart
from app.chat.tools import Tool, tool_as_json

_DESCRIPTION = """# Tools

You may call these functions. Each is described by a JSON schema:

<tools>
{tools}
</tools>

To call one, write exactly this:

<tool_call>
{{"name": NAME, "arguments": {{...}}}}
</tool_call>"""


def speaks_of_tools(template: str | None) -> bool:
    return "tools" in (template or "")


def in_words(messages: Sequence[Message], tools: Sequence[Tool]) -> tuple[Message, ...]:
    """The same conversation without tool calls and tool messages, and with the tools in it."""
    found = [_in_words(message) for message in messages]
    if tools:
        described = "\n".join(json.dumps(tool_as_json(tool), ensure_ascii=False) for tool in tools)
        text = _DESCRIPTION.format(tools=described)
        if found and found[0].role == "system":
            text = f"{found.pop(0).text}\n\n{text}"
        found.insert(0, Message.of("system", text))
    return tuple(found)


def _in_words(message: Message) -> Message:
    if message.role == "tool":
        return Message.of("user", f"<tool_response>\n{message.text}\n</tool_response>")
    if not message.tool_calls:
        return message
    calls = [{"name": call.name, "arguments": call.arguments} for call in message.tool_calls]
    texts = [json.dumps(call, ensure_ascii=False) for call in calls]
    written = "\n".join(f"<tool_call>\n{text}\n</tool_call>" for text in texts)
    kept: list[Part] = [part for part in message.parts if part not in message.tool_calls]
    return Message(message.role, (*kept, TextPart(written)), message.name)
