"""Starts and ends the processes in which documents are opened: never this one."""

import atexit
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from app.documents.job import Job, encode_job

IDLE_S = 20.0  # how long a process waits for a job before it ends by itself
_TAKEN_WITHIN_S = 15.0  # … and up to when it is given one

_lock = threading.Lock()
_spare: "tuple[float, subprocess.Popen[bytes]] | None" = None  # when it was started


def start_child(job: Job) -> subprocess.Popen[bytes]:
    """A process that has its job. Raises OSError.

    It was started beforehand where another file was read just before, as in a folder of many: to
    start and to load the libraries takes 0.1 s. The next one is started at once.
    """
    global _spare
    with _lock:
        spare, _spare = _spare, None
    process = _give(spare[1], job) if spare and _is_fresh(spare[0]) else None
    if process is None:
        if spare is not None:
            end_child(spare[1])
        process = _give(spawn("extract"), job)
        if process is None:
            raise OSError(errno.EPIPE, "it ended before it began")
    if job.task == "extract":  # files come in heaps, readers open one at a time
        with _lock:
            _spare = _spare or (time.monotonic(), spawn("extract"))
    return process


def end_spare() -> None:
    """End the process that waits for another file; also done when the program ends."""
    global _spare
    with _lock:
        spare, _spare = _spare, None
    if spare is not None:
        end_child(spare[1])


atexit.register(end_spare)


def _is_fresh(started: float) -> bool:
    return time.monotonic() - started < _TAKEN_WITHIN_S


def _give(process: subprocess.Popen[bytes], job: Job) -> subprocess.Popen[bytes] | None:
    """Hand over the job; None for a process that is gone."""
    assert process.stdin is not None
    try:
        process.stdin.write(encode_job(job))
        process.stdin.flush()
    except OSError:
        end_child(process)
        return None
    return process


def spawn(command: str) -> subprocess.Popen[bytes]:
    """This program again, as a process for what may end it; raises OSError."""
    return subprocess.Popen(
        child_command(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What libraries print may hold the document's words.
        stderr=subprocess.DEVNULL,
        cwd=Path(sys.executable).parent,
        env=_environment(),
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def child_command(command: str) -> list[str]:
    """How this program starts itself, from source or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, command]
    return [sys.executable, "-P", "-m", "app", command]


def end_child(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and close its pipes; it holds nothing that is worth a farewell."""
    kill_child(process)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was still to be written to it
                continue


def kill_child(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def cause_of_death(code: int) -> str:
    """A sentence about the exit code of a child that ended by itself."""
    if code == -9:
        return "Reading it was ended by the system, which usually means that memory ran out."
    if code < 0:
        known = code in [-number for number in signal.Signals]
        return f"Reading it crashed ({signal.Signals(-code).name if known else f'signal {-code}'})."
    return f"Reading it ended unexpectedly (code {code})."


def _environment() -> dict[str, str]:
    """The user's, without secrets, and with few threads: each reserves address space."""
    secrets = ("DOORSTEP_API_KEY",)
    kept = {name: value for name, value in os.environ.items() if name not in secrets}
    few = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
    return kept | few | {"PYTHONUTF8": "1"}
