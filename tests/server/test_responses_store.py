"""What is kept of responses, and for how long."""

from app.chat.messages import Message
from app.server.responses_store import ResponseStore


def keep(store, name, text=""):
    store.keep({"id": name}, (Message.of("user", text),))


def kept(store, *names):
    return [name for name in names if store.find(name)]


def test_the_oldest_goes_when_there_are_too_many():
    store = ResponseStore(max_responses=2)
    for name in ("a", "b", "c"):
        keep(store, name)

    assert kept(store, "a", "b", "c") == ["b", "c"]


def test_the_oldest_go_when_their_text_is_too_much():
    store = ResponseStore(max_characters=100)
    for name in ("a", "b", "c"):
        keep(store, name, "x" * 40)

    assert kept(store, "a", "b", "c") == ["b", "c"]


def test_one_that_is_too_large_pushes_nothing_out():
    store = ResponseStore(max_characters=100)
    keep(store, "a", "x" * 40)
    keep(store, "b", "x" * 101)

    assert kept(store, "a", "b") == ["a"]


def test_what_is_forgotten_makes_room():
    store = ResponseStore(max_characters=100)
    for name in ("a", "b"):
        keep(store, name, "x" * 40)

    assert store.forget("a") is True
    assert store.forget("a") is False
    keep(store, "c", "x" * 60)

    assert kept(store, "a", "b", "c") == ["b", "c"]
