"""An engine for tests of supervision: its fast path kills the process, as a driver might."""

import os
import signal

from app.engine.scripted import open_engine as open_scripted


def open_engine(model, options, on_progress):
    engine = open_scripted(model, options, on_progress)
    return FragileEngine(engine.info) if options.use_extra_buffers else engine


class FragileEngine:
    """Loads, and dies with the first request."""

    def __init__(self, info):
        self.info = info

    def submit(self, request):
        os.kill(os.getpid(), signal.SIGILL)

    def step(self):
        return []
