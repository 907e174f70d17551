"""A turn on the real client with the scripted engine: messages in, updates out, one last."""

import os
import signal
import threading

import pytest

from app.chat.messages import Message
from app.chat.turn import (
    ContentDelta,
    PromptProgress,
    Turn,
    TurnFailed,
    TurnRequest,
    start_turn,
)
from app.engine.protocol import SamplingParams
from app.errors import AppError, ErrorKind

LIMIT_S = 20


def start(engine, text: str, updates, **options) -> Turn:
    request = TurnRequest((Message.of("user", text),), SamplingParams(), **options)
    return start_turn(engine, request, updates)


def test_a_turn_ends_with_one_finish_after_all_its_text(engine, updates):
    turn = start(engine, "hello", updates)

    last = updates.last()
    assert last.reason == "stop"
    assert updates.text == "a short answer"
    assert updates.all[-1] is last
    assert updates.lasts == [last]
    assert turn.wait(LIMIT_S)


def test_the_finish_carries_counts_and_times(engine, updates):
    start(engine, "hello", updates)

    last = updates.last()
    assert last.usage.completion_tokens == 3
    assert last.usage.prompt_tokens > 0
    assert last.timings.decode_s >= 0


def test_the_prompt_is_read_before_the_first_word(engine, updates):
    start(engine, "hello", updates)
    updates.last()

    kinds = [type(update) for update in updates.all]
    assert kinds.index(PromptProgress) < kinds.index(ContentDelta)
    progress = [update for update in updates.all if isinstance(update, PromptProgress)]
    assert progress[-1].done == progress[-1].total


def test_reasoning_and_content_are_told_apart(engine, updates):
    start(engine, "think", updates)
    updates.last()

    assert updates.reasoning == "Hm."
    assert updates.text == "Hello 👩‍👩‍👧."


def test_an_empty_answer_is_finished_too(engine, updates):
    start(engine, "nothing", updates)

    assert updates.last().reason == "stop"
    assert updates.text == ""


def test_a_limit_on_tokens_ends_the_turn_with_length(engine, updates):
    start(engine, "hello", updates, max_tokens=2)

    assert updates.last().reason == "length"
    assert updates.text == "a short"


def test_a_stop_string_ends_the_turn_before_it(engine, updates):
    start(engine, "hello", updates, stop=(" answer",))

    assert updates.last().reason == "stop"
    assert updates.text == "a short"


def test_cancel_ends_the_turn_as_cancelled(engine, updates):
    turn = start(engine, "long", updates)
    assert updates.has_text.wait(LIMIT_S)
    turn.cancel()

    assert updates.last().reason == "cancelled"
    assert 0 < len(updates.text) < 5000


def test_cancel_while_the_prompt_is_read_ends_the_turn(engine, updates):
    start(engine, "slowly read", updates).cancel()

    assert updates.last().reason == "cancelled"


def test_cancel_from_several_threads_gives_one_last_update(engine, updates):
    turn = start(engine, "long", updates)
    threads = [threading.Thread(target=turn.cancel) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    updates.last()
    turn.cancel()
    start(engine, "hello", after := type(updates)())
    after.last()

    assert len(updates.lasts) == 1


def test_a_failure_of_the_engine_keeps_the_text_before_it(engine, updates):
    start(engine, "fail", updates)

    assert isinstance(updates.last(), TurnFailed)
    assert updates.text == "half an"


def test_turns_side_by_side_do_not_mix(engine, updates):
    other = type(updates)()
    turn = start(engine, "long", updates)
    start(engine, "think", other)

    assert other.last().reason == "stop"
    assert other.text == "Hello 👩‍👩‍👧."
    turn.cancel()
    updates.last()
    assert set(updates.text.split()) <= {"word"}


def test_an_engine_that_dies_fails_the_turn_in_words(make_engine, updates):
    engine = make_engine()
    start(engine, "crash", updates)

    last = updates.last()
    assert isinstance(last, TurnFailed)
    assert last.error.kind is ErrorKind.ENGINE_DIED
    assert updates.text == "these words "
    assert len(updates.lasts) == 1


def test_a_turn_waits_for_the_model_to_load(make_engine, updates):
    engine = make_engine(load_until="go")
    loaded = threading.Timer(0.1, engine.spec.model.with_name("go").touch)
    loaded.start()

    start(engine, "hello", updates)
    loaded.join()

    assert updates.last().reason == "stop"


def test_an_engine_that_is_closed_raises_before_anything_starts(make_engine, updates):
    engine = make_engine()
    engine.wait_ready(LIMIT_S)
    engine.close()

    with pytest.raises(AppError):
        start(engine, "hello", updates)
    assert updates.all == []


def test_a_template_that_fails_raises_before_anything_starts(make_engine, updates):
    engine = make_engine(chat_template="{{ raise_exception('No') }}")

    with pytest.raises(AppError) as caught:
        start(engine, "hello", updates)
    assert caught.value.kind is ErrorKind.TEMPLATE
    assert updates.all == []


@pytest.mark.parametrize(
    ("template", "is_inside"),
    [
        ("{{ messages[0].content }}<|im_start|>assistant\n<think>\n", True),
        ("{{ messages[0].content }}<|im_start|>assistant\n", False),
        ("<think>{{ messages[0].content }}", False),
        ("<think>{{ messages[0].content }}\n", False),
        ("<|im_start|>{{ messages[0].content }}", False),
    ],
)
def test_only_the_template_can_open_the_reasoning(make_engine, updates, template, is_inside):
    engine = make_engine(chat_template=template, replies=[{"text": "Hm.</think>Hello."}])
    start(engine, "What is <think>", updates)
    updates.last()

    assert updates.reasoning == ("Hm." if is_inside else "")


def test_killing_the_engine_while_it_answers_ends_every_turn(make_engine, updates):
    engine = make_engine()
    other = type(updates)()
    start(engine, "long", updates)
    start(engine, "long", other)
    assert updates.has_text.wait(LIMIT_S)
    os.kill(engine.worker_pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

    assert isinstance(updates.last(), TurnFailed)
    assert isinstance(other.last(), TurnFailed)
    assert isinstance(engine.wait_ready(LIMIT_S).name, str)
