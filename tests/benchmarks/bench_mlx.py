"""Measure engine_mlx on nano-step: ratios from one run, the two sides taking turns.

usage: bench_mlx.py [--json FILE] [--tokens N] [--rounds N] [--clock wall|cpu] [--deep LAYERS]
                    [--only mlx-lm,nano,deep,four,disk] [--sets code,prose,chat,unpredictable]

Each figure is the median over rounds of the ratio within a round, so that a machine that slows
down slows both sides. ``--clock cpu`` counts processor time instead: for machines that are shared.
"""

import argparse
import functools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import mlx.core as mx

from app.engine.protocol import Finished, GenerateRequest
from tests.engine_mlx.running import (
    CODE,
    GREEDY,
    PROSE,
    QUESTIONS,
    SCRAMBLED,
    as_parts,
    chat,
    open_nano,
)

NANO = Path(__file__).parents[1] / "data" / "nano-step"
SETS = {
    "code": CODE[:4],
    "prose": PROSE[:4],
    "chat": [chat(text) for text in QUESTIONS[:4]],
    "unpredictable": SCRAMBLED,
}
PARTS = ("mlx-lm", "nano", "deep", "four", "disk")
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def main() -> None:
    options = _options()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, ratio in measured(options, Path(scratch)):
            figures[name] = ratio
            print(f"{name:<52} {ratio:6.3f}", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))


def measured(options: argparse.Namespace, scratch: Path) -> Iterator[tuple[str, float]]:
    """Each figure as soon as it is known."""
    parts = set(options.only.split(","))
    if "mlx-lm" in parts:
        yield "depth 0 / mlx_lm, nano-step", against_mlx_lm(options)
    if "nano" in parts:
        for kind, ratio in adaptive_against_plain(NANO, options):
            yield f"adaptive / depth 0, {kind}, nano-step", ratio
    if "deep" in parts:
        deep = deepen(NANO, scratch / "nano-deep", options.deep)
        for kind, ratio in adaptive_against_plain(deep, options):
            yield f"adaptive / depth 0, {kind}, nano-step-{options.deep}", ratio
    if "four" in parts:
        yield "four sequences / one, nano-step", four_against_one(options)
    if "disk" in parts:
        yield "warm from disk / cold first token, nano-step", warm_against_cold(scratch)


def against_mlx_lm(options: argparse.Namespace) -> float:
    import mlx_lm
    from mlx_lm.generate import generate_step

    theirs, tokenizer = mlx_lm.load(str(NANO))
    theirs.set_dtype(mx.float32)
    ours = open_nano(NANO, 0)
    clock = CLOCKS[options.clock]

    def their_rate() -> float:
        prompt, first, count = mx.array(tokenizer.encode(CODE[0])), 0.0, 0
        for _ in generate_step(prompt, theirs, max_tokens=options.tokens):
            first = first or clock()
            count += 1
        return (count - 1) / (clock() - first)

    return _ratio(options.rounds, lambda: rate(ours, CODE[:1], options), their_rate)


def adaptive_against_plain(
    folder: Path, options: argparse.Namespace
) -> Iterator[tuple[str, float]]:
    adaptive, plain = open_nano(folder, None), open_nano(folder, 0)
    rate(adaptive, CODE[:2], options)  # measured depths stay known from request to request
    for kind in options.sets.split(","):
        ours = functools.partial(rate, adaptive, SETS[kind], options)
        theirs = functools.partial(rate, plain, SETS[kind], options)
        yield kind, _ratio(options.rounds, ours, theirs)


def four_against_one(options: argparse.Namespace) -> float:
    engine = open_nano(NANO, 0)
    prompts = CODE[:4]
    return _ratio(
        options.rounds,
        lambda: rate(engine, prompts, options, at_once=4),
        lambda: rate(engine, prompts, options),
    )


def warm_against_cold(scratch: Path) -> float:
    """Seconds to the first token of a 3,500-token prompt, from disk over computed."""
    text = "".join(CODE) * 40
    cold_engine = open_nano(NANO, 0, cache_dir=str(scratch / "states"), context_length=4096)
    parts = as_parts(text[: _characters_for(cold_engine, text, 3500)])
    cold = first_token_s(cold_engine, parts)
    cold_engine.close()  # which writes the state
    warm = []
    for _ in range(3):
        engine = open_nano(NANO, 0, cache_dir=str(scratch / "states"), context_length=4096)
        first_token_s(engine, as_parts("warm up"))
        warm.append(first_token_s(engine, parts))
    return statistics.median(warm) / cold


