"""What opens over the pages or in them, by its accessibility tree and at 200 % of text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from app.chat.messages import Message
from app.chat.presets import Preset
from app.documents.citation import Coverage
from app.documents.desk import DocumentDesk
from app.documents.plan import ReadingOption, ReadingPlan
from app.settings import Settings
from app.ui.documents.coverage_dialog import CoverageDialog
from tests.documents.pdf_files import lines, write_pdf
from tests.ui.accessibility import cut_texts, settled, unnamed


def palette(rig):
    rig.window.actions_.palette.trigger()
    QTest.keyClicks(rig.window.palette_.field, "a")
    rig.wait_until(lambda: rig.window.palette_.model.rowCount() > 0)


def find(rig):
    rig.window.actions_.find.trigger()
    QTest.keyClicks(rig.page.find_bar.field, "capital")


def trash(rig):
    rig.window.actions_.trash.trigger()
    rig.wait_until(lambda: rig.page.toast.isVisible())
    rig.window.actions_.show_trash.trigger()


def question_before_deleting(rig):
    trash(rig)
    listed = rig.window.sidebar.conversations
    rig.wait_until(lambda: listed.model().rowCount() > 0)
    listed.setCurrentIndex(listed.model().index(0, 0))
    rig.window.sidebar.shelf_bar.delete_requested.emit()


def run_card(rig):
    answer = rig.store.branch(rig.current)[-1].id
    rig.window.chat.messages.details_requested.emit(answer)
    rig.wait_until(lambda: rig.page.run_card.isVisible())


def edited_message(rig):
    rig.window.actions_.edit_last.trigger()


def menu(rig):
    rig.window.sidebar.menu_button.menu().popup(rig.window.rect().center())


def quick_question(rig):
    rig.window.actions_.quick.trigger()


def quick_answer(rig):
    quick_question(rig)
    window = rig.window.quick.window
    window.asked.emit("What is the capital of France?")
    rig.wait_until(lambda: not window.is_answering)


def new_preset(rig):
    rig.page.composer.preset.edit_requested.emit(None)


def changed_preset(rig):
    rig.page.composer.preset.edit_requested.emit(Preset("Brief", "Answer in one sentence."))


def prompts(rig):
    rig.page.composer.preset.prompts_requested.emit()


def prompts_by_slash(rig):
    QTest.keyClicks(rig.page.composer.field, "/")


def link(rig):
    rig.window.links.ask("https://example.org/a/long/way?to=go")


def coverage(rig):
    options = (
        ReadingOption("passes", Coverage("passes", 300, 300, 1, 1), 0, passes=5),
        ReadingOption("passages", Coverage("passages", 9, 300, 1, 1, 14), 4_000),
        ReadingOption("pages", Coverage("pages", 8, 300, 1, 1), 4_000),
    )
    dialog = CoverageDialog(ReadingPlan(180_000, 6_000, 8_192, options), rig.page.theme, rig.page)
    dialog.open()
    dialog._group.buttons()[-1].setChecked(True)


def licences(rig):
    rig.window.navigation.show("settings")
    view = rig.window.navigation.page.view
    view.show_section(len(view.sections) - 1)
    rig.window.navigation.page._about.licences_requested.emit()
    rig.wait_until(lambda: rig.window.navigation.page._about.list.count() > 0)


def change_for_an_agent(rig):
    rig.window.navigation.show("endpoint")
    rig.window.actions_.endpoint.trigger()
    rig.wait_until(lambda: rig.endpoint.address is not None)
    card = rig.window.navigation.page.connect_card
    card.client_chosen.emit("cline")
    rig.wait_until(lambda: card.said.isVisible())


def four_columns(rig):
    rig.window.navigation.show("compare")
    for _ in range(2):
        rig.window.navigation.page.view.column_requested.emit()


def documents(rig):
    rig.window.navigation.show("documents")
    page = rig.window.navigation.page
    folder = rig.window._services.paths.cache
    page.view.files_dropped.emit([write_pdf(folder / "lease.pdf", [lines("The deposit.")])])
    rig.wait_until(lambda: page.model.rowCount() == 1)
    page.view.list.setCurrentIndex(page.model.index(0))


def collection(rig):
    """A long name, chosen, and the question for another."""
    documents(rig)
    page = rig.window.navigation.page
    name = "Letters of the harbour master to the ministry, 1911 to 1954"
    page.view.asked.emit("collect", [1])
    dialog = page.frame.findChild(QInputDialog)
    dialog.setTextValue(name)
    dialog.accept()
    dialog.setParent(None)
    rig.wait_until(lambda: page.view.picker.isVisible())
    page.view.picker.choice.setCurrentIndex(1)
    page.view.picker.choice.activated.emit(1)
    rig.wait_until(lambda: page.model.rowCount() == 1)
    page.view.list.setCurrentIndex(page.model.index(0))


def question_for_a_collection(rig):
    collection(rig)
    rig.window.navigation.page.view.asked.emit("collect", [1])


def question_for_a_name(rig):
    collection(rig)
    rig.window.navigation.page.collections.rename(1)


def damaged_attachment(rig):
    file = rig.window._services.paths.cache / "broken.pdf"
    file.write_bytes(b"%PDF-1.7 and no more")
    rig.window.chat.documents.attachments.add([file])
    chips = rig.page.composer.attachments
    rig.wait_until(lambda: bool(chips.shown) and chips.shown[0].is_failed)


def reader(rig):
    documents(rig)
    page = rig.window.navigation.page
    rig.wait_until(lambda: page.model.document(page.model.index(0)).state == "indexed")
    rig.window.navigation.show("chat")
    rig.window.chat.documents.open(1, 1)
    rig.wait_until(lambda: rig.page.reader is not None and bool(rig.page.reader.page.text()))


def last_step(rig):
    rig.window.navigation.show("welcome")
    for _ in range(3):
        rig.window.navigation.page.steps.next.click()


THINGS = (palette, find, trash, question_before_deleting, run_card, edited_message, menu)
THINGS += (
    quick_question,
    quick_answer,
    new_preset,
    changed_preset,
    prompts,
    prompts_by_slash,
    link,
    coverage,
)
THINGS += (
    damaged_attachment,
    licences,
    change_for_an_agent,
    four_columns,
    documents,
    reader,
    last_step,
)
THINGS += (collection, question_for_a_collection, question_for_a_name)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.__name__)
def test_nothing_is_unnamed_and_no_text_is_cut_at_200_percent(open_rig, store, thing, language):
    chat = store.create_conversation()
    store.append(chat, Message.of("user", "What is the capital?"))
    store.append(chat, Message.of("assistant", "Paris is the capital.\n\n```python\n1\n```"))
    settings = Settings(is_welcomed=True, language=language, text_percent=200)
    rig = open_rig(settings=settings, documents=DocumentDesk)
    rig.window.resize(1280, 1000)
    rig.window.conversation.open(chat)
    rig.wait_until(lambda: rig.page.transcript.last_id is not None)
    rig.qtbot.wait(300)

    thing(rig)
    rig.qtbot.wait(300)  # what is read for it comes to it, and is laid out

    assert settled(rig, lambda: [w for top in _seen() for w in unnamed(top)]) == []
    assert settled(rig, lambda: [text for top in _seen() for text in cut_texts(top)]) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_menu_and_its_menus_stand_in_one_column_at_200_percent(open_rig, language):
    settings = Settings(is_welcomed=True, language=language, text_percent=200)
    rig = open_rig(settings=settings)

    menu = rig.window.sidebar.menu_button.menu()
    inner = [action.menu() for action in menu.actions() if action.menu() is not None]

    for shown in (menu, *inner):
        shown.ensurePolished()
        places = [shown.actionGeometry(action) for action in shown.actions()]
        assert len({place.x() for place in places}) == 1
        assert places[-1].bottom() < 780  # of 800, as screens are at least


def _seen():
    return [top for top in QApplication.topLevelWidgets() if top.isVisible()]


def test_a_modal_question_has_its_focus_on_something_that_does_no_harm(open_rig, store):
    chat = store.create_conversation()
    store.append(chat, Message.of("user", "What is the capital?"))
    rig = open_rig()
    rig.window.conversation.open(chat)
    rig.wait_until(lambda: rig.page.transcript.last_id is not None)

    question_before_deleting(rig)
    rig.wait_until(lambda: QApplication.activeModalWidget() is not None)
    QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return)

    assert [found.id for found in store.trashed()] == [chat]
