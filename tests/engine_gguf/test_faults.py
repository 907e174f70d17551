"""Native code that fails takes a request or a worker with it, never the app, and never silently."""

import os
import queue
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from app.engine.client import EngineClient
from app.engine.errors import AppError, ErrorKind
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import (
    EngineOptions,
    Failed,
    Finished,
    GenerateRequest,
    Piece,
    PromptPart,
    SamplingParams,
)
from app.models.locate import starter_path
from tests.engine_contract import GREEDY
from tests.engine_gguf.conftest import NANO_STEP

PATIENCE_S = 60.0

OPEN_MUTATED = """
import sys
from pathlib import Path
from app.engine.errors import AppError
from app.engine.protocol import *
from engine_gguf import open_engine
from tests.engine_gguf.test_faults import mutated
first, last, path = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]) / "mutated.gguf"
prompt = (PromptPart("Once there was a door. "),)
for number in range(first, last):
    path.write_bytes(mutated(number))
    print(number, flush=True)
    try:
        engine = open_engine(path, EngineOptions(context_length=256, threads=1), lambda _: None)
    except AppError as error:
        assert error.message
        print("refused", flush=True)
        continue
    sampling = SamplingParams(temperature=number % 2, seed=1)
    engine.submit(GenerateRequest("a", prompt, sampling, 8))
    events = []
    while not events or not isinstance(events[-1], Finished | Failed):
        events += engine.step()
    print("answered", flush=True)
    engine.close()
"""


def mutated(number):
    """The bytes of a model, a few of them others: in the header, or anywhere, or cut off."""
    chance = random.Random(number)
    data = bytearray(NANO_STEP.read_bytes())
    for _ in range(chance.choice((1, 4, 40))):
        at = chance.randrange(100_000 if number % 3 else len(data))
        data[at] = chance.randrange(256)
    if number % 7 == 0:
        del data[chance.randrange(len(data)) :]
    return bytes(data)


def open_mutated(at, end, folder):
    """Open damaged files in children and ask those that open.

    Returns those that ended a child, and how many were refused, and answered.
    """
    deaths, told = [], Counter()
    environment = os.environ | {"GGML_NO_BACKTRACE": "1"}
    while at < end:
        child = subprocess.run(
            [sys.executable, "-c", OPEN_MUTATED, str(at), str(end), str(folder)],
            capture_output=True, text=True, timeout=110, check=False, env=environment,
        )  # fmt: skip
        lines = child.stdout.splitlines()
        told.update(line for line in lines if not line.isdigit())
        last = max(int(line) for line in lines if line.isdigit())
        if child.returncode != 0:
            assert child.returncode < 0, child.stderr[-2000:]  # by native code, not by ours
            deaths.append(last)
        at = last + 1
    return deaths, told["refused"], told["answered"]


@pytest.mark.parametrize("first", [0, 100, 200])
def test_damaged_files_are_refused_or_answer_or_end_only_a_worker(tmp_path, first):
    """Three hundred. The app lives through those that end a worker, and says what happened."""
    deaths, refused, answered = open_mutated(first, first + 100, tmp_path)

    print(f"{refused} refused, {answered} answered, children ended by {deaths}")
    assert refused + answered + len(deaths) == 100
    assert refused > 15
    assert answered > 15
    assert len(deaths) < 10
    for number in deaths:
        error = asked_in_the_app(mutated(number), tmp_path / f"{number}")
        assert error is None or error.message


def asked_in_the_app(data, folder):
    """What a client says of a file, loading or answering; None when it answers."""
    folder.mkdir()
    path = folder / "mutated.gguf"
    path.write_bytes(data)
    options = EngineOptions(context_length=256, threads=1)
    with closing(
        EngineClient(WorkerSpec("engine_gguf", path, options), MachineChoices(folder / "c.json"))
    ) as client:
        client.start()
        try:
            client.wait_ready(100)
        except AppError as error:
            return error
        end = end_of(begin(client, "a", 8))
        return end.error if isinstance(end, Failed) else None


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS is enforced on Linux")
def test_a_context_that_does_not_fit_into_memory_is_said_so():
    code = """
import resource, sys
from pathlib import Path
from app.engine.errors import AppError
from app.engine.protocol import EngineOptions
from engine_gguf import open_engine
import engine_gguf.engine
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
limit = used + 260 * 1024**2
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    open_engine(Path(sys.argv[1]), EngineOptions(context_length=8192, threads=1), lambda _: None)
except AppError as error:
    print(error.kind.value)
"""
    child = subprocess.run(
        [sys.executable, "-c", code, str(starter_path())],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert child.stdout.strip() == ErrorKind.OUT_OF_MEMORY


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "engines"))
    options = EngineOptions(context_length=2048, threads=1, use_extra_buffers=False)
    client = EngineClient(
        WorkerSpec("asserting_engine", NANO_STEP, options),
        MachineChoices(tmp_path / "choices.json"),
    )
    client.start()
    client.wait_ready(60)
    yield client
    client.close()


