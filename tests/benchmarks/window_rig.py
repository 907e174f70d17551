"""The whole window, as the parts of bench_ui measure it."""

from collections.abc import Callable

from app.settings import Settings
from tests.benchmarks.window_stage import application
from tests.screens.rig import Rig

SIZE = (1280, 800)  # pixels


def with_window(measure: Callable[[Rig], bool]) -> bool:
    rig = Rig(application(), Settings(language="en", is_welcomed=True), SIZE)
    try:
        return measure(rig)
    finally:
        rig.close()
