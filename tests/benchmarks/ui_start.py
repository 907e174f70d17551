"""From the start of the process to a window that takes what one types, beside a bare Qt window's.

Whole processes, one of each kind after the other, with bytecode as an installation has it. As a
program, ``ui_start.py DIR`` opens the real window on that data folder, ``ui_start.py`` a bare one;
each says when it shows what one types, and all chats, and ends.
"""

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]
ROUNDS = 7
CHATS = 500
LIMIT_S = 0.5
SAID = "usable"
PATIENCE_MS = 30_000  # of a window that cannot be typed into


def bench() -> bool:
    from tests.benchmarks.window_stage import judge, percentile

    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        data = str(_data(Path(folder)))
        bytecode = Path(folder) / "bytecode"
        _started(bytecode), _started(bytecode, data)  # the files of both are in memory from here on
        pairs = [(_started(bytecode), _started(bytecode, data)) for _ in range(ROUNDS)]
    bare, real = (percentile(times, 0.5) for times in zip(*pairs, strict=True))
    over = [window - empty for empty, window in pairs]
    print(f"  bare Qt window {bare:.2f} s, Doorstep {real:.2f} s (medians of {ROUNDS})")
    print(f"  over it, s: {', '.join(f'{value:.2f}' for value in over)}")
    return judge("over a bare window, median", percentile(over, 0.5), LIMIT_S, "s")


def _data(folder: Path) -> Path:
    """A user's folder: settings, chats, and a model that needs no weights."""
    from app.paths import Paths
    from app.settings import Settings, save
    from app.storage.conversations import ConversationStore

    paths = Paths.under(folder / "data")
    paths.create()
    save(paths.settings, Settings(language="en", is_welcomed=True))
    store = ConversationStore.open(paths.database)
    for number in range(CHATS):
        store.create_conversation(f"Chat {number}")
    store.close()
    (folder / "script.json").write_text(json.dumps({"replies": [{"text": "Paris."}]}))
    return folder / "data"


def _started(bytecode: Path, *data: str) -> float:
    """Seconds from the start of the process until it says that it is usable."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, __file__, *data], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        took = perf_counter() - began
    if SAID not in said or process.returncode:
        raise RuntimeError(f"the window did not open (exit code {process.returncode})")
    return took


def _open_real(data: Path) -> int:
    from PySide6.QtWidgets import QApplication

    from app.__main__ import main

    run = QApplication.exec

    def until_usable(*_: object) -> int:
        _watch()
        return run()

    QApplication.exec = until_usable
    script = data.parent / "script.json"
    return main(["--data-dir", str(data), "--engine", f"scripted:{script}"])


def _open_bare() -> int:
    from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

    application = QApplication(sys.argv[:1])
    window, field = QMainWindow(), QPlainTextEdit()
    window.setCentralWidget(field)
    window.resize(1280, 800)
    field.setFocus()
    window.show()
    _watch()
    return application.exec()


def _watch() -> None:
    """Once a letter typed is painted, beside a full list, and all before is done: say so, end."""
    from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

    def look() -> None:
        field = QApplication.focusWidget()
        if not isinstance(field, QPlainTextEdit):
            return
        window = field.window()
        assert isinstance(window, QMainWindow)
        model = getattr(window, "model", None)
        if model is not None and model.rowCount() < CHATS:
            return
        timer.stop()
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
        before = field.toPlainText()  # the draft that the start before has left
        QCoreApplication.sendEvent(field, key)
        window.repaint()
        if field.toPlainText() == before:
            QCoreApplication.exit(1)
        QTimer.singleShot(0, say)

    def say() -> None:
        print(SAID, flush=True)
        QTimer.singleShot(0, QCoreApplication.quit)

    QTimer.singleShot(PATIENCE_MS, partial(QCoreApplication.exit, 1))
    timer = QTimer(QCoreApplication.instance())
    timer.timeout.connect(look)
    timer.start(1)


if __name__ == "__main__":
    sys.exit(_open_real(Path(sys.argv[1])) if len(sys.argv) > 1 else _open_bare())
