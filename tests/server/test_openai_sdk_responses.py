"""The openai package speaking the Responses protocol: tool loops, schemas, reasoning."""

import json

import openai
import pytest
from openai.types.responses import Response
from pydantic import BaseModel

from tests.server.conftest import KEY

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
NAMESPACE = {"type": "namespace", "name": "agents", "description": "Others", "tools": [WEATHER]}
PATCH = {"type": "custom", "name": "apply_patch", "description": "Changes files"}


class Weather(BaseModel):
    city: str
    sunny: bool


@pytest.fixture(scope="module")
def sdk(step):
    with openai.OpenAI(base_url=step.address, api_key=KEY, max_retries=0) as sdk:
        yield sdk


def created(sdk, words, **fields):
    response = sdk.responses.create(model="any", input=words, **fields)
    Response.model_validate(response.to_dict(), strict=True)
    return response


def test_a_whole_answer_is_valid(sdk):
    response = created(sdk, "Hello")

    assert response.output_text == "Hello."
    assert [item.type for item in response.output] == ["reasoning", "message"]
    assert response.output[0].content[0].text == "Nothing to think."
    assert response.usage.output_tokens_details.reasoning_tokens > 0


def test_the_stream_helper_builds_the_same_response(sdk):
    whole = created(sdk, "Hello", reasoning={"effort": "low"})

    with sdk.responses.stream(model="any", input="Hello", reasoning={"effort": "low"}) as stream:
        found = list(stream)
        final = stream.get_final_response()

    thought = [e.delta for e in found if e.type == "response.reasoning_text.delta"]
    assert "".join(thought) == "Nothing to think."
    assert final.output_text == whole.output_text
    assert final.usage == whole.usage


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_tool_loop_ends_with_the_answer(sdk, is_stream):
    asked = {"model": "any", "tools": [WEATHER]}
    history = [{"role": "user", "content": "What is the weather in Paris?"}]
    first = last_of(sdk, history, asked, is_stream)

    call = first.output[-1]
    assert (call.type, call.name, json.loads(call.arguments)) == (
        "function_call",
        "get_weather",
        {"city": "Paris"},
    )
    history += [item.to_dict() for item in first.output]
    history += [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}]

    assert last_of(sdk, history, asked, is_stream).output_text == "It is sunny in Paris."


def last_of(sdk, history, asked, is_stream):
    if not is_stream:
        return sdk.responses.create(input=history, **asked)
    with sdk.responses.stream(input=history, **asked) as stream:
        return stream.get_final_response()


def test_a_function_in_a_namespace_is_called_by_both_names(sdk):
    call = created(sdk, "the weather by agents", tools=[NAMESPACE]).output[-1]

    assert (call.type, call.namespace, call.name) == ("function_call", "agents", "get_weather")


def test_a_custom_tool_gets_its_text(sdk):
    call = created(sdk, "apply a patch", tools=[PATCH]).output[-1]

    assert (call.type, call.name, call.input) == (
        "custom_tool_call",
        "apply_patch",
        "*** Begin Patch",
    )


def test_an_answer_in_a_schema_is_parsed(sdk):
    response = sdk.responses.parse(model="any", input="Tell it as JSON", text_format=Weather)

    assert response.output_parsed == Weather(city="Paris", sunny=True)


def test_errors_come_as_the_exceptions_of_the_package(sdk):
    with pytest.raises(openai.BadRequestError) as overflow:
        created(sdk, "word " * 6000)
    assert overflow.value.code == "context_length_exceeded"
    with pytest.raises(openai.AuthenticationError):
        created(sdk.with_options(api_key="wrong"), "Hello")
    with pytest.raises(openai.BadRequestError, match="not known here"):
        created(sdk, "Hello", previous_response_id="resp_1")
