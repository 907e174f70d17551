"""The process that draws diagrams: whatever a hostile one does to it, it does to it alone."""

import os
import sys
import threading

from app.diagrams.job import decode_job, write_drawing
from app.documents.job import Limits
from app.documents.sandbox import enclose

IDLE_S = 60.0  # the app ends it sooner; this is for one that was forgotten
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
        idle = threading.Timer(IDLE_S, os._exit, (0,))
        idle.daemon = True
        idle.start()
        line = sys.stdin.buffer.readline()
        idle.cancel()
        if not line:
            return 0
        try:
            drawing = draw(decode_job(line))
        except Undrawable:
            drawing = None
        write_drawing(drawing, output)
