"""An engine for tests of what fails inside a worker: words of a text say what happens to it."""

import time
from pathlib import Path

from app.engine.scripted import open_engine as open_scripted


def open_engine(model, options, on_progress):
    return FailingEngine(open_scripted(model, options, on_progress), model.with_name("go"))


class FailingEngine:
    """As the scripted one, but for counts and steps that fail or take long."""

    def __init__(self, engine, go: Path):
        self._engine, self._go = engine, go
        self.info = engine.info
        self._failure = ""

    def submit(self, request):
        self._failure = "".join(part.text for part in request.prompt)
        self._engine.submit(request)

    def step(self):
        if "no memory" in self._failure:
            raise MemoryError
        if "mistake" in self._failure:
            raise ValueError("words of the user")
        return self._engine.step()

    def cancel(self, request_id):
        self._engine.cancel(request_id)

    def count_tokens(self, text):
        if "no memory" in text:
            raise MemoryError
        if "mistake" in text:
            raise ValueError("words of the user")
        while "wait" in text and not self._go.exists():
            time.sleep(0.01)
        return self._engine.count_tokens(text)

    def count_prompt(self, prompt):
        return self.count_tokens("".join(part.text for part in prompt))
