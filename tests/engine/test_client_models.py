"""One client opens, unloads and changes models; a real worker process each time."""

import json
import threading

import psutil
import pytest

from app.engine.errors import AppError
from app.engine.launch import WorkerSpec
from app.engine.protocol import Failed
from app.engine.status import EngineState
from tests.engine.conftest import SCRIPT, Ask
from tests.patience import PATIENCE_S, until


def test_another_model_is_opened_by_the_same_client(client, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"name": "Other", **SCRIPT}), encoding="utf-8")
    first = client.worker_pid

    client.open(WorkerSpec("app.engine.scripted", other))
    model = client.wait_ready(PATIENCE_S)

    assert model.name == "Other"
    assert client.spec.model == other
    assert not psutil.pid_exists(first)


def test_the_last_wish_counts_where_two_come_at_once(client, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(json.dumps(SCRIPT), encoding="utf-8")
    is_ending, may_go_on = threading.Event(), threading.Event()

    def hold_up(status):
        if status.state is EngineState.STOPPED:
            is_ending.set()
            may_go_on.wait(PATIENCE_S)

    client.subscribe(hold_up)
    restarting = threading.Thread(target=client.restart)
    restarting.start()
    assert is_ending.wait(PATIENCE_S)

    may_go_on.set()
    client.open(WorkerSpec("app.engine.scripted", other))
    restarting.join(PATIENCE_S)

    assert client.spec.model == other


def test_a_model_unloaded_while_it_is_tried_out_is_not_loaded_after_all(make_client, tmp_path):
    client = make_client(SCRIPT | {"load_until": "go"}, needs_probe=True)
    client.start()
    until(lambda: client.worker_pid is not None)

    client.unload()
    (tmp_path / "go").touch()

    assert client.worker_pid is None
    assert client.status.state is EngineState.STOPPED


def test_requests_of_the_model_that_goes_fail_in_words(client, tmp_path):
    ask = Ask(client, "long")
    assert ask.has_text.wait(PATIENCE_S)

    client.open(client.spec)

    assert ask.is_over.wait(PATIENCE_S)
    assert isinstance(ask.events[-1], Failed)


def test_an_unloaded_model_is_gone_until_it_is_started_again(client):
    pid = client.worker_pid

    client.unload()
    state = client.status.state
    client.start()

    assert state is EngineState.STOPPED
    assert not psutil.pid_exists(pid)
    assert client.wait_ready(PATIENCE_S)


def test_a_model_that_failed_gives_way_to_another(make_client, tmp_path):
    client = make_client({"replies": "damaged"})
    client.start()
    with pytest.raises(AppError):
        client.wait_ready(PATIENCE_S)
    good = tmp_path / "good.json"
    good.write_text(json.dumps(SCRIPT), encoding="utf-8")

    client.open(WorkerSpec("app.engine.scripted", good))

    assert client.wait_ready(PATIENCE_S)
    assert client.status.error is None
