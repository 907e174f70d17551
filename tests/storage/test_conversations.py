import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from app.chat.messages import Message, ReasoningPart, TextPart, ToolCallPart
from app.storage.conversations import ROOT, AnswerDetails, ConversationStore
from app.storage.driver import connect
from app.storage.writer import WRITE_BEHIND_S
from tests.patience import is_done_within, until

HOSTILE_TEXTS = [
    "",
    "\0",
    "before\0after",
    "\ud800 half a pair",
    "e\u0301 ع हिन्दी 👩‍👩‍👧‍👦 \U00030000",
    "'; DROP TABLE messages; --",
    "\u2028line\u2029ends\r\n",
    "x" * 1_000_000,
]


def texts(store: ConversationStore, conversation: int) -> list[str]:
    ids = [header.id for header in store.branch(conversation)]
    return [stored.message.text for stored in store.messages(ids)]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_any_text_comes_back_as_it_was(store: ConversationStore, text: str):
    conversation = store.create_conversation(text)

    message = store.append(conversation, Message.of("user", text))

    (stored,) = store.messages([message])
    assert stored.message.text == text
    assert stored.is_intact
    assert store.branch(conversation)[0].characters == len(text)
    assert len(store.conversations()) == 1
    store.search(text)


def test_every_part_and_name_comes_back(store: ConversationStore):
    conversation = store.create_conversation()
    call = ToolCallPart("call\ud801", "read", {"path": "a", "深": [1, None]})
    message = Message("assistant", (ReasoningPart("hm", 1.5), TextPart("yes"), call))
    result = Message("tool", (TextPart("text"),), name="re\ud802ad", tool_call_id="call\ud801")

    ids = [store.append(conversation, message), store.append(conversation, result)]

    assert [stored.message for stored in store.messages(ids)] == [message, result]


def test_everything_is_there_after_closing_and_opening(path: Path):
    with closing(ConversationStore.open(path)) as store:
        conversation = store.create_conversation()
        store.append(conversation, Message.of("user", "hello"))

    with closing(ConversationStore.open(path)) as store:
        assert texts(store, conversation) == ["hello"]
        assert [summary.title for summary in store.conversations()] == ["hello"]


def test_messages_come_in_the_order_asked(store: ConversationStore):
    conversation = store.create_conversation()
    ids = [store.append(conversation, Message.of("user", str(n))) for n in range(5)]
    asked = [ids[3], ids[0], ids[4], ids[0]]

    assert [stored.id for stored in store.messages(asked)] == asked


def test_an_unknown_id_is_a_lookup_error(store: ConversationStore):
    conversation = store.create_conversation()
    message = store.append(conversation, Message.of("user", "a"))
    other = store.create_conversation()

    with pytest.raises(LookupError):
        store.messages([message, 99])
    with pytest.raises(LookupError):
        store.append(99, Message.of("user", "a"))
    with pytest.raises(LookupError):
        store.append(other, Message.of("user", "a"), parent_id=message)
    with pytest.raises(LookupError):
        store.set_head(other, message)
    with pytest.raises(LookupError):
        store.rename(99, "x")
    assert store.branch(other) == []
    assert store.branch(99) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello there\nsecond line", "Hello there"),
        ("\n \n  first words \n", "first words"),
        ("a\0b\tc\ud800", "a b c\ufffd"),
        ("字" * 61, "字" * 59 + "…"),
        ("字" * 60, "字" * 60),
        ("  \n", ""),
    ],
)
def test_the_first_user_message_names_the_conversation(store, text, title):
    conversation = store.create_conversation()
    store.append(conversation, Message.of("system", "Be brief."))

    store.append(conversation, Message.of("user", text))

    assert store.conversations()[0].title == title


def test_a_named_conversation_keeps_its_name(store: ConversationStore):
    conversation = store.create_conversation("Taxes")

    store.append(conversation, Message.of("user", "hello"))

    assert store.conversations()[0].title == "Taxes"


def test_rename_makes_one_line(store: ConversationStore):
    conversation = store.create_conversation()

    store.rename(conversation, " two\nlines\ud800 ")

    assert store.conversations()[0].title == "two lines\ufffd"


