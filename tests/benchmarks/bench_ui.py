"""The window: how quick it stays with much to show, how soon it is there, how much it takes.

    make bench-ui ARGS="--only stream,palette"

Each part is a module beside this one, ``ui_<part>.py``, with ``bench() -> bool``: it prints what it
measured and says whether that is as good as promised. Parts run one after the other, each in a
process of its own, without a screen unless QT_QPA_PLATFORM says otherwise. About 3 minutes.
"""

import argparse
import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def main() -> int:
    names = sorted(path.stem.removeprefix("ui_") for path in Path(__file__).parent.glob("ui_*.py"))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", metavar="PARTS", help=f"some of {', '.join(names)}")
    parser.add_argument("--seconds", metavar="S", help="of the stream, 60 unless told")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else names
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"no such part: {', '.join(unknown)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.seconds:
        os.environ["DOORSTEP_BENCH_SECONDS"] = options.seconds
    if len(chosen) == 1:
        return 0 if _is_kept(chosen[0]) else 1
    return _each_alone(chosen)


def _is_kept(name: str) -> bool:
    print(f"\n== {name}", flush=True)
    is_kept: bool = import_module(f"tests.benchmarks.ui_{name}").bench()
    return is_kept


def _each_alone(names: list[str]) -> int:
    import PySide6

    from tests.benchmarks.window_stage import cpu

    print(f"PySide6 {PySide6.__version__}, Python {platform.python_version()}, {cpu()}", flush=True)
    own = [sys.executable, str(Path(__file__))]
    failed = [name for name in names if subprocess.run([*own, "--only", name]).returncode]
    print(f"\nnot as promised: {', '.join(failed)}" if failed else "\nall as promised")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
