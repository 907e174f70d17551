"""Every colour and size of the window, read from resources/theme; nothing else holds one."""

import json
from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase

from app.paths import resources

ThemeName = Literal["light", "dark"]
FontSize = Literal["body", "secondary", "caption", "title", "code"]


@dataclass(frozen=True, slots=True)
class Theme:
    """The token table of one appearance. Lengths are in device-independent pixels."""

    name: ThemeName
    colors: dict[str, str]
    sizes: dict[str, int]

    @classmethod
    def load(cls, name: ThemeName) -> "Theme":
        folder = resources() / "theme"
        colors = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["colors"]
        sizes = json.loads((folder / "sizes.json").read_text(encoding="utf-8"))
        return cls(name, colors, sizes)

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
