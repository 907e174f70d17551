"""A chat that is kept, on the real store and a real client with the scripted engine."""

import os
import signal
import threading
import time

import pytest

from app.chat import session as session_module
from app.chat.messages import Message, ReasoningPart, TextPart
from app.chat.session import ChatSession
from app.chat.turn import TurnFailed, TurnFinished
from app.engine.protocol import SamplingParams
from app.errors import AppError, ErrorKind, disk_full
from app.storage.conversations import ConversationStore
from tests.chat.conftest import stored
from tests.patience import PATIENCE_S, is_soon_enough, until

LIMIT_S = 20


def kill(engine) -> None:
    os.kill(engine.worker_pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)


class FullDisk:
    """The store, on a disk that fills up at one of its steps."""

    def __init__(self, store, step: str):
        self._store = store
        self._step = step

    def __getattr__(self, name):
        if name == self._step:
            return self._fail
        return getattr(self._store, name)

    def _fail(self, *_, **__):
        raise disk_full("the disk")


def test_question_and_answer_are_stored(store, chat, session, updates):
    live = session.send(chat, "hello", updates)
    last = updates.last()

    question, answer = stored(store, chat)
    assert (question.id, answer.id) == (live.user_message_id, live.answer_id)
    assert question.message == Message.of("user", "hello")
    assert answer.message.text == "a short answer"
    assert answer.state == "complete"
    assert answer.details.model == "tiny"
    assert answer.details.prompt_tokens == last.usage.prompt_tokens
    assert answer.details.completion_tokens == 3
    assert answer.details.finish_reason == "stop"


def test_the_answer_is_stored_before_the_last_update_comes(store, chat, session):
    seen = []
    over = threading.Event()

    def on_update(update):
        if isinstance(update, TurnFinished):
            seen.append((stored(store, chat)[-1].state, session.is_answering(chat)))
            over.set()

    session.send(chat, "hello", on_update)

    assert over.wait(LIMIT_S)
    assert seen == [("complete", False)]


def test_the_question_is_stored_before_the_engine_is_asked(store, chat, make_engine, updates):
    engine = make_engine(chat_template="{{ raise_exception('No') }}")
    session = ChatSession(store, engine, SamplingParams())

    with pytest.raises(AppError):
        session.send(chat, "hello", updates)

    assert stored(store, chat)[0].message.text == "hello"
    assert not session.is_answering(chat)


def test_an_answer_that_cannot_start_is_stored_as_failed_with_the_reason(
    store, chat, make_engine, updates
):
    engine = make_engine(chat_template="{{ raise_exception('No') }}")
    session = ChatSession(store, engine, SamplingParams())

    with pytest.raises(AppError):
        session.send(chat, "hello", updates)

    answer = stored(store, chat)[-1]
    assert answer.state == "failed"
    assert "It says: No" in answer.details.error
    assert len(updates.lasts) == 1


def test_without_an_engine_the_question_alone_is_stored(store, chat, make_engine, updates):
    engine = make_engine()
    engine.close()
    session = ChatSession(store, engine, SamplingParams())

    with pytest.raises(AppError):
        session.send(chat, "hello", updates)

    assert [message.message.role for message in stored(store, chat)] == ["user"]
    assert not session.is_answering(chat)


def test_reasoning_is_stored_as_its_own_part_with_its_time(store, chat, session, updates):
    session.send(chat, "think", updates)
    updates.last()

    reasoning, text = stored(store, chat)[-1].message.parts
    assert isinstance(reasoning, ReasoningPart)
    assert (reasoning.text, text) == ("Hm.", TextPart("Hello 👩‍👩‍👧."))
    assert reasoning.seconds >= 0


def test_what_is_shown_is_what_is_stored(store, chat, session, updates):
    for text in ("hello", "think", "fail", "nothing"):
        shown = type(updates)()
        session.send(chat, text, shown)
        shown.last()
        answer = stored(store, chat)[-1].message
        assert (answer.text, answer.reasoning) == (shown.text, shown.reasoning)


