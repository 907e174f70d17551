"""Edited, regenerated, replayed and continued: always beside what was there, never in its place."""

import pytest

from app.chat.messages import EDITED, AnswerDetails, Message, ReasoningPart, TextPart, ToolCallPart
from app.chat.session import ChatSession
from app.chat.turn import TurnFinished
from app.engine.protocol import SamplingParams
from app.errors import AppError, ErrorKind

NONE = AnswerDetails()


@pytest.fixture
def sampling() -> SamplingParams:
    return SamplingParams(temperature=0.5)


def shown(store, chat: int) -> list[str]:
    ids = [header.id for header in store.branch(chat)]
    return [stored.message.text for stored in store.messages(ids)]


def sent(session, chat: int, text: str, updates):
    live = session.send(chat, text, updates)
    updates.last()
    return live


def cut_answer(store, chat: int, *parts, details=NONE) -> int:
    """An answer that was stopped in the middle."""
    answer = store.begin_answer(chat, "tiny")
    store.finish_answer(answer, parts, "stopped", details)
    return answer


def test_another_answer_stands_beside_the_first(session, store, chat, updates):
    first = sent(session, chat, "hello", updates)

    second = session.regenerate(chat, first.answer_id, updates)
    updates.last()

    assert store.siblings(first.answer_id) == [first.answer_id, second.answer_id]
    assert [header.id for header in store.branch(chat)] == [first.user_message_id, second.answer_id]


def test_another_answer_does_not_read_the_first(session, store, chat, updates):
    first = sent(session, chat, "hello", updates)
    tokens = store.messages([first.answer_id])[0].details.prompt_tokens

    second = session.regenerate(chat, first.answer_id, updates)
    updates.last()

    assert store.messages([second.answer_id])[0].details.prompt_tokens == tokens


def test_an_answer_in_the_middle_is_regenerated_without_what_followed(
    session, store, chat, updates
):
    first = sent(session, chat, "hello", updates)
    sent(session, chat, "and then", updates)

    session.regenerate(chat, first.answer_id, updates)
    updates.last()

    assert shown(store, chat) == ["hello", "a short answer"]
    store.set_head(chat, store.newest_leaf(first.answer_id))
    assert shown(store, chat)[2:] == ["and then", "a short answer"]


@pytest.mark.parametrize("which", [0, 2])
def test_an_edited_message_stands_beside_the_first_with_an_answer_of_its_own(
    session, store, chat, updates, which
):
    sent(session, chat, "hello", updates)
    sent(session, chat, "and then", updates)
    before = [header.id for header in store.branch(chat)]

    live = session.edit(chat, before[which], "edited", updates)
    updates.last()

    assert store.siblings(before[which]) == [before[which], live.user_message_id]
    assert shown(store, chat) == [
        *["hello", "a short answer"][:which],
        "edited",
        "a short answer",
    ]
    assert [m.message.text for m in store.messages(before)][which] in ("hello", "and then")


def test_an_edited_answer_stands_beside_the_one_that_was_written(session, store, chat, updates):
    live = sent(session, chat, "hello", updates)
    sent(session, chat, "and then", updates)

    edited = session.edit_answer(chat, live.answer_id, "my own words")

    assert shown(store, chat) == ["hello", "my own words"]
    assert store.siblings(edited) == [live.answer_id, edited]
    assert store.messages([live.answer_id])[0].message.text == "a short answer"
    store.set_head(chat, store.newest_leaf(live.answer_id))
    assert shown(store, chat) == ["hello", "a short answer", "and then", "a short answer"]


def test_the_next_turn_is_asked_with_the_edited_answer(session, store, chat, updates):
    live = sent(session, chat, "hello", updates)
    session.edit_answer(chat, live.answer_id, "my own words")

    sent(session, chat, "and then", updates)

    said = [message.text for message in store.history(chat)]
    assert said == ["hello", "my own words", "and then", "a short answer"]


def test_an_edited_answer_keeps_its_thoughts_and_says_that_it_was_edited(
    session, store, chat, updates
):
    live = sent(session, chat, "think", updates)
    (former,) = store.messages([live.answer_id])

    (edited,) = store.messages([session.edit_answer(chat, live.answer_id, "my own words")])

    assert edited.message.reasoning == former.message.reasoning != ""
    assert edited.message.text == "my own words"
    assert edited.state == "complete"
    assert edited.details == AnswerDetails(former.details.model, finish_reason=EDITED)


def test_a_question_without_an_answer_is_answered(session, store, chat, updates):
    store.append(chat, Message.of("user", "hello"))

    session.answer_again(chat, updates)
    updates.last()

    assert shown(store, chat) == ["hello", "a short answer"]


