"""The models page: looks for models, says what they need, and has the engine load them."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.engine.launch import WorkerSpec
from app.engine.status import EngineStatus
from app.errors import AppError
from app.models.fit import Machine, fit, machine
from app.models.found import FoundModel, find_models
from app.models.inspect import ModelFacts, inspect
from app.models.locate import STARTER, find_model, starter_path, worker_spec
from app.paths import Paths
from app.settings import Settings
from app.start import engine_options
from app.ui.bridge import StatusFeed
from app.ui.error_words import error_message, error_title
from app.ui.models.load_card import LoadOptions
from app.ui.models.memory_bar import Need
from app.ui.models.models_view import ModelsView
from app.ui.models.words import facts_in_words, source_word, verdict
from app.ui.pages.page import PageTools
from app.ui.pages.page_frame import PageFrame
from app.ui.theme import Theme
from app.ui.widgets.banner import Notice
from app.ui.widgets.fact_list import FactRow
from app.ui.words import wanted_name

_LENGTHS = tuple(2**power for power in range(10, 21))  # 1,024 to 1,048,576 tokens
_USUAL_CONTEXT = 32_768  # offered first where the model and the machine allow it
_SHORT_CONTEXT = 4_096


class ModelsControl(QObject):
    """Between the page on one side, the folders and the engine on the other."""

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        self._tools = tools
        self._found: dict[str, FoundModel] = {}
        self._facts: ModelFacts | None = None
        self._machine: Machine = machine()
        self._chosen = ""
        self.frame = PageFrame(self.tr("Models"), tools.appearance.theme)
        self.view = ModelsView(tools.appearance.theme)
        self.frame.column.addWidget(self.view)
        self.frame.column.addStretch()
        self._feed = StatusFeed(self._on_status)
        self._connect()
        self._unsubscribe = tools.services.engine.subscribe(self._feed.put)
        self._on_status(tools.services.engine.status)

    def enter(self) -> None:
        self.frame.setFocus()
        self.view.show_state(self.tr("Looking for models…"))
        self._tools.reads.run(
            partial(_find, self._tools.services.paths.models), self._on_found, self._on_failed
        )

    def leave(self) -> None:
        pass

    def close(self) -> None:
        self._unsubscribe()

    def choose(self, key: str) -> None:
        """Show a model: a path, a name in the models folder, or ``starter``."""
        self._chosen = key
        self.view.list.select(key)
        self._tools.reads.run(
            partial(_inspect, key, self._tools.services.paths.models),
            partial(self._on_inspected, key),
            partial(self._on_not_inspected, key),
        )

    def _connect(self) -> None:
        view = self.view
        self.frame.themed.connect(self._on_theme)
        view.list.chosen.connect(self.choose)
        view.file_dropped.connect(self.choose)
        view.open_file.clicked.connect(self._on_open_file)
        view.open_folder.clicked.connect(self._on_open_folder)
        view.load.changed.connect(self._show_need)
        view.load.load_requested.connect(self._on_load)
        view.running.unload_requested.connect(self._on_unload)
        view.running.load_requested.connect(self._on_load_again)
        view.running.again_requested.connect(self._on_again)
        view.running.help_requested.connect(self._on_help)

    @property
    def _settings(self) -> Settings:
        return self._tools.preferences.settings

    def _on_theme(self, theme: Theme) -> None:
        self.view.set_theme(theme)

    def _on_status(self, status: EngineStatus) -> None:
        engine = self._tools.services.engine
        last = engine.last_words[-1] if engine.last_words else ""
        self.view.running.show_status(status, wanted_name(self._settings.model), last)
        self.view.running.show_lost(engine.lost_backends)
        self._show_rows()

    def _on_found(self, found: list[FoundModel]) -> None:
        self._found = {_key(model): model for model in found}
        self.view.show_state(
            ""
            if found
            else self.tr(
                "There is no model here yet. Open a .gguf file, or put one into {folder}."
            ).format(folder=self._tools.services.paths.models)
        )
        self._show_rows()
        if not self._chosen and self._settings.model in self._found:
            self.choose(self._settings.model)

    def _show_rows(self) -> None:
        engine = self._tools.services.engine
        loaded = str(engine.spec.model) if engine.status.model is not None else ""
        rows = [
            FactRow(
                key,
                model.name,
                source_word(model),
                *self._short_verdict(model, is_loaded=str(model.path) == loaded),
                is_strong=str(model.path) == loaded,
            )
            for key, model in self._found.items()
        ]
        self.view.list.show_rows(rows, self._chosen)

    def _short_verdict(self, model: FoundModel, *, is_loaded: bool) -> tuple[str, str]:
        if is_loaded:
            return self.tr("Loaded"), "ok"
        if model.size_bytes > self._machine.memory_bytes:
            return self.tr("Too large"), "danger"
        return "", "muted"

    def _on_inspected(self, key: str, facts: ModelFacts) -> None:
        if key != self._chosen:
            return
        self._facts, self._machine = facts, machine()
        self.frame.banners.remove("model")
        load, settings = self.view.load, self._settings
        load.set_title(facts.name)
        load.set_note(facts_in_words(facts))
        lengths = _lengths(facts)
        options = LoadOptions(
            self._first_length(key, facts, lengths), settings.kv_type, settings.mtp, "auto"
        )
        load.show_options(options, lengths, has_mtp=facts.mtp_depth > 0)
        load.show()
        self._show_need()

    def _first_length(self, key: str, facts: ModelFacts, lengths: list[int]) -> int:
        """What was chosen for this model before, otherwise what is usual and fits."""
        if key == self._settings.model and self._settings.context_length:
            return self._settings.context_length
        most = fit(facts, self._machine, lengths[-1]).largest_context
        return min(_USUAL_CONTEXT, most or _SHORT_CONTEXT)

    def _on_not_inspected(self, key: str, error: AppError) -> None:
        if key == self._chosen:
            self._facts = None
            self.view.load.hide()
            notice = Notice("danger", error_title(error), error_message(error))
            self.frame.banners.show_notice("model", notice)

    def _show_need(self) -> None:
        if self._facts is None:
            return
        options, here = self.view.load.options, self._machine
        kv_type = None if options.kv_type == "auto" else options.kv_type
        found = fit(self._facts, here, options.context_length, kv_type)
        memory = found.memory
        ours = self._tools.services.engine.status.memory_bytes or 0
        others = max(0, here.memory_bytes - here.available_bytes - ours)
        need = Need(
            memory.weights,
            memory.kv_cache,
            memory.compute + memory.process,
            others,
            here.memory_bytes,
        )
        self.view.load.show_need(need, *verdict(found, here))
        self.view.load.load.setEnabled(True)

    def _on_load(self) -> None:
        options = self.view.load.options
        self._open(
            replace(
                self._settings,
                model=self._chosen,
                engine=options.engine,
                context_length=options.context_length,
                kv_type=options.kv_type,
                mtp=options.mtp,
            )
        )

    def _open(self, settings: Settings) -> None:
        """Load by these settings; they are kept once there is such a model."""
        self._tools.sends.run(
            partial(_spec, settings, self._tools.services.paths),
            partial(self._on_spec, settings),
            self._on_failed,
        )

    def _on_spec(self, settings: Settings, spec: WorkerSpec) -> None:
        self.frame.banners.remove("error")
        self._tools.preferences.keep(
            model=settings.model,
            engine=settings.engine,
            context_length=settings.context_length,
            kv_type=settings.kv_type,
            mtp=settings.mtp,
        )
        engine = self._tools.services.engine
        self._tools.sends.run(partial(engine.open, spec), self._on_done, self._on_failed)
        self.frame.show_widget(self.view.running)

    def _on_unload(self) -> None:
        engine = self._tools.services.engine
        self._tools.sends.run(engine.unload, self._on_done, self._on_failed)

    def _on_load_again(self) -> None:
        engine = self._tools.services.engine
        self._tools.sends.run(engine.restart, self._on_done, self._on_failed)

    def _on_again(self) -> None:
        """What comes of it is told as at the first trial."""
        engine = self._tools.services.engine
        self._tools.sends.run(engine.try_backends_again, self._on_done, self._on_failed)

    def _on_help(self, action: str) -> None:
        """The one thing that helps against why it failed."""
        settings = self._settings
        match action:
            case "shorter":
                now = settings.context_length or _USUAL_CONTEXT
                self._open(replace(settings, context_length=max(1024, min(now // 2, 4096))))
            case "starter":
                self._open(replace(settings, model=STARTER, engine="auto", context_length=0))
            case "auto":
                self._open(replace(settings, engine="auto"))
            case _:
                self._on_load_again()

    def _on_open_file(self) -> None:
        dialog = QFileDialog(self._tools.window, self.tr("Open a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Models (*.gguf)"))
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    def _on_open_folder(self) -> None:
        dialog = QFileDialog(self._tools.window, self.tr("Open the folder of a model"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    def _on_done(self, _: None) -> None:
        """The status tells of everything else."""

    def _on_failed(self, error: AppError) -> None:
        notice = Notice("danger", error_title(error), error_message(error))
        self.frame.banners.show_notice("error", notice)


def _find(models_dir: Path) -> list[FoundModel]:
    """The starter first: it is there on every computer that has it installed."""
    found = find_models(models_dir)
    try:
        path = starter_path()
    except AppError:
        return found
    starter = FoundModel(path.stem, path, "starter", "gguf", path.stat().st_size)
    return [starter, *found]


def _key(model: FoundModel) -> str:
    return STARTER if model.source == "starter" else str(model.path)


def _inspect(key: str, models_dir: Path) -> ModelFacts:
    return inspect(find_model(key, models_dir))


def _spec(settings: Settings, paths: Paths) -> WorkerSpec:
    options = engine_options(settings, paths)
    return worker_spec(settings.model, settings.engine, paths.models, options)


def _lengths(facts: ModelFacts) -> list[int]:
    """Doublings up to what the model was trained for, and that itself."""
    trained = facts.context_length or _LENGTHS[-1]
    return sorted({length for length in _LENGTHS if length < trained} | {trained})
