"""Diagrams to draw, and what the window would ask for."""

import json
from collections.abc import Callable

import pytest

from app.diagrams.job import DiagramJob
from app.paths import resources

FLOWCHART = "flowchart TD\n    A[Start] --> B{Ready?}\n    B -->|yes| C[Go]\n    B -->|no| A\n"


def job(source: str = FLOWCHART, theme: str = "light", **kwargs: object) -> DiagramJob:
    table = json.loads((resources() / "theme" / f"{theme}.json").read_text(encoding="utf-8"))
    usual = {"family": "DejaVu Sans", "advances": {}, "bold": 1.1, "scale": 1.0}
    usual |= {"room": 728, "smallest": 0.6, "ratio": 1}
    return DiagramJob(source, theme == "dark", table["colors"], **{**usual, **kwargs})


@pytest.fixture
def make_job() -> Callable[..., DiagramJob]:
    return job
