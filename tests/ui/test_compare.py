"""Side by side: one prompt, several answers, and how they compare."""

from dataclasses import replace

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.chat.messages import Message
from app.chat.presets import Preset
from app.chat.turn import TurnFinished
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices
from app.engine.protocol import DraftStats, EngineOptions, SamplingParams, Timings, Usage
from app.models.fit import Machine
from app.models.locate import starter_path, worker_spec
from app.start import MAX_DRAFT_DEPTH
from app.ui.compare.results import Result, values_of
from app.ui.control.compare_engines import CompareEngines

LONG = {"text": "word " * 400, "hold_after": 20}  # it never comes to its end


@pytest.fixture
def open_page(open_rig):
    def open_(*replies, **how):
        rig = open_rig(*replies, **how)
        rig.wait_ready()
        rig.window.actions_.pages["compare"].trigger()
        rig.compare = rig.window.navigation.page
        return rig

    return open_


def ask(rig, text):
    rig.compare.view.field.setPlainText(text)
    QTest.keyClick(rig.compare.view.field, Qt.Key.Key_Return)
    assert rig.compare.is_running


def wait_over(rig):
    rig.wait_until(lambda: not rig.compare.is_running)


def cells(rig):
    model = rig.compare.results
    columns = range(model.columnCount())
    return [
        [model.index(row, column).data() for column in columns] for row in range(model.rowCount())
    ]


def test_every_column_answers_the_same_prompt(open_page):
    rig = open_page({"text": "Paris."})

    ask(rig, "Capital of France?")
    wait_over(rig)

    assert [run.text for run in rig.compare._runs] == ["Paris.", "Paris."]
    assert "All answers are the same" in rig.compare.view.difference.text()


def test_columns_have_the_same_seed_and_settings_of_their_own(open_page):
    rig = open_page()
    rig.compare.view.seed.setValue(7)

    ask(rig, "Hello")
    wait_over(rig)

    asked = [run.asked.sampling for run in rig.compare._runs]
    assert [sampling.seed for sampling in asked] == [7, 7]
    assert [sampling.temperature for sampling in asked] == [0.6, 1.0]


def test_a_comparison_leaves_the_prefixes_of_chats_alone(open_page):
    rig = open_page()

    ask(rig, "Hello")
    wait_over(rig)

    assert [run.asked.session_key for run in rig.compare._runs] == [None, None]


def test_the_first_difference_is_marked(open_page, store):
    store.keep_preset(Preset("Pirate", "Talk like a pirate."))
    rig = open_page(
        {"text": "The tide went out, arr.", "when": "pirate"},
        {"text": "The tide went in."},
    )
    rig.wait_until(lambda: rig.compare.columns[0].preset.findText("Pirate") >= 0)
    column = rig.compare.columns[0]
    column.preset.show_value("Pirate")
    column.preset.picked.emit("Pirate")

    ask(rig, "Hello")
    wait_over(rig)

    said = rig.compare.view.difference.accessibleName()
    assert "differ at character 15" in said
    assert "Column A: The tide went [o]ut, arr." in said
    assert "Column B: The tide went [i]n." in said


def test_the_table_tells_tokens_time_and_length(open_page):
    rig = open_page({"text": "one two three four", "tokens_per_second": 50})

    ask(rig, "Count")
    wait_over(rig)

    name, state, tokens, speed, first, characters, cached, drafts = cells(rig)[0]
    assert (name, state, tokens, characters) == ("Column A", "Done", "4", "18")
    assert float(speed) > 0
    assert first.endswith(" s")
    assert cached.startswith("0 of ")
    assert drafts == "–"  # nothing was drafted; empty cells are those still to be filled


def test_all_columns_stop_at_once(open_page):
    rig = open_page(LONG)
    ask(rig, "Tell me a story")
    rig.wait_until(lambda: all(run.text for run in rig.compare._runs))

    rig.compare.view.run.click()
    wait_over(rig)

    assert [row[1] for row in cells(rig)] == ["Stopped", "Stopped"]
    assert all(column.take.isEnabled() for column in rig.compare.columns)


def test_answers_are_not_stored(open_page, store):
    rig = open_page()

    ask(rig, "Hello")
    wait_over(rig)

    assert store.conversations() == []


def test_one_goes_on_with_an_answer_as_a_chat(open_page, store):
    rig = open_page({"text": "<think>Hm.</think>Paris."})
    ask(rig, "Capital of France?")
    wait_over(rig)

    rig.compare.columns[1].take.click()
    rig.wait_until(lambda: rig.window.navigation.current == "chat" and rig.current is not None)

    question, answer = rig.stored()
    assert question.message == Message.of("user", "Capital of France?")
    assert (answer.message.text, answer.message.reasoning) == ("Paris.", "Hm.")
    assert answer.details.sampling.temperature == 1.0
    assert store.preset(rig.current).name == "Reasoning"
    rig.wait_until(lambda: rig.window.model.rowCount() == 1)


def test_a_chat_of_a_changed_column_has_its_settings(open_page, store):
    rig = open_page()
    column = rig.compare.columns[0]
    column.temperature.setValue(0.2)
    ask(rig, "Hello")
    wait_over(rig)

    column.take.click()
    rig.wait_until(lambda: rig.current is not None)

    preset = store.preset(rig.current)
    usual = SamplingParams(temperature=0.6, top_p=0.95)
    assert preset.sampling == replace(usual, temperature=0.2)


