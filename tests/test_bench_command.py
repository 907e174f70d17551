"""``doorstep bench`` and ``doorstep mtp-addon`` on the command line."""

import json
import subprocess
import sys
from pathlib import Path

from app import __main__

NANO_STEP = Path(__file__).parent / "data" / "nano-step-q8_0.gguf"


def doorstep(folder, *arguments):
    return __main__.main(["--data-dir", str(folder), *map(str, arguments)])


def measured(folder, *arguments):
    command = [sys.executable, "-m", "app", "bench", "--data-dir", folder, "--model", NANO_STEP]
    return subprocess.run(
        [*command, "--context", "512", *arguments], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_the_bench_gives_a_row_per_prompt_length_that_fits(tmp_path):
    (row,) = json.loads(measured(tmp_path, "--json"))

    assert row["prompt_tokens"] > 0
    assert row["decode_rate"] > 0
    assert row["decode_rate_drafted"] > 0


def test_the_table_has_a_line_per_row(tmp_path):
    assert len(measured(tmp_path).splitlines()) == 3


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
