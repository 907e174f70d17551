"""A model that was chosen: its header, the memory it needs, how to load it."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.settings import KvType, Mtp
from app.ui.models.memory_bar import MemoryBar, Need
from app.ui.theme import Theme
from app.ui.widgets.card import Card
from app.ui.widgets.chip import Tone
from app.ui.widgets.choice import Choice
from app.ui.widgets.setting_row import SettingRow
from app.ui.widgets.slider import Slider


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """``context_length`` in tokens, 0 = automatic."""

    context_length: int
    kv_type: KvType
    mtp: Mtp
    engine: str


class LoadCard(Card):
    """The figures follow the slider while it moves."""

    changed = Signal()
    load_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._theme = theme
        self.bar = MemoryBar(theme)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.context = Slider(self.tr("Context length"), [4096], self._tokens)
        self.context.setMinimumWidth(theme.size("sidebar"))
        self.context.moved.connect(self.changed)
        self.kv_type = self._choice(
            self.tr("KV cache"),
            {"auto": self.tr("Automatic"), "f16": self.tr("16 bits"), "q8_0": self.tr("8 bits")},
        )
        self.engine = self._choice(
            self.tr("Engine"), {"auto": self.tr("Automatic"), "gguf": "llama.cpp", "mlx": "MLX"}
        )
        self.mtp = self._choice(
            self.tr("Multi-token prediction"),
            {"adaptive": self.tr("Adaptive"), "on": self.tr("Always"), "off": self.tr("Off")},
        )
        self.mtp_row = SettingRow(
            self.tr("Multi-token prediction"),
            self.tr("Drafts that the model checks: the same text, sooner. Adaptive measures."),
            self.mtp,
        )
        self.load = QPushButton(self.tr("Load this model"))
        self.load.setProperty("kind", "primary")
        self.load.clicked.connect(self.load_requested)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title, 1)
        head.addWidget(self.load, 0, Qt.AlignmentFlag.AlignTop)
        self.column.insertLayout(0, head)
        for part in (
            self.bar,
            self.verdict,
            SettingRow(
                self.tr("Context length"),
                self.tr("How much the model keeps in view at once."),
                self.context,
            ),
            SettingRow(
                self.tr("KV cache"),
                self.tr("8 bits need half the memory, at a small cost in quality."),
                self.kv_type,
            ),
            self.mtp_row,
            SettingRow(self.tr("Engine"), "", self.engine),
        ):
            self.column.addWidget(part)

    @property
    def options(self) -> LoadOptions:
        return LoadOptions(
            self.context.value, self.kv_type.value, self.mtp.value, str(self.engine.value)
        )

    def show_options(self, options: LoadOptions, contexts: list[int], *, has_mtp: bool) -> None:
        """``contexts`` are the lengths to choose from, rising."""
        self.context.set_values(contexts)
        self.context.show_value(options.context_length)
        self.kv_type.show_value(options.kv_type)
        self.mtp.show_value(options.mtp)
        self.engine.show_value(options.engine)
        self.mtp_row.setEnabled(has_mtp)
        self.mtp_row.note.setText(
            self.tr("Drafts that the model checks: the same text, sooner. Adaptive measures.")
            if has_mtp
            else self.tr("This file has no MTP layers. Drafts come from the text itself.")
        )

    def show_need(self, need: Need, tone: Tone, verdict: str) -> None:
        self.bar.show_need(need)
        self.verdict.setText(verdict)
        self.verdict.setProperty("tone", tone)
        is_too_large = tone == "danger"
        self.load.setText(self.tr("Load anyway") if is_too_large else self.tr("Load this model"))
        self.load.setProperty("kind", "" if is_too_large else "primary")
        for part in (self.verdict, self.load):
            part.style().unpolish(part)
            part.style().polish(part)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.bar, self.kv_type, self.engine, self.mtp):
            part.set_theme(theme)

    def _choice(self, name: str, choices: dict[str, str]) -> Choice:
        choice = Choice(name, choices, self._theme)
        choice.picked.connect(self.changed)
        return choice

    def _tokens(self, count: int) -> str:
        return self.tr("{count} tokens").format(count=f"{count:,}")
