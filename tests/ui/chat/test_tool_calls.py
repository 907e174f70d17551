from dataclasses import replace

from app.chat.messages import Message, ToolCallPart
from app.ui.chat.reasoning_line import ReasoningLine
from app.ui.chat.rows import RowKind


def test_a_tool_call_is_shown_with_its_arguments_folded(page, talk):
    message = talk.add("assistant", "I look it up.")
    call = ToolCallPart("1", "get_weather", {"city": "上海"})
    parts = (*message.message.parts, call)
    talk.messages[message.id] = replace(message, message=Message("assistant", parts))

    page.open(talk)

    (line,) = page.transcript.findChildren(ReasoningLine)
    (row,) = [row for row in page.rows if row.kind is RowKind.REASONING]
    assert row.text == "Called get_weather"
    assert row.source == '{\n  "city": "上海"\n}'
    assert line.isVisible()
