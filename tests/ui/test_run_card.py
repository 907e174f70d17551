import pytest

from app.chat.messages import AnswerDetails, Message, TextPart
from app.engine.protocol import DraftStats, SamplingParams
from app.storage.conversations import StoredMessage
from app.ui.chat.offers import Action
from app.ui.panel.facts import facts_of
from app.ui.panel.run_card import difference_in_words


def answer(state="complete", **details):
    message = Message("assistant", (TextPart("Paris."),))
    return StoredMessage(1, 1, None, message, state, 0.0, AnswerDetails(**details), True)


def values(message):
    return {fact.name: fact.value for fact in facts_of(message)}


def test_the_card_says_how_the_answer_came_about():
    message = answer(
        model="Step 3.5 Flash",
        prompt_tokens=3310,
        cached_tokens=3204,
        completion_tokens=412,
        prefill_s=0.52,
        decode_s=10.0,
        finish_reason="stop",
        seed=42,
        sampling=SamplingParams(temperature=0.6, top_p=0.95, seed=42),
        drafts=DraftStats(100, (100, 60), (80, 30)),
    )

    assert values(message) == {
        "Model": "Step 3.5 Flash",
        "Prompt": "3,310 tokens, 3,204 of them cached, read in 0.5 s",
        "Answer": "412 tokens, 41.1 tok/s",
        "Drafts": "2.10 tokens per step, accepted 80 %, 50 %",
        "Ended": "By itself",
        "Seed": "42",
        "Sampling": "temperature 0.6, top-p 0.95",
    }


def test_the_speed_is_the_one_that_was_told_below_the_composer(open_rig):
    rig = open_rig({"text": "one two three four five", "tokens_per_second": 50})
    rig.wait_ready()

    rig.write("Count")
    rig.wait_answered()

    told = rig.page.composer.speed.text()
    assert told in values(rig.stored()[-1])["Answer"]


def test_why_nothing_was_drafted_is_told():
    drafts = DraftStats(9, (4,), (1,), 0, "Drafting is switched off.")

    assert values(answer(drafts=drafts))["Why no drafts"] == "Drafting is switched off."


def test_a_model_without_mtp_layers_is_told():
    message = answer(completion_tokens=4, sampling=SamplingParams())

    assert "no MTP layers" in values(message)["Why no drafts"]


def test_what_is_not_known_is_left_out():
    assert values(answer()) == {}


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("complete", "length", "At the length limit"),
        ("stopped", "cancelled", "You stopped it"),
        ("failed", "", "It failed"),
        ("interrupted", "", "It was interrupted"),
    ],
)
def test_how_it_ended_is_said_in_words(state, reason, words):
    assert values(answer(state, finish_reason=reason))["Ended"] == words


def test_the_first_difference_of_a_replay_is_shown():
    words = difference_in_words("The capital is Paris.", "The capital is Lyon.")

    assert "character 16" in words
    assert "Before: The capital is Paris." in words
    assert "Now: The capital is Lyon." in words


def test_a_replay_that_only_ends_sooner_differs_at_its_end():
    assert "character 4" in difference_in_words("Paris", "Par")


def test_a_replay_that_is_the_same_says_so():
    assert "same 6 characters" in difference_in_words("Paris.", "Paris.")


def test_a_replay_stands_beside_the_first_and_is_compared_with_it(open_rig):
    rig = open_rig({"text": "Paris."})
    rig.write("Capital?")
    rig.wait_answered()
    first = rig.stored()[-1]
    card = rig.page.run_card

    rig.page.transcript.asked.emit(first.id, Action.DETAILS.value)
    rig.wait_until(card.isVisible)
    card.replay.click()
    rig.wait_until(lambda: "same 6 characters" in card.difference.text())

    second = rig.stored()[-1]
    assert second.id != first.id
    assert second.details.seed == first.details.seed
    assert card.message_id == second.id


def test_each_conversation_remembers_its_card(open_rig, store):
    rig = open_rig({"text": "Paris."})
    rig.write("Capital?")
    rig.wait_answered()
    chat = rig.current
    rig.page.transcript.asked.emit(rig.stored()[-1].id, Action.DETAILS.value)
    rig.wait_until(rig.page.run_card.isVisible)

    rig.window.conversation.open(None)
    assert not rig.page.run_card.isVisible()
    rig.window.conversation.open(chat)

    rig.wait_until(rig.page.run_card.isVisible)
