"""Collections on the documents page: put into, taken out of, renamed, deleted and brought back."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from app.documents.desk import DocumentDesk
from app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.documents.library_files import write
from tests.patience import PATIENCE_S


@pytest.fixture
def page(open_rig, tmp_path):
    """With two documents, the first of them in the collection "Law"."""
    rig = open_rig({"text": "Fine."}, documents=DocumentDesk)
    library = rig.desk.library()
    ids = library.add([write(tmp_path / f"{name}.md", name) for name in ("lease", "lamp")])
    assert library.wait(ids, 2 * PATIENCE_S)
    library.put(ids[:1], library.create_collection("Law"))
    rig.window.navigation.show("documents")
    page = rig.window.navigation.page
    page.rig, page.library = rig, library
    rig.wait_until(lambda: shown(page) == ["lease.md", "lamp.md"])
    return page


def shown(page):
    return [page.model.index(number).data() for number in range(page.model.rowCount())]


def collections(page):
    choice = page.view.picker.choice
    return [choice.itemText(number) for number in range(1, choice.count())]


def choose(page, name):
    choice = page.view.picker.choice
    choice.setCurrentIndex(choice.findText(name, Qt.MatchFlag.MatchStartsWith))
    choice.activated.emit(choice.currentIndex())


def choose_law(page):
    choose(page, "Law")
    page.rig.wait_until(lambda: shown(page) == ["lease.md"])


def select_first(page):
    page.view.list.setCurrentIndex(page.model.index(0))
    page.view.list.setFocus()


def answer(page, text):
    dialog = page.frame.findChild(QInputDialog)
    dialog.setTextValue(text)
    dialog.accept()
    dialog.setParent(None)  # the next one is found in its place
    dialog.deleteLater()


def undo(page):
    page.frame.toast.undo_button.click()


def test_a_renamed_collection_is_shown_with_its_new_name(page):
    choose_law(page)

    page.view.picker.rename_requested.emit(page.view.picker.current)
    answer(page, "Case law")

    page.rig.wait_until(lambda: collections(page) == ["Case law (1)"])
    assert shown(page) == ["lease.md"]


def test_undo_gives_a_collection_its_former_name(page):
    choose_law(page)
    page.view.picker.rename_requested.emit(page.view.picker.current)
    answer(page, "Case law")
    page.rig.wait_until(lambda: collections(page) == ["Case law (1)"])

    undo(page)

    page.rig.wait_until(lambda: collections(page) == ["Law (1)"])


def test_a_name_that_another_collection_has_is_refused_in_words(page):
    page.library.create_collection("Art")
    choose_law(page)
    page.rig.wait_until(lambda: len(collections(page)) == 2)

    page.view.picker.rename_requested.emit(page.view.picker.current)
    answer(page, "Art")

    page.rig.wait_until(lambda: page.frame.toast.isVisible())
    assert page.frame.toast._label.text() == "There is already a collection called “Art”"
    assert not page.frame.toast.undo_button.isVisible()
    assert [found.name for found in page.library.collections()] == ["Art", "Law"]


def test_a_deleted_collection_leaves_its_documents_and_shows_them_all(page):
    choose_law(page)

    page.view.picker.delete_requested.emit(page.view.picker.current)

    page.rig.wait_until(lambda: shown(page) == ["lease.md", "lamp.md"])
    assert page.library.collections() == []
    assert not page.view.picker.isVisible()
    assert page.frame.toast._label.text() == "“Law” is deleted; its documents stay"


def test_undo_brings_a_deleted_collection_back_and_shows_it(page):
    choose_law(page)
    page.view.picker.delete_requested.emit(page.view.picker.current)
    page.rig.wait_until(lambda: shown(page) == ["lease.md", "lamp.md"])

    undo(page)

    page.rig.wait_until(lambda: shown(page) == ["lease.md"])
    assert collections(page) == ["Law (1)"]
    assert page.view.picker.choice.currentText() == "Law (1)"


def test_a_document_is_taken_out_of_a_collection_and_put_back_by_undo(page):
    choose_law(page)
    select_first(page)

    page.view._buttons["take_out"].click()
    page.rig.wait_until(lambda: shown(page) == [])
    assert collections(page) == ["Law (0)"]
    undo(page)

    page.rig.wait_until(lambda: shown(page) == ["lease.md"])
    assert len(page.library.documents()) == 2


def test_the_search_field_says_where_is_searched(page):
    everywhere = page.view.search.accessibleName()
    choose_law(page)

    assert everywhere == "Search in all documents"
    assert page.view.search.accessibleName() == "Search this collection"


def test_nothing_is_taken_out_where_all_documents_are_shown(page):
    select_first(page)

    assert not page.view._buttons["take_out"].isVisible()
    assert not page.view.picker.more.isVisible()


def test_documents_go_into_a_collection_that_there_is(page):
    page.view.list.setCurrentIndex(page.model.index(1))

    page.view._buttons["collect"].click()
    offered = page.frame.findChild(QInputDialog).comboBoxItems()
    answer(page, "Law")

    page.rig.wait_until(lambda: collections(page) == ["Law (2)"])
    assert offered == ["Law"]


def test_documents_go_into_a_new_collection(page):
    select_first(page)

    page.view._buttons["collect"].click()
    answer(page, "  Harbour ")

    page.rig.wait_until(lambda: collections(page) == ["Harbour (1)", "Law (1)"])


def test_the_delete_key_asks_before_it_removes_a_document(page):
    select_first(page)

    QTest.keyClick(page.view.list, Qt.Key.Key_Delete)

    assert page.frame.findChild(ConfirmDialog).verb.text() == "Remove 1 document"
    assert len(page.library.documents()) == 2


def test_the_delete_key_takes_a_document_out_of_the_collection_that_is_shown(page):
    choose_law(page)
    select_first(page)

    QTest.keyClick(page.view.list, Qt.Key.Key_Delete)

    page.rig.wait_until(lambda: shown(page) == [])
    assert len(page.library.documents()) == 2


def test_f2_renames_the_collection_and_not_the_chat_behind_the_page(page):
    choose_law(page)
    page.view.picker.choice.setFocus()

    QTest.keyClick(page.view.picker.choice, Qt.Key.Key_F2)

    assert page.frame.findChild(QInputDialog).textValue() == "Law"
    answer(page, "Law")


def test_the_delete_key_on_a_collection_deletes_it(page):
    choose_law(page)
    page.view.picker.choice.setFocus()

    QTest.keyClick(page.view.picker.choice, Qt.Key.Key_Delete)

    page.rig.wait_until(lambda: shown(page) == ["lease.md", "lamp.md"])
    assert page.library.collections() == []


def test_what_was_read_before_does_not_take_the_place_of_what_was_read_after(page, monkeypatch):
    find, is_first = page._find, iter([True])
    has_read, may_go_on = threading.Event(), threading.Event()

    def held(collection_id):
        found = find(collection_id)
        if next(is_first, False):
            has_read.set()
            assert may_go_on.wait(PATIENCE_S)
        return found

    monkeypatch.setattr(page, "_find", held)
    page.enter()
    page.rig.wait_until(has_read.is_set)
    page.library.create_collection("Art")
    page.enter()
    page.rig.wait_until(lambda: collections(page) == ["Art (0)", "Law (1)"])

    may_go_on.set()

    page.rig.wait_read()
    assert collections(page) == ["Art (0)", "Law (1)"]


def test_a_collection_that_another_process_deleted_is_left(page):
    choose_law(page)
    page.library.delete_collection(page.view.picker.current)

    page.enter()

    page.rig.wait_until(lambda: shown(page) == ["lease.md", "lamp.md"])


def test_a_collection_that_is_gone_is_neither_renamed_nor_deleted(page):
    choose_law(page)
    gone = page.view.picker.current
    page.library.delete_collection(gone)

    page.view.picker.rename_requested.emit(gone)
    answer(page, "Case law")
    page.view.picker.delete_requested.emit(gone)

    page.rig.wait_until(lambda: shown(page) == ["lease.md", "lamp.md"])
    assert page.library.collections() == []