def test_the_conversation_changed_last_comes_first_whatever_the_clock_says(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
):
    first, second = store.create_conversation("first"), store.create_conversation("second")
    monkeypatch.setattr(time, "time", lambda: 1.0)  # the clock jumped back to 1970

    store.append(first, Message.of("user", "a"))

    assert [summary.id for summary in store.conversations()] == [first, second]
    assert store.conversations()[0].updated_at == 1.0


def test_a_conversation_in_the_trash_is_hidden_until_restored(store: ConversationStore):
    conversation = store.create_conversation("x")
    store.append(conversation, Message.of("user", "findable"))

    store.move_to_trash(conversation)
    listed, found = store.conversations(), store.search("findable")
    store.restore(conversation)

    assert (listed, found) == ([], [])
    assert [summary.id for summary in store.conversations()] == [conversation]
    assert len(store.search("findable")) == 1


def test_what_is_deleted_for_good_is_told_of(store: ConversationStore):
    told: list[str] = []
    store.on_deleted(lambda: told.append("deleted"))
    conversation = store.create_conversation("One")
    store.purge_trash()
    store.move_to_trash(conversation)

    assert told == []

    store.purge_trash(older_than_s=-1)
    other = store.create_conversation("Two")
    store.move_to_trash(other)
    store.delete_for_good([other])

    assert told == ["deleted", "deleted"]


def test_an_edited_message_is_a_sibling_and_both_branches_stay(store: ConversationStore):
    conversation = store.create_conversation()
    question = store.append(conversation, Message.of("user", "question"))
    first = store.append(conversation, Message.of("assistant", "first"))
    leaf = store.append(conversation, Message.of("user", "thanks"))

    second = store.append(conversation, Message.of("assistant", "second"), parent_id=question)

    assert texts(store, conversation) == ["question", "second"]
    assert store.siblings(second) == store.siblings(first) == [first, second]
    assert store.newest_leaf(first) == leaf
    store.set_head(conversation, store.newest_leaf(first))
    assert texts(store, conversation) == ["question", "first", "thanks"]


def test_an_edited_first_message_goes_beside_the_first(store: ConversationStore):
    conversation = store.create_conversation()
    first = store.append(conversation, Message.of("user", "tpyo"))

    edited = store.append(conversation, Message.of("user", "typo"), parent_id=ROOT)

    assert texts(store, conversation) == ["typo"]
    assert store.siblings(first) == [first, edited]


def test_an_answer_grows_and_ends(store: ConversationStore):
    conversation = store.create_conversation()
    question = store.append(conversation, Message.of("user", "question"))
    details = AnswerDetails("tiny", 10, 3, 5, 0.5, 1.5, "stop", "err\ud800")

    answer = store.begin_answer(conversation, "tiny")
    began = store.branch(conversation)[-1]
    store.finish_answer(answer, (TextPart("an answer"),), "complete", details)

    (stored,) = store.messages([answer])
    assert (began.id, began.role, began.state) == (answer, "assistant", "streaming")
    assert (stored.parent_id, stored.state, stored.message.text) == (
        question,
        "complete",
        "an answer",
    )
    assert stored.details.completion_tokens == 5
    assert stored.details.error == "err\ufffd"
    assert stored.is_intact


def test_a_finished_answer_never_changes(store: ConversationStore):
    conversation = store.create_conversation()
    answer = store.begin_answer(conversation, "tiny")
    store.save_partial(answer, (TextPart("an"),))
    store.finish_answer(answer, (TextPart("an answer"),), "stopped", AnswerDetails())

    store.save_partial(answer, (TextPart("late"),))
    with pytest.raises(LookupError):
        store.finish_answer(answer, (TextPart("again"),), "complete", AnswerDetails())
    time.sleep(0.6)

    assert texts(store, conversation) == ["an answer"]


