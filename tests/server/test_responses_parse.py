"""What a request of the Responses protocol means inside the program."""

import pytest

from app.chat.messages import Message, ReasoningPart, TextPart, ToolCallPart
from app.chat.tools import Tool, ToolChoice
from app.server.errors import ApiError
from app.server.responses_items import IMAGE_NOTE, seal
from app.server.responses_parse import parse
from app.server.responses_store import ResponseStore
from app.server.responses_tools import ToolOrigin

FUNCTION = {"type": "function", "name": "look", "description": "Looks", "parameters": {"a": 1}}
GRAMMAR = {"type": "grammar", "syntax": "lark", "definition": "start: patch"}
CUSTOM = {"type": "custom", "name": "apply_patch", "description": "Edit", "format": GRAMMAR}
NAMESPACE = {"type": "namespace", "name": "agents", "tools": [FUNCTION, CUSTOM]}


def asked(**fields):
    return parse({"model": "any", "input": "Hello"} | fields, ResponseStore())


def messages(*items, **fields):
    return asked(input=list(items), **fields).turn.messages


def said(role, *parts, **fields):
    return {"type": "message", "role": role, "content": list(parts), **fields}


def words(text, kind="input_text"):
    return {"type": kind, "text": text}


@pytest.mark.parametrize(
    "given",
    [
        "Hello",
        [{"role": "user", "content": "Hello"}],
        [said("user", words("Hel"), words("lo"))],
        [said("user", words("Hello", "text"), id="m", status="completed")],
        [{"type": "web_search_call", "id": "w"}, {"role": "user", "content": "Hello"}],
    ],
)
def test_a_question_means_the_same_in_every_form(given):
    assert asked(input=given).turn.messages == (Message.of("user", "Hello"),)


def test_instructions_and_developer_messages_are_system_messages_in_place():
    found = messages(
        said("developer", words("Be kind")),
        said("user", words("Hi")),
        said("developer", words("Be quick")),
        instructions="Be brief",
    )

    assert [(m.role, m.text) for m in found] == [
        ("system", "Be brief"),
        ("system", "Be kind"),
        ("user", "Hi"),
        ("system", "Be quick"),
    ]


def test_the_items_of_one_answer_become_one_message():
    found = messages(
        said("user", words("Look")),
        {"type": "reasoning", "id": "r", "summary": [], "content": [words("Hm", "reasoning_text")]},
        said("assistant", words("I look.", "output_text"), phase="commentary"),
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"path": "a"}'},
        {"type": "function_call", "call_id": "c2", "name": "f", "namespace": "ns", "arguments": ""},
        {"type": "custom_tool_call", "call_id": "c3", "name": "apply_patch", "input": "*** Begin"},
        {"type": "function_call_output", "call_id": "c1", "output": "done"},
        {"type": "custom_tool_call_output", "call_id": "c3", "output": [words("ok")]},
        {"type": "reasoning", "id": "r", "summary": [words("So", "summary_text")]},
    )

    assert found == (
        Message.of("user", "Look"),
        Message(
            "assistant",
            (
                ReasoningPart("Hm"),
                TextPart("I look."),
                ToolCallPart("c1", "look", {"path": "a"}),
                ToolCallPart("c2", "ns.f", {}),
                ToolCallPart("c3", "apply_patch", {"input": "*** Begin"}),
            ),
        ),
        Message("tool", (TextPart("done"),), None, "c1"),
        Message("tool", (TextPart("ok"),), None, "c3"),
        Message("assistant", (ReasoningPart("So"),)),
    )


def test_two_answers_in_a_row_stay_two():
    first, second = said("assistant", words("One")), said("assistant", words("Two"))

    assert [m.text for m in messages(first, second)] == ["One", "Two"]


@pytest.mark.parametrize("content", [None, []])
def test_reasoning_is_restored_from_what_we_sealed(content):
    item = {"type": "reasoning", "content": content, "encrypted_content": seal("Hm 日本")}

    assert messages(item)[0].parts == (ReasoningPart("Hm 日本"),)


@pytest.mark.parametrize("sealed", ["of-another-server", "doorstep:%%", None])
def test_reasoning_that_we_did_not_seal_is_passed_over(sealed):
    item = {"type": "reasoning", "summary": None, "encrypted_content": sealed}

    assert messages(item, said("user", words("Hi"))) == (Message.of("user", "Hi"),)