def test_the_next_prompt_holds_the_whole_conversation(store, chat, make_engine, updates):
    replies = [{"when": "first.*a reply.*second", "text": "seen"}, {"text": "a reply"}]
    replies[0]["when"] = "(?s)" + replies[0]["when"]
    session = ChatSession(store, make_engine(replies=replies), SamplingParams())
    session.send(chat, "first", updates)
    updates.last()
    again = type(updates)()
    session.send(chat, "second", again)
    again.last()

    assert again.text == "seen"


def test_stop_keeps_the_text_as_stopped(store, chat, session, updates):
    session.send(chat, "long", updates)
    assert updates.has_text.wait(LIMIT_S)
    session.stop(chat)

    assert updates.last().reason == "cancelled"
    answer = stored(store, chat)[-1]
    assert answer.state == "stopped"
    assert answer.message.text == updates.text != ""
    assert not session.is_answering(chat)


def test_stop_returns_at_once(chat, session, updates):
    def is_at_once():
        session.send(chat, "long", shown := type(updates)())
        began = time.monotonic()
        session.stop(chat)
        took_s = time.monotonic() - began
        shown.last()
        return took_s < 0.1

    assert is_soon_enough(is_at_once)


def test_stop_before_the_model_is_loaded_is_honoured(store, chat, make_engine, updates):
    engine = make_engine(load_until="go")
    session = ChatSession(store, engine, SamplingParams())
    sending = threading.Thread(target=session.send, args=(chat, "long", updates))
    sending.start()
    until(lambda: session.is_answering(chat))
    session.stop(chat)
    engine.spec.model.with_name("go").touch()

    assert updates.last().reason == "cancelled"
    sending.join(LIMIT_S)
    assert stored(store, chat)[-1].state == "stopped"


def test_a_stop_does_not_stop_the_next_message(chat, session, updates):
    session.stop(chat)
    session.send(chat, "long", first := type(updates)())
    session.stop(chat)
    first.last()
    session.send(chat, "hello", updates)

    assert updates.last().reason == "stop"


def test_stop_leaves_other_conversations_alone(store, chat, session, updates):
    other = store.create_conversation()
    session.send(chat, "long", stopped := type(updates)())
    session.send(other, "long", updates)
    session.stop(chat)
    stopped.last()

    assert session.is_answering(other)
    assert updates.lasts == []
    session.stop(other)
    updates.last()


def test_two_messages_at_once_in_one_conversation_can_both_be_stopped(chat, session, updates):
    session.send(chat, "hello", first := type(updates)())
    session.send(chat, "long", updates)
    first.last()

    assert session.is_answering(chat)
    session.stop(chat)
    assert updates.last().reason == "cancelled"
    assert not session.is_answering(chat)


def test_an_engine_killed_while_it_answers_leaves_the_text_as_interrupted(
    store, chat, make_engine, updates
):
    engine = make_engine()
    session = ChatSession(store, engine, SamplingParams())
    session.send(chat, "long", updates)
    assert updates.has_text.wait(LIMIT_S)
    kill(engine)

    error = updates.last().error
    answer = stored(store, chat)[-1]
    assert error.kind is ErrorKind.ENGINE_DIED
    assert answer.state == "interrupted"
    assert answer.message.text == updates.text != ""
    assert error.title in answer.details.error
    assert answer.details.model == "tiny"


def test_an_engine_that_dies_before_the_first_word_leaves_a_failed_answer(
    store, chat, make_engine, updates
):
    session = ChatSession(store, make_engine(), SamplingParams())
    session.send(chat, "early", updates)

    assert isinstance(updates.last(), TurnFailed)
    assert stored(store, chat)[-1].state == "failed"