def test_a_failed_answer_stays_beside_the_one_that_is_tried_again(session, store, chat, updates):
    question = store.append(chat, Message.of("user", "hello"))
    failed = store.begin_answer(chat, "tiny")
    store.finish_answer(failed, (), "failed", AnswerDetails(error="It broke"))

    live = session.answer_again(chat, updates)
    updates.last()

    assert store.siblings(failed) == [failed, live.answer_id]
    assert store.messages([live.answer_id])[0].parent_id == question
    assert store.messages([failed])[0].details.error == "It broke"


def test_an_empty_chat_has_nothing_to_answer(session, chat, updates):
    with pytest.raises(LookupError):
        session.answer_again(chat, updates)

    assert not session.is_answering(chat)


def test_every_answer_has_a_seed_and_its_settings(session, store, chat, updates):
    first = sent(session, chat, "hello", updates)
    second = session.regenerate(chat, first.answer_id, updates)
    updates.last()

    kept = [m.details for m in store.messages([first.answer_id, second.answer_id])]
    assert kept[0].seed != kept[1].seed
    assert [details.sampling.seed for details in kept] == [details.seed for details in kept]
    assert [details.sampling.temperature for details in kept] == [0.5, 0.5]


def test_the_seed_is_stored_before_the_answer_is(session, store, chat, updates):
    live = session.send(chat, "long", updates)
    assert updates.has_text.wait(20)

    assert store.messages([live.answer_id])[0].details.seed is not None
    session.stop(chat)
    updates.last()


def test_a_replay_has_the_seed_and_the_settings_of_the_first(session, store, chat, updates):
    first = sent(session, chat, "hello", updates)

    again = session.replay(chat, first.answer_id, updates)
    updates.last()

    details = [m.details for m in store.messages([first.answer_id, again.answer_id])]
    assert details[0].sampling == details[1].sampling
    assert store.siblings(first.answer_id) == [first.answer_id, again.answer_id]


def test_an_answer_without_a_seed_is_not_replayed(session, store, chat, updates):
    store.append(chat, Message.of("user", "hello"))
    old = cut_answer(store, chat, TextPart("old"))

    with pytest.raises(AppError) as raised:
        session.replay(chat, old, updates)

    assert raised.value.kind is ErrorKind.BAD_REQUEST
    assert store.siblings(old) == [old]


@pytest.fixture
def continuing(make_engine, store):
    """The model goes on after "The capital of" in the answer, or in its thoughts."""
    engine = make_engine(
        replies=[
            {"when": r"assistant\nThe capital of$", "text": " France is Paris.", "cut": 3},
            {"when": r"<think>\nHm,$", "text": " right.\n</think>\n\nParis."},
            {"when": r"<think>\nHm.\n</think>\n\nPar$", "text": "is."},
        ]
    )
    session = ChatSession(store, engine, SamplingParams())
    yield session
    session.close()


def test_a_cut_answer_goes_on_where_it_was_cut(continuing, store, chat, updates):
    store.append(chat, Message.of("user", "Capital of France?"))
    known = AnswerDetails("tiny", completion_tokens=3, decode_s=1.0)
    cut = cut_answer(store, chat, TextPart("The capital of"), details=known)

    live = continuing.continue_answer(chat, cut, updates)
    last = updates.last()

    answer = store.messages([live.answer_id])[0]
    assert isinstance(last, TurnFinished)
    assert updates.text == " France is Paris."
    assert answer.message.text == "The capital of France is Paris."
    assert answer.details.completion_tokens == 3 + last.usage.completion_tokens
    assert store.messages([cut])[0].message.text == "The capital of"
    assert store.siblings(cut) == [cut, live.answer_id]


def test_thoughts_that_were_cut_go_on(continuing, store, chat, updates):
    store.append(chat, Message.of("user", "Capital of France?"))
    cut = cut_answer(store, chat, ReasoningPart("Hm,", 2.0))

    live = continuing.continue_answer(chat, cut, updates)
    updates.last()

    answer = store.messages([live.answer_id])[0].message
    assert (answer.reasoning, answer.text) == ("Hm, right.", "Paris.")
    assert answer.thought_s >= 2.0


def test_an_answer_that_had_thought_goes_on_after_its_thoughts(continuing, store, chat, updates):
    store.append(chat, Message.of("user", "Capital of France?"))
    cut = cut_answer(store, chat, ReasoningPart("Hm.", 2.0), TextPart("Par"))

    live = continuing.continue_answer(chat, cut, updates)
    updates.last()

    answer = store.messages([live.answer_id])[0].message
    assert (answer.reasoning, answer.text) == ("Hm.", "Paris.")


def test_an_answer_that_ends_in_a_tool_call_is_not_continued(session, store, chat, updates):
    store.append(chat, Message.of("user", "hello"))
    call = cut_answer(store, chat, TextPart("I look"), ToolCallPart("1", "look", {}))

    with pytest.raises(AppError, match="cannot be continued"):
        session.continue_answer(chat, call, updates)

    assert shown(store, chat)[0] == "hello"
    assert store.messages([call])[0].message.text == "I look"
