"""The settings by section: which rows there are, and what they are called."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.ui.settings.bound_rows import BoundRows
from app.ui.widgets.card import Card
from app.ui.widgets.setting_row import SettingRow

TEXT_PERCENTS = (80, 90, 100, 110, 125, 150, 175, 200)


class Section(Card):
    """A card of rows; a search hides what it does not find."""

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, note, parent)
        self.rows: list[SettingRow] = []
        self.column.setSpacing(16)

    def add(self, *rows: SettingRow) -> None:
        for row in rows:
            self.rows.append(row)
            self.column.addWidget(row)

    def search(self, query: str) -> bool:
        """Show the rows in which every word is found; all when the title has them."""
        asked = query.casefold().split()
        is_whole = all(word in self.title.text().casefold() for word in asked)
        for row in self.rows:
            row.setVisible(is_whole or all(word in row.found_by for word in asked))
        return is_whole or any(not row.isHidden() for row in self.rows)


def general(rows: BoundRows) -> Section:
    section = Section(_tr("General"))
    section.add(
        rows.choice(
            "theme",
            _tr("Appearance"),
            "",
            {"system": _tr("As the system"), "light": _tr("Light"), "dark": _tr("Dark")},
        ),
        rows.slider(
            "text_percent",
            _tr("Text size"),
            _tr("Of everything in the window. Ctrl + and Ctrl − change it anywhere."),
            TEXT_PERCENTS,
            _percent,
        ),
        rows.choice(
            "density",
            _tr("Density"),
            _tr("Compact shows more on small screens."),
            {"comfortable": _tr("Comfortable"), "compact": _tr("Compact")},
        ),
        rows.choice(
            "language",
            _tr("Language"),
            _tr("Changes at once."),
            {"system": _tr("As the system"), "en": "English", "zh_CN": "简体中文"},
        ),
        rows.choice(
            "announce",
            _tr("Screen reader"),
            _tr("What is spoken of an answer by itself while it is written."),
            {
                "off": _tr("Nothing"),
                "finished": _tr("That it is finished"),
                "sentences": _tr("Each sentence as it comes"),
            },
        ),
        rows.switch(
            "titles_by_model",
            _tr("Titles by the model"),
            _tr("Chats get a better title while the model has nothing else to do."),
        ),
        rows.switch(
            "closes_to_tray",
            _tr("Keep running in the tray"),
            _tr("Only while the endpoint is on. Otherwise closing the window ends Doorstep."),
        ),
    )
    return section


def models(rows: BoundRows) -> Section:
    section = Section(_tr("Models"), _tr("For the model that is loaded next."))
    section.add(
        rows.choice(
            "context_length",
            _tr("Context length"),
            _tr("How much the model keeps in view at once. Longer takes more memory."),
            {0: _tr("Automatic")} | {n: _tokens(n) for n in _CONTEXTS},
        ),
        rows.choice(
            "kv_type",
            _tr("KV cache"),
            _tr("8 bits need half the memory, at a small cost in quality."),
            {"auto": _tr("Automatic"), "f16": _tr("16 bits"), "q8_0": _tr("8 bits")},
        ),
        rows.choice(
            "mtp",
            _tr("Multi-token prediction"),
            _tr("Drafts that the model checks: the same text, sooner. Adaptive measures."),
            {"adaptive": _tr("Adaptive"), "on": _tr("Always"), "off": _tr("Off")},
        ),
        rows.number(
            "temperature", _tr("Temperature"), _tr("0 always takes the likeliest word."), 0, 2, 0.05
        ),
        rows.number(
            "top_p", _tr("Top-p"), _tr("How much of the likely words is drawn from."), 0, 1, 0.05
        ),
    )
    return section


def endpoint(rows: BoundRows) -> Section:
    section = Section(
        _tr("Endpoint"), _tr("Switches, keys and connections are on the Endpoint page.")
    )
    section.add(
        rows.number(
            "endpoint_port",
            _tr("Port"),
            _tr("Where it listens when it is switched on next. 0 takes any free one."),
            0,
            65535,
            1,
        ),
        rows.switch(
            "endpoint_enabled", _tr("Switch on at start"), _tr("When the window opens next.")
        ),
    )
    return section


def privacy(rows: BoundRows) -> Section:
    section = Section(
        _tr("Privacy"),
        _tr("Everything stays on this computer. Doorstep opens no connection by itself."),
    )
    section.add(
        rows.switch(
            "keep_prefixes_on_disk",
            _tr("Keep prompt states on disk"),
            _tr(
                "Long chats go on at once after a restart. The states hold what was written, in "
                "the model's own form. From the next load on."
            ),
        )
    )
    return section


_CONTEXTS = (4096, 8192, 16384, 32768, 65536, 131072, 262144)


def _tokens(count: int) -> str:
    return _tr("{count} tokens").format(count=f"{count:,}")


def _percent(value: int) -> str:
    return _tr("{percent} %").format(percent=value)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
