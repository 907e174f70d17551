"""What the parts of bench_ui share: a window or a page, the delay of the loop, printed figures."""

import gc
import sys
from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter, thread_time

import psutil
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.chat.messages import Message
from app.storage.conversations import MessageHeader, StoredMessage
from app.storage.records import AnswerDetails
from app.ui.appearance import Appearance
from app.ui.chat.transcript import Transcript
from app.ui.garbage import GarbageCollection

SIZE = (1016, 700)

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

Both need $O(n \\log n)$ comparisons, because of $n!$ orders only one is right:

$$\\log_2 n! = \\sum_{k=1}^{n} \\log_2 k \\approx n \\log_2 n - \\frac{n}{\\ln 2}$$

| method | returns | in place |
|---|---|:-:|
| `list.sort()` | `None` | yes |
| `sorted()` | a new list | no |
| `heapq.nsmallest` | the *n* smallest | no |

> The list is yours: sort it. The list is somebody's: make a new one.

"""


def application() -> QApplication:
    """The one of this process; garbage is collected as in the real window."""
    found = QApplication.instance()
    if not isinstance(found, QApplication):
        found = QApplication(sys.argv[:1])
        found.garbage = GarbageCollection()  # type: ignore[attr-defined]
    return found


def shown_transcript() -> Transcript:
    """A page in a window of the usual size."""
    theme = Appearance(application(), "light").theme
    transcript = Transcript()
    transcript.resize(*SIZE)
    transcript.set_theme(theme)
    transcript.show()
    run_loop(0.2)
    return transcript


def stored(number: int, role: str, text: str) -> StoredMessage:
    details = AnswerDetails(completion_tokens=210, decode_s=5.1)
    return StoredMessage(number, 1, None, Message.of(role, text), "complete", 0.0, details, True)


class Conversation:
    """Messages in memory: questions and answers of mixed length."""

    def __init__(self, count: int) -> None:
        self.headers = [
            MessageHeader(n, role_of(n), len(text_of(n)), "complete") for n in range(count)
        ]

    def load(self, ids: Sequence[int]) -> list[StoredMessage]:
        return [stored(number, role_of(number), text_of(number)) for number in ids]


def role_of(number: int) -> str:
    return "assistant" if number % 2 else "user"


def text_of(number: int) -> str:
    if number % 2 == 0:
        return f"Question {number}: how do I sort a list in place?"
    return ANSWER[: 300 + number * 37 % len(ANSWER)]


class Probe(QObject):
    """Measures how late a timer of one millisecond fires: what a key press would wait."""

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


def run_loop(seconds: float) -> None:
    """Let the event loop run; it sleeps where there is nothing to do."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1e3), loop.quit)
    loop.exec()


def run_until(condition: Callable[[], bool], limit_s: float = 60.0) -> float:
    """Seconds until it holds, looked at after every turn of the loop."""
    began = perf_counter()
    while not condition():
        if perf_counter() - began > limit_s:
            raise TimeoutError
        application().processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
    return perf_counter() - began


def work_ms(act: Callable[[], object], settle_s: float) -> tuple[float, float]:
    """What the GUI thread works for ``act`` and all it brings; and how long until it is painted.

    The first is processor time of this thread, so it holds on a busy machine too.
    """
    worked, began = thread_time(), perf_counter()
    act()
    application().processEvents()
    painted = perf_counter() - began
    run_loop(settle_s)
    return (thread_time() - worked) * 1e3, painted * 1e3


def memory_mb() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 1e6


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def spread(values: Sequence[float]) -> str:
    shares = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
    return ", ".join(f"{name} {percentile(values, share):.2f}" for name, share in shares.items())


def judge(what: str, figure: float, limit: float, unit: str = "ms") -> bool:
    """Print a figure beside what it must be at most."""
    is_kept = figure <= limit
    word = "ok" if is_kept else "TOO MUCH"
    print(f"  {what}: {figure:.1f} {unit} (at most {limit:g} {unit}) {word}", flush=True)
    return is_kept


def later(act: Callable[..., object], *values: object) -> None:
    """On the next turn of the loop, so that a probe sees how long it takes."""
    QTimer.singleShot(0, partial(act, *values))
