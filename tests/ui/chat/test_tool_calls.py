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


def test_a_call_after_thoughts_unfolds_its_own_arguments(page, talk):
    message = talk.add("assistant", "", reasoning="I must ask.")
    call = ToolCallPart("1", "get_weather", {"city": "Lisbon"})
    parts = (*message.message.parts, call)
    talk.messages[message.id] = replace(message, message=Message("assistant", parts))
    page.open(talk)
    line = max(page.transcript.findChildren(ReasoningLine), key=lambda line: line.y())

    line.click()
    unfolded = [row.text for row in page.rows if row.kind is RowKind.CODE]
    line.click()

    assert unfolded == ['{\n  "city": "Lisbon"\n}']
    assert not [row for row in page.rows if row.kind in (RowKind.CODE, RowKind.THOUGHT)]
