"""The list of conversations: groups, folders, archive and trash."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMenu

from app.storage.conversations import ConversationSummary
from app.ui.sidebar.conversation_model import HEADING_ROLE
from app.ui.sidebar.day_groups import grouped
from app.ui.sidebar.row_menu import RowMenu
from app.ui.widgets.confirm_dialog import ConfirmDialog

TODAY = date(2026, 3, 18)


def at(year, month, day):
    moment = datetime(year, month, day, 12).timestamp()
    return ConversationSummary(1, "c", moment)


@pytest.mark.parametrize(
    ("conversation", "heading"),
    [
        (at(2026, 3, 18), "Today"),
        (at(2026, 3, 19), "Today"),  # a clock that was set back
        (at(2026, 3, 17), "Yesterday"),
        (at(2026, 3, 12), "Previous 7 days"),
        (at(2026, 3, 11), "Previous 30 days"),
        (at(2026, 2, 10), "February 2026"),
        (at(2025, 3, 18), "March 2025"),
        (replace(at(2025, 3, 18), is_pinned=True, folder="Work"), "Pinned"),
        (replace(at(2026, 3, 18), folder="Work"), "Work"),
    ],
)
def test_a_chat_stands_under_its_heading(qapp, conversation, heading):
    assert grouped([conversation], TODAY) == [(heading, conversation)]


def test_groups_come_in_order_and_keep_the_order_in_them(qapp):
    days = [at(2026, 3, 18), at(2026, 3, 17), at(2025, 1, 1), at(2025, 2, 1), at(2026, 3, 18)]
    chats = [replace(day, id=number) for number, day in enumerate(days)]
    chats.append(replace(chats[0], id=5, folder="b"))
    chats.append(replace(chats[0], id=6, folder="A"))
    chats.append(replace(chats[2], id=7, is_pinned=True))

    assert [found.id for _, found in grouped(chats, TODAY)] == [7, 6, 5, 0, 4, 1, 3, 2]


def test_folders_that_differ_in_case_alone_are_two(qapp):
    chats = [replace(at(2026, 3, 18), id=n, folder="Work" if n % 2 else "work") for n in range(4)]

    assert [(name, found.id) for name, found in grouped(chats, TODAY)] == [
        ("Work", 1),
        ("Work", 3),
        ("work", 0),
        ("work", 2),
    ]


@pytest.fixture
def rig(open_rig, store):
    """A window with three chats."""
    for title in ("Oldest", "Older", "Newest"):
        store.create_conversation(title)
    rig = open_rig()
    rig.wait_until(lambda: rig.window.model.rowCount() == 3)
    return rig


def select(rig, *numbers):
    for number in numbers:
        rig.rows.selectionModel().select(
            rig.window.model.index(number), QItemSelectionModel.SelectionFlag.Select
        )


def test_a_pinned_chat_comes_first_under_a_heading(rig, store):
    oldest = store.conversations()[-1].id

    rig.rows.pin_requested.emit([oldest], True)
    rig.wait_until(lambda: rig.titles()[0] == "Oldest")

    headings = [rig.window.model.index(n).data(HEADING_ROLE) for n in range(3)]
    assert headings == ["Pinned", "Today", ""]


def test_a_click_on_a_heading_opens_nothing(rig):
    top = rig.rows.visualRect(rig.window.model.index(0)).topLeft()

    QTest.mouseClick(rig.rows.viewport(), Qt.MouseButton.LeftButton, pos=top)
    assert rig.current is None
    below = rig.rows.visualRect(rig.window.model.index(0)).bottomLeft()
    below.setX(60)
    below.setY(below.y() - 10)
    QTest.mouseClick(rig.rows.viewport(), Qt.MouseButton.LeftButton, pos=below)

    assert rig.current is not None


def test_many_chats_go_to_the_trash_and_come_back_together(rig, store):
    select(rig, 0, 2)
    assert len(rig.rows.selected) == 2

    rig.rows.trash_requested.emit(rig.rows.selected)
    rig.wait_until(lambda: rig.titles() == ["Older"])
    assert "2 chats are in the trash" in rig.page.toast._label.text()
    rig.page.toast.undo_button.click()
    rig.wait_until(lambda: len(rig.titles()) == 3)

    assert store.trashed() == []


def test_a_chat_in_the_trash_is_restored_or_deleted_for_good(rig, store):
    first, second, third = (found.id for found in store.conversations())
    rig.rows.trash_requested.emit([first, second])
    rig.wait_until(lambda: len(store.trashed()) == 2)
    bar = rig.window.sidebar.shelf_bar

    rig.window.actions_.show_trash.trigger()
    rig.wait_until(lambda: len(rig.titles()) == 2)
    assert not bar.delete.isEnabled()
    select(rig, 0)
    assert bar.delete.isEnabled()
    with rig.qtbot.waitSignal(rig.window.lists.shelves.asked) as asked:
        bar.delete.click()
    dialog = asked.args[0]
    assert isinstance(dialog, ConfirmDialog)
    assert dialog.verb.text() == "Delete 1 chat"
    assert len(store.trashed()) == 2
    dialog.verb.click()
    rig.wait_until(lambda: len(rig.titles()) == 1)
    select(rig, 0)
    bar.restore.click()
    rig.wait_until(lambda: rig.titles() == [])
    bar.back_requested.emit()
    rig.wait_until(lambda: len(rig.titles()) == 2)

    assert not bar.isVisible()
    assert len(store.conversations()) == 2
    assert third in {found.id for found in store.conversations()}


def test_enter_in_the_question_deletes_nothing(rig, store):
    chat = store.conversations()[0].id
    rig.rows.trash_requested.emit([chat])
    rig.wait_until(lambda: len(store.trashed()) == 1)
    rig.window.actions_.show_trash.trigger()
    rig.wait_until(lambda: len(rig.titles()) == 1)
    select(rig, 0)
    with rig.qtbot.waitSignal(rig.window.lists.shelves.asked) as asked:
        rig.window.sidebar.shelf_bar.delete.click()

    QTest.keyClick(asked.args[0], Qt.Key.Key_Return)
    rig.qtbot.wait(100)

    assert [found.id for found in store.trashed()] == [chat]


def test_an_archived_chat_leaves_the_list_and_is_found_in_the_archive(rig, store):
    chat = store.conversations()[0].id

    rig.rows.archive_requested.emit([chat], True)
    rig.wait_until(lambda: rig.titles() == ["Older", "Oldest"])
    rig.window.actions_.show_archive.trigger()
    rig.wait_until(lambda: rig.titles() == ["Newest"])
    select(rig, 0)
    rig.window.sidebar.shelf_bar.restore.click()

    rig.wait_until(lambda: rig.titles() == [])
    assert not store.conversations()[0].is_archived


def test_chats_are_put_into_a_new_folder(rig, store):
    ids = [found.id for found in store.conversations()][1:]
    with rig.qtbot.waitSignal(rig.window.lists.shelves.asked) as asked:
        rig.rows.new_folder_requested.emit(ids)
    dialog = asked.args[0]
    assert isinstance(dialog, QInputDialog)

    dialog.setTextValue("Travel")
    dialog.accept()
    rig.wait_until(lambda: rig.window.model.folders == ("Travel",))

    assert rig.titles() == ["Older", "Oldest", "Newest"]
    assert rig.window.model.index(0).data(HEADING_ROLE) == "Travel"


def name_folder(rig, name):
    with rig.qtbot.waitSignal(rig.window.lists.shelves.asked) as asked:
        rig.window.actions_.new_folder.trigger()
    asked.args[0].setTextValue(name)
    asked.args[0].accept()


def test_the_chat_on_the_page_is_put_into_a_new_folder_by_its_keys(rig, store):
    ids = [found.id for found in store.conversations()]
    rig.window.ways.open_chat(ids[1], None)

    name_folder(rig, "Travel")

    rig.wait_until(lambda: [folder_of(store, id_) for id_ in ids] == ["", "Travel", ""])
    assert rig.window.actions_.new_folder.shortcut() == QKeySequence("Ctrl+Shift+N")


def test_all_chats_that_are_selected_are_put_into_the_new_folder(rig, store):
    ids = [found.id for found in store.conversations()]
    rig.window.ways.open_chat(ids[0], None)
    rig.rows.selectAll()

    name_folder(rig, "Travel")

    rig.wait_until(lambda: {folder_of(store, id_) for id_ in ids} == {"Travel"})


def test_without_a_chat_on_the_page_there_is_nothing_for_a_new_folder(rig):
    assert not rig.window.actions_.new_folder.isEnabled()


def drag(rig, ids, number):
    """What a drag of these chats onto a row does, from entering the list to letting go."""
    model = rig.window.model
    indexes = [model.index(model.row_of(id_)) for id_ in ids]
    data = model.mimeData(indexes)
    place = rig.rows.visualRect(model.index(number)).center()
    held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.MoveAction
    move = QDragMoveEvent(place, action, data, *held)
    rig.rows.dragMoveEvent(move)
    shown = rig.rows._delegate.target
    drop = QDropEvent(place.toPointF(), action, data, *held)
    rig.rows.dropEvent(drop)
    return shown


def folder_of(store, id_):
    return next(found.folder for found in store.conversations() if found.id == id_)


def test_chats_are_dragged_into_a_folder_and_out_again(rig, store):
    newest, older, oldest = (found.id for found in store.conversations())
    rig.rows.file_requested.emit([oldest], "Travel")
    rig.wait_until(lambda: rig.titles()[0] == "Oldest")

    assert drag(rig, [newest, older], 0).folder == "Travel"
    rig.wait_until(lambda: {folder_of(store, id_) for id_ in (newest, older)} == {"Travel"})
    rig.wait_until(lambda: rig.titles() == ["Newest", "Older", "Oldest"])
    rig.rows.file_requested.emit([newest], "")
    rig.wait_until(lambda: rig.titles() == ["Older", "Oldest", "Newest"])
    drag(rig, [oldest], 2)

    rig.wait_until(lambda: folder_of(store, oldest) == "")
    assert folder_of(store, older) == "Travel"


def test_a_chat_is_dragged_among_the_pinned_and_out_again(rig, store):
    _, older, oldest = (found.id for found in store.conversations())
    rig.rows.pin_requested.emit([oldest], True)
    rig.wait_until(lambda: rig.titles()[0] == "Oldest")

    drag(rig, [older], 0)
    rig.wait_until(lambda: sum(found.is_pinned for found in store.conversations()) == 2)
    rig.wait_until(lambda: rig.titles() == ["Older", "Oldest", "Newest"])
    drag(rig, [oldest], 2)

    rig.wait_until(lambda: rig.titles() == ["Older", "Newest", "Oldest"])


def test_a_drag_onto_its_own_group_changes_nothing(rig, store):
    asked = []
    rig.rows.file_requested.connect(lambda *_: asked.append("file"))
    rig.rows.pin_requested.connect(lambda *_: asked.append("pin"))

    drag(rig, [store.conversations()[0].id], 2)

    assert asked == []
    assert rig.titles() == ["Newest", "Older", "Oldest"]


def test_nothing_is_dragged_while_searching(rig):
    rig.rows.set_query("old")
    select(rig, 0)

    rig.rows.startDrag(Qt.DropAction.MoveAction)  # returns at once: no drag has begun

    assert rig.rows.state() == rig.rows.State.NoState


@pytest.mark.parametrize(
    ("words", "signal"),
    [
        ("Pin", "pin_requested"),
        ("Archive", "archive_requested"),
        ("Move to trash", "trash_requested"),
        ("New folder…", "new_folder_requested"),
        ("None", "file_requested"),
    ],
)
def test_the_menu_of_a_chat_asks_for_what_was_chosen(rig, store, words, signal):
    chat = store.conversations()[1].id
    rig.rows._show_menu(rig.window.model.index(1), QPoint(0, 0))
    (menu,) = rig.rows.findChildren(RowMenu)
    actions = [*menu.actions(), *menu.findChild(QMenu).actions()]
    (action,) = (action for action in actions if action.text() == words)

    with rig.qtbot.waitSignal(getattr(rig.rows, signal)) as asked:
        action.trigger()
    menu.close()

    assert asked.args[0] == [chat]


def test_a_chat_is_renamed_in_its_row_from_the_menu(rig):
    rig.rows._show_menu(rig.window.model.index(1), QPoint(0, 0))
    (menu,) = rig.rows.findChildren(RowMenu)

    menu.actions()[0].trigger()
    menu.close()

    assert rig.rows.state() == rig.rows.State.EditingState
