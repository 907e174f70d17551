"""Every screen that is photographed: a function brings the window there."""

import os
import signal
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.chat.presets import Preset
from tests.screens.rig import Rig

Screen = Callable[[Rig], None]


def empty(rig: Rig) -> None:
    rig.window.conversation.open(None)


def streaming(rig: Rig) -> None:
    _write(rig, "Tell me of a harbour")
    rig.wait(2.5)


def rich(rig: Rig) -> None:
    _open(rig, rig.rich)


def tool_card(rig: Rig) -> None:
    _open(rig, rig.tools)


def variants(rig: Rig) -> None:
    _open(rig, rig.variants)


def find(rig: Rig) -> None:
    _open(rig, rig.rich)
    rig.window.actions_.find.trigger()
    QTest.keyClicks(rig.window.page.find_bar.field, "sort")
    rig.wait(0.6)


def palette(rig: Rig) -> None:
    rig.window.actions_.palette.trigger()
    QTest.keyClicks(rig.window.palette_.field, "plan")
    rig.wait(0.8)


def trash(rig: Rig) -> None:
    rig.window.actions_.show_trash.trigger()


def documents(rig: Rig) -> None:
    rig.window.navigation.show("documents")
    page = rig.window.navigation.page
    broken = rig.folder / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing more")
    page.view.files_dropped.emit([rig.lease(), broken])
    rig.until(lambda: page.model.rowCount() == 2)
    rig.wait(1.5)
    page.view.list.setCurrentIndex(page.model.index(0))


def citation(rig: Rig) -> None:
    window = rig.window
    window.chat.documents.attachments.add([rig.lease()])
    rig.until(lambda: bool(window.page.composer.attachments.shown))
    rig.wait(1.5)
    _write(rig, "What of the deposit?")
    rig.until(lambda: window.conversation.current is not None and not window.conversation.is_busy)
    answer = rig.store.branch(window.conversation.current)[-1].id
    window.page.transcript.link_clicked.emit(f"doorstep:cite/{answer}/1")
    rig.until(lambda: window.page.reader is not None and bool(window.page.reader.view.marks))


def models(rig: Rig) -> None:
    rig.window.navigation.show("models")
    rig.wait(1.0)


def endpoint(rig: Rig) -> None:
    rig.window.navigation.show("endpoint")
    rig.wait(0.8)


def side_by_side(rig: Rig) -> None:
    rig.store.keep_preset(Preset("Brief", "Answer in one sentence."))
    rig.window.navigation.show("compare")
    page = rig.window.navigation.page
    rig.until(lambda: page.columns[1].preset.findText("Brief") >= 0)
    page.columns[1].preset.show_value("Brief")
    page.columns[1].preset.picked.emit("Brief")
    page.view.field.setPlainText("How do I sort a list in place?")
    QTest.keyClick(page.view.field, Qt.Key.Key_Return)
    rig.until(lambda: not page.is_running)


def settings(rig: Rig) -> None:
    rig.window.navigation.show("settings")


def engine_stopped(rig: Rig) -> None:
    _open(rig, rig.rich)
    for _ in range(5):
        pid = rig.engine.worker_pid
        if pid is None:
            break
        os.kill(pid, signal.SIGKILL)
        rig.wait(1.2)


SCREENS: dict[str, Screen] = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(empty, rich, tool_card, variants, find, palette, trash, documents, citation),
        *(models, side_by_side, endpoint, settings, streaming, engine_stopped),
    )
}


def _open(rig: Rig, conversation_id: int) -> None:
    rig.window.conversation.open(conversation_id)
    rig.wait(0.5)


def _write(rig: Rig, text: str) -> None:
    rig.window.page.composer.set_text(text)
    QTest.keyClick(rig.window.page.composer.field, Qt.Key.Key_Return)
