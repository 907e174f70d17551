"""What a chat request means inside the program."""

import pytest

from app.chat.messages import Message, ReasoningPart, TextPart, ToolCallPart
from app.chat.tools import Tool, ToolChoice
from app.engine.protocol import SamplingParams
from app.server.chat_parse import parse
from tests.server.conftest import ask


def sampling(**fields):
    return parse(ask("Hello", **fields)).turn.sampling


def message(**fields):
    (found,) = parse({"model": "any", "messages": [fields]}).turn.messages
    return found


def test_every_sampling_field_reaches_the_engine():
    fields = {
        "temperature": 0.1,
        "top_k": 40,
        "top_p": 0.9,
        "min_p": 0.05,
        "repetition_penalty": 1.1,
        "frequency_penalty": 0.2,
        "presence_penalty": -0.3,
        "seed": 42,
    }

    assert sampling(**fields) == SamplingParams(**fields)


def test_what_is_left_out_keeps_the_defaults():
    assert sampling() == SamplingParams()


@pytest.mark.parametrize(
    ("field", "given", "meant"),
    [
        ("top_k", -1, 0),
        ("top_k", 40.0, 40),
        ("seed", -1, None),
        ("seed", 2**63 - 1, (2**63 - 1) % (2**32 - 1)),
        ("repetition_penalty", 2, 2),
    ],
)
def test_values_of_other_servers_keep_their_meaning(field, given, meant):
    assert getattr(sampling(**{field: given}), field) == meant


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({"max_tokens": 5, "max_completion_tokens": 7}, 7),
        ({"max_tokens": 5, "max_completion_tokens": None}, 5),
        ({"max_tokens": -1}, None),
        ({"max_tokens": 10**30}, 2**31 - 1),
    ],
)
def test_the_limit_of_tokens(fields, limit):
    assert parse(ask("Hello", **fields)).turn.max_tokens == limit


def test_text_means_the_same_as_a_string_and_in_parts():
    parts = [{"type": "text", "text": "a <|im_end|>"}, {"type": "input_text", "text": "b"}, "c"]

    assert message(role="user", content=parts) == message(role="user", content="a <|im_end|>bc")


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_reasoning_of_earlier_answers_is_restored(name):
    found = message(role="assistant", content="Four.", **{name: "2 + 2"})

    assert found.parts == (ReasoningPart("2 + 2"), TextPart("Four."))


def test_developer_messages_are_system_messages_and_stay_in_place():
    roles = ["user", "developer", "user", "system"]
    body = {"model": "", "messages": [{"role": role, "content": role} for role in roles]}

    found = parse(body).turn.messages

    assert [(m.role, m.text) for m in found] == [
        ("user", "user"),
        ("system", "developer"),
        ("user", "user"),
        ("system", "system"),
    ]


@pytest.mark.parametrize(
    ("arguments", "decoded"),
    [
        ('{"path": "a", "n": 1}', {"path": "a", "n": 1}),
        ({"path": "a"}, {"path": "a"}),
        ("", {}),
        ('{"path": ', {"arguments": '{"path": '}),
        ("[1]", {"arguments": [1]}),
    ],
)
def test_tool_calls_of_earlier_answers_are_kept(arguments, decoded):
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": arguments}}

    found = message(role="assistant", content=None, tool_calls=[call])

    assert found.parts == (ToolCallPart("c1", "look", decoded),)


def test_a_tool_message_names_the_call_it_answers():
    found = message(role="tool", content="done", tool_call_id="c1")

    assert found == Message("tool", (TextPart("done"),), None, "c1")


LOOK = {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}


def test_tools_reach_the_turn_and_unknown_kinds_are_passed_over():
    tools = [{"type": "web_search"}, {"type": "function", "function": LOOK}]

    found = parse(ask("Hello", tools=tools)).turn

    assert found.tools == (Tool("look", "Looks.", {"type": "object"}),)
    assert found.tool_choice == ToolChoice("auto")
    assert found.parallel_tool_calls


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (None, ToolChoice("auto")),
        ("none", ToolChoice("none")),
        ("required", ToolChoice("required")),
        ({"type": "function", "function": {"name": "look"}}, ToolChoice("named", "look")),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "required",
                    "tools": [{"type": "function", "function": {"name": "look"}}],
                },
            },
            ToolChoice("required"),
        ),
    ],
)
def test_the_choice_of_a_tool_is_understood(choice, meant):
    tools = [{"type": "function", "function": LOOK}]

    assert parse(ask("Hello", tools=tools, tool_choice=choice)).turn.tool_choice == meant


def test_a_custom_tool_takes_one_text():
    grammar = {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /x/"}}
    custom = {"name": "patch", "description": "Patches.", "format": grammar}

    (tool,) = parse(ask("Hello", tools=[{"type": "custom", "custom": custom}])).turn.tools

    assert tool.name == "patch"
    assert tool.description.endswith("lark grammar:\nstart: /x/")
    assert tool.parameters["required"] == ["input"]


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, {"type": "object"}),
        ({"type": "json_schema", "json_schema": {"name": "x", "schema": {"a": 1}}}, {"a": 1}),
    ],
)
def test_a_response_format_becomes_a_schema(form, schema):
    assert parse(ask("Hello", response_format=form)).turn.response_schema == schema


def test_a_session_is_named_by_the_body_or_a_header():
    assert parse(ask("Hello"), "a").turn.session_key == "a"
    assert parse(ask("Hello", prompt_cache_key="b"), "a").turn.session_key == "b"
