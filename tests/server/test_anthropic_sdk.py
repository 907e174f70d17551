"""The anthropic package against a real port, with strict checks of what it is sent."""

import anthropic
import pytest
from anthropic.types import Message
from pydantic import BaseModel

from tests.server.conftest import KEY

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
THINK = [{"role": "user", "content": "think first"}]
ASK = {"model": "claude-any", "max_tokens": 2048}
THINKING = {"type": "enabled", "budget_tokens": 1024}


@pytest.fixture(scope="module")
def sdk(control):
    base = f"http://127.0.0.1:{control.port}"
    with anthropic.Anthropic(base_url=base, api_key=KEY, max_retries=0) as sdk:
        yield sdk


def test_a_whole_answer_is_valid_and_starts_with_its_text(sdk):
    message = sdk.messages.create(messages=QUESTION, **ASK)

    assert message.content[0].text == "Paris is the capital of France."
    Message.model_validate(message.to_dict(), strict=True)


def test_the_stream_helper_builds_the_same_message(sdk):
    whole = sdk.messages.create(messages=THINK, thinking=THINKING, **ASK)

    with sdk.messages.stream(messages=THINK, thinking=THINKING, **ASK) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()

    assert text == "Four."
    assert [block.type for block in final.content] == ["thinking", "text"]
    assert final.content[0].thinking == "Two and two make"
    assert final.model_dump(exclude={"id", "content"}) == whole.model_dump(
        exclude={"id", "content"}
    )
    assert [b.to_dict() for b in final.content] == [b.to_dict() for b in whole.content]


def test_thinking_can_be_sent_back(sdk):
    first = sdk.messages.create(messages=THINK, thinking=THINKING, **ASK)
    history = [*THINK, {"role": "assistant", "content": first.content}, *QUESTION]

    again = sdk.messages.create(messages=history, **ASK)

    assert again.stop_reason == "end_turn"


def test_tokens_can_be_counted(sdk):
    assert sdk.messages.count_tokens(model="any", messages=QUESTION).input_tokens > 5


def test_a_stop_sequence_ends_the_answer_before_it(sdk):
    message = sdk.messages.create(messages=QUESTION, stop_sequences=[" capital"], **ASK)

    assert message.content[0].text == "Paris is the"
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", " capital")


def test_errors_come_as_the_exceptions_of_the_package(sdk):
    long = [{"role": "user", "content": "word " * 600}]
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        sdk.messages.create(messages=long, **ASK)
    with pytest.raises(anthropic.AuthenticationError):
        sdk.with_options(api_key="wrong").messages.create(messages=QUESTION, **ASK)
    with (
        pytest.raises(anthropic.APIError),
        sdk.messages.stream(messages=[{"role": "user", "content": "fail later"}], **ASK) as stream,
    ):
        stream.until_done()


WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


class Weather(BaseModel):
    city: str
    sunny: bool


@pytest.fixture(scope="module")
def step_sdk(step):
    base = f"http://127.0.0.1:{step.port}"
    with anthropic.Anthropic(base_url=base, api_key=KEY, max_retries=0) as sdk:
        yield sdk


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("choice", ["auto", "any"])
def test_a_tool_loop_ends_with_the_answer(step_sdk, is_stream, choice):
    asked = ASK | {"tools": [WEATHER], "thinking": {"type": "adaptive"}}
    history = [{"role": "user", "content": "What is the weather in Paris?"}]
    first = last_of(step_sdk, history, asked | {"tool_choice": {"type": choice}}, is_stream)

    call = first.content[-1]
    assert first.stop_reason == "tool_use"
    assert first.content[0].type == "thinking"
    assert (call.type, call.name, call.input) == ("tool_use", "get_weather", {"city": "Paris"})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
    history += [
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    second = last_of(step_sdk, history, asked, is_stream)

    assert second.content[-1].text == "It is sunny in Paris."
    assert second.stop_reason == "end_turn"


def last_of(sdk, history, asked, is_stream):
    if not is_stream:
        return sdk.messages.create(messages=history, **asked)
    with sdk.messages.stream(messages=history, **asked) as stream:
        return stream.get_final_message()


def test_an_answer_in_a_schema_is_parsed(step_sdk):
    words = [{"role": "user", "content": "Tell it as JSON"}]

    message = step_sdk.messages.parse(messages=words, output_format=Weather, **ASK)

    assert message.parsed_output == Weather(city="Paris", sunny=True)


def test_a_count_takes_in_the_tools(step_sdk):
    asked = {"model": "any", "tools": [WEATHER], "system": "Be brief"}
    words = [{"role": "user", "content": "Hello"}]

    counted = step_sdk.messages.count_tokens(messages=words, **asked).input_tokens

    usage = step_sdk.messages.create(messages=words, max_tokens=100, **asked).usage
    assert counted == usage.input_tokens + usage.cache_read_input_tokens
