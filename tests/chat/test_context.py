from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.chat.context import fit
from app.chat.messages import Message


def words(messages):
    return sum(len(message.text.split()) for message in messages)


def talk(*lengths):
    roles = ("user", "assistant")
    return [Message.of(roles[n % 2], "word " * count) for n, count in enumerate(lengths)]


def test_what_fits_is_sent_whole():
    messages = talk(10, 20, 10)

    assert fit(messages, words, 100).messages == tuple(messages)
    assert fit(messages, words, 100).left_out == 0


def test_the_oldest_go_and_the_instructions_stay():
    system = Message.of("system", "Be brief.")
    messages = [system, *talk(30, 30, 30, 30, 10)]

    fitted = fit(messages, words, 120)

    assert fitted.messages == (system, *messages[3:])
    assert fitted.left_out == 2
    assert fitted.tokens == words(fitted.messages)


def test_what_remains_begins_with_a_question():
    fitted = fit(talk(*[10] * 21), words, 100)

    assert fitted.messages[0].role == "user"


def test_one_question_that_is_too_long_is_left_to_the_engine():
    messages = talk(500)

    assert fit(messages, words, 100).messages == tuple(messages)


def test_the_last_question_is_never_left_out():
    messages = talk(50, 50, 500)

    assert fit(messages, words, 100).messages == (messages[2],)


def test_the_cut_stays_for_many_turns():
    lengths = [10] * 9
    cuts = []
    for _ in range(20):
        lengths += [10, 10]
        cuts.append(fit(talk(*lengths), words, 100).left_out)

    assert cuts == sorted(cuts)
    assert len(set(cuts)) <= 11  # 40 messages came, and the cut moved 4 messages at a time
    assert max(b - a for a, b in pairwise(cuts)) <= 6


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40), st.integers(60, 400))
def test_what_is_sent_is_the_end_of_the_conversation_and_fits(lengths, context):
    messages = talk(*lengths)[: len(lengths) - (1 - len(lengths) % 2)]

    fitted = fit(messages, words, context)

    assert list(fitted.messages) == messages[fitted.left_out :]
    alone = words(messages[-1:])
    assert fitted.tokens <= max(context, alone)