def begin(client, id_, count, text="Once upon a time"):
    events = queue.Queue()
    sampling = SamplingParams(temperature=1.5, seed=1)
    client.submit(GenerateRequest(id_, (PromptPart(text),), sampling, count), events.put)
    return events


def wait_for_text(events):
    while not isinstance(events.get(timeout=PATIENCE_S), Piece):
        pass


def end_of(events):
    while not isinstance(event := events.get(timeout=PATIENCE_S), Finished | Failed):
        pass
    return event


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_worker_that_dies_fails_its_requests_with_words_and_comes_back(client, number):
    running = [begin(client, f"r{n}", 1500) for n in range(3)]
    wait_for_text(running[0])

    os.kill(client.worker_pid, number)
    ends = [end_of(events) for events in running]
    client.wait_ready(60)
    after = end_of(begin(client, "after", 5))

    assert all(isinstance(end, Failed) for end in ends)
    assert {end.error.kind for end in ends} == {ErrorKind.ENGINE_DIED}
    assert isinstance(after, Finished)


def test_an_assertion_that_fails_in_native_code_is_told_and_the_worker_comes_back(client):
    running = [begin(client, f"r{n}", 1500) for n in range(2)]
    wait_for_text(running[0])

    ends = [end_of(events) for events in (begin(client, "x", 5, "assert"), *running)]
    client.wait_ready(PATIENCE_S)
    after = end_of(begin(client, "after", 5))

    assert {end.error.kind for end in ends} == {ErrorKind.ENGINE_DIED}
    assert all("GGML_ASSERT(rows > 0) failed" in end.error.message for end in ends)
    assert isinstance(after, Finished)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS is enforced on Linux")
@pytest.mark.parametrize("spare_bytes", [0, 1 << 20, 64 << 20])
def test_memory_that_runs_out_in_the_middle_ends_every_request_with_words(client, spare_bytes):
    import resource

    pid = client.worker_pid
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + spare_bytes
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))

    running = [begin(client, f"r{n}", 300, "The door. " * 20 * (n + 1)) for n in range(6)]
    running.append(begin(client, "large", 5, "door " * 2_000_000))
    ends = [end_of(events) for events in running]
    if client.worker_pid == pid:  # it lived; the limit goes with it
        client.restart()
    client.wait_ready(PATIENCE_S)
    after = end_of(begin(client, "after", 5))

    assert all(isinstance(end, Finished) or end.error.message for end in ends)
    assert isinstance(after, Finished)


@pytest.mark.parametrize(
    "text",
    ["door " * 13_000_000, "门" * 21_000_000, "x" * 65_000_000, "<|im_end|>" * 6_500_000],
    ids=["words", "Chinese", "one word", "markers"],
)
def test_64_megabytes_are_refused_with_words_while_others_are_answered(client, text):
    other = begin(client, "other", 1500)
    wait_for_text(other)

    refused = end_of(begin(client, "large", 5, text))
    client.cancel("other")

    assert refused.error.kind is ErrorKind.CONTEXT_OVERFLOW
    assert refused.error.context["prompt_tokens"] > 2048
    assert isinstance(end_of(other), Finished)
    assert client.status.crashes == 0


@pytest.mark.parametrize("count", [2**31 - 1, None])
def test_an_endless_answer_ends_when_the_context_is_full(nano_step, count):
    nano_step.submit(GenerateRequest("a", (PromptPart("door " * 300),), GREEDY, count))
    events = []
    while not events or not isinstance(events[-1], Finished):
        events += nano_step.step()

    used = events[-1].usage
    is_full = used.prompt_tokens + used.completion_tokens == nano_step.info.context_length + 1
    assert is_full or events[-1].reason == "stop"
