"""The window opens without the libraries that only some chats need."""

import subprocess
import sys

import pytest

SLOW = (
    *("numpy", "llguidance", "jinja2", "uvicorn", "starlette", "pypdfium2"),
    *("markdown_it", "pygments", "keyring", "asyncio"),
)


@pytest.mark.parametrize("library", SLOW)
def test_the_window_opens_without(library):
    code = f"import app.window, sys; sys.exit({library!r} in sys.modules)"

    found = subprocess.run([sys.executable, "-c", code], timeout=60, check=False)

    assert found.returncode == 0
