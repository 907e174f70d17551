"""Engines beside the one that is loaded: opened for a comparison, closed when the page is left."""

import threading
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.errors import AppError, ErrorKind
from app.models.fit import machine
from app.models.inspect import inspect
from app.models.locate import worker_spec
from app.paths import Paths
from app.start import MAX_DRAFT_DEPTH
from app.ui.words import bytes_in_words

LOADED = ""  # the engine that everything else uses
_MTP = {"mtp:adaptive": None, "mtp:on": MAX_DRAFT_DEPTH, "mtp:off": 0}
_CONTEXT = 8192  # tokens: one prompt and its answer


@dataclass(frozen=True, slots=True)
class Need:
    """What a second engine takes, and what is free now, in bytes."""

    bytes: int
    free: int


class CompareEngines:
    """``open`` and ``close`` may wait: they are for worker threads."""

    def __init__(self, paths: Paths, loaded: EngineClient) -> None:
        self._paths, self._loaded = paths, loaded
        self._lock = threading.Lock()
        self._opened: dict[WorkerSpec, EngineClient] = {}

    def open(self, key: str) -> EngineClient:
        """The engine of a column; one that is not open yet is loaded where memory allows."""
        if key == LOADED:
            return self._loaded
        spec = self._spec(key)
        if spec == self._loaded.spec:
            return self._loaded
        with self._lock:
            client = self._opened.get(spec)
            if client is None:
                _check(self._need_of(spec))
                client = EngineClient(spec, MachineChoices(self._paths.engine_choices))
                self._opened[spec] = client
                client.start()
        return client

    def need(self, key: str) -> Need:
        """Of a column's engine; nothing where it is open already."""
        spec = self._spec(key) if key != LOADED else self._loaded.spec
        if spec == self._loaded.spec or spec in self._opened:
            return Need(0, machine().available_bytes)
        return self._need_of(spec)

    def close(self) -> None:
        """Free the memory of all that were opened here."""
        with self._lock:
            clients = list(self._opened.values())
            self._opened.clear()
        for client in clients:
            client.close()

    def _spec(self, key: str) -> WorkerSpec:
        if key in _MTP:
            loaded = self._loaded.spec
            return replace(loaded, options=replace(loaded.options, draft_depth=_MTP[key]))
        options = replace(self._loaded.spec.options, context_length=_CONTEXT)
        return worker_spec(key, "auto", self._paths.models, options)

    def _need_of(self, spec: WorkerSpec) -> Need:
        length = spec.options.context_length or _CONTEXT
        needed = inspect(spec.model).memory(length, spec.options.kv_type or "f16").total
        return Need(needed, machine().available_bytes)


def mtp_choices() -> dict[str, str]:
    """The loaded model once more, with another use of its MTP layers."""
    return {
        "mtp:adaptive": _tr("The same, MTP adaptive"),
        "mtp:on": _tr("The same, MTP always"),
        "mtp:off": _tr("The same, no MTP"),
    }


def need_in_words(name: str, need: Need) -> str:
    """What a second engine costs, before it is opened; "" where it costs nothing."""
    if not need.bytes:
        return ""
    words = _tr("{name} is opened too: it needs {need}, {free} are free now.")
    return words.format(name=name, need=bytes_in_words(need.bytes), free=bytes_in_words(need.free))


def _check(need: Need) -> None:
    if need.bytes > need.free:
        raise AppError(
            ErrorKind.OUT_OF_MEMORY,
            _tr("There is not enough memory for a second model"),
            _tr("It needs {need}, {free} are free now. Choose a smaller one.").format(
                need=bytes_in_words(need.bytes), free=bytes_in_words(need.free)
            ),
        )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Compare", text)
