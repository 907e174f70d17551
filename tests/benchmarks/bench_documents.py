"""Documents: how fast they are read, shown and searched, and how well quotes are proven.

    make bench-documents ARGS="--only extract,boxes"

Parts that need real manuals look for those that Debian ships; ``--manuals DIR`` looks for PDF
files in that folder instead.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.benchmarks.parts import Option, run  # noqa: E402

PATIENCE_S = 3_600.0
MANUALS = Option("--manuals", "DIR", "DOORSTEP_MANUALS", "PDF files to read instead of Debian's")

if __name__ == "__main__":
    sys.exit(run(__file__, __doc__, PATIENCE_S, MANUALS))
