"""Warm documents: what the model computes of a document is kept on disk, for any chat about it.

The engine writes a state below ``<folder>/<name>/``, in a folder of its own for each model; here a
note beside it says of which documents it is. A name stands for the content of documents in their
order, so a changed file is another state.
"""

import contextlib
import hashlib
import json
import logging
import os
import queue
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.chat.messages import CitationsPart, DocumentRef, DocumentsPart, Message
from app.chat.template import render_prompt
from app.documents.passes import answer_room
from app.documents.reading import DocumentReader, numbering
from app.engine.client import EngineClient
from app.engine.protocol import (
    Event,
    Failed,
    Finished,
    GenerateRequest,
    ModelInfo,
    Progress,
    PromptPart,
    SamplingParams,
)
from app.errors import AppError, document_not_warmed, documents_too_long

log = logging.getLogger(__name__)

_NOTE = "documents.json"
_NAME = re.compile(r"doc-[0-9a-f]{32}")
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class WarmState:
    """One kept state: of these documents, for this model. ``last_used`` is in unix seconds."""

    name: str
    documents: tuple[DocumentRef, ...]
    model: str
    tokens: int
    size_bytes: int
    last_used: float


class WarmStates:
    """The states on disk. Any thread may call; ``warm`` waits for the model."""

    def __init__(
        self, engine: EngineClient, reader: DocumentReader, folder: Path, budget_bytes: int
    ) -> None:
        """``folder`` is the ``EngineOptions.kept_dir`` that workers are started with."""
        self._engine = engine
        self._reader = reader
        self._folder = folder
        self._budget = budget_bytes

    def warm(
        self,
        document_ids: Sequence[int],
        on_progress: Callable[[int, int], None] = lambda done, total: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> WarmState | None:
        """Have the model read these documents now, and keep the state. None when cancelled.

        ``on_progress`` gets tokens done and in all, on this thread. Raises AppError.
        """
        model = self._engine.wait_ready()
        documents = self._reader.refs(document_ids)
        prompt = self._prompt(model, documents)
        tokens = self._engine.count_prompt(prompt)
        room = model.context_length - answer_room(model.context_length)
        if tokens > room:
            raise documents_too_long(tokens, room, -(-tokens // room))
        name = state_name(documents)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._run(name, prompt, on_progress, is_cancelled):
            return None
        kept = self._newest(name)
        if kept is None:
            raise document_not_warmed()
        self._note(name, documents, _model_key(model), kept, tokens)
        try:
            self._reader.refs(document_ids)
        except AppError:  # removed while they were read
            self.drop([name])
            raise
        self.keep_to_budget(keep=name)
        return next((state for state in self.states() if state.name == name), None)

    def states(self) -> list[WarmState]:
        """What is kept, used last first; one entry per documents and model."""
        found = [state for note in self._notes() for state in self._states_of(note)]
        return sorted(found, key=lambda state: -state.last_used)

    def is_warm(self, document_ids: Sequence[int]) -> bool:
        """Whether the loaded model has a state of just these documents in this order."""
        model = self._engine.status.model
        if model is None:
            return False
        name = state_name(self._reader.refs(document_ids))
        key = _model_key(model)
        return any(state.name == name and state.model == key for state in self.states())

    def drop(self, names: Iterable[str]) -> None:
        """Remove these states, of every model."""
        for name in names:
            if _NAME.fullmatch(name):
                shutil.rmtree(self._folder / name, ignore_errors=True)

    def forget(self, removed: Iterable[tuple[int, str]]) -> None:
        """Remove every state that holds a document that was removed: (id, sha256) pairs."""
        gone = {sha256 for _, sha256 in removed}
        holding = [
            state.name
            for state in self.states()
            if any(document.sha256 in gone for document in state.documents)
        ]
        self.drop(dict.fromkeys(holding))

    def set_budget(self, budget_bytes: int) -> None:
        """From now on; what is too much goes at once."""
        self._budget = budget_bytes
        self.keep_to_budget()

    def keep_to_budget(self, keep: str = "") -> None:
        """Remove what was used longest ago until the rest fits; ``keep`` stays."""
        states = self.states()
        total = sum(state.size_bytes for state in states)
        for state in reversed(states):
            if total <= self._budget:
                return
            if state.name != keep:
                self.drop([state.name])
                total -= state.size_bytes

    def _prompt(
        self, model: ModelInfo, documents: tuple[DocumentRef, ...]
    ) -> tuple[PromptPart, ...]:
        """What every prompt about these documents begins with."""
        part = DocumentsPart(documents)
        numbers = numbering([Message("user", (part,))])
        message = self._reader.laid_out(part, "", CitationsPart(), numbers)
        return up_to_question(render_prompt(model, [message]), message)

    def _run(
        self,
        name: str,
        prompt: tuple[PromptPart, ...],
        on_progress: Callable[[int, int], None],
        is_cancelled: Callable[[], bool],
    ) -> bool:
        """False when it was cancelled."""
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        request_id = uuid.uuid4().hex
        sampling = SamplingParams(temperature=0)
        self._engine.submit(
            GenerateRequest(request_id, prompt, sampling, max_tokens=1, keep_as=name), events.put
        )
        while True:
            if is_cancelled():
                self._engine.cancel(request_id)
            try:
                event = events.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            match event:
                case Progress(_, done, total, _):
                    on_progress(done, total)
                case Finished(reason=reason):
                    return reason != "cancelled"
                case Failed(_, error):
                    raise error

    def _newest(self, name: str) -> Path | None:
        """The folder that the engine has just written to."""
        folders = [path for path in _folders(self._folder / name) if _used(path)]
        return max(folders, key=_used, default=None)

    def _note(
        self, name: str, documents: tuple[DocumentRef, ...], model: str, kept: Path, tokens: int
    ) -> None:
        path = self._folder / name / _NOTE
        known = _read(path)
        models = known.models if known is not None else {}
        models = {key: value for key, value in models.items() if value[0] != kept.name}
        models[model] = (kept.name, tokens)
        note = {"documents": [asdict(document) for document in documents], "models": models}
        partial = path.with_suffix(".partial")
        try:
            with open(partial, "w", encoding="utf-8", opener=_private) as file:
                json.dump(note, file)
            os.replace(partial, path)
        except OSError as error:
            log.warning("note of a warm document not written: %s", error.strerror)
            raise document_not_warmed() from error

    def _notes(self) -> Iterator["_Note"]:
        for folder in _folders(self._folder):
            note = _read(folder / _NOTE)
            if note is not None:
                yield note

    def _states_of(self, note: "_Note") -> Iterator[WarmState]:
        for model, (folder, tokens) in note.models.items():
            path = note.folder / folder
            used = _used(path)
            if used:
                size = sum(_size(file) for file in path.iterdir())
                yield WarmState(note.folder.name, note.documents, model, tokens, size, used)


@dataclass(frozen=True, slots=True)
class _Note:
    folder: Path
    documents: tuple[DocumentRef, ...]
    models: dict[str, tuple[str, int]]  # name: folder of the engine's, tokens


def state_name(documents: Sequence[DocumentRef]) -> str:
    """Of the content of documents in this order."""
    content = "\n".join(document.sha256 for document in documents)
    return f"doc-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def up_to_question(prompt: tuple[PromptPart, ...], message: Message) -> tuple[PromptPart, ...]:
    """The prompt until the words of the user: what every question about its documents shares."""
    text = "".join(part.text for part in prompt)
    *_, task, _ = message.parts
    words = getattr(task, "text", "").strip()
    found = text.rfind(words)
    if found < 0:  # a template that rewrites what was said
        return prompt
    end = found + len(words)
    shared: list[PromptPart] = []
    at = 0
    for part in prompt:
        if at + len(part.text) >= end:
            return (*shared, PromptPart(part.text[: end - at], part.special, checkpoint=True))
        shared.append(part)
        at += len(part.text)
    return prompt


def _model_key(model: ModelInfo) -> str:
    return f"{model.name} ({model.engine})"


def _read(path: Path) -> _Note | None:
    try:
        untrusted = json.loads(path.read_text(encoding="utf-8"))
        documents = tuple(DocumentRef(**found) for found in untrusted["documents"])
        models = {
            str(name): (Path(str(folder)).name, int(tokens))
            for name, (folder, tokens) in untrusted["models"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return _Note(path.parent, documents, models)


def _folders(path: Path) -> list[Path]:
    try:
        return [found for found in path.iterdir() if found.is_dir() and not found.is_symlink()]
    except OSError:
        return []


def _used(folder: Path) -> float:
    """When a state in it was written or read; 0 when it has none."""
    newest = 0.0
    for path in folder.glob("*.state"):
        with contextlib.suppress(OSError):
            newest = max(newest, path.stat().st_mtime)
    return newest


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
