"""A named conversation keeps its prefix, whatever comes without a name in between."""

import pytest

from app.engine.protocol import GenerateRequest, PromptPart
from app.models.locate import starter_path
from tests.engine_contract import GREEDY, run
from tests.engine_gguf.conftest import NANO_STEP, opened

MINE = PromptPart("The hinge of the third door was mended with brass. " * 12, checkpoint=True)


@pytest.fixture(params=["nano-step", "starter"])
def engine(request):
    """So little memory that side requests push others out."""
    engine = make(request.param, 3_000_000)
    yield engine
    engine.close()


def make(name, memory_bytes):
    path = NANO_STEP if name == "nano-step" else starter_path()
    return opened(path, context_length=512, cache_memory_bytes=memory_bytes)


def ask(engine, text, session=""):
    parts = (MINE, PromptPart(text)) if session or text == "?" else (PromptPart(text),)
    request = GenerateRequest("a", parts, GREEDY, 4, session=session)
    return run(engine, request)["a"][-1].usage.cached_tokens


def side_requests(engine, count):
    for number in range(count):
        ask(engine, f"Side {number}: the boat went over the lake. " * 20)


@pytest.mark.parametrize("count", [4, 30])
def test_side_requests_do_not_push_a_session_out(engine, count):
    ask(engine, "First?", session="mine")

    side_requests(engine, count)

    assert ask(engine, "Second?", session="mine") > 100


@pytest.mark.parametrize("name", ["nano-step", "starter"])
def test_where_nothing_can_be_saved_a_session_stays_in_the_context(name):
    engine = make(name, 0)
    ask(engine, "First?", session="mine")
    side_requests(engine, 6)

    cached = ask(engine, "Second?", session="mine")
    engine.close()

    assert cached > 100


def test_a_request_without_a_name_may_use_the_prefix_of_a_session_but_not_take_it(engine):
    ask(engine, "First?", session="mine")

    cached = ask(engine, "?")
    side_requests(engine, 4)

    assert cached > 100
    assert ask(engine, "Second?", session="mine") > 100
