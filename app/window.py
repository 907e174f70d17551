"""The window: one per data folder, with its store, engine, session and endpoint."""

from app.chat.session import ChatSession
from app.engine.launch import WorkerSpec
from app.errors import AppError
from app.server.control import EndpointControl
from app.server.keys import load_api_key
from app.start import Start, start_logging
from app.storage.conversations import ConversationStore
from app.ui.application import run_window
from app.ui.single_instance import SingleInstance, claim


def open_window(start: Start) -> int:
    """Show the window until it is closed; hands over and returns 0 when one is open already."""
    spec, notices = _spec(start)
    instance = claim(start.paths)
    if instance is None:
        return 0
    try:
        start_logging(start.paths, to_stderr=False)
        store = ConversationStore.open(start.paths.database)
        try:
            return _run(start, spec, store, instance, notices)
        finally:
            store.close()
    finally:
        instance.close()


def _spec(start: Start) -> tuple[WorkerSpec, tuple[str, ...]]:
    """What to load. A model from the settings that has gone gives way to the starter, said once."""
    try:
        return start.worker_spec(), ()
    except AppError as error:
        if start.is_model_given:
            raise
        return start.starter_spec(), (f"{error} Until then the starter model is used.",)


def _run(
    start: Start,
    spec: WorkerSpec,
    store: ConversationStore,
    instance: SingleInstance,
    notices: tuple[str, ...],
) -> int:
    engine = start.engine_client(spec)
    session = ChatSession(store, engine, start.sampling)
    endpoint = EndpointControl(engine, start.settings.endpoint_port, load_api_key().value)
    engine.start()
    try:
        return run_window(
            start.paths,
            start.settings,
            store,
            engine,
            session,
            endpoint,
            instance=instance,
            notices=notices,
        )
    finally:
        session.close()
        endpoint.stop()
        engine.close()
