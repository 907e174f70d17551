"""Whether a model fits this machine, with which KV cache, and how long its context may be."""

from dataclasses import dataclass
from typing import Literal

import psutil

from app.models.facts import KvType, Memory, ModelFacts

Verdict = Literal["fits", "tight", "too large"]

SHARE_FOR_OTHERS = 0.08  # of the installed memory: the system and what else is running
LEAST_FOR_OTHERS = 1 << 30
_TIGHT = 0.9  # of what may be used
_SHORTEST = 256  # tokens of context that a model is worth opening with
_UNKNOWN_CONTEXT = 32_768  # tokens assumed where a file does not say


@dataclass(frozen=True, slots=True)
class Machine:
    """What matters of a computer."""

    memory_bytes: int  # installed
    available_bytes: int  # not in use now
    cores: int

    @property
    def usable_bytes(self) -> int:
        """What a model may take when other programs make room."""
        others = max(LEAST_FOR_OTHERS, int(self.memory_bytes * SHARE_FOR_OTHERS))
        return max(0, self.memory_bytes - others)


@dataclass(frozen=True, slots=True)
class Fit:
    """Figures for one context length; ``spare_bytes`` is negative where something is missing."""

    verdict: Verdict
    memory: Memory
    kv_type: KvType
    context_length: int  # tokens, at most as trained
    spare_bytes: int
    largest_context: int  # tokens that still fit; 0 = none


def machine() -> Machine:
    """This one."""
    memory = psutil.virtual_memory()
    return Machine(memory.total, memory.available, psutil.cpu_count(logical=False) or 1)


def fit(
    facts: ModelFacts, machine: Machine, context_length: int, kv_type: KvType | None = None
) -> Fit:
    """``kv_type`` None: 16 bits where they fit, else 8, which lose nothing that is measurable."""
    trained = facts.context_length or _UNKNOWN_CONTEXT
    length = max(_SHORTEST, min(context_length, trained))
    chosen: KvType = kv_type or "f16"
    if kv_type is None and facts.memory(length, "f16").total > machine.usable_bytes:
        chosen = "q8_0"
    memory = facts.memory(length, chosen)
    spare = machine.usable_bytes - memory.total
    verdict: Verdict = "fits" if memory.total <= _TIGHT * machine.usable_bytes else "tight"
    return Fit(
        "too large" if spare < 0 else verdict,
        memory,
        chosen,
        length,
        spare,
        largest_context(facts, machine.usable_bytes, trained, kv_type or "q8_0"),
    )


def largest_context(facts: ModelFacts, bytes_: int, most: int, kv_type: KvType) -> int:
    """The most tokens of context, in steps of 256, that keep within so many bytes."""
    low, high = 0, most // _SHORTEST
    while low < high:
        middle = (low + high + 1) // 2
        if facts.memory(middle * _SHORTEST, kv_type).total <= bytes_:
            low = middle
        else:
            high = middle - 1
    return low * _SHORTEST
