"""A GPU backend is tried out in a child once; what a crash ends is not available here."""

import shutil
import sys
import threading
import time
from pathlib import Path

import pytest

from app.engine import backends as module
from app.engine.backends import BackendChoices, Backends, TrialStopped, find_libraries
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import EngineOptions
from tests.patience import PATIENCE_S, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals end the trial")


@pytest.fixture(autouse=True)
def _trial_engine(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "engines"))


@pytest.fixture
def make(tmp_path):
    def backends(*names):
        libraries = [tmp_path / f"libggml-{name}.so" for name in names]
        for library in libraries:
            if not library.exists():
                library.write_bytes(b"\x7fELF")
        return Backends(libraries, BackendChoices(tmp_path / "choices.json"), "trial_engine")

    return backends


def states(backends):
    return {backend.path.name: backend.state for backend in backends.all()}


def test_one_that_works_is_used(make):
    found, told = make("vulkan").usable()

    assert [Path(path).name for path in found] == ["libggml-vulkan.so"]
    assert told == ""


def test_one_that_crashes_is_not_available_and_the_user_is_told(make):
    found, told = make("cuda-crash", "vulkan").usable()

    assert [Path(path).name for path in found] == ["libggml-vulkan.so"]
    assert told.startswith("CUDA is not available here")
    assert "--try-again" in told


def test_one_without_a_device_is_passed_over_in_silence(make):
    assert make("cuda-none").usable() == ((), "")


def test_one_that_never_ends_counts_as_crashed(make, monkeypatch):
    monkeypatch.setattr(module, "PROBE_LIMIT_S", 2.0)
    backends = make("hip-hang")

    found, told = backends.usable()

    assert found == ()
    assert told.startswith("HIP is not available here")


def test_what_was_found_is_remembered(make):
    make("cuda-crash", "vulkan", "hip-none").usable()

    again = make("cuda-crash", "vulkan", "hip-none")

    assert again.usable()[1] == ""
    assert set(states(again).values()) == {"crashed", "works", "no device"}


def test_the_user_can_have_it_tried_again(make):
    backends = make("cuda-crash")
    backends.usable()

    backends.try_again()

    assert states(backends) == {"libggml-cuda-crash.so": None}
    assert "not available" in backends.usable()[1]


def test_a_library_that_changed_is_tried_again(make, tmp_path):
    make("cuda-crash").usable()
    (tmp_path / "libggml-cuda-crash.so").write_bytes(b"a new driver")

    assert states(make("cuda-crash")) == {"libggml-cuda-crash.so": None}


def test_a_trial_that_was_stopped_found_nothing_out(make):
    backends = make("hip-hang")

    def stop_it():
        until(lambda: backends._child is not None)
        backends.stop_trial()

    stopper = threading.Thread(target=stop_it)
    stopper.start()

    with pytest.raises(TrialStopped):
        backends.usable()

    stopper.join()
    assert states(backends) == {"libggml-hip-hang.so": None}


def test_libraries_are_found_once_for_each_kind(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for name in ("libggml-cuda.so", "libggml-vulkan.so", "libggml-cpu-x64.so", "note.txt"):
            (tmp_path / folder / name).write_bytes(b"")

    found = find_libraries([tmp_path / "a", tmp_path / "b", tmp_path / "nowhere"])

    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a/libggml-cuda.so",
        "a/libggml-vulkan.so",
    ]


@pytest.fixture
def client(tmp_path, make):
    """The scripted engine, as if it were one that uses GPUs."""
    script = tmp_path / "script.json"
    script.write_text('{"replies": [{"text": "an answer"}]}', encoding="utf-8")
    clients = []

    def start(*names):
        spec = WorkerSpec("app.engine.scripted", script, EngineOptions(), needs_probe=True)
        choices = MachineChoices(tmp_path / "machine.json")
        clients.append(EngineClient(spec, choices, make(*names)))
        clients[-1].start()
        return clients[-1]

    yield start
    for one in clients:
        one.close()


def test_the_app_goes_on_and_says_so_when_a_backend_crashes(client):
    started = client("cuda-crash")

    assert started.wait_ready(60).name
    assert "CUDA is not available here" in started.status.notice


def test_a_backend_that_crashed_is_tried_again_when_the_user_asks(client, tmp_path):
    started = client("cuda-crash")
    started.wait_ready(60)
    lost = started.lost_backends
    tried = (tmp_path / "choices.json").stat().st_mtime_ns

    started.try_backends_again()
    started.wait_ready(60)

    assert (lost, started.lost_backends) == (("CUDA",), ("CUDA",))
    assert (tmp_path / "choices.json").stat().st_mtime_ns > tried


def test_closing_while_a_backend_is_tried_out_ends_the_trial(client, tmp_path):
    started = client("hip-hang")
    until(lambda: started._backends._child is not None)
    began_at = time.monotonic()

    started.close()

    assert time.monotonic() - began_at < PATIENCE_S  # the trial itself takes an hour
    assert not (tmp_path / "choices.json").exists()


def test_the_real_trial_of_something_that_is_no_backend_finds_no_device(tmp_path):
    pytest.importorskip("llama_cpp.llama_cpp")
    library = tmp_path / "libggml-vulkan.so"
    shutil.copy(__file__, library)

    backends = Backends([library], BackendChoices(tmp_path / "choices.json"))

    assert backends.usable() == ((), "")
    assert states(backends) == {"libggml-vulkan.so": "no device"}
