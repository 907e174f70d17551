from dataclasses import replace

from app.chat.messages import Message, TextPart, ToolCallPart
from app.ui.chat.message_frame import MessageFrame
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


def test_each_result_names_the_tool_that_was_called(page, talk):
    _call(talk, weather="get_weather", clock="get_time")
    _answer(talk, "weather", "21 degrees")
    _answer(talk, "clock", "noon")

    page.open(talk)

    assert page.texts()[-2:] == ["Result of get_weather", "Result of get_time"]
    frames = page.transcript.findChildren(MessageFrame)
    assert "Result of get_time" in [frame.accessibleName() for frame in frames]


def test_a_result_names_a_tool_that_was_called_far_above(page, talk):
    names = {f"call{number}": f"tool{number}" for number in range(60)}
    _call(talk, **names)
    for call_id in names:
        _answer(talk, call_id, "done")

    page.open(talk)

    assert page.texts()[-1] == "Result of tool59"


def test_a_result_without_a_call_is_only_a_result(page, talk):
    talk.add("user", "What is the weather?")
    _answer(talk, "nobody asked", "21 degrees")

    page.open(talk)

    assert page.texts()[-1] == "Tool result"


def _call(talk, **names):
    message = talk.add("assistant", "")
    calls = tuple(ToolCallPart(call_id, name, {}) for call_id, name in names.items())
    talk.messages[message.id] = replace(message, message=Message("assistant", calls))


def _answer(talk, call_id, said):
    message = talk.add("tool", said)
    result = Message("tool", (TextPart(said),), None, call_id)
    talk.messages[message.id] = replace(message, message=result)
