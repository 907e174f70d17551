"""Which weights go to which device: exact arithmetic from a model's header and free memory.

llama.cpp places whole layers, the last ones first, and counts the output as one more. In a mixture
of experts nearly all weights are experts, of which each token uses few: where a GPU is too small
they stay in the computer's memory and everything else goes to the GPU.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.engine import sizes
from app.models.facts import KvType, ModelFacts

_MARGIN = 512 * 1024**2  # of a device: its driver, its screen, and what the estimate misses
_EXPERTS = re.compile(r"^blk\.(\d+)\.ffn_(up|down|gate|gate_up)_exps\.")
_BYTES_PER_ELEMENT = {"f16": 2.0, "q8_0": 34 / 32}


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU, as its driver describes it."""

    name: str
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Placement:
    """How to open a model; ``reason`` is for the user, empty where there was nothing to decide."""

    gpu_layers: int = 0  # the last ones; the output counts as one
    layers_by_device: tuple[int, ...] = ()
    experts_on_cpu: int = 0  # layers, the first ones, whose experts stay in main memory
    kv_type: KvType = "f16"
    reason: str = ""
    live: int = sizes.MAX_LIVE  # requests answered at the same time

    @property
    def needs_flash_attention(self) -> bool:
        """An 8-bit KV cache cannot be read without."""
        return self.kv_type == "q8_0"


def place(
    facts: ModelFacts,
    devices: Sequence[Device],
    host_free_bytes: int,
    context_length: int,
    kv_type: KvType | None = None,
) -> Placement:
    """``kv_type`` None: 16 bits, or 8 where that lets more of the model run on the GPU or fit."""
    plan = _place(facts, devices, host_free_bytes, context_length, kv_type)
    free = host_free_bytes + sum(device.free_bytes for device in devices)
    return replace(plan, live=facts.live(context_length, plan.kv_type, free))


def _place(
    facts: ModelFacts,
    devices: Sequence[Device],
    host_free_bytes: int,
    context_length: int,
    kv_type: KvType | None,
) -> Placement:
    if not devices:
        return _on_cpu(facts, host_free_bytes, context_length, kv_type)
    types: tuple[KvType, ...] = (kv_type,) if kv_type else ("f16", "q8_0")
    plans = [_on_devices(facts, devices, context_length, one) for one in types]
    first, best = plans[0], max(plans, key=_goodness)
    chosen = best if _goodness(best) > _goodness(first) else first
    return _told(facts, devices, chosen, is_chosen=kv_type is None)


def _goodness(plan: Placement) -> tuple[int, int]:
    return plan.gpu_layers, -plan.experts_on_cpu


def _on_cpu(
    facts: ModelFacts, free_bytes: int, context_length: int, kv_type: KvType | None
) -> Placement:
    if kv_type is not None:
        return Placement(kv_type=kv_type)
    types: tuple[KvType, ...] = ("f16", "q8_0")
    wide, narrow = (facts.memory(context_length, one, live=1).total for one in types)
    if wide <= free_bytes or narrow > free_bytes:
        return Placement()
    return Placement(
        kv_type="q8_0",
        reason="The context is kept in 8 bits a number, because 16 do not fit into memory.",
    )


def _on_devices(
    facts: ModelFacts, devices: Sequence[Device], context_length: int, kv_type: KvType
) -> Placement:
    """Everything; else everything but some layers' experts; else as many layers as fit."""
    whole, experts = _units(facts, context_length, kv_type)
    room = [device.free_bytes - _MARGIN - _compute(facts, context_length) for device in devices]
    count = len(whole)
    # The fewest layers with experts in main memory that let all the rest fit.
    with_experts = [index for index, size in enumerate(experts) if size]
    for moved in range(len(with_experts) + 1):
        away = set(with_experts[:moved])
        units = [size - (experts[at] if at in away else 0) for at, size in enumerate(whole)]
        packed = _pack(units, room)
        if packed is not None:
            first = with_experts[moved - 1] + 1 if moved else 0
            return Placement(count, packed, first, kv_type)
    for layers in range(count - 1, 0, -1):
        packed = _pack(whole[-layers:], room)
        if packed is not None:
            return Placement(layers, packed, 0, kv_type)
    return Placement(kv_type=kv_type)


def _pack(units: Sequence[int], room: Sequence[int]) -> tuple[int, ...] | None:
    """How many of the units, in their order, each device takes; None where they do not fit."""
    counts, at = [], 0
    for free in room:
        sums = itertools.accumulate(units[at:])
        taken = sum(1 for total in sums if total <= free)
        counts.append(taken)
        at += taken
    return tuple(counts) if at == len(units) else None


def _units(facts: ModelFacts, context_length: int, kv_type: KvType) -> tuple[list[int], list[int]]:
    """Bytes of each layer with its KV cache, then of the output; and of each layer's experts."""
    layers = facts.layer_bytes()
    experts = [0] * (len(layers) + 1)
    output = 0
    for tensor in facts.tensors:
        found = _EXPERTS.match(tensor.name)
        if found and int(found[1]) < len(layers):
            experts[int(found[1])] += tensor.size_bytes
        if tensor.name.startswith("output"):
            output += tensor.size_bytes
    if not any(tensor.name == "output.weight" for tensor in facts.tensors):
        # Tied: the embedding is also the output, and a copy of it goes to the device.
        output += sum(one.size_bytes for one in facts.tensors if one.name == "token_embd.weight")
    cells = sizes.cells(context_length)
    kept = cells
    if facts.window:
        parallel = sizes.sequences(has_window=True)
        kept = sizes.window_cells(cells, facts.window, parallel, sizes.CHUNK_TOKENS)
    per = _BYTES_PER_ELEMENT[kv_type]
    for index, layer in enumerate(facts.layers):
        layers[index] += int(layer.kv_width * (kept if layer.is_sliding else cells) * per)
    return [*layers, output], experts


def _compute(facts: ModelFacts, context_length: int) -> int:
    return facts.memory(context_length).compute


def _told(
    facts: ModelFacts, devices: Sequence[Device], plan: Placement, *, is_chosen: bool
) -> Placement:
    names = " and ".join(device.name for device in devices)
    everything = len(facts.layers) + 1
    if not plan.gpu_layers:
        text = f"The model runs on the processor: not one layer fits into the memory of {names}."
    elif plan.experts_on_cpu:
        text = (
            f"The experts of {plan.experts_on_cpu} layers stay in main memory, because {names} has "
            "no room for them; all else runs there."
        )
    elif plan.gpu_layers < everything:
        text = f"{plan.gpu_layers} of {everything} layers run on {names}; more do not fit."
    else:
        text = f"The whole model runs on {names}."
    if plan.kv_type == "q8_0" and is_chosen:
        text += " The context is kept in 8 bits a number, so that more of the model fits there."
    return replace(plan, reason=text)
