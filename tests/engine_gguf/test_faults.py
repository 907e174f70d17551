"""Native code that fails takes a request or a worker with it, never the app, and never silently."""

import os
import queue
import signal
import subprocess
import sys

import pytest

from app.engine.client import EngineClient
from app.engine.errors import ErrorKind
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

OPEN_MUTATED = """
import random, sys
from pathlib import Path
from app.engine.errors import AppError
from app.engine.protocol import EngineOptions
from engine_gguf import open_engine
first, last, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[4])
data = Path(sys.argv[3]).read_bytes()
for number in range(first, last):
    chance = random.Random(number)
    mutated = bytearray(data)
    for _ in range(chance.choice((1, 4, 40))):
        at = chance.randrange(100_000 if number % 3 else len(data))
        mutated[at] = chance.randrange(256)
    if number % 7 == 0:
        del mutated[chance.randrange(len(mutated)):]
    path = folder / "mutated.gguf"
    path.write_bytes(mutated)
    print(number, flush=True)
    try:
        open_engine(path, EngineOptions(context_length=256, threads=1), lambda _: None).close()
    except AppError as error:
        print("refused", error.message, flush=True)
"""


def open_mutated(count, folder):
    """Open so many damaged files in children: those that ended one, and how many were refused."""
    deaths, refused, at = [], 0, 0
    while at < count:
        child = subprocess.run(
            [sys.executable, "-c", OPEN_MUTATED, str(at), str(count), str(NANO_STEP), str(folder)],
            capture_output=True, text=True, timeout=110, check=False,
        )  # fmt: skip
        lines = child.stdout.splitlines()
        refused += sum(line.startswith("refused") for line in lines)
        last = max(int(line) for line in lines if line.isdigit())
        if child.returncode != 0:
            assert child.returncode < 0, child.stderr[-2000:]  # by native code, not by ours
            deaths.append(last)
        at = last + 1
    return deaths, refused


def test_damaged_files_are_refused_with_words_or_end_a_child_only(tmp_path):
    deaths, refused = open_mutated(40, tmp_path)

    assert refused > 5
    assert len(deaths) < 4


@pytest.mark.long
@pytest.mark.timeout(600)
def test_three_hundred_damaged_files(tmp_path):
    deaths, refused = open_mutated(300, tmp_path)

    print(f"{refused} refused, children ended by {deaths}")
    assert refused > 50


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
def client(tmp_path):
    options = EngineOptions(context_length=2048, threads=1, use_extra_buffers=False)
    client = EngineClient(
        WorkerSpec("engine_gguf", NANO_STEP, options), MachineChoices(tmp_path / "choices.json")
    )
    client.start()
    client.wait_ready(60)
    yield client
    client.close()


def begin(client, id_, count):
    events = queue.Queue()
    sampling = SamplingParams(temperature=1.5, seed=1)
    prompt = (PromptPart("Once upon a time"),)
    client.submit(GenerateRequest(id_, prompt, sampling, count), events.put)
    return events


def end_of(events):
    while not isinstance(event := events.get(timeout=60), Finished | Failed):
        pass
    return event


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_worker_that_dies_fails_its_requests_with_words_and_comes_back(client, number):
    running = [begin(client, f"r{n}", 1500) for n in range(3)]
    while not isinstance(running[0].get(timeout=60), Piece):
        pass

    os.kill(client.worker_pid, number)
    ends = [end_of(events) for events in running]
    client.wait_ready(60)
    after = end_of(begin(client, "after", 5))

    assert all(isinstance(end, Failed) for end in ends)
    assert {end.error.kind for end in ends} == {ErrorKind.ENGINE_DIED}
    assert isinstance(after, Finished)


@pytest.mark.parametrize("count", [2**31 - 1, None])
def test_an_endless_answer_ends_when_the_context_is_full(nano_step, count):
    nano_step.submit(GenerateRequest("a", (PromptPart("door " * 300),), GREEDY, count))
    events = []
    while not events or not isinstance(events[-1], Finished):
        events += nano_step.step()

    used = events[-1].usage
    is_full = used.prompt_tokens + used.completion_tokens == nano_step.info.context_length + 1
    assert is_full or events[-1].reason == "stop"
