"""Stream 16,000 tokens at 300 tok/s into a conversation of 10,000 messages; measure the window.

Run by `make bench-ui`:
    QT_QPA_PLATFORM=offscreen .venv/bin/python tests/benchmarks/bench_ui.py [--seconds S]

The event-loop delay is how late a timer of one millisecond fires: what a key press would wait.
"""

import argparse
import gc
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import psutil
import PySide6
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from app.chat.messages import Message  # noqa: E402
from app.storage.conversations import MessageHeader, StoredMessage  # noqa: E402
from app.storage.records import AnswerDetails  # noqa: E402
from app.ui.appearance import Appearance  # noqa: E402
from app.ui.chat.transcript import Transcript  # noqa: E402

MESSAGES = 10_000
TOKENS = 16_000
TOKENS_PER_S = 300
TICK_MS = 10

ANSWER = """Sorting **in place** means that the list itself changes; no copy is made. There are \
two habits worth knowing, `list.sort()` and `sorted()`, and both take the same two arguments.

## What to choose

1. `list.sort()` changes the list
   - it returns `None`
   - it is *stable*
2. `sorted()` makes a new list
3. Both take a `key`, as the [documentation](https://docs.python.org/3/howto/sorting.html) says

```python
from operator import attrgetter

def by_age(people: list["Person"]) -> list["Person"]:
    \"\"\"Youngest first.\"\"\"
    # attrgetter is faster than a function of one's own
    return sorted(people, key=attrgetter("age"), reverse=False)
```

| method | returns | in place |
|---|---|:-:|
| `list.sort()` | `None` | yes |
| `sorted()` | a new list | no |
| `heapq.nsmallest` | the *n* smallest | no |

> The list is yours: sort it. The list is somebody's: make a new one.

"""


def tokens(count: int) -> Iterator[str]:
    """Pieces of about four characters, as models write them."""
    text = ANSWER * (count * 4 // len(ANSWER) + 1)
    return (text[start : start + 4] for start in range(0, count * 4, 4))


def stored(number: int, role: str, text: str, state: str = "complete") -> StoredMessage:
    details = AnswerDetails(completion_tokens=210, decode_s=5.1)
    return StoredMessage(number, 1, None, Message.of(role, text), state, 0.0, details, True)


class Conversation:
    """10,000 messages in memory: questions and answers of mixed length."""

    def __init__(self) -> None:
        self.headers = [
            MessageHeader(n, self._role(n), len(self._text(n)), "complete") for n in range(MESSAGES)
        ]

    def load(self, ids: Sequence[int]) -> list[StoredMessage]:
        return [stored(number, self._role(number), self._text(number)) for number in ids]

    def _role(self, number: int) -> str:
        return "assistant" if number % 2 else "user"

    def _text(self, number: int) -> str:
        if number % 2 == 0:
            return f"Question {number}: how do I sort a list in place?"
        return ANSWER[: 300 + number * 37 % len(ANSWER)]


class Probe(QObject):
    """Measures how late a timer of one millisecond fires."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_fired)

    def start(self) -> None:
        self._due = perf_counter() + 0.001
        self._timer.start(1)

    def stop(self) -> None:
        self._timer.stop()

    def _on_fired(self) -> None:
        late = max(0.0, (perf_counter() - self._due) * 1e3)
        # A block of 30 ms is 30 key presses that waited, not one: count each millisecond of it.
        while late > 1.0:
            self.late_ms.append(late)
            late -= 1.0
        self.late_ms.append(late)
        self.start()


class Feed(QObject):
    """Hands tokens to the transcript at their pace, then ends the answer."""

    def __init__(self, transcript: Transcript, number: int, pieces: list[str]) -> None:
        super().__init__()
        self._transcript = transcript
        self._number = number
        self._pieces = pieces
        self._done = 0
        self._began = perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    def _on_tick(self) -> None:
        due = int((perf_counter() - self._began) * TOKENS_PER_S)
        for piece in self._pieces[self._done : due]:
            self._transcript.add_text(piece)
        self._done = due
        if self._done >= len(self._pieces):
            self._timer.stop()
            self._transcript.end_answer(stored(self._number, "assistant", "".join(self._pieces)))
            QTimer.singleShot(500, QCoreApplication.quit)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def memory_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def open_conversation(transcript: Transcript, talk: Conversation) -> float:
    """Milliseconds until the conversation is laid out and painted."""
    began = perf_counter()
    transcript.open(talk.headers, talk.load)
    transcript.viewport().repaint()
    return (perf_counter() - began) * 1e3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=TOKENS / TOKENS_PER_S)
    count = min(TOKENS, int(parser.parse_args().seconds * TOKENS_PER_S))
    app = QApplication(sys.argv[:1])
    appearance = Appearance(app, "light")
    transcript = Transcript()
    transcript.resize(1016, 700)
    transcript.set_theme(appearance.theme)
    transcript.show()
    talk = Conversation()
    gc.collect()
    before = memory_mb()
    first_ms = open_conversation(transcript, talk)
    again_ms = open_conversation(transcript, talk)
    opened = memory_mb()

    probe = Probe()
    transcript.append(stored(MESSAGES, "user", "And in another language?"))
    transcript.begin_answer(MESSAGES + 1)
    transcript.show_end()
    feed = Feed(transcript, MESSAGES + 1, list(tokens(count)))
    probe.start()
    app.exec()
    probe.stop()
    del feed

    late = probe.late_ms
    print(f"PySide6 {PySide6.__version__}, Python {platform.python_version()}, {cpu()}")
    print(f"open {MESSAGES:,} messages   first {first_ms:.1f} ms, again {again_ms:.1f} ms")
    print(f"stream {count:,} tokens      at {TOKENS_PER_S} tok/s")
    shares = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
    figures = ", ".join(f"{name} {percentile(late, share):.2f}" for name, share in shares.items())
    print(f"event-loop delay, ms  {figures} ({len(late):,} samples)")
    print(f"memory added, MB      open {opened - before:.1f}, in all {memory_mb() - before:.1f}")
    return 0


def cpu() -> str:
    """The processor by its name, where the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or 'unknown'} x {psutil.cpu_count()}"


if __name__ == "__main__":
    sys.exit(main())
