"""What each process really imports while it works (test_imports.py reads the source instead)."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S

ROOT = Path(__file__).parent.parent.parent
KEY = "a-key-for-this-test"
QUESTION = "What is the capital of France? Answer in one sentence."

# Python runs a module of this name at every start, also in the worker. Its finder is asked first
# for every module, whoever wants it, and finds none.
RECORDER = """
import os, sys
class Recorder:
    file = open(os.path.join(os.environ["RECORD_IMPORTS"], str(os.getpid())), "w", buffering=1)
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        print(name, file=cls.file)
print(*sys.orig_argv, file=Recorder.file)
sys.meta_path.insert(0, Recorder)
"""


class Recording:
    """Starts Doorstep with the recorder and reads what its processes imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "imports"
        self.folder.mkdir()
        (folder / "sitecustomize.py").write_text(RECORDER, encoding="utf-8")
        script = folder / "script.json"
        reply = {"text": "Paris is the capital of France."}
        script.write_text(json.dumps({"replies": [reply]}), encoding="utf-8")
        self.scripted = ["--engine", f"scripted:{script}"]
        self.data = ["--data-dir", str(folder / "data")]
        self.environment = os.environ | {
            "PYTHONPATH": str(folder),
            "RECORD_IMPORTS": str(self.folder),
            "QT_QPA_PLATFORM": "offscreen",
            "DOORSTEP_API_KEY": KEY,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "app", *self.data, *arguments]
        return subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )

    def libraries(self, *, of_worker: bool) -> set[str]:
        """Top-level names and our own modules that the app process, or its worker, imported."""
        found: set[str] = set()
        for file in self.folder.iterdir():
            command, _, imported = file.read_text(encoding="utf-8").partition("\n")
            if " app" in command and command.endswith(" worker") == of_worker:
                names = imported.split()
                found |= {name.partition(".")[0] for name in names} | set(names)
        return found


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path)


def _wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, "the program ended"
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def _ask_over_http(base_url: str) -> str:
    body = json.dumps({"model": "any", "messages": [{"role": "user", "content": QUESTION}]})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    request = urllib.request.Request(f"{base_url}/chat/completions", body.encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["choices"][0]["message"]["content"]


def test_the_endpoint_loads_no_window_and_no_engine(recording: Recording):
    serve = recording.start("serve", "--port", "0", *recording.scripted)
    try:
        assert serve.stdout is not None
        url = serve.stdout.readline().removeprefix("listening on ").strip()
        answer = _ask_over_http(url)
    finally:
        serve.send_signal(signal.SIGTERM)
        assert serve.wait(PATIENCE_S) == 0
        serve.stdout.close()

    assert "Paris" in answer
    assert recording.libraries(of_worker=False) >= {"starlette", "jinja2", "app.engine.client"}
    assert recording.libraries(of_worker=False) & {"PySide6", "llama_cpp", "mlx", "mlx_lm"} == set()
    assert recording.libraries(of_worker=True) >= {"app.engine.worker"}
    assert recording.libraries(of_worker=True) & {"PySide6", "jinja2", "starlette"} == set()


def test_a_question_on_the_command_line_loads_the_engine_in_the_worker_only(recording: Recording):
    ask = recording.start("ask", QUESTION, "--temperature", "0", "--max-tokens", "4")
    output, _ = ask.communicate(timeout=100)

    assert (ask.returncode, bool(output.strip())) == (0, True)
    assert recording.libraries(of_worker=True) >= {"llama_cpp", "engine_gguf"}
    assert recording.libraries(of_worker=True) & {"PySide6", "jinja2", "mlx"} == set()
    assert recording.libraries(of_worker=False) & {"PySide6", "llama_cpp", "mlx", "mlx_lm"} == set()


def test_the_window_loads_no_engine(recording: Recording):
    window = recording.start(*recording.scripted)
    try:
        _wait_for(lambda: "app.engine.scripted" in recording.libraries(of_worker=True), window)
        _wait_for(lambda: "PySide6" in recording.libraries(of_worker=False), window)
    finally:
        window.terminate()
        window.communicate(timeout=PATIENCE_S)

    assert recording.libraries(of_worker=False) & {"llama_cpp", "mlx", "mlx_lm"} == set()
    assert recording.libraries(of_worker=True) & {"PySide6", "jinja2"} == set()
