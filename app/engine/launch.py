"""Starting and stopping a worker process, and what probing learnt about this machine."""

import logging
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.engine.notes import Notes
from app.engine.protocol import EngineOptions
from app.engine.wire import Load, write_frame

log = logging.getLogger(__name__)

ASK_S = 1.0  # how long a worker may take to end by itself
TERMINATE_S = 0.7  # … and after being told to

_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "PYTHONUTF8": "1",
    # A failed assertion would start a debugger, where there is one, which asks for symbols online.
    "GGML_NO_BACKTRACE": "1",
}

SAFE_PATH_NOTICE = (
    "The fast path of the engine does not work on this computer, so Doorstep uses the safe one. "
    "Answers are the same, a little slower."
)


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """Which engine package opens which model.

    ``needs_probe``: the fast path of this engine may end the process on some machines.
    """

    engine: str
    model: Path
    options: EngineOptions = field(default_factory=EngineOptions)
    needs_probe: bool = False


def spawn(spec: WorkerSpec, *, is_probe: bool = False) -> subprocess.Popen[bytes]:
    """Start a worker and send it its Load frame."""
    # Its own folder, not the user's: llama.cpp looks for libraries in the current one.
    safe_folder = Path(sys.executable).parent
    process = subprocess.Popen(
        worker_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=safe_folder,
        env=os.environ | _ENVIRONMENT | _without_secrets(),
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdin is not None
    write_frame(process.stdin, Load(spec.engine, str(spec.model), spec.options, is_probe))
    return process


def worker_command() -> list[str]:
    """How this program starts itself as a worker, from source or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "worker"]
    return [sys.executable, "-P", "-m", "app", "worker"]


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a worker: close its stdin, terminate, kill the group. Takes at most about 3 s."""
    if process.stdin is not None:
        try:
            process.stdin.close()
        except OSError:
            log.debug("worker was gone already")
    for signal_group, deadline_s in ((None, ASK_S), (False, TERMINATE_S), (True, 1.0)):
        if signal_group is not None:
            _signal(process, kill=signal_group)
        try:
            process.wait(deadline_s)
            return
        except subprocess.TimeoutExpired:
            continue


def cause_of_exit(code: int, *, last_words: str = "") -> str:
    """A sentence about an exit code, for people."""
    if code == -9:
        return "The system ended it (signal 9), which usually means that memory ran out."
    if code == -4:
        return "It used an instruction that this processor does not have (signal 4)."
    if code < 0:
        name = signal.Signals(-code).name if -code in list(signal.Signals) else f"signal {-code}"
        return f"It crashed ({name}){': ' + last_words if last_words else ''}."
    return f"It ended with code {code}{': ' + last_words if last_words else ''}."


def telling(lines: Sequence[str]) -> str:
    """The last line that looks like a reason, for the error card."""
    for line in reversed(lines):
        if any(word in line for word in ("GGML_ASSERT", "out of memory", "Error:", "error:")):
            return line[:200]
    return ""


class MachineChoices:
    """Remembers, per machine and model, whether the fast path may be used. One small JSON file."""

    def __init__(self, path: Path) -> None:
        self._notes = Notes(path)

    def use_extra_buffers(self, spec: WorkerSpec) -> bool | None:
        """What was found out about this model here; None if it was never tried."""
        found = self._notes.get(self._key(spec))
        return found if isinstance(found, bool) else None

    def remember(self, spec: WorkerSpec, use_extra_buffers: bool) -> None:
        self._notes.put(self._key(spec), use_extra_buffers)

    @staticmethod
    def _key(spec: WorkerSpec) -> str:
        stat = spec.model.stat() if spec.model.exists() else None
        size, changed = (stat.st_size, int(stat.st_mtime)) if stat else (0, 0)
        machine = f"{platform.node()} {platform.machine()} {platform.processor()}"
        return f"{machine} | {spec.engine} | {spec.model.name} {size} {changed}"


def with_choice(spec: WorkerSpec, use_extra_buffers: bool) -> WorkerSpec:
    return replace(spec, options=replace(spec.options, use_extra_buffers=use_extra_buffers))


def with_backends(spec: WorkerSpec, libraries: tuple[str, ...]) -> WorkerSpec:
    return replace(spec, options=replace(spec.options, backends=libraries))


def _without_secrets() -> dict[str, str]:
    """The worker runs untrusted files: it gets no key. An empty value hides an inherited one."""
    return {"DOORSTEP_API_KEY": ""} if "DOORSTEP_API_KEY" in os.environ else {}


def _signal(process: subprocess.Popen[bytes], *, kill: bool) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill() if kill else process.terminate()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
    except ProcessLookupError:
        log.debug("worker was gone already")
