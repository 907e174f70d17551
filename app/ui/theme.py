"""Every colour and size of the window, read from resources/theme; nothing else holds one."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase

from app.paths import resources
from app.settings import Density

ThemeName = Literal["light", "dark"]
FontSize = Literal["body", "secondary", "caption", "title", "code"]

# What grows with the text as it does, and what grows half as much: widths beside other widths.
_GROW = frozenset(
    ("body", "secondary", "caption", "title", "code", "icon", "icon_small", "dot", "control")
) | {"row", "row_heading", "row_with_hit", "header", "column", "find_bar", "dialog", "switch"}
_GROW |= {"arrow_space"}
_GROW_HALF = frozenset(
    ("sidebar", "sidebar_min", "sidebar_max", "panel", "panel_beside", "palette", "icon_large")
)
_COMPACT_PERCENT = {"row": 84, "row_heading": 87, "header": 84, "control": 88, "card_padding": 70}
_COMPACT_PERCENT |= {"control_padding": 50, "row_padding": 50, "line_height_percent": 92}


@dataclass(frozen=True, slots=True)
class Theme:
    """The token table of one appearance. Lengths are in device-independent pixels."""

    name: ThemeName
    colors: dict[str, str]
    sizes: dict[str, int]

    @classmethod
    def load(
        cls, name: ThemeName, text_percent: int = 100, density: Density = "comfortable"
    ) -> "Theme":
        sizes = {
            token: _sized(token, value, text_percent, density)
            for token, value in _table("sizes").items()
        }
        return cls(name, _table(name)["colors"], sizes)

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    def color(self, name: str) -> QColor:
        """The colour of a token; KeyError for a name that is not in the table."""
        return QColor(self.colors[name])

    def size(self, name: str) -> int:
        return self.sizes[name]

    def font(self, size: FontSize = "body", *, is_strong: bool = False) -> QFont:
        """The system's interface font, or its monospace for ``code``, at a token's size."""
        kind = QFontDatabase.SystemFont
        font = QFontDatabase.systemFont(kind.FixedFont if size == "code" else kind.GeneralFont)
        font.setPixelSize(self.sizes[size])
        font.setWeight(QFont.Weight(self.sizes["weight_strong" if is_strong else "weight_normal"]))
        return font


@cache
def _table(name: str) -> dict:
    return json.loads((resources() / "theme" / f"{name}.json").read_text(encoding="utf-8"))


def _sized(token: str, value: int, text_percent: int, density: Density) -> int:
    percent = 100
    if token in _GROW:
        percent = text_percent
    elif token in _GROW_HALF:
        percent = (100 + text_percent) // 2
    if density == "compact":
        percent = percent * _COMPACT_PERCENT.get(token, 100) // 100
    return max(1, round(value * percent / 100))
