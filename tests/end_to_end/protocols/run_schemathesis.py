"""Sends what /openapi.json allows, and what it does not: no answer may be the server's own error.

usage: python -m tests.end_to_end.protocols.run_schemathesis SCHEMATHESIS [option of it ...]
       SCHEMATHESIS is the program ``st``.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.end_to_end.serving import served

SCRIPT = Path(__file__).with_name("script.json")
OPTIONS = (
    *("--checks", "not_a_server_error"),
    *("--max-examples", "30"),
    *("--seed", "1"),
    *("--generation-database", "none"),
)


def main() -> int:
    program, *options = sys.argv[1:]
    with (
        served("--engine", f"scripted:{SCRIPT}") as endpoint,
        tempfile.TemporaryDirectory(prefix="doorstep-schemathesis-") as folder,
    ):
        command = [str(Path(program).absolute()), "run", f"{endpoint.base}/openapi.json"]
        key = ["-H", f"Authorization: Bearer {endpoint.key}"]
        code = subprocess.run([*command, *key, *OPTIONS, *options], cwd=folder, check=False)
        log = endpoint.log.read_text(encoding="utf-8")
    if "in the endpoint" in log:  # what app/server/edge.py logs for a bug
        print(log, file=sys.stderr)
        return 1
    return code.returncode


if __name__ == "__main__":
    sys.exit(main())
