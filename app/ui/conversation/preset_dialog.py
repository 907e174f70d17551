"""Where a preset is written: its name, instructions, sampling, and the model it is made for."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.chat.presets import SHIPPED, Preset
from app.engine.protocol import SamplingParams
from app.ui.theme import Theme
from app.ui.widgets.card import words
from app.ui.widgets.choice import Choice
from app.ui.widgets.dialog_size import dialog_width
from app.ui.widgets.line_field import LineField
from app.ui.widgets.number import Number

_DEFAULT = SHIPPED[0].sampling


class PresetDialog(QDialog):
    """Save is possible once there is a name of its own."""

    saved = Signal(object)  # Preset
    removed = Signal(str)  # its name

    def __init__(
        self, preset: Preset | None, theme: Theme, parent: QWidget, loaded: str = ""
    ) -> None:
        """``loaded`` names the model that is loaded, "" while there is none."""
        super().__init__(parent)
        self.setModal(True)
        self.setWindowTitle(self.tr("New preset") if preset is None else self.tr("Change preset"))
        self.setMinimumWidth(dialog_width(theme, parent))
        sampling = (preset.sampling if preset else None) or _DEFAULT
        self.name = LineField(preset.name if preset else "")
        self.name.setMaxLength(60)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.setReadOnly(preset is not None)
        self.name.textChanged.connect(self._on_changed)
        self.instructions = QPlainTextEdit(preset.instructions if preset else "")
        self.instructions.setObjectName("dialogText")
        self.instructions.setAccessibleName(self.tr("Instructions"))
        self.instructions.setPlaceholderText(
            self.tr("What the model should know or do in every answer")
        )
        self.instructions.setTabChangesFocus(True)
        self.temperature = Number(self.tr("Temperature"), 0, 2, 0.05)
        self.temperature.show_value(sampling.temperature)
        self.temperature.setToolTip(
            self.tr("0 always takes the likeliest word; higher is livelier")
        )
        self.top_p = Number(self.tr("Top-p"), 0, 1, 0.05)
        self.top_p.show_value(sampling.top_p)
        self.top_p.setToolTip(self.tr("Only the likeliest words that make up this share are taken"))
        made_for = preset.model if preset else ""
        names = dict.fromkeys(name for name in (loaded, made_for) if name)
        self.model = Choice(
            self.tr("Model"), {"": self.tr("Any model")} | {n: n for n in names}, theme
        )
        self.model.show_value(made_for)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(words(self.windowTitle(), "title"))
        column.addLayout(self._form())
        column.addLayout(self._buttons(preset))
        self._on_changed()

    def _form(self) -> QGridLayout:
        form = QGridLayout()
        form.setSpacing(12)
        for row, (name, field) in enumerate(
            (
                (self.tr("Name"), self.name),
                (self.tr("Instructions"), self.instructions),
                (self.tr("Temperature"), self.temperature),
                (self.tr("Top-p"), self.top_p),
                (self.tr("Model"), self.model),
            )
        ):
            label = words(name, "value")
            label.setWordWrap(False)
            label.setBuddy(field)
            is_high = field is self.instructions
            label.setContentsMargins(0, 6 if is_high else 0, 0, 0)  # level with its first line
            top, middle = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter
            form.addWidget(label, row, 0, top if is_high else middle)
            form.addWidget(field, row, 1)
        form.setColumnStretch(1, 1)
        return form

    def _buttons(self, preset: Preset | None) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        if preset is not None:
            remove = QPushButton(self.tr("Delete preset"))
            remove.setProperty("kind", "danger")
            remove.setAutoDefault(False)
            remove.clicked.connect(self._on_remove)
            row.addWidget(remove)
        row.addStretch()
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.save = QPushButton(self.tr("Save"))
        self.save.setProperty("kind", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._on_save)
        row.addWidget(cancel)
        row.addWidget(self.save)
        return row

    def _on_changed(self) -> None:
        name = self.name.text().strip()
        self.save.setEnabled(bool(name) and all(name != shipped.name for shipped in SHIPPED))

    def _on_save(self) -> None:
        sampling = SamplingParams(temperature=self.temperature.value(), top_p=self.top_p.value())
        text = self.instructions.toPlainText().strip()
        self.saved.emit(Preset(self.name.text().strip(), text, sampling, str(self.model.value)))
        self.accept()

    def _on_remove(self) -> None:
        self.removed.emit(self.name.text())
        self.accept()
