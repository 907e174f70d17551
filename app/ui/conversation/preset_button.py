"""How answers are made here: shows the preset's name, and lets one choose another."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.chat.presets import Preset
from app.ui.icons import icon
from app.ui.theme import Theme


class PresetButton(QPushButton):
    """A quiet button with a menu."""

    chosen = Signal(object)  # Preset or None
    edit_requested = Signal(object)  # Preset to change, None for a new one
    prompts_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: Preset | None = None
        self._shipped: Sequence[Preset] = ()
        self._own: Sequence[Preset] = ()
        self.setProperty("kind", "quiet")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow after the name
        self._name()

    @property
    def current(self) -> Preset | None:
        return self._current

    def show_preset(self, preset: Preset | None) -> None:
        self._current = preset
        self._name()

    def offer(self, shipped: Sequence[Preset], own: Sequence[Preset]) -> None:
        self._shipped, self._own = shipped, own

    def set_theme(self, theme: Theme) -> None:
        size = theme.size("icon_small")
        self.setIcon(icon("down", theme.color("muted"), size))
        self.setIconSize(QSize(size, size))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._name()
        super().changeEvent(event)

    def _name(self) -> None:
        name = self.tr("Standard") if self._current is None else self._name_of(self._current)
        self.setText(name)
        self.setAccessibleName(self.tr("Preset: {name}").format(name=name))
        self.setToolTip(self.tr("Instructions and sampling for this chat"))

    def _name_of(self, preset: Preset) -> str:
        shipped = {"Chat": self.tr("Chat"), "Reasoning": self.tr("Reasoning")}
        return shipped.get(preset.name, preset.name)

    def _fill(self) -> None:
        menu = self._menu
        menu.clear()
        group = QActionGroup(menu)
        for preset in (None, *self._shipped, *self._own):
            text = self.tr("Standard") if preset is None else self._name_of(preset)
            action = group.addAction(menu.addAction(text.replace("&", "&&")))
            action.setCheckable(True)
            action.setChecked(_key(preset) == _key(self._current))
            action.setData(preset)
        group.triggered.connect(self._on_chosen)
        menu.addSeparator()
        if self._current is not None and any(p.name == self._current.name for p in self._own):
            change = menu.addAction(self.tr("Change this preset…"))
            change.triggered.connect(self._on_edit)
        menu.addAction(self.tr("New preset…")).triggered.connect(self._on_new)
        menu.addAction(self.tr("Prompts…")).triggered.connect(self.prompts_requested)

    def _on_chosen(self, action: QAction) -> None:
        self.chosen.emit(action.data())

    def _on_edit(self) -> None:
        self.edit_requested.emit(self._current)

    def _on_new(self) -> None:
        self.edit_requested.emit(None)


def _key(preset: Preset | None) -> str:
    return "" if preset is None else preset.name