def test_after_a_crash_the_next_message_is_answered(store, chat, make_engine, updates):
    session = ChatSession(store, make_engine(), SamplingParams())
    session.send(chat, "early", first := type(updates)())
    first.last()
    session.send(store.create_conversation(), "hello", updates)

    assert updates.last().reason == "stop"


def test_a_disk_that_fills_up_at_the_end_fails_the_turn_in_words(store, chat, engine, updates):
    session = ChatSession(FullDisk(store, "finish_answer"), engine, SamplingParams())
    session.send(chat, "hello", updates)

    last = updates.last()
    assert isinstance(last, TurnFailed)
    assert last.error.title == "The disk is full"
    assert len(updates.lasts) == 1
    assert not session.is_answering(chat)


@pytest.mark.parametrize("step", ["append", "begin_answer"])
def test_a_disk_that_is_full_before_raises_and_starts_nothing(
    store, chat, engine, updates, step: str
):
    session = ChatSession(FullDisk(store, step), engine, SamplingParams())

    with pytest.raises(AppError, match="disk is full"):
        session.send(chat, "hello", updates)

    assert updates.all == []
    assert not session.is_answering(chat)


def test_text_is_on_disk_while_the_answer_grows(store, chat, session, updates):
    session.send(chat, "long", updates)
    until(lambda: stored(store, chat)[-1].message.text.startswith("word"))

    assert stored(store, chat)[-1].state == "streaming"


def test_close_stores_the_running_answer(tmp_path, engine, updates):
    store = ConversationStore.open(tmp_path / "doorstep.db")
    chat = store.create_conversation()
    session = ChatSession(store, engine, SamplingParams())
    session.send(chat, "long", updates)
    assert updates.has_text.wait(LIMIT_S)
    session.close()
    store.close()

    store = ConversationStore.open(tmp_path / "doorstep.db")
    answer = stored(store, chat)[-1]
    store.close()
    assert answer.state == "stopped"
    assert answer.message.text == updates.text != ""


def test_close_waits_for_an_answer_that_is_just_being_stored(store, chat, engine):
    is_storing = threading.Event()
    finished = []

    class SlowDisk(FullDisk):
        def _fail(self, *args):
            is_storing.set()
            time.sleep(0.3)
            self._store.finish_answer(*args)
            finished.append(True)

    session = ChatSession(SlowDisk(store, "finish_answer"), engine, SamplingParams())
    session.send(chat, "hello", lambda _: None)
    assert is_storing.wait(LIMIT_S)
    session.close()

    assert finished == [True]


def test_close_does_not_wait_for_a_model_that_loads(store, chat, make_engine, updates, monkeypatch):
    monkeypatch.setattr(session_module, "CLOSE_LIMIT_S", 4 * PATIENCE_S)
    engine = make_engine(load_until="never")
    session = ChatSession(store, engine, SamplingParams())
    errors = []

    def send():
        try:
            session.send(chat, "hello", updates)
        except AppError as error:
            errors.append(error)

    sending = threading.Thread(target=send)
    sending.start()
    until(lambda: session.is_answering(chat))
    began = time.monotonic()
    session.close()

    assert time.monotonic() - began < PATIENCE_S
    engine.close()
    sending.join(LIMIT_S)
    assert len(errors) == 1


def test_close_takes_no_longer_than_its_limit(store, chat, engine, monkeypatch):
    monkeypatch.setattr(session_module, "CLOSE_LIMIT_S", 0.2)

    def is_in_time():
        go_on = threading.Event()
        session = ChatSession(store, engine, SamplingParams())
        live = session.send(chat, "hello", lambda _: go_on.wait(LIMIT_S))
        began = time.monotonic()
        session.close()
        took_s = time.monotonic() - began
        go_on.set()
        assert live.turn.wait(LIMIT_S)
        return took_s < 1.5

    assert is_soon_enough(is_in_time)


def test_closing_twice_does_no_harm(chat, session, updates):
    session.send(chat, "hello", updates)
    session.close()
    session.close()

    assert len(updates.lasts) == 1
