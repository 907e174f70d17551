"""Judges the three protocols with llm-comply, which checks every answer against vendors' schemas.

usage: python -m tests.end_to_end.protocols.run_llm_comply LLM_COMPLY [option of doorstep serve ...]
       LLM_COMPLY is the program; without further options the scripted engine answers.

Every case must be green but those that need a model that sees: these get the protocol's own error.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.end_to_end.serving import Served, served

SCRIPT = Path(__file__).with_name("script.json")
# With these names no case is skipped; any name means the loaded model.
FORMATS = {"openai-chat": "gpt-5", "open-responses": "gpt-5", "anthropic": "claude-opus-4"}
NEEDS_SIGHT = ("chat-image-input", "image-input", "anth-image-input")


def main() -> int:
    program, *options = sys.argv[1:]
    failures = 0
    with served(*(options or ["--engine", f"scripted:{SCRIPT}"])) as endpoint:
        for form, model in FORMATS.items():
            for case in judged(program, endpoint, form, model):
                is_passed = passes(case)
                failures += not is_passed
                words = "" if is_passed else f"  {'; '.join(case['errors'])}"
                print(f"{'PASS' if is_passed else 'FAIL'} {form:14} {case['id']}{words}")
    return 1 if failures else 0


def judged(program: str, endpoint: Served, form: str, model: str) -> list[dict[str, Any]]:
    where = ["-u", f"{endpoint.base}/v1", "-k", endpoint.key, "-m", model]
    command = [program, *where, "--format", form, "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    results: list[dict[str, Any]] = json.loads(answer.stdout)["results"]
    assert results, f"llm-comply knows no case for {form}"
    return results


def passes(case: dict[str, Any]) -> bool:
    if case["id"] in NEEDS_SIGHT:
        return bool(case["errors"][0].startswith("HTTP 400 "))
    return bool(case["status"] == "passed")


if __name__ == "__main__":
    sys.exit(main())
