"""What a chat sends: instructions and sampling of its preset, and what of it still fits."""

from app.chat.messages import Message
from app.chat.presets import Preset
from app.engine.protocol import SamplingParams
from tests.chat.conftest import stored


def test_the_preset_of_a_conversation_gives_instructions_and_sampling(
    store, chat, session, updates
):
    store.use_preset(chat, Preset("Brief", "Be brief.", SamplingParams(temperature=0.25)))
    session.send(chat, "hello", updates)
    updates.last()

    _, answer = stored(store, chat)
    assert answer.details.sampling.temperature == 0.25
    assert session.measure(chat, store.preset(chat), "more").messages[0] == Message.of(
        "system", "Be brief."
    )


def test_what_no_longer_fits_is_left_out_and_said(store, chat, session, engine, updates):
    words = "word " * (engine.status.model.context_length // 3)
    for number in range(4):
        store.append(chat, Message.of("assistant" if number % 2 else "user", words))
    told = session.measure(chat, None, "and now?")
    session.send(chat, "and now?", updates)
    updates.last()

    answer = stored(store, chat)[-1]
    assert answer.state == "complete"
    assert answer.details.left_out == told.left_out > 0
    assert answer.details.prompt_tokens == told.tokens


def test_measuring_stores_nothing(store, chat, session):
    session.measure(chat, None, "hello")

    assert store.branch(chat) == []
