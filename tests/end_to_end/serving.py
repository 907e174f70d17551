"""Runs ``doorstep serve`` as a user would, on a free port, with data of its own."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE_S

KEY = "ds-end-to-end"
_START_LIMIT_LINES = 200


@dataclass(frozen=True)
class Served:
    """Where the endpoint is; ``base`` has no /v1."""

    base: str
    key: str
    log: Path
    pid: int


@contextlib.contextmanager
def served(*options: str) -> Iterator[Served]:
    """The endpoint while the context lasts; it must end by itself when told to."""
    with tempfile.TemporaryDirectory(prefix="doorstep-serve-") as folder:
        log = Path(folder) / "stderr"
        command = [sys.executable, "-P", "-m", "app", "serve", "--port", "0", "--data-dir", folder]
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [*command, *options],
                cwd=Path(__file__).parents[2],
                env={**os.environ, "DOORSTEP_API_KEY": KEY},
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        try:
            yield Served(_address(process, log), KEY, log, process.pid)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, f"doorstep serve ended with code {process.returncode}"


def _address(process: "subprocess.Popen[str]", log: Path) -> str:
    assert process.stdout is not None
    for _, line in zip(range(_START_LIMIT_LINES), process.stdout, strict=False):
        if found := re.search(r"listening on (http://\S+)/v1", line):
            return found[1]
    raise AssertionError(f"doorstep serve did not start:\n{log.read_text()}")
