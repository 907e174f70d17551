"""Pictures of what is said when something does not work: banners, cards, notes, questions."""

import os
import signal

from app.engine.errors import context_overflow, out_of_memory
from app.engine.status import EngineState, EngineStatus
from app.errors import database_locked, disk_full, port_in_use
from app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.screens.chat import show, write
from tests.screens.made import damaged
from tests.screens.pages import _choose
from tests.screens.rig import Rig


def engine_stopped(rig: Rig) -> None:
    """Killed until it is not started again by itself."""
    show(rig, rig.chats.rich)
    for _ in range(5):
        pid = rig.engine.worker_pid
        if pid is None:
            break
        os.kill(pid, signal.SIGKILL)
        rig.wait(1.2)


def engine_again(rig: Rig) -> None:
    """It died in the middle of an answer, and runs again."""
    write(rig, "Write a poem")
    rig.until(lambda: not rig.window.conversation.is_busy and rig.engine.status.crashes > 0)
    rig.until(lambda: rig.engine.status.state is EngineState.READY)


def answer_failed(rig: Rig) -> None:
    write(rig, "Write a novel")
    rig.until(lambda: not rig.window.conversation.is_busy)


def full_disk(rig: Rig) -> None:
    show(rig, rig.chats.variants)
    rig.window.notices.show_error(disk_full(rig.paths.data))


def too_long(rig: Rig) -> None:
    show(rig, rig.chats.variants)
    rig.window.notices.show_error(context_overflow(70_310, 65_536))


def in_use(rig: Rig) -> None:
    rig.window.notices.show_error(database_locked(rig.paths.database))


def port_taken(rig: Rig) -> None:
    rig.window.navigation.show("endpoint")
    rig.window.notices.show_error(port_in_use(8190))


def safe_mode(rig: Rig) -> None:
    rig.window.notices.show_safe(lambda: None)


def model_broken(rig: Rig) -> None:
    """A file that is no model, and what the engine says of one that is too large."""
    _choose(rig, "Qwen3-8B-Q4_K_M.gguf")
    file = damaged(rig.folder).rename(rig.paths.models / "broken.gguf")
    page = rig.window.navigation.page
    page.choose(str(file))
    error = out_of_memory("Qwen3-8B-Q4_K_M.gguf with a context of 65,536 tokens does not fit.")
    status = EngineStatus(EngineState.FAILED, error=error)
    page.view.running.show_status(status, "Qwen3-8B-Q4_K_M", "failed to allocate buffer")
    rig.wait(0.5)


def confirm(rig: Rig) -> None:
    rig.window.actions_.show_trash.trigger()
    rig.wait(0.4)
    rig.window.sidebar.conversations.selectAll()
    rig.wait(0.2)
    rig.window.sidebar.shelf_bar.delete.click()
    rig.until(lambda: isinstance(rig.application.activeModalWidget(), ConfirmDialog))
