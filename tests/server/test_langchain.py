"""langchain-openai against a real port: chains and agents of Python programs."""

import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

from tests.patience import PATIENCE_S
from tests.server.conftest import KEY

QUESTION = "What is the capital of France?"


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"sunny in {city}"


def model(control, **options):
    return ChatOpenAI(
        model="any",
        base_url=control.address,
        api_key=KEY,
        max_retries=0,
        timeout=PATIENCE_S,
        **options,
    )


@pytest.mark.parametrize("is_responses", [False, True], ids=["chat", "responses"])
def test_streamed_and_whole_answers_are_the_same(control, is_responses):
    chat = model(control, use_responses_api=is_responses)

    whole = chat.invoke(QUESTION)
    streamed = list(chat.stream(QUESTION))

    assert whole.text == "Paris is the capital of France."
    assert "".join(chunk.text for chunk in streamed) == whole.text
    assert whole.usage_metadata["output_tokens"] == 6


@pytest.mark.parametrize("is_responses", [False, True], ids=["chat", "responses"])
def test_a_tool_is_called_and_its_result_answered(step, is_responses):
    chat = model(step, use_responses_api=is_responses).bind_tools([get_weather])
    question = HumanMessage("What is the weather in Paris?")

    asked = chat.invoke([question])
    (call,) = asked.tool_calls
    result = ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"])
    answer = chat.invoke([question, asked, result])

    assert (call["name"], call["args"]) == ("get_weather", {"city": "Paris"})
    assert answer.text == "It is sunny in Paris."


def test_an_answer_fits_the_schema_that_was_asked_for(step):
    schema = {
        "title": "weather",
        "type": "object",
        "properties": {"city": {"type": "string"}, "sunny": {"type": "boolean"}},
        "required": ["city", "sunny"],
        "additionalProperties": False,
    }

    found = model(step).with_structured_output(schema, method="json_schema").invoke("as JSON")

    assert found == {"city": "Paris", "sunny": True}
