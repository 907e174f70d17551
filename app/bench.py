"""``doorstep bench``: speed of an engine by prompt length, without drafts and with them.

The table has the shape of llama.cpp's batched bench, so that the two can be laid side by side. The
engine runs in a worker, as it does for a user. ``--estimate`` tells on paper what a machine's
bandwidth allows; it needs no weights.
"""

import importlib
import json
import queue
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from app.engine.client import EngineClient
from app.engine.launch import WorkerSpec
from app.engine.protocol import (
    DraftStats,
    Event,
    Failed,
    Finished,
    GenerateRequest,
    PromptPart,
    SamplingParams,
)
from app.errors import AppError, ErrorKind
from app.paths import resources
from app.start import Start, start_logging

PROMPT_TOKENS = (0, 2048, 8192, 16384, 32768, 65536, 131072, 262144)
DECODE_TOKENS = 128
_HEAD = (
    "|     PP |   TG |   T_PP s | S_PP t/s | S_TG t/s | S_TG drafted "
    "| depth | accepted by position | peak GB |"
)
_LINE = "The quick brown fox jumps over the lazy dog, and {} more went by. "


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One prompt length; speeds in tokens per second, shares of drafts that were right."""

    prompt_tokens: int
    decode_tokens: int
    prefill_s: float
    prefill_rate: float
    decode_rate: float  # without drafts
    decode_rate_drafted: float  # depth chosen by measurement
    accepted: tuple[float, ...]  # by position
    depth: int  # drafts a cycle at the end of the answer
    why_none: str  # drafted, in words
    peak_memory_bytes: int  # of the worker up to this row; 0 where it is not known


def bench(start: Start, context: int | None, *, is_json: bool) -> int:
    """Measure every prompt length that fits the context, and print a table or JSON."""
    start_logging(start.paths, to_stderr=False)
    spec = start.worker_spec()
    wanted = context or start.settings.context_length or 8192 + 2 * DECODE_TOKENS
    # A cache would answer the second engine's prompts from the first one's states.
    options = replace(spec.options, context_length=wanted, cache_dir=None)
    plain = _measured(start, replace(spec, options=replace(options, draft_depth=0)))
    drafted = _measured(start, replace(spec, options=options))
    rows = [_row(*pair) for pair in zip(plain, drafted, strict=True)]
    if is_json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    else:
        print(as_table(rows))
    return 0


def estimate(bandwidth_gb_s: float, bits: int) -> int:
    """Print memory and the roofline of Step 3.5 Flash for a memory bandwidth in GB/s."""
    if not 1 <= bandwidth_gb_s <= 100_000:
        raise AppError(
            ErrorKind.BAD_REQUEST, "The bandwidth is not usable", "Give it in GB/s: 1 to 100000."
        )
    config = importlib.import_module("engine_mlx.config")
    paper = importlib.import_module("engine_mlx.estimate")
    published = resources() / "catalogue" / "step-3.5-flash.json"
    real = config.read_config("Step-3.5-Flash", json.loads(published.read_text(encoding="utf-8")))
    print(paper.as_table(real, bandwidth_gb_s, bits))
    return 0


def as_table(rows: Sequence[BenchRow]) -> str:
    """The rows as lines of text, in the columns of llama.cpp's batched bench."""
    lines = [_HEAD, "|".join("-" * len(cell) for cell in _HEAD.split("|"))]
    for row in rows:
        shares = " ".join(f"{share:.2f}" for share in row.accepted) or "-"
        memory = f"{row.peak_memory_bytes / 1e9:.2f}" if row.peak_memory_bytes else "-"
        lines.append(
            f"| {row.prompt_tokens:6} | {row.decode_tokens:4} | {row.prefill_s:8.3f} | "
            f"{row.prefill_rate:8.2f} | {row.decode_rate:8.2f} | {row.decode_rate_drafted:12.2f} | "
            f"{row.depth:5} | {shares:<20} | {memory:>7} |"
        )
    # Why nothing was drafted, once, below the table.
    lines += dict.fromkeys(row.why_none for row in rows if row.why_none)
    return "\n".join(lines)


def _measured(start: Start, spec: WorkerSpec) -> list[Finished]:
    engine = start.engine_client(spec)
    engine.start()
    try:
        room = engine.wait_ready().context_length - DECODE_TOKENS
        sizes = [size for size in PROMPT_TOKENS if size < room]
        _answer(engine, _prompt(engine, 64))  # the first answer pays for what is made once
        return [_answer(engine, _prompt(engine, size)) for size in sizes]
    finally:
        engine.close()


def _row(plain: Finished, drafted: Finished) -> BenchRow:
    stats = drafted.drafts or DraftStats(0, (), ())
    computed = plain.usage.prompt_tokens - plain.usage.cached_tokens
    return BenchRow(
        plain.usage.prompt_tokens,
        plain.usage.completion_tokens,
        plain.timings.prefill_s,
        computed / plain.timings.prefill_s if plain.timings.prefill_s else 0.0,
        plain.timings.tokens_per_second(plain.usage),
        drafted.timings.tokens_per_second(drafted.usage),
        tuple(
            right / made if made else 0.0
            for made, right in zip(stats.drafted, stats.accepted, strict=True)
        ),
        stats.depth,
        stats.reason,
        max(plain.peak_memory_bytes, drafted.peak_memory_bytes),
    )


def _answer(engine: EngineClient, prompt: str) -> Finished:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    greedy = SamplingParams(temperature=0)
    name = f"bench-{len(prompt)}"
    parts = (PromptPart(prompt),)
    engine.submit(GenerateRequest(name, parts, greedy, max_tokens=DECODE_TOKENS), events.put)
    while True:
        match events.get():
            case Finished() as finished:
                print(f"{finished.usage.prompt_tokens} tokens read", file=sys.stderr, flush=True)
                return finished
            case Failed(_, error):
                raise error


def _prompt(engine: EngineClient, tokens: int) -> str:
    """Text of about so many tokens that begins like no other, so that nothing of it is cached."""
    text = f"Text of {tokens} tokens. "
    per_line = max(1, engine.count_tokens(_LINE.format(1)))
    lines = max(0, tokens - engine.count_tokens(text)) // per_line
    return text + "".join(_LINE.format(number % 10) for number in range(lines))
