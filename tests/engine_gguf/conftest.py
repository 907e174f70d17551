"""The two real models of these tests: the starter, and a tiny one of Step's architecture."""

from pathlib import Path

import pytest

from app.engine.protocol import EngineOptions
from app.models.locate import starter_path
from engine_gguf import open_engine

NANO_STEP = Path(__file__).parent.parent / "data" / "nano-step-q8_0.gguf"


def opened(path, **options):
    # One thread: beside other programs, several wait for each other longer than they compute.
    return open_engine(path, EngineOptions(**({"threads": 1} | options)), lambda _: None)


@pytest.fixture(scope="session")
def smollm():
    engine = opened(starter_path(), context_length=1024)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def nano_step():
    engine = opened(NANO_STEP, context_length=1024)
    yield engine
    engine.close()


def forget(engine):
    """Begin anew: what was computed before in rows of another shape differs by rounding."""
    while engine._sequences.evict():
        pass
    engine._snapshots._runs.clear()
    engine._snapshots._windows.clear()


@pytest.fixture(params=["smollm", "nano_step"])
def engine(request):
    """One of each kind, which has answered nothing yet."""
    engine = request.getfixturevalue(request.param)
    forget(engine)
    return engine
