"""Pinned, archived, filed, copied, thrown away and deleted conversations."""

import time

import pytest

from app.chat.messages import AnswerDetails, Message, TextPart
from app.storage.conversations import TRASH_KEPT_S, ConversationStore


@pytest.fixture
def chat(store: ConversationStore) -> int:
    """A question and its answer."""
    chat = store.create_conversation("Tea")
    store.append(chat, Message.of("user", "green tea"))
    answer = store.begin_answer(chat, "tiny")
    store.finish_answer(answer, (TextPart("Steep it briefly."),), "complete", AnswerDetails())
    return chat


def test_a_chat_is_pinned_archived_and_filed(store: ConversationStore, chat: int):
    store.pin(chat)
    store.archive(chat)
    store.file(chat, "Kitchen")

    (found,) = store.conversations()
    assert (found.is_pinned, found.is_archived, found.folder) == (True, True, "Kitchen")

    store.pin(chat, is_pinned=False)
    store.archive(chat, is_archived=False)
    store.file(chat, "")

    (found,) = store.conversations()
    assert (found.is_pinned, found.is_archived, found.folder) == (False, False, "")


def test_what_is_deleted_for_good_is_gone_from_everywhere(store: ConversationStore, chat: int):
    store.move_to_trash(chat)
    store.delete_for_good([chat])

    assert store.trashed() == store.conversations() == store.branch(chat) == []
    assert store.search("tea") == []


def test_only_what_is_in_the_trash_can_be_deleted(store: ConversationStore, chat: int):
    store.delete_for_good([chat, 99])

    assert len(store.branch(chat)) == 2


def test_other_chats_stay_when_one_is_deleted(store: ConversationStore, chat: int):
    other = store.create_conversation()
    store.append(other, Message.of("user", "black tea"))
    store.move_to_trash(chat)
    store.delete_for_good([chat])

    assert [hit.conversation_id for hit in store.search("tea")] == [other]


def test_the_trash_is_purged_after_thirty_days_and_no_sooner(store: ConversationStore, chat: int):
    young = store.create_conversation("young")
    for id_ in (chat, young):
        store.move_to_trash(id_)
    long_ago = time.time() - TRASH_KEPT_S - 60
    store._writer.run(
        lambda db: db.execute(
            "UPDATE conversations SET trashed_at = ? WHERE id = ?", (long_ago, chat)
        )
    )

    assert store.purge_trash() == 1
    assert [gone.id for gone in store.trashed()] == [young]


def test_a_copied_branch_ends_at_the_message_and_leaves_the_first_alone(
    store: ConversationStore, chat: int
):
    question, answer = (header.id for header in store.branch(chat))
    store.append(chat, Message.of("user", "and black?"))

    copy = store.copy_branch(chat, answer, "Tea, copied")

    ids = [header.id for header in store.branch(copy)]
    texts = [stored.message.text for stored in store.messages(ids)]
    assert texts == ["green tea", "Steep it briefly."]
    assert len(store.branch(chat)) == 3
    assert question not in ids
    assert {hit.conversation_id for hit in store.search("green")} == {chat, copy}


def test_a_copy_of_an_answer_that_is_being_written_is_not_written_on(
    store: ConversationStore, chat: int
):
    growing = store.begin_answer(chat, "tiny")

    copy = store.copy_branch(chat, growing, "")

    assert [header.state for header in store.branch(copy)] == ["complete"] * 2 + ["interrupted"]


def test_an_answer_can_be_begun_beside_another(store: ConversationStore, chat: int):
    question, first = (header.id for header in store.branch(chat))

    second = store.begin_answer(chat, "tiny", parent_id=question)

    assert store.siblings(first) == [first, second]
    assert [(m.variant, m.variants) for m in store.messages([first, second])] == [(1, 2), (2, 2)]
    assert store.branch(chat)[-1].id == second
