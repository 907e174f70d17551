"""Presets, prompts, drafts and the context meter, in a whole window."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.chat.messages import Message
from app.chat.presets import SHIPPED, Preset
from app.engine.protocol import SamplingParams
from app.ui.control.composer import OTHER_MODEL
from app.ui.conversation.preset_dialog import PresetDialog
from app.ui.conversation.prompt_text import first_gap, fitting
from app.ui.conversation.prompts_dialog import PromptsDialog
from app.ui.conversation.queue_strip import QueueStrip


def test_a_gap_is_found_with_its_braces():
    assert first_gap("Explain {{topic}} now") == (8, 17)
    assert first_gap("用{{ 语言 }}回答") == (1, 9)
    assert first_gap("{{}} and {x}") is None


def test_prompts_that_begin_with_what_was_typed_come_first():
    assert fitting("su", ["assume", "summary", "result"]) == ["summary", "assume", "result"]


def test_a_slash_offers_prompts_and_enter_takes_one_with_its_gap_selected(open_rig):
    rig = open_rig()
    rig.wait_until(lambda: bool(rig.window.chat.composer._prompts))
    field = rig.page.composer.field
    field.setFocus()

    QTest.keyClicks(field, "/expl")
    assert rig.window.chat.composer.popup.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert rig.page.composer.text == "Explain {{topic}} in plain words, with an example."
    assert field.textCursor().selectedText() == "{{topic}}"
    assert rig.current is None  # nothing was sent


def test_the_offered_prompts_are_as_wide_as_the_composer_and_stand_above_it(open_rig):
    rig = open_rig()
    rig.wait_until(lambda: bool(rig.window.chat.composer._prompts))
    field, popup = rig.page.composer.field, rig.window.chat.composer.popup
    box = field.parentWidget()
    field.setFocus()

    QTest.keyClicks(field, "/")

    top = box.mapTo(rig.page, QPoint())
    rig.wait_until(lambda: (popup.x(), popup.width()) == (top.x(), box.width()))
    assert popup.geometry().bottom() < top.y()


def test_one_queued_message_is_not_told_as_many(qtbot):
    strip = QueueStrip()
    qtbot.addWidget(strip)

    strip.show_messages(["Later"], is_waiting=False)

    said = [label.text() for label in strip.findChildren(QLabel)]
    assert "1 queued, sent after this answer" in said


def test_escape_closes_the_prompts_and_keeps_the_text(open_rig):
    rig = open_rig()
    rig.wait_until(lambda: bool(rig.window.chat.composer._prompts))
    field = rig.page.composer.field
    field.setFocus()
    QTest.keyClicks(field, "/s")

    QTest.keyClick(field, Qt.Key.Key_Escape)

    assert not rig.window.chat.composer.popup.isVisible()
    assert rig.page.composer.text == "/s"


def test_a_path_is_not_taken_for_a_prompt(open_rig):
    rig = open_rig()
    rig.wait_until(lambda: bool(rig.window.chat.composer._prompts))

    rig.page.composer.set_text("/etc/hosts is a file")

    assert not rig.window.chat.composer.popup.isVisible()


def test_a_preset_chosen_before_the_first_message_counts_for_it(open_rig):
    rig = open_rig()
    rig.wait_ready()
    rig.page.composer.preset.chosen.emit(SHIPPED[1])
    rig.write("hello")
    rig.wait_answered()

    assert rig.store.preset(rig.current) == SHIPPED[1]
    assert rig.stored()[-1].details.sampling.temperature == 1.0
    assert rig.page.composer.preset.text() == "Reasoning"


def test_a_new_chat_begins_without_the_preset_of_the_last(open_rig):
    rig = open_rig()
    rig.page.composer.preset.chosen.emit(SHIPPED[1])
    rig.write("hello")
    rig.wait_answered()

    rig.window.conversation.open(None)

    assert rig.page.composer.preset.current is None


def test_a_preset_is_written_kept_and_used(open_rig):
    rig = open_rig()
    rig.page.composer.preset.edit_requested.emit(None)
    dialog = rig.page.findChild(PresetDialog)
    assert not dialog.save.isEnabled()
    dialog.name.setText("律师")
    dialog.instructions.setPlainText("引用条款。")
    dialog.temperature.setValue(0.2)
    dialog.save.click()

    rig.wait_until(lambda: rig.store.presets() != [])
    expected = Preset("律师", "引用条款。", SamplingParams(temperature=0.2, top_p=0.95))
    assert rig.store.presets() == [expected]
    assert rig.page.composer.preset.current == expected


def test_a_preset_can_be_made_for_the_loaded_model(open_rig):
    rig = open_rig()
    rig.wait_ready()
    rig.page.composer.preset.edit_requested.emit(None)
    dialog = rig.page.findChild(PresetDialog)
    dialog.name.setText("Brief")
    dialog.model.show_value("Scripted")
    dialog.save.click()

    rig.wait_until(lambda: rig.store.presets() != [])
    assert rig.store.presets()[0].model == "Scripted"
    assert rig.page.banners.notice(OTHER_MODEL) is None


def test_a_preset_for_another_model_says_so_and_leads_to_the_models(open_rig):
    rig = open_rig()
    rig.wait_ready()

    rig.page.composer.preset.chosen.emit(Preset("Brief", model="Step 3.5 Flash"))
    notice = rig.page.banners.notice(OTHER_MODEL)
    rig.page.banners.acted.emit(OTHER_MODEL)

    assert notice.title == "This preset is made for Step 3.5 Flash"
    assert notice.message == "Scripted is loaded and answers by it."
    assert rig.window.navigation.current == "models"


def test_the_names_of_shipped_presets_are_taken(open_rig):
    rig = open_rig()
    rig.page.composer.preset.edit_requested.emit(None)
    dialog = rig.page.findChild(PresetDialog)

    dialog.name.setText("Chat")

    assert not dialog.save.isEnabled()


def test_a_prompt_of_the_users_own_is_kept_and_offered(open_rig):
    rig = open_rig()
    rig.wait_until(lambda: bool(rig.window.chat.composer._prompts))
    rig.page.composer.preset.prompts_requested.emit()
    dialog = rig.page.findChild(PromptsDialog)
    dialog.add.click()
    dialog.name.setText("contract")
    dialog.text.setPlainText("Review {{clause}}.")
    dialog.save.click()
    dialog.accept()

    rig.wait_until(lambda: "contract" in rig.store.prompts())
    rig.page.composer.set_text("/contr")

    assert rig.window.chat.composer.popup.count() == 1


def test_a_draft_is_there_after_a_restart(open_rig):
    first = open_rig()
    first.page.composer.set_text("还没写完 but kept")
    first.window.close()

    second = open_rig()

    second.wait_until(lambda: second.page.composer.text == "还没写完 but kept")


def test_a_sent_message_leaves_no_draft(open_rig):
    rig = open_rig()
    rig.write("hello")
    rig.wait_answered()
    rig.window.conversation.drafts.save()

    rig.wait_until(lambda: rig.store.drafts() == {})


def test_the_meter_tells_what_will_be_left_out_before_sending(open_rig, store):
    rig = open_rig(script={"context_length": 512})
    rig.wait_ready()
    chat = store.create_conversation("Long")
    for number in range(12):
        store.append(chat, Message.of("assistant" if number % 2 else "user", "word " * 60))
    rig.window.conversation.open(chat)
    meter = rig.page.composer.meter

    rig.page.composer.set_text("and now?")
    rig.wait_until(lambda: "left out" in meter.text)
    told = meter._left_out
    rig.write("and now?")
    rig.wait_answered()

    assert rig.stored()[-1].details.left_out == told > 0
    assert meter.accessibleDescription() == meter.text


def test_a_message_that_cannot_fit_is_said_before_it_is_sent(open_rig):
    rig = open_rig(script={"context_length": 256})
    rig.wait_ready()

    rig.page.composer.set_text("word " * 600)

    rig.wait_until(lambda: rig.page.composer.meter.text.startswith("Too long"))