def test_a_partial_answer_is_on_disk_within_half_a_second(store: ConversationStore, path: Path):
    answer = store.begin_answer(store.create_conversation(), "tiny")

    store.save_partial(answer, (TextPart("one"),))
    store.save_partial(answer, (TextPart("one two"),))

    def stored() -> str:
        with closing(connect(path)) as other:
            return other.execute("SELECT parts FROM messages").fetchone()[0]

    until(lambda: "one two" in stored())
    assert WRITE_BEHIND_S < 0.5


def test_saving_a_partial_answer_takes_no_time(store: ConversationStore):
    answer = store.begin_answer(store.create_conversation(), "tiny")
    parts = (TextPart("x" * 100_000),)

    def save() -> None:
        for _ in range(1000):
            store.save_partial(answer, parts)

    assert is_done_within(0.2, save)


def test_closing_stores_the_partial_answer_and_opening_marks_it_interrupted(path: Path):
    with closing(ConversationStore.open(path)) as store:
        answer = store.begin_answer(store.create_conversation(), "tiny")
        store.save_partial(answer, (TextPart("unfinished words"),))

    with closing(ConversationStore.open(path)) as store:
        (stored,) = store.messages([answer])
        assert (stored.state, stored.message.text) == ("interrupted", "unfinished words")
        assert stored.is_intact
        assert [hit.message_id for hit in store.search("unfinished")] == [answer]


def test_a_second_store_leaves_a_live_answer_alone(store: ConversationStore, path: Path):
    answer = store.begin_answer(store.create_conversation(), "tiny")

    with closing(ConversationStore.open(path)) as second:
        seen = second.messages([answer])[0].state

    store.finish_answer(answer, (TextPart("done"),), "complete", AnswerDetails())
    assert seen == "streaming"
    assert store.messages([answer])[0].state == "complete"


def test_an_answer_of_a_second_store_outlives_the_first(store: ConversationStore, path: Path):
    with closing(ConversationStore.open(path)) as second:
        answer = second.begin_answer(second.create_conversation(), "tiny")
        store.close()

        with closing(ConversationStore.open(path)) as third:
            seen = third.messages([answer])[0].state

    assert seen == "streaming"


def test_stores_that_open_at_once_make_one_file(path: Path):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(ConversationStore.open, [path] * 6))
    for number, store in enumerate(stores):
        store.create_conversation(str(number))

    listed = [len(store.conversations()) for store in stores]

    for store in stores:
        store.close()
    assert listed == [6] * 6


def test_history_leaves_out_failed_empty_and_growing_answers(store: ConversationStore):
    conversation = store.create_conversation()
    details = AnswerDetails()
    store.append(conversation, Message.of("user", "a"))
    for text, state in [("b", "failed"), (" ", "stopped"), ("c", "stopped"), ("d", "interrupted")]:
        answer = store.begin_answer(conversation, "tiny")
        store.finish_answer(answer, (TextPart(text),), state, details)
    store.append(conversation, Message("assistant", (ToolCallPart("1", "f", {}),)))
    store.begin_answer(conversation, "tiny")

    history = store.history(conversation)

    assert [message.text for message in history] == ["a", "c", "d", ""]


def test_many_threads_write_and_read_at_once(store: ConversationStore):
    conversation = store.create_conversation()
    root = store.append(conversation, Message.of("user", "root"))
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(25):
                message = Message.of("user", f"thread {number} message {n}")
                stored = store.append(conversation, message, parent_id=root)
                assert store.messages([stored])[0].message == message
                assert store.branch(conversation)[0].id == root
                assert store.search(f"message {n}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(store.siblings(store.branch(conversation)[-1].id)) == 150


def test_a_closed_store_says_so(path: Path):
    store = ConversationStore.open(path)
    store.close()
    store.close()

    with pytest.raises(RuntimeError, match="closed"):
        store.create_conversation()
    with pytest.raises(RuntimeError, match="closed"):
        store.save_partial(1, ())
    with pytest.raises(RuntimeError, match="closed"):
        store.conversations()


def test_closing_leaves_one_file_and_its_lock(path: Path):
    store = ConversationStore.open(path)
    store.create_conversation()

    store.close()

    assert sorted(file.name for file in path.parent.iterdir()) == [
        "doorstep.db",
        "doorstep.db.lock",
    ]
