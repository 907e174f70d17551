"""Measuring this engine on a model: prefill and decode by prompt length, MTP off and adaptive.

The table has the shape of llama.cpp's batched bench, so that the two can be laid side by side. On
paper, without weights, ``estimate`` in this file says what a machine's bandwidth allows.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.engine.protocol import (
    DraftStats,
    Failed,
    Finished,
    GenerateRequest,
    PromptPart,
    SamplingParams,
)
from engine_mlx.config import StepConfig
from engine_mlx.engine import MlxEngine
from engine_mlx.estimate import memory, parameters, tokens_per_second, weight_bytes

PROMPT_TOKENS = (0, 2048, 8192, 16384, 32768, 65536, 131072, 262144)
DECODE_TOKENS = 128
_WORDS = "The quick brown fox jumps over the lazy dog, and {} more went by. "


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One prompt length; speeds in tokens per second."""

    prompt_tokens: int
    decode_tokens: int
    prefill_s: float
    prefill_rate: float
    decode_rate: float  # without drafts
    decode_rate_mtp: float  # depth chosen by measurement
    accepted: tuple[float, ...]  # share of drafts that were right, by position

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def bench(
    engine: MlxEngine, sizes: Sequence[int] = PROMPT_TOKENS, decode_tokens: int = DECODE_TOKENS
) -> list[BenchRow]:
    """Measure every prompt length that fits into the context."""
    rows = []
    for size in sizes:
        if size + decode_tokens >= engine.info.context_length:
            break
        prompt = _prompt(engine, size)
        rows.append(_row(engine, prompt, decode_tokens))
    return rows


def _row(engine: MlxEngine, prompt: str, decode_tokens: int) -> BenchRow:
    was_fixed = engine.chooser.fixed
    engine.chooser.fixed = 0
    plain = _answer(engine, prompt, decode_tokens)
    engine.chooser.fixed = was_fixed
    # The prompt is known by now, so only decoding is measured again.
    drafted = _answer(engine, prompt, decode_tokens)
    stats = drafted.drafts or DraftStats(0, (), ())
    shares = tuple(
        right / made if made else 0.0
        for made, right in zip(stats.drafted, stats.accepted, strict=True)
    )
    computed = plain.usage.prompt_tokens - plain.usage.cached_tokens
    return BenchRow(
        plain.usage.prompt_tokens,
        plain.usage.completion_tokens,
        plain.timings.prefill_s,
        computed / plain.timings.prefill_s if plain.timings.prefill_s else 0.0,
        plain.timings.tokens_per_second(plain.usage),
        drafted.timings.tokens_per_second(drafted.usage),
        shares,
    )


def as_table(rows: Sequence[BenchRow]) -> str:
    """The rows as lines of text, in the columns of llama.cpp's batched bench."""
    lines = [
        "|     PP |   TG |   T_PP s | S_PP t/s | S_TG t/s | S_TG t/s MTP | accepted by position |",
        "|--------|------|----------|----------|----------|--------------|----------------------|",
    ]
    for row in rows:
        shares = " ".join(f"{share:.2f}" for share in row.accepted) or "-"
        lines.append(
            f"| {row.prompt_tokens:6} | {row.decode_tokens:4} | {row.prefill_s:8.3f} | "
            f"{row.prefill_rate:8.2f} | {row.decode_rate:8.2f} | {row.decode_rate_mtp:12.2f} | "
            f"{shares:<20} |"
        )
    return "\n".join(lines)


def estimate(
    config: StepConfig, bandwidth_gb_s: float, bits: int = 4, per_cycle: Sequence[float] = ()
) -> str:
    """Memory and the roofline of decode speed by context and depth, as lines of text.

    ``per_cycle``: tokens a cycle makes at depth 0, 1, …; by default as measured on nano-step's
    code with chained rows.
    """
    tokens = list(per_cycle) or [1.0, 1.85, 2.59, 3.27]
    count = parameters(config)
    heads = config.num_nextn_predict_layers
    weights = weight_bytes(count.trunk, bits) + heads * weight_bytes(count.mtp_layer, bits)
    lines = [
        f"weights at {bits} bits: {weights / 1e9:.1f} GB, {heads} MTP heads included",
        "| context | KV GB | KV GB INT8 | buffers GB | "
        + " | ".join(f"t/s depth {depth}" for depth in range(heads + 1))
        + " |",
    ]
    for context in (4096, 32768, 65536, 131072, 262144):
        if context > config.max_position_embeddings:
            break
        row, int8 = memory(config, context), memory(config, context, 8)
        speeds = [
            tokens_per_second(config, bits, bandwidth_gb_s, depth, tokens[depth], context)
            for depth in range(heads + 1)
        ]
        lines.append(
            f"| {context:7} | {row.total / 1e9:5.2f} | {int8.total / 1e9:10.2f} | "
            f"{row.buffers / 1e9:10.2f} | "
            + " | ".join(f"{speed:11.1f}" for speed in speeds)
            + " |"
        )
    return "\n".join(lines)


def _answer(engine: MlxEngine, prompt: str, decode_tokens: int) -> Finished:
    request = GenerateRequest(
        f"bench-{time.monotonic_ns()}",
        (PromptPart(prompt),),
        SamplingParams(temperature=0),
        max_tokens=decode_tokens,
    )
    engine.submit(request)
    while True:
        for event in engine.step():
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, Finished):
                return event


def _prompt(engine: MlxEngine, tokens: int) -> str:
    """Text of about so many tokens that begins like no other, so that nothing of it is cached."""
    text = f"Text of {tokens} tokens. "
    per_line = max(1, engine.count_tokens(_WORDS.format(1)))
    lines = (tokens - engine.count_tokens(text)) // per_line
    return text + "".join(_WORDS.format(number % 10) for number in range(lines))
