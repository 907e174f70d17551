"""Whether a model fits is said from its header and the machine's memory."""

import pytest

from app.models.fit import Machine, fit, machine
from app.models.inspect import inspect
from tests.data.ghost_step import write_ghost

GB = 10**9


@pytest.fixture(scope="module")
def step(tmp_path_factory):
    """Step 3.5 Flash at 4 bits, in its real shapes."""
    path = tmp_path_factory.mktemp("ghost") / "step.gguf"
    write_ghost(path)
    return inspect(path)


def with_memory(gigabytes):
    return Machine(gigabytes * GB, gigabytes * GB, 8)


@pytest.mark.parametrize(
    ("gigabytes", "context", "verdict", "kv_type"),
    [
        (96, 16_384, "too large", "q8_0"),
        (128, 16_384, "tight", "f16"),
        (128, 262_144, "too large", "q8_0"),
        (136, 262_144, "tight", "q8_0"),
        (192, 262_144, "fits", "f16"),
    ],
)
def test_the_real_model_fits_the_machines_it_is_published_for(
    step, gigabytes, context, verdict, kv_type
):
    found = fit(step, with_memory(gigabytes), context)

    assert (found.verdict, found.kv_type) == (verdict, kv_type)
    assert (found.spare_bytes < 0) == (verdict == "too large")


def test_the_longest_context_is_the_last_one_that_fits(step):
    here = with_memory(128)
    longest = fit(step, here, 4096).largest_context

    assert fit(step, here, longest, "q8_0").spare_bytes >= 0
    assert fit(step, here, longest + 256, "q8_0").spare_bytes < 0


def test_a_context_longer_than_trained_is_cut(step):
    assert fit(step, with_memory(512), 10**9).context_length == step.context_length


def test_nothing_fits_where_the_weights_do_not(step):
    assert fit(step, with_memory(16), 4096).largest_context == 0


def test_this_machine_has_memory_and_cores():
    here = machine()

    assert 0 < here.available_bytes <= here.memory_bytes
    assert here.cores > 0