def test_an_image_in_a_tool_result_is_named_and_one_from_the_user_refused():
    image = {"type": "input_image", "image_url": "http://192.0.2.1/secret.png"}
    result = {"type": "function_call_output", "call_id": "c", "output": [image]}

    assert messages(result)[0].text == IMAGE_NOTE
    with pytest.raises(ApiError, match="text only") as refusal:
        messages(said("user", image))
    assert "192.0.2.1" not in refusal.value.message


def test_functions_namespaces_and_custom_tools_are_flattened():
    skipped = [{"type": "web_search"}, {"type": "local_shell"}, {"type": "of_next_year", "name": 5}]

    found = asked(tools=[FUNCTION, *skipped, NAMESPACE])

    free_text = found.turn.tools[2]
    assert found.turn.tools[:2] == (
        Tool("look", "Looks", {"a": 1}),
        Tool("agents.look", "Looks", {"a": 1}),
    )
    assert free_text.name == "agents.apply_patch"
    assert "start: patch" in free_text.description
    assert free_text.parameters["required"] == ["input"]
    assert found.toolbox.origin("agents.apply_patch") == ToolOrigin("apply_patch", "agents", True)
    assert found.toolbox.origin("made.up") == ToolOrigin("made.up")


def test_tools_in_the_nested_form_are_understood():
    nested = {"type": "function", "function": {"name": "look", "parameters": {}}}

    assert asked(tools=[nested]).turn.tools == (Tool("look"),)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (None, ToolChoice("auto")),
        ("none", ToolChoice("none")),
        ("required", ToolChoice("required")),
        ({"type": "function", "name": "look"}, ToolChoice("named", "look")),
        (
            {"type": "function", "name": "look", "namespace": "agents"},
            ToolChoice("named", "agents.look"),
        ),
        ({"type": "web_search"}, ToolChoice("auto")),
    ],
)
def test_the_choice_of_tools(given, meant):
    assert asked(tools=[FUNCTION, NAMESPACE], tool_choice=given).turn.tool_choice == meant


def test_allowed_tools_are_all_that_is_offered():
    choice = {"type": "allowed_tools", "mode": "required", "tools": [FUNCTION]}

    found = asked(tools=[FUNCTION, CUSTOM], tool_choice=choice).turn

    assert [tool.name for tool in found.tools] == ["look"]
    assert found.tool_choice == ToolChoice("required")


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        (None, None),
        ({"type": "text"}, None),
        ({"type": "json_object"}, {"type": "object"}),
        ({"type": "json_schema", "name": "n", "schema": {"type": "array"}}, {"type": "array"}),
    ],
)
def test_the_form_of_the_answer(form, schema):
    assert asked(text={"format": form}).turn.response_schema == schema


def test_the_cache_key_names_the_session():
    assert asked(prompt_cache_key="k").turn.session_key == "k"


def test_the_call_that_warms_up_is_a_turn_of_one_token():
    assert asked(input="", max_output_tokens=1).turn.max_tokens == 1


def test_nulls_and_unknown_fields_change_nothing():
    nulls = dict.fromkeys(
        [
            *("instructions", "tools", "tool_choice", "text", "reasoning", "include", "stream"),
            *("temperature", "top_p", "max_output_tokens", "metadata", "previous_response_id"),
            *("prompt_cache_key", "parallel_tool_calls", "store", "background", "conversation"),
        ]
    )
    odd = {"client_metadata": {"a": "b"}, "stream_options": {"include_obfuscation": False}}

    assert asked(**nulls, **odd) == asked()


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": None}, "model"),
        ({"input": None}, "input"),
        ({"input": 5}, "input"),
        ({"input": ["Hello"]}, "input[0]"),
        ({"input": [{"role": "king", "content": "Hello"}]}, "input[0].role"),
        ({"input": [{"role": "user", "content": 5}]}, "input[0].content"),
        ({"tools": ["look"]}, "tools"),
        ({"tool_choice": "sometimes"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "name": "nothing"}}, "tool_choice"),
        ({"tool_choice": 5}, "tool_choice"),
        ({"text": {"format": {"type": "regex"}}}, "text.format"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
    ],
)
def test_what_cannot_be_answered_says_which_field(fields, param):
    with pytest.raises(ApiError) as refusal:
        asked(**fields)

    assert (refusal.value.status, refusal.value.param) == (400, param)
