"""The llm package against a real port: a command line and library for language models."""

import llm
import pytest
from llm.default_plugins.openai_models import Chat

from tests.server.conftest import KEY


@pytest.fixture
def model_of(monkeypatch, tmp_path):
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))

    def make(control):
        return Chat(
            "doorstep",
            key=KEY,
            model_name="any",
            api_base=control.address,
            supports_tools=True,
            supports_schema=True,
        )

    return make


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
def test_a_question_is_answered(model_of, control, is_streamed):
    answer = model_of(control).prompt("What is the capital of France?", stream=is_streamed)

    assert answer.text() == "Paris is the capital of France."
    assert answer.usage().output == 6


def test_a_chain_calls_its_tool_and_ends(model_of, step):
    asked = []

    def get_weather(city: str) -> str:
        asked.append(city)
        return "sunny"

    chain = model_of(step).chain(
        "What is the weather in Paris?", tools=[llm.Tool.function(get_weather)]
    )

    assert "It is sunny in Paris." in chain.text()
    assert asked == ["Paris"]


def test_an_answer_fits_the_schema_that_was_asked_for(model_of, step):
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

    answer = model_of(step).prompt("as JSON", schema=schema)

    assert '"city": "Paris"' in answer.text()
