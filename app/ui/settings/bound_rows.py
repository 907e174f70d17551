"""Rows that show a setting and keep what the user picks."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.settings import Settings
from app.ui.control.preferences import Preferences
from app.ui.theme import Theme
from app.ui.widgets.choice import Choice
from app.ui.widgets.number import Number
from app.ui.widgets.setting_row import SettingRow
from app.ui.widgets.slider import Slider
from app.ui.widgets.switch import Switch


class BoundRows(QObject):
    """Makes the rows of a page and keeps them true when a setting changes elsewhere."""

    def __init__(self, preferences: Preferences, theme: Theme) -> None:
        super().__init__()
        self._preferences, self._theme = preferences, theme
        self._shows: list[tuple[str, Callable[[object], None]]] = []
        self._themed: list[QWidget] = []
        preferences.changed.connect(self._on_changed)

    def choice(self, field: str, name: str, note: str, choices: Mapping[object, str]) -> SettingRow:
        control = Choice(name, choices, self._theme)
        control.picked.connect(partial(self._keep, field))
        self._themed.append(control)
        return self._row(field, name, note, control, control.show_value)

    def switch(self, field: str, name: str, note: str) -> SettingRow:
        control = Switch(name, self._theme)
        control.toggled.connect(partial(self._keep, field))  # clicked() may come without a value
        self._themed.append(control)
        return self._row(field, name, note, control, control.setChecked)

    def slider(
        self, field: str, name: str, note: str, values: Sequence[int], say: Callable[[int], str]
    ) -> SettingRow:
        control = Slider(name, values, say)
        control.setMinimumWidth(self._theme.size("sidebar_min"))
        control.picked.connect(partial(self._keep, field))
        return self._row(field, name, note, control, control.show_value)

    def number(
        self, field: str, name: str, note: str, low: float, high: float, step: float
    ) -> SettingRow:
        control = Number(name, low, high, step)
        control.picked.connect(partial(self._keep, field))
        return self._row(field, name, note, control, control.show_value)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for control in self._themed:
            control.set_theme(theme)

    def close(self) -> None:
        self._preferences.changed.disconnect(self._on_changed)

    def _row(
        self, field: str, name: str, note: str, control: QWidget, show: Callable[[object], None]
    ) -> SettingRow:
        self._shows.append((field, show))
        show(getattr(self._preferences.settings, field))
        return SettingRow(name, note, control)

    def _keep(self, field: str, value: object) -> None:
        self._preferences.keep(**{field: value})

    def _on_changed(self, settings: Settings) -> None:
        for field, show in self._shows:
            show(getattr(settings, field))
