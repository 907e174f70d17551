"""The documents page in a whole window, on a real library and real files."""

import pytest
from PySide6.QtWidgets import QPushButton

from app.documents.desk import DocumentDesk
from app.settings import Settings
from app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.documents.pdf_files import lines, write_pdf


@pytest.fixture
def rig(open_rig):
    return open_rig({"text": "Fine."}, script={"context_length": 32_768}, documents=DocumentDesk)


@pytest.fixture
def files(tmp_path):
    lease = write_pdf(tmp_path / "lease.pdf", [lines("The deposit is three months of rent.")])
    note = tmp_path / "笔记.md"
    note.write_text("# 合同\n\n押金为三个月的租金。", encoding="utf-8")
    return [lease, note]


def shown(rig):
    rig.window.navigation.show("documents")
    return rig.window.navigation.page


def states(page):
    model = page.model
    return {
        model.index(n).data(): model.document(model.index(n)).state for n in range(len(model._rows))
    }


def add(rig, page, files):
    page.view.files_dropped.emit(files)
    rig.wait_until(lambda: sorted(states(page).values()) == ["indexed"] * len(files))


def select(page, name):
    number = next(n for n in range(page.model.rowCount()) if page.model.index(n).data() == name)
    page.view.list.setCurrentIndex(page.model.index(number))


def test_an_empty_library_says_what_to_do(rig):
    page = shown(rig)
    rig.wait_until(lambda: page.view._stack.currentIndex() == 0)

    texts = [b.text() for b in page.view._stack.currentWidget().findChildren(QPushButton)]
    assert texts == ["Add files"]


def test_dropped_files_are_read_and_indexed(rig, files):
    page = shown(rig)

    add(rig, page, files)

    assert states(page) == {"lease.pdf": "indexed", "笔记.md": "indexed"}
    assert page.view._stack.currentWidget() is page.view.list


def test_a_search_goes_through_all_documents_and_opens_the_page(rig, files):
    page = shown(rig)
    add(rig, page, files)

    page.view.search.setText("押金")
    rig.wait_until(lambda: len(page.view.hits.entries) == 1)
    hit = page.view.hits.entries[0]
    page.view.hit_chosen.emit(hit)

    assert hit.title == "笔记.md, page 1"
    assert "押金" in hit.detail
    assert rig.window.navigation.current == "chat"
    rig.wait_until(
        lambda: rig.page.reader is not None and "押金" in rig.page.reader.text.toPlainText()
    )


def test_a_search_without_hits_says_so(rig, files):
    page = shown(rig)
    add(rig, page, files)

    page.view.search.setText("zebra")

    rig.wait_until(lambda: page.view.count.text() == "No passage found. Try other words.")


def test_what_is_wrong_with_a_document_is_told_whole_at_200_percent(open_rig, tmp_path):
    rig = open_rig(settings=Settings(text_percent=200), documents=DocumentDesk)
    rig.window.resize(760, 800)
    damaged = tmp_path / "broken.pdf"
    damaged.write_bytes(b"%PDF-1.7 and no more")
    page = shown(rig)

    page.view.files_dropped.emit([damaged])
    rig.wait_until(lambda: list(states(page).values()) == ["failed"])
    listed = page.view.list
    row = page.model.index(0)
    one_line = listed.itemDelegate().theme.size("row_with_hit") + 6

    rig.wait_until(lambda: listed.visualRect(row).height() > one_line)


def test_asking_about_a_document_begins_a_chat_with_it(rig, files):
    page = shown(rig)
    add(rig, page, files)
    select(page, "lease.pdf")

    page.view._buttons["ask"].click()

    assert rig.window.navigation.current == "chat"
    assert [a.name for a in rig.page.composer.attachments.shown] == ["lease.pdf"]


def test_removing_asks_first_and_cancel_keeps_it(rig, files):
    page = shown(rig)
    add(rig, page, files)
    select(page, "lease.pdf")

    page.view._buttons["remove"].click()
    page.frame.findChild(ConfirmDialog).reject()

    assert len(states(page)) == 2


def test_a_removed_document_is_gone_and_the_users_file_is_not(rig, files):
    page = shown(rig)
    add(rig, page, files)
    select(page, "lease.pdf")

    page.view._buttons["remove"].click()
    page.frame.findChild(ConfirmDialog).verb.click()

    rig.wait_until(lambda: list(states(page)) == ["笔记.md"])
    assert files[0].exists()


def test_only_what_is_possible_is_offered(rig, files, tmp_path):
    page = shown(rig)
    add(rig, page, files)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 no more")
    page.view.files_dropped.emit([broken])
    rig.wait_until(lambda: states(page).get("broken.pdf") == "failed")
    select(page, "broken.pdf")

    offered = {what for what, button in page.view._buttons.items() if button.isVisible()}

    assert offered == {"remove", "collect"}
