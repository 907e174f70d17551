"""The client supervises a real worker process: crashes, restarts, probing, and clean ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.engine.errors import AppError, ErrorKind
from app.engine.protocol import Failed
from app.engine.status import EngineState, StatusBoard
from tests.engine.conftest import SCRIPT, Ask, wait_for
from tests.patience import PATIENCE_S, is_soon_enough, until


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_an_answer_comes_through_the_process_boundary(client):
    ask = Ask(client, "hello")

    assert ask.last().reason == "stop"
    assert ask.text == "a short answer"


def test_a_killed_worker_fails_the_request_with_words_and_is_restarted(client):
    ask = Ask(client, "long")
    assert ask.has_text.wait(PATIENCE_S)

    os.kill(client.worker_pid, signal.SIGKILL)

    assert ask.last().error.kind is ErrorKind.ENGINE_DIED
    assert "memory" in ask.last().error.message
    wait_for(client, EngineState.READY)
    assert client.status.crashes == 1
    assert client.status.error is not None
    assert Ask(client, "again", "b").last().reason == "stop"


def test_text_that_came_before_a_crash_is_delivered(client):
    ask = Ask(client, "crash")

    assert isinstance(ask.last(), Failed)
    assert ask.text == "these words were shown and more"[:15]


def test_after_three_restarts_within_a_minute_it_waits_for_the_user(client):
    for _ in range(4):
        wait_for(client, EngineState.READY)
        crashes = client.status.crashes
        os.kill(client.worker_pid, signal.SIGKILL)
        until(lambda crashes=crashes: client.status.crashes > crashes)

    wait_for(client, EngineState.FAILED)
    assert "keeps stopping" in client.status.error.title
    client.restart()
    client.wait_ready(PATIENCE_S)
    assert client.status.crashes == 0


def test_counting_tokens_does_not_wait_for_an_answer(client):
    ask = Ask(client, "long")
    assert ask.has_text.wait(PATIENCE_S)

    assert client.count_tokens("one two three") == 5
    assert not ask.is_over.is_set()
    client.cancel("a")
    assert ask.last().reason == "cancelled"


def test_cancel_ends_an_answer_and_the_counters_stand_still(client):
    ask = Ask(client, "long")
    assert ask.has_text.wait(PATIENCE_S)

    client.cancel("a")

    assert ask.last().reason == "cancelled"
    before = client.counters()
    time.sleep(0.1)  # time in which more could come
    after = client.counters()
    assert before.requests_running == after.requests_running == 0
    assert before.tokens_generated == after.tokens_generated == ask.last().usage.completion_tokens
    assert after.requests_total == 1
    assert after.memory_bytes > 0


def test_several_requests_run_at_once(client):
    asks = [Ask(client, "long", str(number)) for number in range(3)]

    assert all(ask.has_text.wait(PATIENCE_S) for ask in asks)
    assert client.counters().requests_running == 3


def test_closing_leaves_no_child_and_ends_running_requests(client):
    ask = Ask(client, "long")
    assert ask.has_text.wait(PATIENCE_S)
    pid = client.worker_pid

    client.close()

    assert isinstance(ask.last(), Failed)
    assert not psutil.pid_exists(pid)
    assert client.status.state is EngineState.STOPPED
    client.close()  # twice does no harm


@pytest.mark.parametrize("listens", [True, False])
def test_closing_ends_the_worker_within_five_seconds(make_client, listens):
    def is_in_time():
        client = make_client()
        client.start()
        client.wait_ready(PATIENCE_S)
        pid = client.worker_pid
        if not listens:
            os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        client.close()
        took_s = time.monotonic() - began
        assert not psutil.pid_exists(pid)
        return took_s < 5

    assert is_soon_enough(is_in_time)


def test_a_model_that_cannot_be_loaded_is_not_tried_again(make_client, tmp_path):
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    client = make_client(model=path)
    client.start()

    with pytest.raises(AppError, match="not a usable model"):
        client.wait_ready(PATIENCE_S)

    assert client.status.state is EngineState.FAILED
    assert client.worker_pid is None


def test_an_engine_that_is_not_installed_is_named(make_client):
    client = make_client(engine="engine_of_another_world")
    client.start()

    with pytest.raises(AppError, match="not installed"):
        client.wait_ready(PATIENCE_S)


def test_what_is_asked_of_an_engine_that_does_not_run_fails_with_words(make_client):
    client = make_client()

    assert isinstance(Ask(client, "hello").last(), Failed)
    with pytest.raises(AppError, match="not running"):
        client.count_tokens("x")
    with pytest.raises(AppError, match="not running"):
        client.wait_ready(1)


def test_waiting_for_a_slow_model_ends_in_time(make_client):
    client = make_client(SCRIPT | {"load_until": "never"})
    client.start()

    with pytest.raises(AppError, match="still being loaded"):
        client.wait_ready(0.3)
    assert client.status.state is EngineState.LOADING


def test_load_progress_is_told(make_client):
    client = make_client(SCRIPT | {"load_seconds": 0.4})
    told = []
    client.subscribe(told.append)
    client.start()
    client.wait_ready(PATIENCE_S)

    fractions = [status.load_fraction for status in told if status.load_fraction is not None]
    assert fractions[:4] == [0.25, 0.5, 0.75, 1.0]


def test_a_sentence_to_show_leaves_the_state_as_it_is():
    board, told = StatusBoard(), []
    board.subscribe(told.append)
    board.change(EngineState.READY)

    board.notice("The file has changed.")

    assert [(status.state, status.notice) for status in told] == [
        (EngineState.READY, None),
        (EngineState.READY, "The file has changed."),
    ]


def test_a_listener_that_left_hears_nothing_more(make_client):
    client = make_client()
    told = []
    client.subscribe(told.append)()
    client.start()
    client.wait_ready(PATIENCE_S)

    assert told == []


@pytest.fixture
def fragile(make_client, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "engines"))
    return lambda: make_client(engine="fragile_engine", needs_probe=True)


def test_a_fast_path_that_kills_the_process_is_left_for_the_safe_one(fragile, tmp_path):
    client = fragile()
    client.start()
    client.wait_ready(PATIENCE_S)

    assert "safe one" in client.status.notice
    assert client.status.crashes == 0
    assert list(json.loads((tmp_path / "choices.json").read_text()).values()) == [False]


def test_what_probing_found_is_remembered_and_told_once(fragile):
    first = fragile()
    first.start()
    first.wait_ready(PATIENCE_S)
    first.close()
    second = fragile()
    second.start()
    second.wait_ready(PATIENCE_S)

    assert Ask(second, "hello").last().reason == "stop"
    assert second.status.notice is None


def test_a_fast_path_that_works_is_remembered(make_client, tmp_path):
    client = make_client(needs_probe=True)
    client.start()
    client.wait_ready(PATIENCE_S)

    assert list(json.loads((tmp_path / "choices.json").read_text()).values()) == [True]


OWNER = """
import sys, time
from pathlib import Path
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
script = Path(sys.argv[1])
spec = WorkerSpec("app.engine.scripted", script)
client = EngineClient(spec, MachineChoices(script.parent / "choices.json"))
client.start()
client.wait_ready(30)
print(client.worker_pid, flush=True)
time.sleep(60)
"""


def test_an_app_killed_with_9_leaves_no_worker_behind(tmp_path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT), encoding="utf-8")
    owner = subprocess.Popen([sys.executable, "-c", OWNER, script], stdout=subprocess.PIPE)
    with owner:
        worker = int(owner.stdout.readline())
        assert psutil.pid_exists(worker)

        owner.kill()

    until(lambda: is_gone(worker))


def test_the_worker_does_not_get_the_key(client, make_client, monkeypatch):
    monkeypatch.setenv("DOORSTEP_API_KEY", "secret")
    other = make_client()
    other.start()
    other.wait_ready(PATIENCE_S)

    assert psutil.Process(other.worker_pid).environ()["DOORSTEP_API_KEY"] == ""


def test_a_worker_that_prints_does_not_disturb_the_frames(make_client, monkeypatch, tmp_path):
    (tmp_path / "noisy_engine.py").write_text(
        "import os\nfrom app.engine.scripted import open_engine as real\n"
        "def open_engine(*a):\n"
        "    print('noise')\n    os.write(1, b'native noise\\n')\n    return real(*a)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    client = make_client(engine="noisy_engine")
    client.start()
    client.wait_ready(PATIENCE_S)

    assert Ask(client, "hello").last().reason == "stop"
    until(lambda: "native noise" in client.last_words)
