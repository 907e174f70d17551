"""What helps in writing: presets, prompts by name, and how much of the context is taken."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.chat.context import Fitted
from app.chat.presets import SHIPPED, Preset
from app.engine.status import EngineState, EngineStatus
from app.errors import AppError
from app.ui.control.chat_tools import ChatTools
from app.ui.conversation.preset_dialog import PresetDialog
from app.ui.conversation.prompt_popup import PromptPopup
from app.ui.conversation.prompt_text import first_gap, fitting, gap
from app.ui.conversation.prompts_dialog import PromptsDialog
from app.ui.widgets.banner import Notice

MEASURE_PAUSE_MS = 350
OTHER_MODEL = "other-model"  # the banner


class ComposerControl(QObject):
    """Between the composer on one side and the store and the session on the other."""

    models_requested = Signal()  # the preset is for another model than the loaded one
    failed = Signal(object)  # AppError

    def __init__(self, tools: ChatTools) -> None:
        super().__init__()
        self._page, self._conversation = tools.page, tools.conversation
        self._store, self._session, self._reads = tools.store, tools.session, tools.reads
        self._status = EngineStatus(EngineState.STOPPED)
        self._prompts: dict[str, str] = {}
        self._own: list[Preset] = []
        self._is_measuring = False
        self.popup = PromptPopup(tools.page.composer.field, tools.page)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(MEASURE_PAUSE_MS)
        self._pause.timeout.connect(self._measure)
        self._connect()
        self._read()

    def show_status(self, status: EngineStatus) -> None:
        self._status = status
        self._tell_model(self._page.composer.preset.current)
        self._pause.start()

    def close(self) -> None:
        self._pause.timeout.disconnect(self._measure)  # whatever starts it again is too late

    def _connect(self) -> None:
        composer = self._page.composer
        composer.field.textChanged.connect(self._on_text_changed)
        composer.preset.chosen.connect(self._on_preset)
        composer.preset.edit_requested.connect(self._on_edit_preset)
        composer.preset.prompts_requested.connect(self._on_prompts)
        self.popup.chosen.connect(self._on_prompt)
        self._page.banners.acted.connect(self._on_acted)
        self._conversation.opened.connect(self._on_opened)
        self._conversation.answering_changed.connect(self._on_answering)

    def _read(self) -> None:
        self._reads.run(self._store.presets, self._on_presets, self.failed.emit)
        self._reads.run(self._store.prompts, self._on_prompts_read, self.failed.emit)

    def _on_presets(self, own: list[Preset]) -> None:
        self._own = own
        self._page.composer.preset.offer(SHIPPED, own)

    def _on_prompts_read(self, prompts: dict[str, str]) -> None:
        self._prompts = prompts or self._first_prompts()

    def _first_prompts(self) -> dict[str, str]:
        """What is there until the user has some of their own."""
        return {
            self.tr("summary"): self.tr("Summarise this in {gap} sentences:\n\n").format(
                gap=gap(self.tr("number"))
            ),
            self.tr("translate"): self.tr("Translate into {gap}:\n\n").format(
                gap=gap(self.tr("language"))
            ),
            self.tr("proofread"): self.tr("Correct spelling and grammar, change nothing else:\n\n"),
            self.tr("explain"): self.tr("Explain {gap} in plain words, with an example.").format(
                gap=gap(self.tr("topic"))
            ),
        }

    def _on_opened(self, conversation_id: int | None) -> None:
        self._pause.start()
        if conversation_id is None:
            self._show_preset(None)
            self._conversation.preset_for_new = None
            return
        self._reads.run(
            partial(self._store.preset, conversation_id),
            partial(self._on_preset_read, conversation_id),
            self.failed.emit,
        )

    def _on_preset_read(self, conversation_id: int, preset: Preset | None) -> None:
        if conversation_id == self._conversation.current:
            self._show_preset(preset)

    def _on_preset(self, preset: Preset | None) -> None:
        """For this chat from now on; its earlier answers stay as they are."""
        self._show_preset(preset)
        current = self._conversation.current
        if current is None:
            self._conversation.preset_for_new = preset
        else:
            self._reads.run(
                partial(self._store.use_preset, current, preset), _ignore, self.failed.emit
            )

    def _show_preset(self, preset: Preset | None) -> None:
        self._page.composer.preset.show_preset(preset)
        self._tell_model(preset)
        self._pause.start()

    def _tell_model(self, preset: Preset | None) -> None:
        """A preset for another model is used all the same, and said."""
        loaded = self._status.model
        if loaded is None or preset is None or preset.model in ("", loaded.name):
            self._page.banners.remove(OTHER_MODEL)
            return
        title = self.tr("This preset is made for {model}").format(model=preset.model)
        said = self.tr("{model} is loaded and answers by it.").format(model=loaded.name)
        notice = Notice("info", title, said, self.tr("Choose a model"))
        self._page.banners.show_notice(OTHER_MODEL, notice)

    def _on_acted(self, key: str) -> None:
        if key == OTHER_MODEL:
            self.models_requested.emit()

    def _on_edit_preset(self, preset: Preset | None) -> None:
        loaded = self._status.model
        name = loaded.name if loaded is not None else ""
        dialog = PresetDialog(preset, self._page.theme, self._page, name)
        dialog.saved.connect(self._on_preset_saved)
        dialog.removed.connect(self._on_preset_removed)
        dialog.open()

    def _on_preset_saved(self, preset: Preset) -> None:
        self._reads.run(partial(self._store.keep_preset, preset), self._reread, self.failed.emit)
        self._on_preset(preset)

    def _on_preset_removed(self, name: str) -> None:
        self._reads.run(partial(self._store.drop_preset, name), self._reread, self.failed.emit)
        self._on_preset(None)

    def _on_prompts(self) -> None:
        dialog = PromptsDialog(self._prompts, self._page.theme, self._page)
        dialog.saved.connect(self._on_prompt_saved)
        dialog.removed.connect(self._on_prompt_removed)
        dialog.open()

    def _on_prompt_saved(self, name: str, text: str) -> None:
        self._prompts[name] = text
        self._store_prompts()

    def _on_prompt_removed(self, name: str) -> None:
        self._prompts.pop(name, None)
        self._reads.run(partial(self._store.drop_prompt, name), _ignore, self.failed.emit)
        self._store_prompts()

    def _store_prompts(self) -> None:
        """All of them: those that came with the program become the user's own."""
        for name, text in self._prompts.items():
            self._reads.run(partial(self._store.keep_prompt, name, text), _ignore, self.failed.emit)

    def _reread(self, _: None) -> None:
        self._read()

    def _on_text_changed(self) -> None:
        self._pause.start()
        text = self._page.composer.text
        is_name = text.startswith("/") and not any(map(str.isspace, text))
        names = fitting(text[1:], sorted(self._prompts)) if is_name else []
        self.popup.show_prompts([(name, self._prompts[name]) for name in names])

    def _on_prompt(self, name: str) -> None:
        text = self._prompts[name]
        self._page.composer.set_text(text)
        gap = first_gap(text)
        if gap is not None:
            self._page.composer.field.select(*gap)

    def _on_answering(self, _: object) -> None:
        self._pause.start()

    def _measure(self) -> None:
        if self._status.state is not EngineState.READY or self._is_measuring:
            return
        self._is_measuring = True
        composer = self._page.composer
        text = composer.text
        asked = self._conversation.current, composer.preset.current, text
        self._reads.run(
            partial(self._session.measure, *asked),
            partial(self._on_measured, asked),
            self._on_not_measured,
        )

    def _on_measured(self, asked: tuple[int | None, Preset | None, str], fitted: Fitted) -> None:
        self._is_measuring = False
        composer = self._page.composer
        if asked != (self._conversation.current, composer.preset.current, composer.text):
            self._pause.start()
        elif self._status.model is not None:
            limit = self._status.model.context_length
            composer.meter.show_use(fitted.tokens, limit, fitted.left_out)

    def _on_not_measured(self, _: AppError) -> None:
        """No model, or a template that fails: sending will say so."""
        self._is_measuring = False
        self._page.composer.meter.hide()


def _ignore(_: None) -> None:
    """Nothing follows what was stored."""
