"""Tools in the chat protocol: a model that writes in Step's format, asked by the openai package."""

import json
from pathlib import Path

import openai
import pytest

from app.server.control import EndpointControl
from tests.server.conftest import KEY, client_of, new_engine

TEMPLATE = Path(__file__).parents[1] / "data/templates/nano-step.jinja"


def call(name, key, value):
    value = f"<parameter={key}>\n{value}\n</parameter>"
    return f"<tool_call>\n<function={name}>\n{value}\n</function>\n</tool_call>"


TALK = "\n</think>\n"
AT_THE_START = r"[^<]*<[|]im_end[|]>[^<]*<[|]im_start[|]>assistant\n<think>\n$"
REPLIES = [
    {"when": "<tool_response>42</tool_response>", "text": TALK + "It says 42."},
    {"when": "read both", "text": TALK + call("read", "path", "a") + call("read", "path", "b")},
    {"when": "only talk" + AT_THE_START, "text": TALK + "No call."},
    {"when": "<function=read>\n$", "text": "<parameter=path>\nforced\n</parameter>\n</function>"},
    {"when": "never call", "text": TALK + "I will not."},
    {"when": "patch it", "text": TALK + call("patch", "input", "x")},
    {"when": "as JSON", "text": TALK + '{"n": 1}'},
    {"when": "no JSON", "text": TALK + "Sorry"},
    {
        "when": "# Tools",
        "text": "I read it." + TALK + "Let me look.\n\n" + call("read", "path", 'é"'),
    },
    {"text": TALK + "Hello."},
]
READ = {
    "type": "function",
    "function": {
        "name": "read",
        "description": "Reads a file.",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
}
NAMED = {"type": "function", "function": {"name": "read"}}


@pytest.fixture(scope="module")
def step(tmp_path_factory):
    """An endpoint before a model that speaks Step's format."""
    template = TEMPLATE.read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("step")
    engine = new_engine(folder, chat_template=template, replies=REPLIES, context_length=2000)
    engine.start()
    engine.wait_ready(20)
    control = EndpointControl(engine, 0, KEY)
    control.start()
    yield control
    control.stop()
    engine.close()


@pytest.fixture(scope="module")
def sdk(step):
    with openai.OpenAI(base_url=step.address, api_key=KEY, max_retries=0) as sdk:
        yield sdk


def create(sdk, words, **fields):
    messages = [{"role": "user", "content": words}]
    return sdk.chat.completions.create(model="any", messages=messages, **fields)


def assembled(stream):
    """The message that the deltas of a stream make, and how it finished."""
    content, calls, finish = "", {}, None
    for chunk in stream:
        choice = chunk.choices[0]
        content += choice.delta.content or ""
        finish = choice.finish_reason or finish
        for delta in choice.delta.tool_calls or []:
            call = calls.setdefault(delta.index, ["", "", ""])
            call[0] += delta.id or ""
            call[1] += delta.function.name or ""
            call[2] += delta.function.arguments or ""
    return content, [tuple(call) for call in calls.values()], finish


def test_a_whole_answer_holds_text_reasoning_and_calls(sdk):
    (choice,) = create(sdk, "What is in it?", tools=[READ]).choices

    (call,) = choice.message.tool_calls
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content == "Let me look.\n\n"
    assert choice.message.reasoning_content == "I read it."
    assert call.id.startswith("call_")
    assert (call.type, call.function.name) == ("function", "read")
    assert json.loads(call.function.arguments) == {"path": 'é"'}


def test_an_answer_of_calls_alone_has_no_content(sdk):
    (choice,) = create(sdk, "read both", tools=[READ]).choices

    assert choice.message.content is None
    assert [c.function.arguments for c in choice.message.tool_calls] == [
        '{"path": "a"}',
        '{"path": "b"}',
    ]


@pytest.mark.parametrize("words", ["What is in it?", "read both"])
def test_the_deltas_of_a_stream_make_the_same_message(sdk, words):
    (choice,) = create(sdk, words, tools=[READ]).choices

    content, calls, finish = assembled(create(sdk, words, tools=[READ], stream=True))

    whole = [(c.function.name, c.function.arguments) for c in choice.message.tool_calls]
    assert content == (choice.message.content or "")
    assert [call[1:] for call in calls] == whole
    assert finish == "tool_calls"


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_tool_loop_ends_with_an_answer(sdk, is_stream):
    messages = [{"role": "user", "content": "What is in it?"}]
    ask = {"model": "any", "messages": messages, "tools": [READ]}
    if is_stream:
        with sdk.chat.completions.stream(**ask) as stream:
            message = stream.get_final_completion().choices[0].message
    else:
        message = sdk.chat.completions.create(**ask).choices[0].message
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls:
        messages.append({"role": "tool", "tool_call_id": call.id, "content": "42"})

    answer = sdk.chat.completions.create(**ask).choices[0]

    assert (answer.message.content, answer.finish_reason) == ("It says 42.", "stop")


def test_only_one_call_comes_when_more_are_not_wanted(sdk):
    (choice,) = create(sdk, "read both", tools=[READ], parallel_tool_calls=False).choices

    assert len(choice.message.tool_calls) == 1
    assert choice.finish_reason == "tool_calls"


def test_a_demanded_call_that_does_not_come_is_an_error(sdk):
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        create(sdk, "never call", tools=[READ], tool_choice="required")
    assert caught.value.code == "tool_call_missing"

    stream = create(sdk, "never call", tools=[READ], tool_choice="required", stream=True)
    with pytest.raises(openai.APIError):
        list(stream)


def test_no_call_is_made_when_none_is_allowed(sdk):
    (choice,) = create(sdk, "What is in it?", tools=[READ], tool_choice="none").choices

    assert (choice.message.content, choice.finish_reason) == ("Hello.", "stop")


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_custom_tool_gets_its_text(step, is_stream):
    tool = {"type": "custom", "custom": {"name": "patch"}}
    body = {"model": "any", "messages": [{"role": "user", "content": "patch it"}], "tools": [tool]}
    with client_of(step) as client:
        answer = client.post("/v1/chat/completions", json=body | {"stream": is_stream})

    if is_stream:
        chunks = [
            json.loads(line[6:]) for line in answer.text.splitlines() if '"tool_calls":' in line
        ]
        (call,) = chunks[0]["choices"][0]["delta"]["tool_calls"]
    else:
        (call,) = answer.json()["choices"][0]["message"]["tool_calls"]
    assert call["type"] == "custom"
    assert call["custom"] == {"name": "patch", "input": "x"}


def test_json_is_checked_against_the_schema(sdk):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}

    assert create(sdk, "as JSON", response_format=form).choices[0].message.content == '{"n": 1}'
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        create(sdk, "no JSON", response_format=form)
    assert caught.value.code == "answer_invalid"
