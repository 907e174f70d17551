"""Side by side: asks the same of every column, and compares what they answer."""

import random
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject

from app.chat.differences import excerpt, first_difference
from app.chat.messages import Message
from app.chat.presets import SHIPPED, Preset
from app.chat.turn import TurnFailed, TurnFinished, TurnRequest
from app.engine.protocol import SamplingParams
from app.errors import AppError
from app.models.found import FoundModel, find_models
from app.storage.conversations import ConversationStore, StoredMessage
from app.ui.bridge import AnswerFeed, Flush
from app.ui.compare.column import CompareColumn
from app.ui.compare.compare_view import CompareView
from app.ui.compare.results import Result, ResultModel
from app.ui.control.compare_engines import LOADED, CompareEngines, Need, mtp_choices, need_in_words
from app.ui.control.compare_run import CompareRun
from app.ui.control.links import LinkControl
from app.ui.error_words import error_message, error_title
from app.ui.pages.page import PageTools
from app.ui.pages.page_frame import PageFrame
from app.ui.theme import Theme
from app.ui.widgets.banner import Notice

FEWEST, MOST = 2, 4
STANDARD = ""  # the preset that is none


class CompareControl(QObject):
    """Its answers are not stored, unless the user goes on with one."""

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        self._tools = tools
        theme = tools.appearance.theme
        self.frame = PageFrame(self.tr("Side by side"), theme)
        self.results = ResultModel()
        self.view = CompareView(self.results, self.frame.banners, theme)
        self.frame.fill_with(self.view)
        self.columns: list[CompareColumn] = []
        self._runs: list[CompareRun] = []
        self._presets: dict[str, Preset] = {preset.name: preset for preset in SHIPPED}
        self._models: list[FoundModel] = []
        self._question = ""
        self._engines = CompareEngines(tools.services.paths, tools.services.engine)
        self._feed = AnswerFeed(self._on_flush)
        self._links = LinkControl(tools.window, self.frame.banners, tools.appearance)
        self.view.seed.show_value(random.randrange(10**6))
        self.frame.themed.connect(self._on_theme)
        self.view.run_requested.connect(self._on_run)
        self.view.stop_requested.connect(self._stop)
        self.view.column_requested.connect(self._on_add)
        for preset in SHIPPED[:FEWEST]:
            self._add(preset.name)

    def enter(self) -> None:
        self.view.field.setFocus()
        store, paths = self._tools.services.store, self._tools.services.paths
        self._tools.reads.run(store.presets, self._on_presets, self._on_failed)
        self._tools.reads.run(partial(find_models, paths.models), self._on_models, self._on_failed)

    def leave(self) -> None:
        """The memory of a second engine is the user's as soon as they look elsewhere."""
        self._stop()
        self._tools.sends.run(self._engines.close, _ignore, self._on_failed)

    def close(self) -> None:
        self._stop()
        self._feed.close()
        self._engines.close()

    @property
    def is_running(self) -> bool:
        return any(not run.is_over for run in self._runs)

    def _on_theme(self, theme: Theme) -> None:
        self.view.set_theme(theme)
        for column in self.columns:
            column.set_theme(theme)

    def _on_presets(self, own: list[Preset]) -> None:
        self._presets = {preset.name: preset for preset in (*SHIPPED, *own)}
        for column in self.columns:
            column.preset.set_choices(self._preset_words())

    def _on_models(self, found: list[FoundModel]) -> None:
        self._models = found
        for column in self.columns:
            column.engine.set_choices(self._engine_words())

    def _preset_words(self) -> dict[object, str]:
        shipped = {
            "Chat": QCoreApplication.translate("PresetButton", "Chat"),
            "Reasoning": QCoreApplication.translate("PresetButton", "Reasoning"),
        }
        named = {name: shipped.get(name, name) for name in self._presets}
        return {STANDARD: self.tr("Standard"), **named}

    def _engine_words(self) -> dict[object, str]:
        engine = self._tools.services.engine
        model = engine.status.model
        words: dict[object, str] = {LOADED: self.tr("The loaded model")}
        if model is not None and model.mtp_depth:
            words |= mtp_choices()
        loaded = engine.spec.model
        return words | {str(m.path): m.name for m in self._models if m.path != loaded}

    def _on_add(self) -> None:
        if len(self.columns) < MOST:
            self._add(STANDARD)

    def _add(self, preset: str) -> None:
        column = CompareColumn(self.frame.theme)
        column.preset.set_choices(self._preset_words())
        column.engine.set_choices(self._engine_words())
        column.preset.show_value(preset)
        column.preset_picked.connect(self._on_preset)
        column.engine_picked.connect(self._on_engine)
        column.removed.connect(self._on_removed)
        column.taken.connect(self._on_taken)
        column.transcript.link_clicked.connect(self._links.ask)
        self.columns.append(column)
        self._show_sampling(column)
        self._forget_answers()
        self._show_columns()

    def _on_removed(self) -> None:
        column = self.sender()
        if len(self.columns) > FEWEST:
            self.columns.remove(column)
            column.hide()
            column.deleteLater()
            self._forget_answers()
            self._show_columns()

    def _show_columns(self) -> None:
        for number, column in enumerate(self.columns):
            column.set_name(self._name(number))
            column.remove.setVisible(len(self.columns) > FEWEST)
        self.view.add.setEnabled(len(self.columns) < MOST)
        self.view.show_columns(self.columns)
        self._show_note()

    def _name(self, number: int) -> str:
        return self.tr("Column {letter}").format(letter="ABCD"[number])

    def _on_preset(self) -> None:
        self._show_sampling(self.sender())

    def _show_sampling(self, column: CompareColumn) -> None:
        sampling = self._usual(column)
        column.temperature.show_value(sampling.temperature)
        column.top_p.show_value(sampling.top_p)

    def _usual(self, column: CompareColumn) -> SamplingParams:
        """As the preset says, or as the settings do."""
        preset = self._presets.get(column.preset.value)
        if preset is not None and preset.sampling is not None:
            return preset.sampling
        settings = self._tools.preferences.settings
        return SamplingParams(temperature=settings.temperature, top_p=settings.top_p)

    def _sampling(self, column: CompareColumn) -> SamplingParams:
        return replace(
            self._usual(column),
            temperature=round(column.temperature.value(), 2),
            top_p=round(column.top_p.value(), 2),
        )

    def _on_engine(self, key: str) -> None:
        self._tools.reads.run(
            partial(self._engines.need, key), partial(self._on_need, key), self._on_failed
        )

    def _on_need(self, key: str, need: Need) -> None:
        names = self._engine_words()
        said = need_in_words(str(names.get(key, Path(key).stem)), need)
        self._show_note(said)

    def _show_note(self, need: str = "") -> None:
        if not need:
            need = self.tr("All columns are answered at the same time and share this computer.")
        self.view.note.setText(need)

    def _on_run(self, question: str) -> None:
        self._question = question
        seed = int(self.view.seed.value())
        self.frame.banners.remove("error")
        self.view.show_difference("")
        self._runs = [
            CompareRun(self._request(column, question, seed), str(column.engine.value or LOADED))
            for column in self.columns
        ]
        for number, (column, run) in enumerate(zip(self.columns, self._runs, strict=True)):
            column.begin()
            self._feed.follow(number, run.buffer)
            self._tools.sends.run(
                partial(run.start, self._engines), _ignore, partial(_not_started, run)
            )
        self._show_activity()

    def _request(self, column: CompareColumn, question: str, seed: int) -> TurnRequest:
        """Without a name of a conversation: it must not push out what chats have cached."""
        preset = self._presets.get(column.preset.value)
        told = preset.instructions.strip() if preset is not None else ""
        system = (Message.of("system", told),) if told else ()
        sampling = replace(self._sampling(column), seed=seed)
        return TurnRequest((*system, Message.of("user", question)), sampling)

    def _stop(self) -> None:
        for run in self._runs:
            run.stop()

    def _on_flush(self, number: int, flush: Flush) -> None:
        run, column = self._runs[number], self.columns[number]
        run.take(flush)
        if flush.reasoning:
            column.transcript.add_reasoning(flush.reasoning)
        if flush.text:
            column.transcript.add_text(flush.text)
        if run.is_over:
            error = run.end.error if isinstance(run.end, TurnFailed) else None
            said = "" if error is None else f"{error_title(error)}. {error_message(error)}"
            column.end(run.answer, said)
        self._show_activity()

    def _show_activity(self) -> None:
        is_running = self.is_running
        self.view.set_running(is_running)
        self.view.add.setEnabled(not is_running and len(self.columns) < MOST)
        for column in self.columns:
            column.set_running(is_running)
        self.results.show_results(
            [
                Result(
                    self._name(number),
                    self._state(run),
                    len(run.text),
                    run.first_token_s,
                    run.end if isinstance(run.end, TurnFinished) else None,
                )
                for number, run in enumerate(self._runs)
            ]
        )
        if self._runs and not is_running:
            self._show_difference()

    def _state(self, run: CompareRun) -> str:
        match run.end:
            case TurnFinished(reason="cancelled"):
                return self.tr("Stopped")
            case TurnFinished(reason="length"):
                return self.tr("At the length limit")
            case TurnFinished():
                return self.tr("Done")
            case TurnFailed():
                return self.tr("Failed")
        return self.tr("Writing") if run.text or run.reasoning else self.tr("Waiting")

    def _show_difference(self) -> None:
        texts = [run.text for run in self._runs]
        at = first_difference(texts)
        if at is None:
            said = self.tr("All answers are the same.")
            self.view.show_difference(said)
            return
        said = self.tr("The answers first differ at character {at}.").format(at=f"{at + 1:,}")
        self.view.show_difference(
            said, [(self._name(number), excerpt(text, at)) for number, text in enumerate(texts)]
        )

    def _forget_answers(self) -> None:
        """Other columns: what was compared no longer stands for them."""
        self._runs = []
        self.results.show_results([])
        self.view.show_difference("")
        for column in self.columns:
            column.begin()

    def _on_taken(self) -> None:
        """A chat of the question and this answer, from here on like any other."""
        column = self.sender()
        run = self._runs[self.columns.index(column)]
        self._tools.reads.run(
            partial(
                _keep,
                self._tools.services.store,
                self._question,
                self._preset_of(column),
                run.answer,
            ),
            self._on_kept,
            self._on_failed,
        )

    def _preset_of(self, column: CompareColumn) -> Preset | None:
        """As the column was set: its preset, or one of its own where it was changed."""
        preset = self._presets.get(column.preset.value)
        sampling = self._sampling(column)
        if sampling == self._usual(column):
            return preset
        instructions = preset.instructions if preset is not None else ""
        return Preset(self.tr("Side by side"), instructions, sampling)

    def _on_kept(self, conversation_id: int) -> None:
        self._tools.open_chat(conversation_id, None)

    def _on_failed(self, error: AppError) -> None:
        notice = Notice("danger", error_title(error), error_message(error))
        self.frame.banners.show_notice("error", notice)


def _keep(
    store: ConversationStore, question: str, preset: Preset | None, answer: StoredMessage
) -> int:
    """On a worker thread: the new conversation."""
    conversation_id = store.create_conversation()
    if preset is not None:
        store.use_preset(conversation_id, preset)
    question_id = store.append(conversation_id, Message.of("user", question))
    details = answer.details
    answer_id = store.begin_answer(
        conversation_id, details.model, parent_id=question_id, seed=details.seed
    )
    store.finish_answer(answer_id, answer.message.parts, answer.state, details)
    return conversation_id


def _not_started(run: CompareRun, error: AppError) -> None:
    """It ends like an answer that failed."""
    run.buffer.put(TurnFailed(error))


def _ignore(_: None) -> None:
    """What follows comes through the feed."""
