from app.chat.messages import Message, TextPart
from app.storage.conversations import AnswerDetails


def answered(store, title=""):
    chat = store.create_conversation(title)
    store.append(chat, Message.of("user", "hello there"))
    answer = store.begin_answer(chat, "m")
    store.finish_answer(answer, (TextPart("Hi."),), "complete", AnswerDetails())
    return chat


def title_of(store, chat):
    return next(found.title for found in store.conversations() if found.id == chat)


def test_a_title_by_rule_gives_way_to_a_better_one(store):
    chat = answered(store)
    assert store.titled_by_rule() == [chat]

    assert store.better_title(chat, "A greeting")

    assert title_of(store, chat) == "A greeting"
    assert store.titled_by_rule() == []


def test_a_title_that_the_user_gave_is_never_replaced(store):
    named, renamed = answered(store, "Mine"), answered(store)
    store.rename(renamed, "Mine too")

    assert store.titled_by_rule() == []
    assert not store.better_title(named, "A greeting")
    assert not store.better_title(renamed, "A greeting")
    assert (title_of(store, named), title_of(store, renamed)) == ("Mine", "Mine too")


def test_a_chat_without_an_answer_is_not_named_by_a_model(store):
    chat = store.create_conversation()
    store.append(chat, Message.of("user", "hello there"))

    assert store.titled_by_rule() == []


def test_a_chat_in_the_trash_is_not_named_by_a_model(store):
    store.move_to_trash(answered(store))

    assert store.titled_by_rule() == []
