import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.conversations import ConversationStore
from app.storage.driver import connect
from tests.patience import is_soon_enough

REPOSITORY = Path(__file__).parents[2]

# Prints, for each thing that must survive, a line once it was acknowledged.
CHILD = """
import sys, time
from pathlib import Path
from app.chat.messages import Message, TextPart
from app.storage.conversations import ConversationStore

store = ConversationStore.open(Path(sys.argv[1]))
conversation = store.create_conversation("c")
while True:
    message = store.append(conversation, Message.of("user", "question 编程"))
    print("sent", message, flush=True)
    answer = store.begin_answer(conversation, "tiny")
    text = ""
    for n in range(int(sys.argv[2])):
        text += f"word{n} "
        store.save_partial(answer, (TextPart(text),))
        print("shown", answer, n, time.monotonic(), flush=True)
        time.sleep(0.002)
    if int(sys.argv[2]) < 1000:
        from app.storage.conversations import AnswerDetails
        store.finish_answer(answer, (TextPart(text),), "complete", AnswerDetails())
        print("sent", answer, flush=True)
"""


def run_and_kill(
    path: Path, words_per_answer: int, is_time: Callable[[list[str]], bool]
) -> tuple[list[str], float]:
    """What the child said, and when it was killed (monotonic): as soon as it had said enough."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(words_per_answer)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    with child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        while not is_time(lines):
            lines.append(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        killed_s = time.monotonic()
        lines += child.stdout.read().splitlines()
    return lines, killed_s


pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")


def test_kill_9_while_streaming_loses_less_than_a_second(tmp_path: Path):
    numbers = itertools.count()

    assert is_soon_enough(lambda: keeps_all_but_a_second(tmp_path / f"{next(numbers)}.db"))


def keeps_all_but_a_second(path: Path) -> bool:
    lines, killed_s = run_and_kill(path, 1_000_000, has_shown_for(1.5))

    shown = [line.split() for line in lines if line.startswith("shown") and line.count(" ") == 3]
    answer = int(shown[-1][1])
    last_safe = max(int(n) for _, _, n, at in shown if float(at) < killed_s - 1.0)
    with closing(ConversationStore.open(path)) as store:
        (stored,) = store.messages([answer])
        hits = store.search(f"word{last_safe}")
    assert stored.state == "interrupted"
    assert stored.is_intact
    if f"word{last_safe} " not in stored.message.text:
        return False
    assert answer in [hit.message_id for hit in hits]
    return last_safe > 0


def has_shown_for(seconds: float) -> Callable[[list[str]], bool]:
    def is_time(lines: list[str]) -> bool:
        times = [float(line.split()[3]) for line in lines[1:]]
        return bool(times) and times[-1] - times[0] > seconds

    return is_time


def test_kill_9_again_and_again_loses_nothing_that_was_acknowledged(path: Path):
    rng = random.Random(3)
    sent: list[int] = []
    for _ in range(6):
        count = rng.randint(2, 20)
        lines, _ = run_and_kill(path, 2, lambda lines, count=count: len(lines) >= count)
        sent += [int(line.split()[1]) for line in lines if line.startswith("sent ")]

    with closing(ConversationStore.open(path)) as store:
        stored = store.messages(sent)
        states = {header.state for c in store.conversations() for header in store.branch(c.id)}
        questions = [message.id for message in stored if message.message.role == "user"]
        found = {hit.message_id for hit in store.search("编程", limit=100_000)}
    assert len(sent) > 6
    assert all(message.is_intact for message in stored)
    assert "streaming" not in states
    assert found >= set(questions)
    with closing(connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


FULL_DISK_CHILD = """
import resource, sys
from pathlib import Path
from app.chat.messages import Message
from app.errors import AppError
from app.storage.conversations import ConversationStore

store = ConversationStore.open(Path(sys.argv[1]))
conversation = store.create_conversation("c")
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
stored = 0
try:
    while True:
        store.append(conversation, Message.of("user", "x" * 10_000))
        stored += 1
except AppError as error:
    print(stored, error.kind, len(store.branch(conversation)))
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is of POSIX")
def test_a_write_that_the_system_refuses_keeps_all_before_it(path: Path):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK_CHILD, str(path)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=30,
    )

    stored, kind, seen = done.stdout.split()
    assert kind in ("database", "data_folder")
    assert int(stored) == int(seen) >= 3
    with closing(ConversationStore.open(path)) as store:
        ids = [header.id for header in store.branch(1)]
        assert len(ids) == int(stored)
        assert all(message.is_intact for message in store.messages(ids))
