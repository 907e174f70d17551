"""Photographs every screen in each appearance, language and size of text.

    python -m tests.screens.take build/screenshots [--only NAME…] [--theme light] [--language en] …

It starts an X server of its own (Xvfb) and one program per screen and combination.
"""

import argparse
import itertools
import os
import subprocess
import sys
from pathlib import Path

from tests.screens.screens import SCREENS

THEMES, LANGUAGES, SIZES = ("light", "dark"), ("en", "zh_CN"), (100, 200)
LIMIT_S = 120


def main() -> int:
    options = _options()
    if options.inside:
        return _take_inside(options)
    options.folder.mkdir(parents=True, exist_ok=True)
    missed = []
    with _Screen() as display:
        for theme, language, size in itertools.product(
            options.theme, options.language, options.text
        ):
            for name in options.only or SCREENS:
                path = options.folder / f"{name}-{theme}-{language}-{size}.png"
                if not _take(display, path, name, theme, language, size):
                    missed.append(path.name)
    print(f"{len(list(options.folder.glob('*.png')))} pictures in {options.folder}")
    for name in missed:
        print(f"could not be taken: {name}", file=sys.stderr)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", choices=sorted(SCREENS))
    parser.add_argument("--theme", nargs="*", default=THEMES, choices=THEMES)
    parser.add_argument("--language", nargs="*", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--text", nargs="*", type=int, default=SIZES)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _take(display: str, path: Path, name: str, theme: str, language: str, size: int) -> bool:
    command = [sys.executable, "-m", "tests.screens.take", str(path), "--inside", "--only", name]
    command += ["--theme", theme, "--language", language, "--text", str(size)]
    environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    try:
        done = subprocess.run(command, env=environment, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _take_inside(options: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    from app.settings import Settings
    from tests.screens.rig import Rig

    application = QApplication([])
    settings = Settings(
        theme=options.theme[0],
        language=options.language[0],
        text_percent=options.text[0],
        is_welcomed=True,
        titles_by_model=False,
    )
    rig = Rig(application, settings)
    try:
        SCREENS[options.only[0]](rig)
        rig.wait(0.6)
        picture = application.primaryScreen().grabWindow(0)
        return 0 if picture.save(str(options.folder)) else 1
    finally:
        rig.close()


class _Screen:
    """An X server without a screen, as large as the window."""

    def __enter__(self) -> str:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24"]
        self._server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as stream:
            return f":{stream.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(10)


if __name__ == "__main__":
    sys.exit(main())
