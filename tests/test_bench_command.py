"""``doorstep bench`` and ``doorstep mtp-addon`` on the command line."""

import json
import subprocess
import sys
from pathlib import Path

from app import __main__
from app.bench import BenchRow, as_table

NANO_STEP = Path(__file__).parent / "data" / "nano-step-q8_0.gguf"


def doorstep(folder, *arguments):
    return __main__.main(["--data-dir", str(folder), *map(str, arguments)])


def measured(folder, *arguments):
    command = [sys.executable, "-m", "app", "bench", "--data-dir", folder, "--model", NANO_STEP]
    return subprocess.run(
        [*command, "--context", "512", *arguments], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_the_bench_prints_its_table(tmp_path):
    assert measured(tmp_path).startswith("|     PP |")


def test_the_bench_gives_a_row_per_prompt_length_that_fits(tmp_path):
    (row,) = json.loads(measured(tmp_path, "--json"))

    assert row["prompt_tokens"] > 0
    assert row["decode_rate"] > 0
    assert row["decode_rate_drafted"] > 0
    assert row["peak_memory_bytes"] > 1_000_000
    assert row["depth"] > 0 or row["why_none"]


def row(**changes):
    settings = {
        "prompt_tokens": 64, "decode_tokens": 128, "prefill_s": 0.5, "prefill_rate": 128.0,
        "decode_rate": 40.0, "decode_rate_drafted": 60.0, "accepted": (0.9, 0.8), "depth": 2,
        "why_none": "", "peak_memory_bytes": 2_500_000_000,
    }  # fmt: skip
    return BenchRow(**(settings | changes))


def test_the_table_has_a_line_per_row():
    lines = as_table([row(), row(prompt_tokens=2048)]).splitlines()

    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1


def test_the_table_tells_depth_acceptance_and_memory():
    assert as_table([row()]).endswith("|     2 | 0.90 0.80            |    2.50 |")


def test_the_table_says_once_why_nothing_was_drafted():
    idle = row(depth=0, accepted=(), why_none="Drafting is switched off.", peak_memory_bytes=0)

    lines = as_table([idle, idle]).splitlines()

    assert lines[4:] == ["Drafting is switched off."]
    assert lines[2].endswith("|     0 | -                    |       - |")


def test_the_real_model_is_estimated_without_weights(tmp_path, capsys):
    assert doorstep(tmp_path, "bench", "--estimate", "--bandwidth", 546) == 0

    out = capsys.readouterr().out
    assert "112.2 GB" in out
    assert len(out.splitlines()) == 7


def test_an_impossible_bandwidth_is_refused_with_words(tmp_path, capsys):
    assert doorstep(tmp_path, "bench", "--estimate", "--bandwidth", "nan") == 1

    assert "GB/s" in capsys.readouterr().err


def test_a_missing_shard_is_named(tmp_path, capsys):
    found = doorstep(tmp_path, "mtp-addon", "--from", tmp_path / "no.safetensors", "--to", tmp_path)

    assert found == 1
    assert "no.safetensors" in capsys.readouterr().err
