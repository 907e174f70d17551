"""What a request of the Messages protocol means inside the program."""

import pytest

from app.chat.messages import Message, ReasoningPart, TextPart, ToolCallPart
from app.chat.tools import Tool, ToolChoice
from app.server.errors import ApiError
from app.server.messages_parse import IMAGE_NOTE, parse

HELLO = [{"role": "user", "content": "Hello"}]
BILLING = "x-anthropic-billing-header: cc_version=2.1.330.{}; cc_entrypoint=sdk-cli;"


def turn(**fields):
    return parse({"messages": HELLO} | fields).turn


def messages(*items, **fields):
    return turn(messages=list(items), **fields).messages


def said(role, *blocks):
    return {"role": role, "content": list(blocks)}


def result(content, **fields):
    return {"type": "tool_result", "tool_use_id": "t1", "content": content, **fields}


def text(words, **fields):
    return {"type": "text", "text": words, **fields}


def image():
    source = {"type": "url", "url": "http://192.0.2.1/secret.png"}
    return {"type": "image", "source": source}


def test_a_string_means_the_same_as_text_blocks():
    as_blocks = messages(said("user", text("Hel"), text("lo", cache_control={"type": "e"})))

    assert "".join(part.text for part in as_blocks[0].parts) == "Hello"
    assert [m.text for m in as_blocks] == [m.text for m in messages(*HELLO)]


@pytest.mark.parametrize("fingerprint", ["a1b", "fff"])
def test_the_billing_header_never_reaches_the_prompt(fingerprint):
    blocks = [text(BILLING.format(fingerprint)), text("Be brief."), text("In a list.")]

    assert messages(*HELLO, system=blocks)[0] == Message.of("system", "Be brief.\n\nIn a list.")


@pytest.mark.parametrize("system", [None, "", [], [text("")]])
def test_an_empty_system_prompt_is_no_message(system):
    assert [m.role for m in messages(*HELLO, system=system)] == ["user"]


def test_a_system_message_in_the_conversation_stays_where_it_is():
    found = messages(
        *HELLO,
        {"role": "system", "content": [text("Remember", cache_control={})]},
        said("assistant", text("Hi")),
        {"role": "system", "content": "Be quick"},
        {"role": "user", "content": "Go on"},
        system="Be kind",
    )

    assert [(m.role, m.text) for m in found] == [
        ("system", "Be kind"),
        ("user", "Hello"),
        ("system", "Remember"),
        ("assistant", "Hi"),
        ("system", "Be quick"),
        ("user", "Go on"),
    ]


def test_thinking_and_calls_of_earlier_answers_are_restored():
    found = messages(
        *HELLO,
        said(
            "assistant",
            {"type": "thinking", "thinking": "Look first", "signature": "anything"},
            {"type": "redacted_thinking", "data": "x"},
            text("I look."),
            {"type": "tool_use", "id": "t1", "name": "look", "input": {"path": "a"}},
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}},
        ),
    )

    assert found[1].parts == (
        ReasoningPart("Look first"),
        TextPart("I look."),
        ToolCallPart("t1", "look", {"path": "a"}),
    )


def test_tool_results_become_tool_messages_among_the_words():
    found = messages(
        said("user", text("Before"), result("one"), result([text("two"), text("!")]), text("After"))
    )

    assert [(m.role, m.text, m.tool_call_id) for m in found] == [
        ("user", "Before", None),
        ("tool", "one", "t1"),
        ("tool", "two!", "t1"),
        ("user", "After", None),
    ]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (result("no such file", is_error=True), "Error: no such file"),
        (result("<tool_use_error>no</tool_use_error>", is_error=True), None),
        (result("fine", is_error=False), "fine"),
        (result("fine", is_error=None), "fine"),
        (result(None), ""),
        (result([image()]), IMAGE_NOTE),
        (result([{"type": "tool_reference", "tool_name": "x"}]), ""),
    ],
)
def test_the_model_is_told_how_a_tool_ended(block, told):
    (found,) = messages(said("user", block))

    assert found.text == (block["content"] if told is None else told)


@pytest.mark.parametrize(
    "source",
    [
        {"type": "text", "media_type": "text/plain", "data": "Words"},
        {"type": "base64", "media_type": "text/markdown", "data": "V29yZHM="},
        {"type": "content", "content": "Words"},
        {"type": "content", "content": [text("Wor"), text("ds")]},
    ],
)
def test_text_documents_are_read(source):
    (found,) = messages(said("user", {"type": "document", "source": source, "title": None}))

    assert found.text == "Words"


