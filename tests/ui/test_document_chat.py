"""A document in the chat: attached, asked about, and each quote shown on its page."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.documents.citation import Citation
from app.documents.desk import DocumentDesk
from app.ui.chat.citation_marks import cited, with_marks
from app.ui.documents.coverage_dialog import CoverageDialog, page_ranges
from tests.documents.pdf_files import lines, write_pdf
from tests.patience import PATIENCE_S

QUOTE = "The deposit is three months of rent."
ANSWER = f'It says "{QUOTE}" [1, p. 2]. It also says "The tenant paints each year." [1, p. 1].'
BIG = {"context_length": 32_768}


@pytest.fixture
def lease(tmp_path):
    first = lines(*(f"{n}. The tenant keeps the premises in order." for n in range(30)))
    return write_pdf(tmp_path / "lease.pdf", [first, lines("Section two", QUOTE, "The end.")])


@pytest.fixture
def open_with_documents(open_rig, paths):
    rigs = []

    def open_(*replies, script=BIG):
        rig = open_rig(*replies, script=script, documents=DocumentDesk)
        rigs.append(rig)
        return rig

    return open_


def attach(rig, path):
    rig.window.chat.documents.attachments.add([path])
    chips = rig.page.composer.attachments
    rig.wait_until(lambda: bool(chips.shown) and "page" in chips.shown[0].state)
    rig.wait_until(lambda: not chips.shown[0].state.startswith("Reading"))


def ask(rig, path, question="What about the deposit?"):
    rig.wait_ready()
    attach(rig, path)
    rig.write(question)
    rig.wait_until(lambda: rig.current is not None)
    rig.wait_answered()
    return rig.stored()


def test_the_answer_carries_the_proof_of_its_quotes(open_with_documents, lease):
    rig = open_with_documents({"text": ANSWER})

    question, answer = ask(rig, lease)

    assert [found.name for found in question.message.documents.documents] == ["lease.pdf"]
    assert [c.status for c in answer.message.proof.citations] == ["verified", "unverified"]
    assert answer.message.proof.coverage.pages_read == 2
    assert rig.page.composer.attachments.shown == ()


def test_a_click_on_a_citation_shows_the_boxes_on_the_right_words(open_with_documents, lease):
    rig = open_with_documents({"text": ANSWER})
    _, answer = ask(rig, lease)

    rig.page.transcript.link_clicked.emit(f"doorstep:cite/{answer.id}/1")
    view = rig.page.reader.view if rig.page.reader else None
    rig.wait_until(lambda: rig.page.reader is not None and bool(rig.page.reader.view.marks))
    view = rig.page.reader.view

    assert list(view.marks) == [2]
    (box,) = view.marks[2]
    # Drawn at 50 points from the left, its baseline 766 points above the bottom of 842.
    assert box.left == pytest.approx(50, abs=2)
    assert box.top < 842 - 766 < box.bottom + 1
    assert box.bottom - box.top < 16
    assert view.current == 2
    assert "word for word on page 2" in rig.page.reader.citation.text()


def test_a_copied_answer_keeps_its_citations_as_footnotes(open_with_documents, lease):
    rig = open_with_documents({"text": ANSWER})
    ask(rig, lease)

    rig.window.actions_.copy_answer.trigger()
    rig.wait_until(lambda: "[^1]" in QGuiApplication.clipboard().text())

    copied = QGuiApplication.clipboard().text()
    assert copied.startswith('It says "The deposit')
    assert "1 of 2 quotes verified." in copied


def test_the_next_citation_that_is_not_proven_is_told(open_with_documents, lease):
    rig = open_with_documents({"text": ANSWER})
    _, answer = ask(rig, lease)
    rig.page.transcript.link_clicked.emit(f"doorstep:cite/{answer.id}/1")
    rig.wait_until(lambda: rig.page.reader is not None and bool(rig.page.reader.view.marks))

    QTest.keyClick(rig.page.reader.view, Qt.Key.Key_BracketRight)

    rig.wait_until(lambda: "not found" in rig.page.reader.citation.text())


def test_escape_closes_the_reader_and_ends_its_process(open_with_documents, lease):
    rig = open_with_documents({"text": ANSWER})
    _, answer = ask(rig, lease)
    rig.page.transcript.link_clicked.emit(f"doorstep:cite/{answer.id}/1")
    rig.wait_until(lambda: rig.page.reader is not None and bool(rig.page.reader.view.marks))
    server = rig.window.chat.documents.reader._open.server

    QTest.keyClick(rig.page.reader.view, Qt.Key.Key_Escape)

    assert not rig.page.reader.isVisible()
    rig.wait_until(lambda: server.pid is None)


def test_files_are_dropped_on_the_page(open_with_documents, lease):
    rig = open_with_documents()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(lease))])
    field = rig.page.composer.field

    field.insertFromMimeData(data)

    rig.wait_until(lambda: [a.name for a in rig.page.composer.attachments.shown] == ["lease.pdf"])
    assert rig.page.composer.text == ""


def test_a_document_that_was_read_before_it_was_attached_is_shown_as_read(
    open_with_documents, lease, monkeypatch
):
    rig = open_with_documents()
    attachments = rig.window.chat.documents.attachments
    bring_in = attachments._import

    def late(paths):
        found = bring_in(paths)
        assert rig.desk.library().wait([document.id for document in found], PATIENCE_S)
        attachments._unsubscribe()  # all has been told
        return found

    monkeypatch.setattr(attachments, "_import", late)

    attachments.add([lease])

    chips = rig.page.composer.attachments
    rig.wait_until(lambda: [chip.state for chip in chips.shown] == ["2 pages"])


def test_an_attached_document_that_is_removed_does_no_harm(open_with_documents, lease):
    rig = open_with_documents()
    attach(rig, lease)

    rig.desk.library().remove([found.id for found in rig.desk.library().documents()])
    rig.window.chat.documents.attachments._on_opened(None)

    rig.wait_read()
    assert [chip.name for chip in rig.page.composer.attachments.shown] == ["lease.pdf"]


def test_what_was_read_of_a_document_before_does_not_take_the_place_of_what_is_newer(
    open_with_documents, lease
):
    rig = open_with_documents()
    attach(rig, lease)
    attachments = rig.window.chat.documents.attachments
    (document,) = rig.desk.library().documents()
    rig.wait_read()
    attachments._on_documents(attachments._readings + 2, [document])

    attachments._on_documents(attachments._readings + 1, [replace(document, state="imported")])

    assert [chip.state for chip in rig.page.composer.attachments.shown] == ["2 pages"]


def test_a_very_long_paste_becomes_a_document(open_with_documents):
    rig = open_with_documents()
    data = QMimeData()
    data.setText("A line of a long text.\n" * 1000)

    rig.page.composer.field.insertFromMimeData(data)

    rig.wait_until(lambda: bool(rig.page.composer.attachments.shown))
    assert rig.page.composer.attachments.shown[0].name.startswith("Pasted text")
    assert rig.page.composer.text == ""


def test_what_does_not_fit_is_asked_about_and_cancel_loses_nothing(open_with_documents, lease):
    rig = open_with_documents(script={"context_length": 600})
    rig.wait_ready()
    attach(rig, lease)

    rig.write("What about the deposit?")
    rig.wait_until(lambda: rig.page.findChild(CoverageDialog) is not None)
    rig.page.findChild(CoverageDialog).reject()

    rig.wait_until(lambda: rig.page.composer.text == "What about the deposit?")
    assert rig.current is None
    assert rig.page.composer.attachments.shown[0].name == "lease.pdf"


def test_a_damaged_file_says_why_and_the_message_can_go(open_with_documents, tmp_path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")
    rig = open_with_documents({"text": "Hello."})
    rig.wait_ready()
    rig.window.chat.documents.attachments.add([broken])
    chips = rig.page.composer.attachments
    rig.wait_until(lambda: bool(chips.shown) and chips.shown[0].is_failed)

    rig.write("Hello")
    rig.wait_until(lambda: rig.current is not None)
    rig.wait_answered()

    assert rig.stored()[-1].message.text == "Hello."


def test_pages_are_written_as_people_write_them():
    assert list(page_ranges("1-12, 40")) == [(1, 12), (40, 40)]
    assert list(page_ranges("3–4；7")) == [(3, 4), (7, 7)]
    assert list(page_ranges("0")) == list(page_ranges("5-2")) == list(page_ranges("x")) == []


def test_a_link_of_the_web_is_no_citation():
    assert cited("https://example.org/doorstep:cite/1/2") is None
    assert cited("doorstep:cite/12/3") == (12, 3)


def test_a_quote_in_a_code_block_gets_no_link():
    text = '```\n"a quote" [1, p. 1]\n```'
    end = text.index("]") + 1
    citation = Citation("a quote", 1, 1, "verified", (), "", 4, end)
    proof = type("Proof", (), {"citations": (citation,)})()

    assert with_marks(text, 5, proof) == text
