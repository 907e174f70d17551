"""The MLX engine does what every engine must do."""

import functools

import pytest

from app.engine.protocol import EngineOptions
from tests.engine_contract import EngineContract


@pytest.fixture(scope="module", params=[None, 0, 3], ids=["adaptive", "no drafts", "three drafts"])
def engine(request, nano_folder):
    from engine_mlx import open_engine

    options = EngineOptions(context_length=600, draft_depth=request.param)
    engine = open_engine(nano_folder, options, lambda _: None)
    yield engine
    engine.close()


class TestMlxEngine(EngineContract):
    """On nano-step, with every way of drafting."""

    @pytest.fixture
    def reopen(self, nano_folder):
        return functools.partial(_opened, nano_folder)


def _opened(folder, kept_dir):
    from engine_mlx import open_engine

    options = EngineOptions(context_length=600, kept_dir=str(kept_dir))
    return open_engine(folder, options, lambda _: None)
