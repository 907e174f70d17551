"""The window: how quick it stays with much to show, how soon it is there, how much it takes.

    make bench-ui ARGS="--only stream,palette"

Parts run without a screen unless QT_QPA_PLATFORM says otherwise. About 3 minutes.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.benchmarks.parts import Option, run  # noqa: E402

PATIENCE_S = 300.0
SECONDS = Option("--seconds", "S", "DOORSTEP_BENCH_SECONDS", "of the stream, 60 unless told")

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(run(__file__, __doc__, PATIENCE_S, SECONDS))
