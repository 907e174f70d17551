"""Takes away from the process that opens documents whatever it does not need for that."""

import ctypes
import faulthandler
import os
import struct
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import Any, TextIO

from app.documents.job import Limits

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "urllib.",
)
LEFT_S = 5.0  # to live without the app; it kills what it does not want any more
_SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_SECCOMP_ALLOW, _SECCOMP_DENY = 0x7FFF0000, 0x00050000 | 13  # EACCES


def enclose(limits: Limits) -> None:
    """Bound this process's memory and take its network and programs away, for good."""
    _set_limits(limits)
    _refuse_sockets()
    sys.addaudithook(_refuse)


def end_with_app(stdin: int) -> None:
    """End soon after the app has closed its side of this pipe, which nothing else reads."""
    threading.Thread(target=_watch, args=(stdin,), name="app-gone", daemon=True).start()


def _watch(stdin: int) -> None:
    # Not through a buffer: its lock, held here for good, would end Python badly.
    while os.read(stdin, 4096):
        continue
    end_after(LEFT_S)


def end_after(seconds: float) -> None:
    """End this process then, in the middle of code in C too; each call begins to count anew."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=_nowhere())


@cache
def _nowhere() -> TextIO:
    """For what is said of the end; stderr may be missing. Open until the end."""
    return open(os.devnull, "w", encoding="utf-8")


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} has no place in a process that reads documents")


def _set_limits(limits: Limits) -> None:
    """The app watches memory in use as well; this holds where it grows in one leap."""
    if sys.platform == "win32":
        return
    import resource

    bounds = {
        resource.RLIMIT_AS: limits.memory_bytes * 2,
        resource.RLIMIT_FSIZE: 0,  # documents are read, nothing is written
        resource.RLIMIT_CORE: 0,
    }
    for kind, size in bounds.items():
        # A system that does not know a limit is still watched from outside.
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (size, size))


def _refuse_sockets() -> None:
    """Libraries in C ask the kernel directly: on Linux it is told to refuse (seccomp)."""
    machine = _SOCKET_CALLS.get(os.uname().machine) if sys.platform == "linux" else None
    if machine is None or sys.maxsize < 1 << 32:
        return
    architecture, socket_call = machine
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (0x20, 0, 0, 4),  # load the architecture
            (0x15, 0, 3, architecture),  # another one: allow, its numbers mean other calls
            (0x20, 0, 0, 0),  # load the number of the call
            (0x15, 0, 1, socket_call),
            (0x06, 0, 0, _SECCOMP_DENY),
            (0x06, 0, 0, _SECCOMP_ALLOW),
        )
    )
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, seccomp, filter_mode = 38, 22, 2
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    libc.prctl(seccomp, filter_mode, ctypes.create_string_buffer(header), 0, 0)
