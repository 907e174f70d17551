"""Layers go to devices by exact sums over the header, on machines that are only described."""

import pytest

from app.models.inspect import inspect
from app.models.locate import starter_path
from app.models.placement import Device, place
from tests.data.ghost_step import GHOST_LAYERS, write_ghost

GB = 10**9
HOST = 256 * GB
ALL = GHOST_LAYERS + 1  # with the output


@pytest.fixture(scope="module")
def step(tmp_path_factory):
    path = tmp_path_factory.mktemp("ghost") / "step.gguf"
    write_ghost(path)
    return inspect(path)


@pytest.fixture(scope="module")
def starter():
    return inspect(starter_path())


def gpus(*gigabytes):
    return [Device(f"GPU {index}", int(size * GB)) for index, size in enumerate(gigabytes)]


def used(facts, plan, devices, context):
    """Bytes on each device, summed tensor by tensor from what a placement says."""
    first = ALL - plan.gpu_layers if len(facts.layers) == GHOST_LAYERS else 0
    found = []
    for count in plan.layers_by_device:
        total = 0
        for layer in range(first, min(first + count, len(facts.layers))):
            for tensor in facts.tensors:
                is_expert = "_exps." in tensor.name
                if tensor.name.startswith(f"blk.{layer}.") and not (
                    is_expert and layer < plan.experts_on_cpu
                ):
                    total += tensor.size_bytes
        found.append(total)
        first += count
    return found


def test_without_a_gpu_everything_runs_on_the_processor(step):
    plan = place(step, [], HOST, 16_384)

    assert (plan.gpu_layers, plan.kv_type, plan.reason) == (0, "f16", "")


def test_a_large_gpu_takes_the_whole_model(step):
    plan = place(step, gpus(192), HOST, 16_384)

    assert (plan.gpu_layers, plan.layers_by_device, plan.experts_on_cpu) == (ALL, (ALL,), 0)
    assert "whole model" in plan.reason


def test_a_small_gpu_takes_all_but_the_experts(step):
    plan = place(step, gpus(16), HOST, 16_384)

    assert plan.gpu_layers == ALL
    assert 40 <= plan.experts_on_cpu <= 45
    assert "experts" in plan.reason


@pytest.mark.parametrize("gigabytes", [12, 16, 24, 32, 48, 80, 96])
@pytest.mark.parametrize("context", [8192, 65_536])
def test_what_is_placed_fits_and_one_layer_more_would_not(step, gigabytes, context):
    devices = gpus(gigabytes)
    plan = place(step, devices, HOST, context, "q8_0")

    (weights,) = used(step, plan, devices, context)
    assert 0 < weights < gigabytes * GB
    experts = sum(
        one.size_bytes
        for one in step.tensors
        if one.name.startswith("blk.4.ffn_") and "_exps" in one.name
    )
    spare = gigabytes * GB - weights - step.memory(context, "q8_0").kv_cache
    assert spare < experts + 4 * GB  # margin, compute, and one layer's experts


def test_more_memory_never_places_less(step):
    plans = [place(step, gpus(size), HOST, 32_768, "f16") for size in range(4, 160, 4)]

    goodness = [(plan.gpu_layers, -plan.experts_on_cpu) for plan in plans]
    assert goodness == sorted(goodness)


def test_two_gpus_share_the_layers(step):
    plan = place(step, gpus(80, 64), HOST, 16_384)

    assert plan.gpu_layers == ALL == sum(plan.layers_by_device)
    assert all(plan.layers_by_device)


def test_an_eight_bit_context_is_chosen_where_it_saves_experts(step):
    plan = place(step, gpus(24), HOST, 262_144)

    wide = place(step, gpus(24), HOST, 262_144, "f16")
    assert plan.kv_type == "q8_0"
    assert plan.needs_flash_attention
    assert "8 bits" in plan.reason
    assert (plan.gpu_layers, -plan.experts_on_cpu) > (wide.gpu_layers, -wide.experts_on_cpu)


def test_a_chosen_kv_type_is_kept(step):
    assert place(step, gpus(24), HOST, 262_144, "f16").kv_type == "f16"


def test_a_gpu_without_room_is_left_alone(step):
    plan = place(step, gpus(0.4), HOST, 4096)

    assert plan.gpu_layers == 0
    assert "not one layer" in plan.reason


def test_a_dense_model_leaves_its_first_layers_in_main_memory(starter):
    whole = place(starter, gpus(2), HOST, 8192)
    some = place(starter, gpus(0.75), HOST, 8192, "f16")

    assert whole.gpu_layers == 31
    assert 0 < some.gpu_layers < 31
    assert str(some.gpu_layers) in some.reason


def test_main_memory_that_is_short_gets_an_eight_bit_context(starter):
    memory = starter.memory(8192)

    plan = place(starter, [], memory.total - 70_000_000, 8192)

    assert plan.kv_type == "q8_0"
    assert "8 bits" in plan.reason


def test_fewer_requests_are_answered_at_once_where_memory_is_short(step):
    def live(spare):
        return place(step, [], step.memory(65_536, "f16", 1).total + spare, 65_536).live

    assert live(64 * GB) == 8
    assert live(0) == 1
    assert [live(size * 10**8) for size in range(12)] == sorted(
        live(size * 10**8) for size in range(12)
    )


def test_the_memory_of_devices_counts_for_requests_at_once(step):
    assert place(step, gpus(192), 4 * GB, 16_384).live == 8
