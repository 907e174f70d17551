"""Photographs every screen in each appearance, language and size of text.

    python -m tests.screens.take build/screenshots [--only NAME…] [--theme light] [--language en]
        [--text 200] [--window 800x600]

It starts an X server of its own (Xvfb) and one program per screen.
"""

import argparse
import contextlib
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.screens.screens import SCREENS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.settings import Settings

THEMES, LANGUAGES, SIZES = ("light", "dark"), ("en", "zh_CN"), (100, 200)
SIZE = "1280x800"
LIMIT_S = 60  # for a picture


def main() -> int:
    options = _options()
    if options.inside:
        return _take_inside(options)
    options.folder.mkdir(parents=True, exist_ok=True)
    missed = []
    with _Screen(options.window) as display:
        for name in options.only or SCREENS:
            missed += _take(display, name, options)
    print(f"{len(list(options.folder.glob('*.png')))} pictures in {options.folder}")
    for path in missed:
        print(f"could not be taken: {path.name}", file=sys.stderr)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", choices=sorted(SCREENS))
    parser.add_argument("--theme", nargs="*", default=THEMES, choices=THEMES)
    parser.add_argument("--language", nargs="*", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--text", nargs="*", type=int, default=SIZES)
    parser.add_argument("--window", default=SIZE, help="width x height in pixels: %(default)s")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _take(display: str, name: str, options: argparse.Namespace) -> list[Path]:
    """All pictures of one screen; returns those that could not be taken."""
    wanted = [_path(options.folder, name, *looks) for looks in _looks(options)]
    for path in wanted:
        path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.screens.take", str(options.folder), "--inside"]
    command += ["--only", name, "--theme", *options.theme, "--language", *options.language]
    command += ["--text", *map(str, options.text), "--window", options.window]
    environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    limit = LIMIT_S * len(wanted)
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, env=environment, timeout=limit, check=False)
    return [path for path in wanted if not path.exists()]


def _looks(options: argparse.Namespace) -> list[tuple[str, str, int]]:
    return list(itertools.product(options.theme, options.language, options.text))


def _path(folder: Path, name: str, theme: str, language: str, size: int) -> Path:
    return folder / f"{name}-{theme}-{language}-{size}.png"


def _take_inside(options: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    from app.settings import Settings

    application = QApplication([])
    name = options.only[0]
    width, height = map(int, options.window.split("x"))
    for theme, language, size in _looks(options):
        path = _path(options.folder, name, theme, language, size)
        settings = Settings(
            theme=theme,
            language=language,
            text_percent=size,
            is_welcomed=True,
            titles_by_model=False,
        )
        _photograph(application, name, path, settings, (width, height))
    return 0


def _photograph(
    application: "QApplication", name: str, path: Path, settings: "Settings", size: tuple[int, int]
) -> None:
    from tests.screens.rig import Rig

    rig = Rig(application, settings, size)
    try:
        SCREENS[name](rig)
        rig.wait(0.5)
        application.primaryScreen().grabWindow(0).save(str(path))
    finally:
        rig.close()


class _Screen:
    """An X server without a screen, as large as the window."""

    def __init__(self, size: str) -> None:
        self._size = size

    def __enter__(self) -> str:
        reading, writing = os.pipe()
        # Without -noreset it begins anew between two programs, and may refuse the second.
        server = ["Xvfb", "-displayfd", str(writing), "-noreset"]
        command = [*server, "-screen", "0", f"{self._size}x24"]
        self._server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as stream:
            return f":{stream.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(10)


if __name__ == "__main__":
    sys.exit(main())