def test_there_are_two_to_four_columns(open_page):
    rig = open_page()
    view = rig.compare.view

    view.add.click()
    view.add.click()

    assert len(rig.compare.columns) == 4
    assert not view.add.isEnabled()
    rig.compare.columns[1].remove.click()
    rig.compare.columns[1].remove.click()
    assert len(rig.compare.columns) == 2
    assert not rig.compare.columns[0].remove.isVisible()


def test_no_line_is_cut_where_four_columns_share_the_window(open_page):
    rig = open_page({"text": "The tide went out at six, and the harbour lay still. " * 20})
    rig.window.resize(1280, 800)
    rig.compare.view.add.click()
    rig.compare.view.add.click()

    ask(rig, "Tell me of the harbour")
    wait_over(rig)

    for column in rig.compare.columns:
        shown = column.transcript.viewport()
        blocks = [b for b in shown.findChildren(QTextEdit) if b.isVisible()]
        assert blocks
        assert all(b.mapTo(shown, b.rect().topRight()).x() <= shown.width() for b in blocks)


def test_there_must_be_something_to_compare(open_page):
    view = open_page().compare.view
    before = view.run.isEnabled()

    view.field.setPlainText("Hello")

    assert (before, view.run.isEnabled()) == (False, True)


def test_a_failed_answer_says_why_in_its_column(open_page):
    rig = open_page({"text": "one two three", "fail_after": 1})

    ask(rig, "Hello")
    wait_over(rig)

    column = rig.compare.columns[0]
    assert "The script failed" in column.error.text()
    assert cells(rig)[0][1] == "Failed"


def test_leaving_the_page_stops_what_is_written(open_page):
    rig = open_page(LONG)
    ask(rig, "Tell me a story")

    rig.window.navigation.show_chat()

    wait_over(rig)
    assert all(run.end.reason == "cancelled" for run in rig.compare._runs)


@pytest.fixture
def other_model(paths):
    """In the models folder: the starter, beside the script that is loaded."""
    path = paths.models / "Other.gguf"
    path.symlink_to(starter_path())


def choose(rig):
    """For the second column, once the page has found it."""
    engine = rig.compare.columns[1].engine
    rig.wait_until(lambda: engine.findText("Other") >= 0)
    engine.setCurrentIndex(engine.findText("Other"))
    engine.picked.emit(engine.value)


@pytest.mark.usefixtures("other_model")
def test_another_model_answers_until_the_page_is_left(open_page):
    rig = open_page({"text": "Paris."})
    choose(rig)
    rig.wait_until(lambda: "Other is opened too" in rig.compare.view.note.text())

    ask(rig, "Say yes.")
    rig.wait_until(lambda: bool(rig.compare._runs[1].text), seconds=60)
    rig.wait_until(lambda: rig.compare._runs[0].text == "Paris.")
    (other,) = rig.compare._engines._opened.values()
    worker = other.worker_pid
    assert psutil.pid_exists(worker)
    rig.window.navigation.show_chat()

    rig.wait_until(lambda: not psutil.pid_exists(worker))
    wait_over(rig)


@pytest.mark.usefixtures("other_model")
def test_another_model_is_not_opened_where_memory_does_not_allow(open_page, monkeypatch):
    few = Machine(memory_bytes=1 << 30, available_bytes=1 << 20, cores=1)
    monkeypatch.setattr("app.ui.control.compare_engines.machine", lambda: few)
    rig = open_page({"text": "Paris."})
    choose(rig)

    ask(rig, "Say yes.")
    wait_over(rig)

    assert "not enough memory" in rig.compare.columns[1].error.text()
    assert rig.compare._runs[0].text == "Paris."
    assert not rig.compare._engines._opened


def test_use_of_mtp_layers_is_offered_only_where_there_are_some(open_page):
    rig = open_page(script={"mtp_depth": 3})

    engine = rig.compare.columns[1].engine
    rig.wait_until(lambda: engine.findText("The same, no MTP") >= 0)

    assert {"The same, MTP adaptive", "The same, MTP always"} <= {
        engine.itemText(place) for place in range(engine.count())
    }


def test_without_mtp_layers_no_use_of_them_is_offered(open_page):
    rig = open_page()

    assert rig.compare.columns[1].engine.findText("The same, no MTP") < 0


def test_a_column_without_mtp_is_the_same_model_that_drafts_nothing(paths):
    spec = worker_spec("starter", "auto", paths.models, EngineOptions(context_length=512))
    loaded = EngineClient(spec, MachineChoices(paths.engine_choices))
    engines = CompareEngines(paths, loaded)
    try:
        other = engines.open("mtp:off")
        always = engines._spec("mtp:on")

        assert engines.open("mtp:adaptive") is loaded
        assert (other.spec.model, other.spec.options.draft_depth) == (spec.model, 0)
        assert always.options.draft_depth == MAX_DRAFT_DEPTH
        assert other.wait_ready(60).name
    finally:
        engines.close()
        loaded.close()


def test_the_table_tells_how_many_drafts_were_accepted():
    finished = TurnFinished(
        "stop", Usage(20, 0, 12), Timings(0.1, 1.0), None, DraftStats(6, (6, 4), (5, 1))
    )

    assert values_of(Result("Column A", "Done", 40, 0.2, finished))[-1] == "6 of 10"


def test_every_control_of_the_page_has_a_name_that_tells_its_column(open_page):
    rig = open_page()
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QPlainTextEdit)

    names = [
        widget.accessibleName() or widget.text()
        for widget in rig.compare.frame.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    assert all(names)
    assert len(set(names)) == len(names)
    assert "Temperature of Column B" in names
