"""Titles by the model: when it is idle, and never before the user."""

from app.settings import Settings

ON = Settings(language="en")
TITLE = {"when": "Write a title", "text": "<think>Paris it is.</think>Capital of France"}


def title(rig, store):
    return store.conversations()[0].title


def test_the_model_names_a_chat_once_it_is_idle(open_rig, store):
    rig = open_rig(TITLE, {"text": "Paris."}, settings=ON)
    rig.window.titles.pause.setInterval(0)

    rig.write("what is the capital of france please")
    rig.wait_answered()

    rig.wait_until(lambda: rig.page.title.text() == "Capital of France")
    assert title(rig, store) == "Capital of France"


def test_what_the_user_named_keeps_its_name(open_rig, store):
    rig = open_rig(TITLE, {"text": "Paris."}, settings=ON)
    rig.write("what is the capital of france please")
    rig.wait_answered()
    store.rename(rig.current, "Mine")
    tried = []
    rig.window.titles.renamed.connect(lambda: tried.append(True))

    rig.window.titles._on_idle()
    rig.wait_until(lambda: not rig.window.titles._is_working)

    assert (title(rig, store), tried) == ("Mine", [])


def test_a_title_gives_way_at_once_when_the_user_sends(open_rig, store):
    slow = {"when": "Write a title", "text": "word " * 100, "tokens_per_second": 5}
    rig = open_rig(slow, {"text": "Paris."}, settings=ON)
    rig.write("what is the capital of france please")
    rig.wait_answered()
    rig.window.titles._on_idle()
    rig.wait_until(lambda: rig.engine.counters().requests_running == 1)

    rig.write("and of Spain?")
    rig.wait_until(lambda: not rig.window.titles._is_working)

    rig.wait_until(lambda: len(rig.stored()) == 4)
    assert title(rig, store) == "what is the capital of france please"


def test_a_title_gives_way_to_what_others_ask_of_the_engine(open_rig, store):
    from app.chat.messages import Message
    from app.chat.turn import TurnRequest, start_turn
    from app.engine.protocol import SamplingParams

    slow = {"when": "Write a title", "text": "word " * 100, "tokens_per_second": 5}
    rig = open_rig(slow, {"text": "word " * 50, "hold_after": 1}, settings=ON)
    chat = store.create_conversation()
    store.append(chat, Message.of("user", "hello"))
    store.finish_answer(
        store.begin_answer(chat, "m"), Message.of("assistant", "Hi").parts, "complete", _details()
    )
    rig.wait_ready()
    rig.window.titles._on_idle()
    rig.wait_until(lambda: rig.engine.counters().requests_running == 1)

    request = TurnRequest((Message.of("user", "Hello"),), SamplingParams())
    turn = start_turn(rig.engine, request, lambda _: None)

    rig.wait_until(lambda: not rig.window.titles._is_working)
    assert title(rig, store) == "hello"
    turn.cancel()


def test_titles_by_the_model_can_be_switched_off(open_rig):
    rig = open_rig(TITLE, {"text": "Paris."})

    rig.write("what is the capital of france please")
    rig.wait_answered()

    assert not rig.window.titles.pause.isActive()


def _details():
    from app.storage.conversations import AnswerDetails

    return AnswerDetails()
