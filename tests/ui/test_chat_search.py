"""The search of the sidebar: chats by their titles and by what was said in them."""

import pytest

from app.chat.messages import Message
from app.ui.sidebar.conversation_model import HIT_ROLE


@pytest.fixture
def rig(open_rig, store):
    """A window with three chats, in each of which its title has been said."""
    for title in ("Oldest", "Older", "Newest"):
        chat = store.create_conversation(title)
        store.append(chat, Message.of("user", f"This is the {title.lower()}."))
    rig = open_rig()
    rig.wait_until(lambda: rig.window.model.rowCount() == 3)
    return rig


def test_a_search_and_its_end_do_not_read_the_whole_list_again(rig, monkeypatch):
    library = rig.window.library
    rig.wait_read()
    monkeypatch.delattr(type(library._store), "conversations")

    library.search("newest")
    rig.wait_until(lambda: rig.titles() == ["Newest"])
    library.search("")

    assert rig.titles() == ["Newest", "Older", "Oldest"]


def test_a_chat_is_found_by_its_title_before_those_that_speak_of_it(rig, store):
    newest = store.conversations()[0].id
    store.append(newest, Message.of("user", "Is there an OLDER one?"))

    rig.window.library.search("older")
    rig.wait_until(lambda: rig.titles() == ["Older", "Newest"])

    hits = [rig.window.model.index(number).data(HIT_ROLE) for number in range(2)]
    assert hits == ["This is the older.", "Is there an OLDER one?"]


def test_a_chat_is_found_by_its_title_alone(rig, store):
    store.create_conversation("Wind and weather")
    rig.window.library.refresh()
    rig.wait_until(lambda: len(rig.titles()) == 4)

    rig.window.library.search("WEATHER w")
    rig.wait_until(lambda: rig.titles() == ["Wind and weather"])

    assert rig.window.model.index(0).data(HIT_ROLE) == ""


def test_hits_have_two_lines_and_all_chats_have_one(rig):
    library, row = rig.window.library, rig.window.model.index
    height = rig.rows.visualRect(row(1)).height()

    library.search("this")
    at_once = rig.rows.visualRect(row(1)).height()
    rig.wait_until(lambda: rig.window.model.index(0).data(HIT_ROLE) != "")
    while_searching = rig.rows.visualRect(row(1)).height()
    library.search("")

    assert at_once == height < while_searching
    assert rig.rows.visualRect(row(1)).height() == height


def test_what_changed_during_a_search_is_shown_after_it(rig, store):
    library = rig.window.library
    chat = store.conversations()[0].id
    library.search("newest")
    rig.wait_until(lambda: rig.titles() == ["Newest"])

    rig.window.model.renamed.emit(chat, "Newest of all")
    rig.wait_until(lambda: rig.titles() == ["Newest of all"])
    library.search("")

    rig.wait_until(lambda: rig.titles() == ["Newest of all", "Older", "Oldest"])


def test_another_shelf_does_not_show_the_rows_of_the_last(rig, store):
    library = rig.window.library
    library.search("newest")
    rig.wait_until(lambda: rig.titles() == ["Newest"])
    shown = []
    rig.window.model.modelReset.connect(lambda: shown.append(rig.titles()))

    rig.window.actions_.show_trash.trigger()
    rig.wait_until(lambda: rig.titles() == [])

    assert shown == [[]]
