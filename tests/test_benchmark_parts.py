"""The parts of a benchmark: which are run, what is said of them, and what of one that hangs."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = """import sys
from tests.benchmarks.parts import Option, run
sys.exit(run(__file__, "Made up.", {patience_s}, Option("--words", "W", "MADE_WORDS", "to say")))
"""
SAYS = """import os
def bench():
    print("says", os.environ.get("MADE_WORDS"))
    return {kept}
"""
HANGS = """import threading
def waits_for_ever():
    threading.Event().wait()
def bench():
    waits_for_ever()
"""


@pytest.fixture
def bench(tmp_path):
    def made(*arguments, patience_s=60.0, **parts):
        for name, text in parts.items():
            (tmp_path / f"made_{name}.py").write_text(text)
        script = tmp_path / "bench_made.py"
        script.write_text(SCRIPT.format(patience_s=patience_s))
        command = [sys.executable, str(script), *arguments]
        environment = {"PYTHONPATH": str(ROOT)}
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    return made


def test_all_parts_are_run_and_the_bad_ones_named(bench):
    ended = bench(bad=SAYS.format(kept=False), good=SAYS.format(kept=True))

    assert ended.returncode == 1
    assert ended.stdout.count("says None") == 2
    assert ended.stdout.endswith("not as promised: bad\n")


def test_one_part_is_chosen_and_told_the_options(bench):
    parts = {"bad": SAYS.format(kept=False), "good": SAYS.format(kept=True)}

    ended = bench("--only", "good", "--words", "hello", **parts)

    assert (ended.returncode, ended.stdout) == (0, "\n== good\nsays hello\n")


def test_options_reach_parts_that_run_one_after_the_other(bench):
    part = SAYS.format(kept=True)

    ended = bench("--only", "one,two", "--words", "hello", one=part, two=part, three=part)

    assert ended.stdout.count("says hello") == 2
    assert ended.stdout.endswith("all as promised\n")


def test_an_unknown_part_is_refused(bench):
    ended = bench("--only", "other", good=SAYS.format(kept=True))

    assert ended.returncode == 2
    assert "no such part: other" in ended.stderr


def test_a_part_that_hangs_says_where_and_ends(bench):
    ended = bench("--only", "hangs", patience_s=2.0, hangs=HANGS)

    assert ended.returncode == 1
    assert "in waits_for_ever" in ended.stderr
