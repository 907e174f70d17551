"""The process that draws diagrams: whatever a hostile one does to it, it does to it alone."""

import os
import sys

from app.diagrams.job import decode_job, write_drawing
from app.documents.job import Limits
from app.documents.sandbox import enclose, end_after

# The app ends it sooner; these are for one that the app left behind when it was killed.
IDLE_S = 60.0
DRAW_S = 30.0
_MEMORY_BYTES = 512 << 20


def main() -> int:
    """Draw what is asked on stdin, a line each, until the app closes its side."""
    from app.diagrams.mermaid import Undrawable, draw

    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # a library that prints must not break the answers
    enclose(Limits(memory_bytes=_MEMORY_BYTES))
    if hasattr(os, "nice"):
        os.nice(5)
    output.write(b"ready\n")
    output.flush()
    while True:
        end_after(IDLE_S)
        line = sys.stdin.buffer.readline()
        if not line:
            return 0
        end_after(DRAW_S)
        try:
            drawing = draw(decode_job(line))
        except Undrawable:
            drawing = None
        write_drawing(drawing, output)
