"""Documents: how fast they are read, shown and searched, and how well quotes are proven.

    make bench-documents ARGS="--only extract,boxes"

Each part is a module beside this one, ``documents_<part>.py``, with ``bench() -> bool``: it prints
what it measured and says whether that is as good as promised. Parts that need real manuals look
for those that Debian ships; ``--manuals DIR`` looks for PDF files in that folder instead.
"""

import argparse
import os
import platform
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def main() -> int:
    names = [path.stem.removeprefix("documents_") for path in sorted(_parts())]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", metavar="PARTS", help=f"some of {', '.join(names)}")
    parser.add_argument("--manuals", metavar="DIR", help="PDF files to read instead of Debian's")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else names
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"no such part: {', '.join(unknown)}")
    if options.manuals:
        os.environ["DOORSTEP_MANUALS"] = options.manuals
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        if not import_module(f"tests.benchmarks.documents_{name}").bench():
            failed.append(name)
    print(f"\nnot as promised: {', '.join(failed)}" if failed else "\nall as promised")
    return 1 if failed else 0


def _parts() -> list[Path]:
    return [path for path in Path(__file__).parent.glob("documents_*.py")]


if __name__ == "__main__":
    sys.exit(main())
