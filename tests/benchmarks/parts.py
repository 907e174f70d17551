"""Runs the parts of a benchmark, each in a process of its own; one that hangs says where."""

import argparse
import faulthandler
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Option:
    """Parts read it from the environment variable."""

    flag: str
    metavar: str
    variable: str
    help: str


def run(script: str, words: str, patience_s: float, *options: Option) -> int:
    """Run what the command line chooses of ``<name>_*.py`` beside ``bench_<name>.py``.

    Each has ``bench() -> bool``: it prints what it measured and says whether that is as promised.
    ``patience_s``: a part that takes longer is ended, and says in which lines its threads are.
    """
    parts = _parts_beside(Path(script))
    chosen = _chosen(words, list(parts), options)
    if len(chosen) == 1:
        give_up_after(patience_s)
        return 0 if _is_kept(chosen[0], parts[chosen[0]]) else 1
    print(f"Python {platform.python_version()}, {_cpu()}", flush=True)
    own = [sys.executable, script]
    failed = [name for name in chosen if subprocess.run([*own, "--only", name]).returncode]
    print(f"\nnot as promised: {', '.join(failed)}" if failed else "\nall as promised")
    return 1 if failed else 0


def give_up_after(seconds: float) -> None:
    """Counted anew with each call."""
    faulthandler.dump_traceback_later(seconds, exit=True)


def _parts_beside(script: Path) -> dict[str, Path]:
    prefix = f"{script.stem.removeprefix('bench_')}_"
    files = sorted(script.parent.glob(f"{prefix}*.py"))
    return {file.stem.removeprefix(prefix): file for file in files}


def _chosen(words: str, names: list[str], options: tuple[Option, ...]) -> list[str]:
    parser = argparse.ArgumentParser(description=words.partition("\n")[0])
    parser.add_argument("--only", metavar="PARTS", help=f"some of {', '.join(names)}")
    for option in options:
        parser.add_argument(
            option.flag, metavar=option.metavar, dest=option.variable, help=option.help
        )
    given = vars(parser.parse_args())
    chosen = given["only"].split(",") if given["only"] else names
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"no such part: {', '.join(unknown)}")
    os.environ |= {
        option.variable: given[option.variable] for option in options if given[option.variable]
    }
    return chosen


def _is_kept(name: str, path: Path) -> bool:
    print(f"\n== {name}", flush=True)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    is_kept: bool = module.bench()
    return is_kept


def _cpu() -> str:
    """The processor by its name, where the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else 'unknown processor'} x {psutil.cpu_count()}"
