"""The window: one per data folder, with its store, engine, session and endpoint."""

import os
import sys
from functools import partial

from app.chat.session import ChatSession
from app.documents.desk import DocumentDesk
from app.documents.embedding_words import scheme_of
from app.documents.engine_embedder import EngineEmbedder
from app.engine.emptied import empty_states
from app.engine.launch import MachineChoices, WorkerSpec
from app.errors import AppError
from app.models.inspect import described
from app.server.control import EndpointControl
from app.server.keys import Keys
from app.start import Start, start_logging
from app.starts import Starts
from app.storage.conversations import ConversationStore
from app.ui.application import run_window, show_failure
from app.ui.single_instance import QUICK, RAISE, SingleInstance, claim


def open_window(start: Start, *, is_quick: bool = False) -> int:
    """Show the window until it is closed; hands over and returns 0 when one is open already.

    ``is_quick``: the quick window is wanted, of the one that is open or of this one.

    Whoever started by a double click sees no stderr: a failure is shown in a window too.
    """
    try:
        return _open(start, is_quick)
    except AppError as error:
        if _is_double_clicked():
            show_failure(error)
        raise


def _open(start: Start, is_quick: bool) -> int:
    spec, notices = _spec(start)
    instance = claim(start.paths, QUICK if is_quick else RAISE)
    if instance is None:
        return 0
    try:
        start_logging(start.paths, to_stderr=False)
        store = ConversationStore.open(start.paths.database)
        store.on_deleted(partial(empty_states, start.paths.prefixes))
        try:
            return _run(start, spec, store, instance, notices, is_quick)
        finally:
            store.close()
    finally:
        instance.close()


def _is_double_clicked() -> bool:
    """Whether a desktop started this, so that nobody reads stderr. Never true for a script."""
    is_from_dock = sys.platform == "darwin" and os.getppid() == 1
    return sys.stderr is None or "GIO_LAUNCHED_DESKTOP_FILE" in os.environ or is_from_dock


def _spec(start: Start) -> tuple[WorkerSpec, tuple[str, ...]]:
    """What to load. A model from the settings that has gone gives way to the starter, said once."""
    try:
        return start.worker_spec(), start.notices
    except AppError as error:
        if start.is_model_given:
            raise
        sentence = f"{error} Until then the starter model is used."
        return start.starter_spec(), (*start.notices, sentence)


def _embedder(start: Start, choice: str) -> EngineEmbedder | None:
    spec = start.embedding_spec(choice)
    if spec is None:
        return None
    scheme = scheme_of(described(spec.model))
    return EngineEmbedder(spec, MachineChoices(start.paths.engine_choices), scheme)


def _run(
    start: Start,
    spec: WorkerSpec,
    store: ConversationStore,
    instance: SingleInstance,
    notices: tuple[str, ...],
    is_quick: bool,
) -> int:
    engine = start.engine_client(spec)
    documents = DocumentDesk(start.paths, engine, partial(_embedder, start), start.settings)
    session = ChatSession(store, engine, start.sampling, documents)
    endpoint = EndpointControl(
        engine,
        start.settings.endpoint_port,
        Keys(file=start.paths.endpoint_keys),
        requests_path=start.paths.requests_socket,
        is_lan=start.settings.endpoint_lan,
    )

    def begin() -> None:
        engine.start()
        documents.take_up()

    try:
        return run_window(
            start.paths,
            start.settings,
            store,
            engine,
            session,
            endpoint,
            documents,
            instance=instance,
            notices=notices,
            begin=begin,
            starts=Starts(start.paths.starts),
            is_quick=is_quick,
        )
    finally:
        session.close()
        documents.close()
        endpoint.stop()
        engine.close()
