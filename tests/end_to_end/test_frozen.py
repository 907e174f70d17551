"""The app as a user gets it: built as a folder, moved elsewhere, run with no Python to be found."""

import configparser
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.diagrams.drawer import can_draw
from app.diagrams.job import DiagramJob, encode_job
from tests.documents.pdf_files import lines, scan_of, write_pdf

ROOT = Path(__file__).parent.parent.parent
QUESTION = "What is the capital of France? Answer in one sentence."

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="the recipe is tried on Linux only"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a fresh build, moved to a place with a space in its name."""
    subprocess.run([sys.executable, ROOT / "packaging" / "build.py"], check=True)
    return shutil.copytree(
        ROOT / "dist" / "doorstep", tmp_path_factory.mktemp("my apps") / "doorstep", symlinks=True
    )


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Hardly anything, and no program on the PATH."""
    (tmp_path / "empty").mkdir()
    return {
        "PATH": str(tmp_path / "empty"),
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "DOORSTEP_API_KEY": "a-key-for-this-test",
    }


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of its own."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("needs Xvfb and xdotool (apt-get install xvfb xdotool)")
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    # Without -noreset it begins anew when the only program leaves, and refuses who comes just then.
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", *screen]
    with subprocess.Popen(command, pass_fds=[writing]) as server:
        os.close(writing)
        with os.fdopen(reading) as numbers:
            yield f":{numbers.readline().strip()}"
        server.terminate()


def _processes_of(app: Path) -> list[str]:
    found = []
    for process in psutil.process_iter(["exe", "cmdline", "status"]):
        if (process.info["exe"] or "").startswith(str(app)):
            found.append(" ".join(process.info["cmdline"] or []))
    return found


def _wait_for(condition: Callable[[], Any], timeout_s: float) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found


def test_it_answers_a_question_without_python(
    app: Path, environment: dict[str, str], tmp_path: Path
):
    answer = subprocess.run(
        [app / "doorstep", "ask", QUESTION, "--temperature", "0", "--data-dir", tmp_path / "data"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    assert "Paris" in answer.stdout
    assert _processes_of(app) == []


def test_it_reads_a_scanned_page(app: Path, environment: dict[str, str], tmp_path: Path):
    text = write_pdf(tmp_path / "text.pdf", [lines("The tenant pays the rent", top=540)])
    scan = scan_of(text, tmp_path / "scan.pdf")
    command = [app / "doorstep", "--data-dir", tmp_path / "data", "documents"]

    def run(*arguments: object) -> str:
        done = subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, text=True, timeout=120
        )
        return done.stdout + done.stderr

    assert "Page 1 was read by OCR." in run("add", scan)
    assert "The tenant pays the rent" in run("search", "tenant")
    assert _processes_of(app) == []


def test_its_parts_come_with_their_licences(app: Path):
    texts = {path.name for path in (app / "_internal" / "onnxruntime").iterdir()}
    metadata = {re.split(r"[-.]", path.name)[0] for path in app.rglob("*-info")}

    assert {"LICENSE", "ThirdPartyNotices.txt"} <= texts
    assert {"doorstep", "pypdfium2", "rapidocr", "pillow", "numpy", "selectolax"} <= metadata


def test_its_endpoint_starts_and_stops(app: Path, environment: dict[str, str], tmp_path: Path):
    command = [app / "doorstep", "serve", "--port", "0", "--data-dir", tmp_path / "data"]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as serve:
        try:
            assert serve.stdout is not None
            url = serve.stdout.readline().removeprefix("listening on ").removesuffix("/v1\n")
            with urllib.request.urlopen(f"{url}/health", timeout=30) as response:
                health = response.status
        finally:
            serve.send_signal(signal.SIGTERM)
            code = serve.wait(5)

    assert (health, code) == (200, 0)
    assert _processes_of(app) == []


def test_its_window_opens_and_answers(
    app: Path, environment: dict[str, str], display: str, tmp_path: Path
):
    def xdotool(*arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=os.environ | {"DISPLAY": display},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def stored_answer() -> str:
        database = f"file:{tmp_path}/data/doorstep.db?mode=ro"
        try:
            with closing(sqlite3.connect(database, uri=True)) as connection:
                query = "SELECT parts FROM messages WHERE role='assistant' AND state='complete'"
                rows = connection.execute(query).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return ""
        return str(rows[0][0]) if rows else ""

    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.json").write_text('{"temperature": 0, "is_welcomed": true}')
    window = subprocess.Popen(
        [app / "doorstep", "--data-dir", tmp_path / "data"],
        env=environment | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
        cwd=tmp_path,
    )
    try:
        _wait_for(lambda: xdotool("search", "--onlyvisible", "--name", "Doorstep"), 60)
        time.sleep(1)  # visible is not yet listening to keys, and nothing tells from outside
        xdotool("type", "--delay", "20", QUESTION)
        xdotool("key", "Return")
        answer = _wait_for(stored_answer, 120)
    finally:
        window.terminate()
        window.wait(10)

    assert "Paris" in answer
    assert _processes_of(app) == []


def test_its_desktop_entry_starts_it_from_where_it_lies(app: Path, tmp_path: Path):
    subprocess.run(
        [app / "install.sh"], env=os.environ | {"XDG_DATA_HOME": str(tmp_path)}, check=True
    )
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment]
    entry.read(tmp_path / "applications" / "doorstep.desktop", encoding="utf-8")

    assert entry["Desktop Entry"]["Exec"] == f'"{app}/doorstep"'
    assert Path(entry["Desktop Entry"]["Icon"]).is_file()


@pytest.mark.skipif(not can_draw(), reason="the libraries are not made for this system")
def test_it_draws_a_diagram(app: Path, environment: dict[str, str]):
    theme = json.loads((ROOT / "resources" / "theme" / "light.json").read_text(encoding="utf-8"))
    job = DiagramJob(
        *("flowchart TD\n A --> B", False, theme["colors"], "sans-serif", {}, 1.1, 1.0, 728, 0.6, 1)
    )

    drawn = subprocess.run(
        [app / "doorstep", "draw"],
        input=encode_job(job),
        env=environment,
        capture_output=True,
        check=True,
    )

    assert drawn.stdout.startswith(b"ready\n")
    assert b"\n\x89PNG" in drawn.stdout


def test_no_library_is_in_it_twice(app: Path):
    seen: dict[str, list[str]] = {}
    for file in app.rglob("*"):
        if file.is_file() and not file.is_symlink() and file.stat().st_size > 100_000:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            seen.setdefault(digest, []).append(str(file.relative_to(app)))

    assert [names for names in seen.values() if len(names) > 1] == []


def test_it_takes_less_than_400_mb(app: Path):
    files = [file for file in app.rglob("*") if file.is_file() and not file.is_symlink()]

    assert sum(file.stat().st_size for file in files) < 400e6
