"""Which files hold the letters of diagrams: those of the interface's font, or of a Chinese one."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_MACOS = ("/System/Library/Fonts/Helvetica.ttc", "/System/Library/Fonts/Hiragino Sans GB.ttc")
_WINDOWS = ("segoeui.ttf", "segoeuib.ttf", "msyh.ttc", "msyhbd.ttc")
_ASKED_S = 5.0


@dataclass(frozen=True, slots=True)
class Fonts:
    """``family`` is in ``files``; without files it is one of the system's."""

    family: str
    files: tuple[str, ...]


def is_chinese(text: str) -> bool:
    """Whether any of it is: characters that fonts of the interface may not have."""
    return _chinese().search(text) is not None


@cache
def _chinese() -> re.Pattern[str]:
    """Made when it is needed first: it takes 6 ms, which a window that opens does not have."""
    return re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")


@cache
def fonts_for(family: str, *, is_chinese: bool) -> Fonts:
    """The files of a family, and of one for Chinese beside it.

    With ``is_chinese`` that one is used for all: a painter left to find single characters takes
    their Japanese forms. Any thread; asks fontconfig once for each family.
    """
    if sys.platform == "darwin":
        return Fonts("Hiragino Sans GB" if is_chinese else "Helvetica", _existing(_MACOS))
    if sys.platform == "win32":
        folder = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
        files = _existing(tuple(str(folder / name) for name in _WINDOWS))
        return Fonts("Microsoft YaHei" if is_chinese else family, files)
    chinese = "sans-serif:lang=zh-cn"
    found = [_matching(name) for name in (family, f"{family}:bold", chinese, f"{chinese}:bold")]
    chosen = found[2 if is_chinese else 0][0]
    files = tuple(dict.fromkeys(file for _, file in found if file))
    return Fonts(chosen or family, _existing(files))


def _matching(pattern: str) -> tuple[str, str]:
    """The family and the file; empty where there is no fontconfig to ask."""
    command = ["fc-match", "--format", "%{family[0]}\n%{file}", pattern]
    try:
        asked = subprocess.run(command, capture_output=True, timeout=_ASKED_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "", ""
    family, _, file = os.fsdecode(asked.stdout).partition("\n")
    return family, file


def _existing(files: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(file for file in files if Path(file).is_file())
