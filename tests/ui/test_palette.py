"""The palette in a real window: found, chosen and closed by keys alone."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem

from app.chat.messages import Message
from app.documents.desk import DocumentDesk
from app.ui.palette.entries import by_kind, entry, ranked
from app.ui.palette.entry_delegate import EntryDelegate
from app.ui.palette.entry_model import EntryModel
from app.ui.theme import Theme
from tests.patience import PATIENCE_S


def titles(entries):
    return [found.title for found in entries]


def test_a_title_that_begins_with_the_words_goes_first():
    entries = [entry("chat", title, 1) for title in ("A plan", "unplanned", "Planning", "None")]

    assert titles(ranked("plan", entries, 9)) == ["Planning", "A plan", "unplanned"]


def test_every_word_must_be_there_in_any_order_and_case():
    entries = [entry("chat", title, 1) for title in ("Tax return 2025", "Tax advice", "2025")]

    assert titles(ranked("2025 TAX", entries, 9)) == ["Tax return 2025"]


def test_full_width_letters_find_narrow_ones_and_chinese_is_found_inside():
    entries = [entry("chat", title, 1) for title in ("ABC 合同审查要点", "合同")]

    assert titles(ranked("ＡＢＣ", entries, 9)) == ["ABC 合同审查要点"]
    assert titles(ranked("审查", entries, 9)) == ["ABC 合同审查要点"]


def test_the_kind_of_the_best_hit_comes_first():
    entries = [entry("chat", "a", 1), entry("action", "b", 2), entry("chat", "c", 3)]

    assert titles(by_kind(entries)) == ["a", "c", "b"]


def palette(rig):
    return rig.window.palette_


def type_in(rig, text):
    QTest.keyClicks(palette(rig).field, text)


def test_a_command_is_run_by_typing_its_name(open_rig):
    rig = open_rig()
    rig.window.actions_.palette.trigger()
    assert rig.window.focusWidget() is palette(rig).field

    type_in(rig, "hide sidebar")
    QTest.keyClick(palette(rig).field, Qt.Key.Key_Return)

    assert not rig.window.body.is_sidebar_shown
    assert not palette(rig).isVisible()


def test_a_choice_is_found_by_what_it_is_a_choice_of(open_rig):
    rig = open_rig()
    rig.window.actions_.palette.trigger()

    type_in(rig, "appearance dark")

    assert titles(palette(rig).model.entries) == ["Appearance: Dark"]


def test_escape_gives_the_keys_back_to_where_they_were(open_rig):
    rig = open_rig()
    rig.page.composer.field.setFocus()
    rig.window.actions_.palette.trigger()

    QTest.keyClick(palette(rig).field, Qt.Key.Key_Escape)

    assert not palette(rig).isVisible()
    assert rig.window.focusWidget() is rig.page.composer.field


def test_a_chinese_message_is_found_and_jumped_to(open_rig, store):
    rig = open_rig()
    chat = store.create_conversation("Notes")
    message = store.append(chat, Message.of("user", "请审查这份合同的第三条"))
    rig.window.library.refresh()
    rig.wait_until(lambda: rig.window.library.title_of(chat) == "Notes")
    rig.window.actions_.palette.trigger()

    palette(rig).field.setText("合同")
    rig.wait_until(lambda: "message" in [e.kind for e in palette(rig).model.entries])
    hit = next(e for e in palette(rig).model.entries if e.kind == "message")
    QTest.keyClick(palette(rig).field, Qt.Key.Key_Return)

    assert hit.key == (chat, message)
    assert "合同" in hit.detail
    rig.wait_until(lambda: rig.current == chat)


def test_arrows_wrap_round_and_enter_opens_the_chat(open_rig, store):
    rig = open_rig()
    chats = [store.create_conversation(f"Plan {number}") for number in range(3)]
    rig.window.library.refresh()
    rig.wait_until(lambda: rig.window.library.title_of(chats[-1]) == "Plan 2")
    rig.window.actions_.palette.trigger()
    type_in(rig, "plan")
    QTest.keyClick(palette(rig).field, Qt.Key.Key_Up)
    last = palette(rig).list.currentIndex().row()
    QTest.keyClick(palette(rig).field, Qt.Key.Key_Down)
    QTest.keyClick(palette(rig).field, Qt.Key.Key_Return)

    assert last == palette(rig).model.rowCount() - 1
    rig.wait_until(lambda: rig.current == chats[-1])


def test_nothing_found_is_said(open_rig):
    rig = open_rig()
    rig.window.actions_.palette.trigger()

    type_in(rig, "zzzz")

    assert palette(rig).nothing.isVisible()
    assert not palette(rig).list.isVisible()


def test_a_model_on_this_computer_is_found_and_shown(open_rig, paths):
    (paths.models / "tiny-story.gguf").write_bytes(b"GGUF")
    rig = open_rig()
    rig.window.actions_.palette.trigger()

    type_in(rig, "tiny-story")
    rig.wait_until(lambda: [e.kind for e in palette(rig).model.entries] == ["model"])
    QTest.keyClick(palette(rig).field, Qt.Key.Key_Return)

    assert rig.window.navigation.current == "models"
    assert rig.window.navigation.page._chosen == str(paths.models / "tiny-story.gguf")


def test_a_document_is_found_and_opened(open_rig, tmp_path):
    note = tmp_path / "harbour-note.md"
    note.write_text("Boats.", encoding="utf-8")
    rig = open_rig(documents=DocumentDesk)
    library = rig.desk.library()
    assert library.wait(library.add([note]), PATIENCE_S)
    rig.window.actions_.palette.trigger()

    type_in(rig, "harbour")
    rig.wait_until(lambda: [e.kind for e in palette(rig).model.entries] == ["document"])
    QTest.keyClick(palette(rig).field, Qt.Key.Key_Return)

    rig.wait_until(lambda: rig.page.reader is not None)
    rig.wait_until(lambda: "Boats." in rig.page.reader.text.toPlainText())


def test_the_last_row_is_shown_whole(open_rig):
    rig = open_rig()
    rig.window.actions_.palette.trigger()
    rig.wait_until(lambda: palette(rig).model.rowCount() > 12)
    rows, shown = palette(rig).list, palette(rig).list.viewport().rect()

    last = rows.indexAt(shown.bottomLeft() - QPoint(-20, 4))

    assert rows.visualRect(last).bottom() <= shown.bottom()


def test_title_and_detail_stand_on_one_line_in_chinese(qapp):
    theme = Theme.load("light", 200)
    model, option = EntryModel(), QStyleOptionViewItem()
    model.show_entries([entry("message", "口口", 1, detail="口口")])
    option.rect = QRect(0, 0, 400, theme.size("row") * 2)
    image = QImage(option.rect.size(), QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)

    EntryDelegate(theme).paint(painter, option, model.index(0))
    painter.end()

    top, width = theme.size("row_heading") + 4, theme.font("secondary").pixelSize() * 2
    title = _lowest(image.copy(12, top, width, image.height() - top))
    detail = _lowest(image.copy(24 + width, top, width, image.height() - top))
    assert abs(title - detail) <= 1


def _lowest(image):
    """The last row with ink in it."""
    dark = [
        y
        for y in range(image.height())
        if any(image.pixelColor(x, y).lightness() < 200 for x in range(image.width()))
    ]
    return max(dark)
