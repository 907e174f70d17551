"""Tool calls in every style, cut everywhere: no character is lost, doubled or moved."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.chat.answer_parser import AnswerParser
from app.chat.stream_parser import ContentDelta, ReasoningDelta
from app.chat.tool_parser import call_style
from app.chat.tools import Tool, ToolCallDelta, ToolCallEnded, ToolCallStarted

TOOLS = (
    Tool(
        "write",
        parameters={
            "type": "object",
            "properties": {
                "path": {"type": "string"},
                "content": {"type": "string"},
                "mode": {"type": "string"},
                "lines": {"type": "integer"},
                "is_new": {"type": "boolean"},
                "options": {"type": "object"},
            },
        },
    ),
    Tool("look", parameters={}),
)


CLOSING = "<a>\n</parameter>\nx</parameter>\n</function> </think>"


def call(name, **parameters):
    """A call as Step writes it."""
    inner = "".join(f"<parameter={k}>\n{v}\n</parameter>\n" for k, v in parameters.items())
    return f"<tool_call>\n<function={name}>\n{inner}</function>\n</tool_call>"


def parsed(pieces, *, style="xml", starts_inside=True, is_complete=True):
    """Reasoning, text, and (name, arguments) of each call; checks the news of the calls."""
    parser = AnswerParser(starts_inside=starts_inside, style=style, tools=TOOLS)
    updates = [update for piece in pieces for update in parser.feed(piece)]
    updates += parser.flush(is_complete=is_complete)
    calls = {}
    for update in updates:
        match update:
            case ToolCallStarted(index, id_, name):
                assert index == len(calls)
                calls[index] = [id_, name, "", None]
            case ToolCallDelta(index, text):
                assert calls[index][3] is None
                calls[index][2] += text
            case ToolCallEnded(index, ended):
                assert (ended.id, ended.name) == tuple(calls[index][:2])
                assert calls[index][2] == json.dumps(ended.arguments)
                calls[index][3] = ended.arguments
    reasoning = "".join(u.text for u in updates if isinstance(u, ReasoningDelta))
    text = "".join(u.text for u in updates if isinstance(u, ContentDelta))
    return reasoning, text, [(name, arguments) for _, name, _, arguments in calls.values()]


XML = {
    "text only": ("Hm\n</think>\nHello 日本 👩‍👩‍👧", ("Hm", "Hello 日本 👩‍👩‍👧", [])),
    "one call": (
        "Look there\n</think>\n" + call("write", path="a.py", lines="3"),
        ("Look there", "", [("write", {"path": "a.py", "lines": 3})]),
    ),
    "text around calls": (
        "\n</think>\nFirst.\n\n" + call("look") + "\n" + call("look") + "\n\nThen.\n",
        ("", "First.\n\n\n\nThen.\n", [("look", {}), ("look", {})]),
    ),
    "reasoning that is not closed": (
        "I call.\n" + call("write", content="思考\n🙂"),
        ("I call.", "", [("write", {"content": "思考\n🙂"})]),
    ),
    "a tag in the reasoning": (
        "I write <tool_call> and <function=x> now\n</think>\n" + call("look"),
        ("I write <tool_call> and <function=x> now", "", [("look", {})]),
    ),
    "a tag in the text": (
        "</think>Write <tool_call> or </tool_call>.",
        ("", "Write <tool_call> or </tool_call>.", []),
    ),
    "closing tags inside a value": (
        "</think>" + call("write", content=CLOSING, mode="w"),
        ("", "", [("write", {"content": CLOSING, "mode": "w"})]),
    ),
    "a call inside a value": (
        "</think>" + call("write", content="<tool_call>\n<function=f>\n<parameter=p>\n1", path="b"),
        (
            "",
            "",
            [("write", {"content": "<tool_call>\n<function=f>\n<parameter=p>\n1", "path": "b"})],
        ),
    ),
    "space at both ends of a value": (
        "</think>" + call("write", content="\n  x \n\n"),
        ("", "", [("write", {"content": "\n  x \n\n"})]),
    ),
    "an empty value": (
        "</think><tool_call>\n<function=write>\n<parameter=path>\n</parameter>\n"
        "<parameter=content>\n\n</parameter>\n</function>\n</tool_call>",
        ("", "", [("write", {"path": "", "content": ""})]),
    ),
    "values on one line": (
        "</think><tool_call><function=write><parameter=path>a b</parameter>"
        "<parameter=lines>7</parameter></function></tool_call>",
        ("", "", [("write", {"path": "a b", "lines": 7})]),
    ),
    "an unknown tool": (
        "</think>" + call("un.known-1", a="x", b="1", c='{"d": [null]}', e="True"),
        ("", "", [("un.known-1", {"a": "x", "b": 1, "c": {"d": [None]}, "e": True})]),
    ),
    "values that are no strings": (
        "</think>" + call("write", is_new="True", options="{'a': 1}", path="None"),
        ("", "", [("write", {"is_new": True, "options": "{'a': 1}", "path": "None"})]),
    ),
    "a forgotten closing tag before the next parameter": (
        "</think><tool_call>\n<function=write>\n<parameter=path>\na.py\n<parameter=content>\nx\n"
        "</parameter>\n</function>\n</tool_call>",
        ("", "", [("write", {"path": "a.py", "content": "x"})]),
    ),
    "closing tags at the end of the line": (
        "</think><tool_call>\n<function=write>\n<parameter=path>\na.py</parameter>\n"
        "<parameter=content>\nx</parameter>\n</function>\n</tool_call>",
        ("", "", [("write", {"path": "a.py", "content": "x"})]),
    ),
    "no closing tag of the last parameter": (
        "</think><tool_call>\n<function=write>\n<parameter=path>\na.py\n</function>\n</tool_call>",
        ("", "", [("write", {"path": "a.py"})]),
    ),
    "no closing tag of the function": (
        "</think><tool_call>\n<function=write>\n<parameter=path>\na.py\n</parameter>\n</tool_call>"
        + call("look"),
        ("", "", [("write", {"path": "a.py"}), ("look", {})]),
    ),
    "no closing tag of the call": (
        "</think><tool_call>\n<function=look>\n</function>\n" + call("look"),
        ("", "", [("look", {}), ("look", {})]),
    ),
    "no closing tag at all": (
        "</think><tool_call>\n<function=write>\n<parameter=path>\na.py",
        ("", "", [("write", {"path": "a.py"})]),
    ),
    "no opening tag": (
        "</think>So:\n<function=look>\n</function>\n</tool_call>",
        ("", "So:\n", [("look", {})]),
    ),
    "a function tag that is text": (
        "</think><function=nobody>\n <function=look>",
        ("", "<function=nobody>\n <function=look>", []),
    ),
    "arguments as JSON": (
        '</think><tool_call>\n<function=write>{"path": "}", "lines": 1}</function></tool_call>',
        ("", "", [("write", {"path": "}", "lines": 1})]),
    ),
    "a key twice": (
        "</think><tool_call>\n<function=write>\n<parameter=path>\na\n</parameter>\n"
        "<parameter=path>\nb\n</parameter>\n</function>\n</tool_call>",
        ("", "", [("write", {"path": "a"})]),
    ),
    "a call that has only begun": (
        "</think>Now <tool_call>\n<function=wri",
        ("", "Now <tool_call>\n<function=wri", []),
    ),
    "Hermes from a model of this style": (
        '</think><tool_call>\n{"name": "look", "arguments": {"a": "é\\u00e9"}}\n</tool_call>',
        ("", "", [("look", {"a": "éé"})]),
    ),
}

JSON = {
    "hermes": (
        "hermes",
        'Hi.\n<tool_call>\n{"name": "look", "arguments": {"a": "}\\""}}\n</tool_call>\n'
        '<tool_call>{"name": "look", "arguments": "{\\"b\\": 2}"}</tool_call>',
        ("Hi.\n", [("look", {"a": '}"'}), ("look", {"b": 2})]),
    ),
    "hermes, broken": (
        "hermes",
        '<tool_call>\n{"name": 5}\n</tool_call> 好',
        ('<tool_call>\n{"name": 5}\n</tool_call> 好', []),
    ),
    "hermes, not closed": (
        "hermes",
        '<tool_call>\n{"name": "look", "arguments": {"a": [1',
        ("", [("look", {"a": [1]})]),
    ),
    "hermes in Python's words": (
        "hermes",
        '<tool_call>{"name": "look", "arguments": {"a": None, "b": "None"}}</tool_call>',
        ("", [("look", {"a": None, "b": "None"})]),
    ),
    "bare": (
        "bare_json",
        '<|python_tag|>{"name": "look", "parameters": {"q": "🙂"}}; '
        '{"name": "look", "parameters": {}}',
        ("", [("look", {"q": "🙂"}), ("look", {})]),
    ),
    "bare, an answer in JSON": (
        "bare_json",
        ' {"name": "Bob", "age": {"years": 3}}\n',
        (' {"name": "Bob", "age": {"years": 3}}\n', []),
    ),
    "bare, text": ("bare_json", "Hello {there}", ("Hello {there}", [])),
    "mistral, a list": (
        "mistral",
        'Ok [TOOL_CALLS] [{"name": "look", "arguments": {"a": 1}}, {"name": "look"}]',
        ("Ok ", [("look", {"a": 1}), ("look", {})]),
    ),
    "mistral, names": (
        "mistral",
        '[TOOL_CALLS]look[ARGS]{"a": "x"}[TOOL_CALLS]look{"b": "y"}',
        ("", [("look", {"a": "x"}), ("look", {"b": "y"})]),
    ),
    "mistral, broken": (
        "mistral",
        "[TOOL_CALLS] I cannot",
        (" I cannot", []),
    ),
}


@pytest.mark.parametrize("name", XML)
def test_calls_in_tags_are_the_same_for_every_cut(name):
    text, expected = XML[name]

    assert parsed([text]) == expected
    assert parsed(text) == expected
    for at in range(len(text)):
        assert parsed([text[:at], text[at:]]) == expected


@pytest.mark.parametrize("name", JSON)
def test_calls_in_json_are_the_same_for_every_cut(name):
    style, text, (said, calls) = JSON[name]
    expected = "", said, calls

    assert parsed([text], style=style, starts_inside=False) == expected
    assert parsed(text, style=style, starts_inside=False) == expected
    for at in range(len(text)):
        assert parsed([text[:at], text[at:]], style=style, starts_inside=False) == expected


def cut(text, sizes):
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(XML)), st.lists(st.integers(1, 30), max_size=40))
def test_several_tokens_at_once_change_nothing(name, sizes):
    text, expected = XML[name]

    assert parsed(cut(text, sizes)) == expected


FRAGMENTS = st.sampled_from(
    ["<tool_call>", "\n", "</parameter>", "<parameter=x>", "</think>", "<", "思", "🙂", '"', "a b"]
)
WORDS = st.lists(FRAGMENTS | st.text(max_size=6), max_size=12).map("".join)


def is_closing(value):
    """Whether a value holds what ends a value."""
    words = (f"\n{value}\n</parameter>\n").split("\n</parameter>")
    return any(word.lstrip().startswith(("<parameter=", "</")) for word in words[1:-1])


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS, st.lists(st.integers(1, 20), max_size=30))
def test_any_value_arrives_as_it_was_written(first, second, sizes):
    if is_closing(first) or is_closing(second):
        return
    text = "Hm\n</think>\n" + call("write", content=first, mode=second)

    expected = "Hm", "", [("write", {"content": first, "mode": second})]
    assert parsed(cut(text, sizes)) == expected


@settings(max_examples=300, deadline=None)
@given(
    st.lists(FRAGMENTS | st.sampled_from(["<function=look>", "</tool_call>", '{"name": "look"'])),
    st.sampled_from(["xml", "hermes", "mistral", "bare_json"]),
    st.lists(st.integers(1, 20), max_size=30),
)
def test_whatever_a_model_writes_the_cuts_do_not_matter(words, style, sizes):
    text = "".join(words)

    whole = parsed([text], style=style)

    assert parsed(cut(text, sizes), style=style) == whole


@pytest.mark.parametrize("at", range(1, 60, 7))
def test_a_call_that_was_cut_off_is_not_ended(at):
    text = "</think>" + call("write", content="rm -rf /tmp/some/folder/below")

    _, _, calls = parsed([text[: 50 + at]], is_complete=False)

    assert calls == [("write", None)]


def test_a_value_is_streamed_while_it_is_written():
    parser = AnswerParser(starts_inside=False, style="xml", tools=TOOLS)
    parser.feed("<tool_call>\n<function=write>\n<parameter=content>\n")

    assert parser.feed("one\ntwo") == [ToolCallDelta(0, "one\\ntwo")]
    assert parser.feed('"é') == [ToolCallDelta(0, '\\"\\u00e9')]


def test_a_call_begins_as_soon_as_its_name_is_known():
    parser = AnswerParser(starts_inside=False, style="xml", tools=TOOLS)

    (started,) = parser.feed("<tool_call>\n<function=look>")

    assert (started.index, started.name) == (0, "look")
    assert started.id.startswith("call_")


def test_mistral_ids_have_the_nine_characters_that_its_templates_demand():
    parser = AnswerParser(starts_inside=False, style="mistral", tools=TOOLS)

    started, *_ = parser.feed('[TOOL_CALLS]look[ARGS]{"a": 1}')

    assert len(started.id) == 9
    assert started.id.isalnum()


@pytest.mark.parametrize(
    ("template", "style"),
    [
        ("<tool_call>\n<function=NAME>\n<parameter=KEY>", "xml"),
        ('<tool_call>\n{"name": <function-name>}</tool_call>', "hermes"),
        ("{{ '[TOOL_CALLS]' }}", "mistral"),
        ('{"name": function name, "parameters": dictionary}', "bare_json"),
        ("{{ messages }}", "hermes"),
        (None, "hermes"),
    ],
)
def test_the_style_follows_from_the_template(template, style):
    assert call_style(template) == style
