"""Every option, its default and its range, in one frozen value; one file on disk."""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

Theme = Literal["system", "light", "dark"]
Density = Literal["comfortable", "compact"]
Language = Literal["system", "en", "zh_CN"]
KvType = Literal["auto", "f16", "q8_0"]
Mtp = Literal["adaptive", "on", "off"]
Announce = Literal["off", "finished", "sentences"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. Values out of range fall back to the default, one by one."""

    model: str = "starter"
    engine: str = "auto"
    context_length: int = 0  # tokens, 256 to 1,048,576; 0 = automatic; the model's limit caps it
    kv_type: KvType = "auto"  # how the KV cache is stored
    mtp: Mtp = "adaptive"  # multi-token prediction: as measured, as deep as it goes, or none
    temperature: float = 0.6  # 0 to 2
    top_p: float = 0.95  # 0 to 1
    keep_prefixes_on_disk: bool = False  # prompt states: quick again after a restart
    embedding_model: str = "auto"  # for search by meaning: "auto", "none" or the path of one
    folder_look_s: int = 3  # 3 to 86,400: how often watched folders are looked at, at most
    warm_gb: int = 20  # 1 to 10,000: disk space for documents that are kept warm
    endpoint_enabled: bool = False
    endpoint_port: int = 3535  # 0 to 65535, 0 = any free
    theme: Theme = "system"
    endpoint_lan: bool = False  # also for other computers in the local network
    text_percent: int = 100  # 80 to 200: size of all text in the window
    density: Density = "comfortable"
    language: Language = "system"
    announce: Announce = "finished"  # what a screen reader hears of an answer
    is_welcomed: bool = False  # the first steps were shown, or skipped
    titles_by_model: bool = True  # the model names chats while nothing else is asked of it
    closes_to_tray: bool = True  # while the endpoint is on, where the desktop has a tray
    quick_anywhere: bool = False  # the keys of the quick window work in every program
    # By command; keys as Qt writes them, parted by "; ", empty for none. Absent: the usual ones.
    shortcuts: Mapping[str, str] = field(default_factory=dict)

    def checked(self) -> "Settings":
        default = Settings()
        bad = {
            name: getattr(default, name)
            for name, allowed in {
                "model": isinstance(self.model, str) and self.model != "",
                "engine": isinstance(self.engine, str) and self.engine != "",
                "context_length": _is_whole(self.context_length, 256, 1_048_576)
                or _is_whole(self.context_length, 0, 0),
                "kv_type": self.kv_type in get_args(KvType),
                "mtp": self.mtp in get_args(Mtp),
                "temperature": _is_between(self.temperature, 0, 2),
                "top_p": _is_between(self.top_p, 0, 1),
                "keep_prefixes_on_disk": isinstance(self.keep_prefixes_on_disk, bool),
                "embedding_model": isinstance(self.embedding_model, str)
                and self.embedding_model != "",
                "folder_look_s": _is_whole(self.folder_look_s, 3, 86_400),
                "warm_gb": _is_whole(self.warm_gb, 1, 10_000),
                "endpoint_enabled": isinstance(self.endpoint_enabled, bool),
                "endpoint_port": _is_whole(self.endpoint_port, 0, 65535),
                "endpoint_lan": isinstance(self.endpoint_lan, bool),
                "theme": self.theme in get_args(Theme),
                "text_percent": _is_whole(self.text_percent, 80, 200),
                "density": self.density in get_args(Density),
                "language": self.language in get_args(Language),
                "announce": self.announce in get_args(Announce),
                "is_welcomed": isinstance(self.is_welcomed, bool),
                "titles_by_model": isinstance(self.titles_by_model, bool),
                "closes_to_tray": isinstance(self.closes_to_tray, bool),
                "quick_anywhere": isinstance(self.quick_anywhere, bool),
                "shortcuts": isinstance(self.shortcuts, dict)
                and all(isinstance(part, str) for pair in self.shortcuts.items() for part in pair),
            }.items()
            if not allowed
        }
        return replace(self, **bad)


def load(path: Path) -> Settings:
    """Read the settings. A damaged file is set aside as ``.damaged`` and the defaults are used."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(found, dict):
            raise ValueError("not an object")
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        log.warning("settings unreadable, using defaults: %s", type(error).__name__)
        _set_aside(path)
        return Settings()
    known = {field.name for field in fields(Settings)}
    return Settings(**{name: value for name, value in found.items() if name in known}).checked()


def save(path: Path, settings: Settings) -> None:
    """Write atomically: a crash leaves the old file or the new one."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(asdict(settings), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def _set_aside(path: Path) -> None:
    try:
        os.replace(path, path.with_suffix(".damaged"))
    except OSError as error:
        log.warning("damaged settings stay where they are: %s", error.strerror)


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and _is_between(value, low, high)


def _is_between(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
