"""The window that the benchmarks measure opens; else it is only noticed where they are run."""

import os
import subprocess
import sys
from pathlib import Path

OPENS = """
import sys
from tests.benchmarks.window_rig import with_window
sys.exit(0 if with_window(lambda rig: rig.window.isVisible()) else 1)
"""


def test_the_window_that_is_measured_opens():
    opened = subprocess.run(
        [sys.executable, "-c", OPENS],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert opened.returncode == 0, opened.stderr
