"""The openai package against a real port: what most programs use."""

import openai
import pytest

from tests.patience import is_soon_enough
from tests.server.conftest import KEY, tokens_made

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
LONG = [{"role": "user", "content": "count for long"}]


@pytest.fixture
def sdk(control):
    with openai.OpenAI(base_url=control.address, api_key=KEY, max_retries=0) as sdk:
        yield sdk


def test_streamed_and_whole_answers_are_the_same(sdk):
    whole = sdk.chat.completions.create(model="any", messages=QUESTION)
    stream = sdk.chat.completions.create(
        model="any", messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)

    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content == "Paris is the capital of France."
    assert chunks[-1].usage == whole.usage


def test_the_stream_helper_of_the_package_understands_every_event(sdk):
    with sdk.chat.completions.stream(model="any", messages=QUESTION) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()

    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content == "Paris is the capital of France."


def test_closing_a_stream_stops_the_engine_within_a_token(sdk, engine):
    def leave():
        heard = 0
        messages = [{"role": "user", "content": "count slowly"}]
        with sdk.chat.completions.create(model="any", messages=messages, stream=True) as stream:
            for chunk in stream:
                heard += bool(chunk.choices[0].delta.content)
                if heard == 5:
                    break

    # 100 ms a token: room for one that was on its way.
    assert is_soon_enough(lambda: 5 <= tokens_made(engine, leave) <= 6)


def test_models_are_listed_with_their_context_length(sdk):
    model, alias = sdk.models.list().data

    assert alias.id == "claude-scripted-model"
    assert (model.id, model.object, model.context_length) == ("scripted-model", "model", 500)
    assert sdk.models.retrieve("scripted-model").id == "scripted-model"


def test_errors_come_as_the_exceptions_of_the_package(sdk):
    too_long = [{"role": "user", "content": "word " * 600}]
    with pytest.raises(openai.BadRequestError) as overflow:
        sdk.chat.completions.create(model="any", messages=too_long)
    assert overflow.value.code == "context_length_exceeded"

    with pytest.raises(openai.AuthenticationError):
        sdk.with_options(api_key="wrong").models.list()
    with pytest.raises(openai.NotFoundError):
        sdk.models.retrieve("another")


def test_an_error_inside_a_stream_raises(sdk):
    messages = [{"role": "user", "content": "fail later"}]
    stream = sdk.chat.completions.create(model="any", messages=messages, stream=True)

    with pytest.raises(openai.APIError):
        list(stream)