def first_token_s(engine, parts) -> float:
    engine.submit(GenerateRequest("a", parts, GREEDY, max_tokens=1))
    started = time.perf_counter()
    while True:
        for event in engine.step():
            if isinstance(event, Finished):
                return time.perf_counter() - started


def rate(engine, prompts, options: argparse.Namespace, at_once: int = 1) -> float:
    """Tokens per second of decoding, prefill left out."""
    clock, tokens, seconds = CLOCKS[options.clock], 0, 0.0
    for start in range(0, len(prompts), at_once):
        group = prompts[start : start + at_once]
        for number, prompt in enumerate(group):
            engine.submit(
                GenerateRequest(str(number), as_parts(prompt), GREEDY, max_tokens=options.tokens)
            )
        while any(sequence.is_prefilling for sequence in engine._live) or engine._queue:
            engine.step()
        began, ended = clock(), 0
        while ended < len(group):
            for event in engine.step():
                if isinstance(event, Finished):
                    ended += 1
                    tokens += event.usage.completion_tokens
        seconds += clock() - began
    return tokens / seconds


def deepen(source: Path, target: Path, layers: int) -> Path:
    """nano-step with identity layers behind its trunk: same text, the real model's cost of drafts.

    The output projections of the new layers are zero, so nothing is added to the hidden state.
    """
    weights = mx.load(str(source / "model.safetensors"))
    config = json.loads((source / "config.json").read_text())
    trunk, heads = config["num_hidden_layers"], config["num_nextn_predict_layers"]
    zeroed = ("self_attn.o_proj.weight", "moe.down_proj.weight", "share_expert.down_proj.weight")

    def layer(index: int) -> dict[str, mx.array]:
        prefix = f"model.layers.{index}."
        return {
            name.removeprefix(prefix): value
            for name, value in weights.items()
            if name.startswith(prefix)
        }

    deep = {name: value for name, value in weights.items() if ".layers." not in name}
    for index in range(layers + heads):
        if trunk <= index < layers:
            pattern = layer(trunk - 1 if index % 4 == 0 else trunk - 2)
            parts = {
                name: mx.zeros_like(value) if name in zeroed else value
                for name, value in pattern.items()
            }
        else:
            parts = layer(index if index < trunk else index - layers + trunk)
        deep |= {f"model.layers.{index}.{name}": value for name, value in parts.items()}
    for name, value in config.items():
        if isinstance(value, list) and len(value) == trunk + heads:
            fill = [value[0 if index % 4 == 0 else 1] for index in range(trunk, layers)]
            if name.startswith("swiglu_limits"):
                fill = [0.0] * len(fill)
            config[name] = value[:trunk] + fill + value[trunk:]
    config["moe_layers_enum"] = ",".join(str(index) for index in range(2, layers))
    config["num_hidden_layers"] = layers
    target.mkdir()
    for file in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        (target / file).write_bytes((source / file).read_bytes())
    mx.save_safetensors(str(target / "model.safetensors"), deep, {"format": "pt"})
    (target / "config.json").write_text(json.dumps(config))
    return target


def _characters_for(engine, text: str, tokens: int) -> int:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if engine.count_tokens(text[:middle]) <= tokens else (low, middle - 1)
        )
    return low


def _ratio(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> float:
    """The median ratio over rounds; who goes first changes from round to round."""
    ours(), theirs()
    found = []
    for number in range(rounds):
        if number % 2:
            b, a = theirs(), ours()
        else:
            a, b = ours(), theirs()
        found.append(a / b)
    return statistics.median(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="write the figures to this file, for machines")
    parser.add_argument("--tokens", type=int, default=128, help="tokens per answer")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per figure")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="what is counted")
    parser.add_argument("--deep", type=int, default=45, help="layers of the deep model")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, of these")
    parser.add_argument("--sets", default=",".join(SETS), help="prompts to draft for, of these")
    options = parser.parse_args()
    for given, known in ((options.only, PARTS), (options.sets, SETS)):
        unknown = set(given.split(",")) - set(known)
        if unknown:
            parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    main()
