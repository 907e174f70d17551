"""GPU backends of llama.cpp: libraries beside each other, each tried out in a child on first use.

A driver may end the process that loads it. What a trial ended is "not available here", remembered
until the library changes or the user asks to try again.
"""

import logging
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.engine.launch import WorkerSpec, spawn, stop, with_backends
from app.engine.notes import Notes

log = logging.getLogger(__name__)

State = Literal["works", "no device", "crashed"]

PROBE_ENGINE = "engine_gguf.backends"  # the package that tries a backend out
PROBE_LIMIT_S = 60.0
_KINDS = ("cuda", "hip", "vulkan", "metal", "sycl", "opencl", "musa", "cann")
_SUFFIXES = (".so", ".dll", ".dylib")
_NO_DEVICE_CODE = 3  # how a worker ends that could not open what it was told to


@dataclass(frozen=True, slots=True)
class Backend:
    """One library, and what its trial found; ``state`` None = not tried yet."""

    path: Path
    state: State | None = None

    @property
    def name(self) -> str:
        """Its kind as people know it: CUDA, Vulkan, …"""
        kind = self.path.stem.partition("ggml-")[2].partition("-")[0]
        return {"cuda": "CUDA", "hip": "HIP", "sycl": "SYCL", "cann": "CANN"}.get(
            kind, kind.capitalize()
        )


def library_folders(runtimes: Path | None = None) -> list[Path]:
    """Where backends may lie: beside llama.cpp, and in Doorstep's folder of runtime packs."""
    beside = [Path(place) / "llama_cpp" / "lib" for place in sys.path if place]
    return [folder for folder in [*beside, runtimes] if folder is not None and folder.is_dir()]


def find_libraries(folders: Iterable[Path]) -> list[Path]:
    """Backend libraries, each kind once."""
    found: dict[str, Path] = {}
    for folder in folders:
        for kind in _KINDS:
            for path in sorted(folder.glob(f"*ggml-{kind}*")):
                if path.suffix in _SUFFIXES:
                    found.setdefault(kind, path)
    return list(found.values())


class BackendChoices:
    """What trials found on this machine. One small JSON file."""

    def __init__(self, path: Path) -> None:
        self._notes = Notes(path)

    def known(self, library: Path) -> State | None:
        match self._notes.get(_key(library)):
            case "works" | "no device" | "crashed" as state:
                return state
        return None

    def remember(self, library: Path, state: State) -> None:
        self._notes.put(_key(library), state)

    def try_again(self) -> None:
        """Forget everything, so that the next start tries every backend again."""
        self._notes.clear()


class TrialStopped(Exception):
    """Somebody ended a trial: nothing was found out, and nobody waits for it."""


class Backends:
    """The backends of this computer, tried out when they are first wanted."""

    def __init__(
        self,
        libraries: Sequence[Path] = (),
        choices: BackendChoices | None = None,
        engine: str = PROBE_ENGINE,
    ) -> None:
        self._libraries = libraries
        self._choices = choices or BackendChoices(Path(os.devnull))
        self._engine = engine
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None  # the trial that is running

    def all(self) -> list[Backend]:
        """Every library, with what is known of it."""
        return [Backend(path, self._choices.known(path)) for path in self._libraries]

    def prepared(self, spec: WorkerSpec) -> tuple[WorkerSpec, str]:
        """The spec with the backends that work here, and words about those that just failed.

        Raises TrialStopped.
        """
        if not spec.needs_probe:
            return spec, ""
        libraries, notice = self.usable()
        return with_backends(spec, libraries), notice

    def usable(self) -> tuple[tuple[str, ...], str]:
        """The libraries that work here, and words for the user about those that just failed.

        Raises TrialStopped.
        """
        told = []
        for backend in self.all():
            if backend.state is None:
                state = self._tried(backend.path)
                self._choices.remember(backend.path, state)
                if state == "crashed":
                    told.append(_not_available(backend.name))
        found = tuple(str(one.path) for one in self.all() if one.state == "works")
        return found, " ".join(told)

    def stop_trial(self) -> None:
        """End a trial that is running, from another thread; it then has found nothing out."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            stop(child)

    def give_up(self, libraries: Sequence[str]) -> str:
        """A model could not be opened with these: use none of them. Words for the user."""
        for library in libraries:
            self._choices.remember(Path(library), "crashed")
        return " ".join(_not_available(Backend(Path(library)).name) for library in libraries)

    def try_again(self) -> None:
        """Forget what trials found, so that the next start makes them again."""
        self._choices.try_again()

    def _tried(self, library: Path) -> State:
        with spawn(WorkerSpec(self._engine, library), is_probe=True) as child:
            with self._lock:
                self._child = child
            try:
                child.communicate(timeout=PROBE_LIMIT_S)
            except subprocess.TimeoutExpired:
                stop(child)
        with self._lock:
            was_stopped, self._child = self._child is None, None
        if was_stopped:
            raise TrialStopped
        if child.returncode == 0:
            return "works"
        log.warning("the trial of %s ended with %s", library.name, child.returncode)
        return "no device" if child.returncode == _NO_DEVICE_CODE else "crashed"


def _not_available(name: str) -> str:
    return (
        f"{name} is not available here: its driver ended a trial run. Doorstep goes on without it. "
        "After a new driver, run: doorstep models devices --try-again."
    )


def _key(library: Path) -> str:
    try:
        stat = library.stat()
    except OSError:
        return str(library)
    return f"{platform.node()} | {library} {stat.st_size} {stat.st_mtime_ns}"