@pytest.mark.parametrize(
    "block",
    [
        image(),
        {"type": "document", "source": {"type": "url", "url": "http://192.0.2.1/a.pdf"}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf"}},
        {"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": "%"}},
    ],
)
def test_what_is_not_text_is_refused_and_not_fetched(block):
    with pytest.raises(ApiError, match="text") as refusal:
        messages(said("user", block))

    assert refusal.value.status == 400
    assert "192.0.2.1" not in refusal.value.message


TOOL = {"name": "look", "description": "Looks", "input_schema": {"type": "object", "$schema": "s"}}
LOOK = Tool("look", "Looks", {"type": "object", "$schema": "s"})


@pytest.mark.parametrize("fields", [{}, {"type": "custom"}, {"type": None, "cache_control": {}}])
def test_tools_of_the_client_are_offered_with_their_schema(fields):
    assert turn(tools=[TOOL | fields]).tools == (LOOK,)


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 5},
        {"type": "mcp_toolset", "mcp_server_name": "x"},
        TOOL | {"defer_loading": True},
    ],
)
def test_tools_that_the_model_cannot_use_are_left_out(tool):
    other = TOOL | {"name": "other"}

    assert [found.name for found in turn(tools=[tool, other]).tools] == ["other"]


def test_a_deferred_tool_is_offered_once_a_search_has_found_it():
    found = {"type": "tool_search_tool_search_result", "content": []}
    search = result([{"type": "tool_reference", "tool_name": "look"}, found])

    asked = turn(messages=[said("user", search)], tools=[TOOL | {"defer_loading": True}])

    assert asked.tools == (LOOK,)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (None, ToolChoice("auto")),
        ({"type": "auto"}, ToolChoice("auto")),
        ({"type": "any"}, ToolChoice("required")),
        ({"type": "none"}, ToolChoice("none")),
        ({"type": "tool", "name": "look"}, ToolChoice("named", "look")),
    ],
)
def test_the_choice_of_tools(given, meant):
    assert turn(tools=[TOOL], tool_choice=given).tool_choice == meant


def test_parallel_calls_can_be_switched_off():
    choice = {"type": "auto", "disable_parallel_tool_use": True}

    assert turn(tool_choice=choice).parallel_tool_calls is False
    assert turn().parallel_tool_calls is True


@pytest.mark.parametrize("name", ["output_config", "output_format"])
def test_a_schema_for_the_answer_is_read(name):
    form = {"type": "json_schema", "schema": {"type": "object"}}
    given = {"format": form, "effort": "high"} if name == "output_config" else form

    assert turn(**{name: given}).response_schema == {"type": "object"}


@pytest.mark.parametrize("thinking", [None, {"type": "disabled"}, {}])
def test_thinking_is_shown_only_to_who_asks_for_it(thinking):
    asked = {"type": "adaptive", "display": "omitted"}

    assert parse({"messages": HELLO, "thinking": thinking}).shows_thinking is False
    assert parse({"messages": HELLO, "thinking": asked}).shows_thinking is True


def test_the_session_is_named_by_the_header_or_else_by_the_metadata():
    body = {"messages": HELLO, "metadata": {"user_id": "u"}}

    assert parse(body, "s").turn.session_key == "s"
    assert parse(body).turn.session_key == "u"


def test_nulls_and_unknown_fields_change_nothing():
    nulls = dict.fromkeys(
        [
            *("system", "tools", "tool_choice", "thinking", "metadata", "stop_sequences"),
            *("temperature", "top_p", "top_k", "max_tokens", "output_config", "output_format"),
            "stream",
        ]
    )
    odd = {"context_management": {"edits": []}, "betas": ["x"], "container": 5, "mcp_servers": [1]}

    assert turn(**nulls, **odd) == turn()


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": []},
        {"messages": ["Hello"]},
        {"messages": [{"role": "king", "content": "Hello"}]},
        {"messages": [{"role": "user", "content": 5}]},
        {"messages": [{"role": "user", "content": [5]}]},
        {"messages": [said("user", result(5))]},
        {"system": 5},
        {"tool_choice": {"type": "tool"}},
        {"tool_choice": {"type": "odd"}},
        {"output_config": {"format": {"type": "regex"}}},
        {"stop_sequences": [1]},
        {"max_tokens": 0},
    ],
)
def test_what_cannot_be_meant_is_refused(fields):
    with pytest.raises(ApiError) as refusal:
        turn(**fields)

    assert refusal.value.status == 400
