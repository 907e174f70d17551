"""300 tokens per second of prose, code, tables and maths, streamed into 10,000 messages."""

import os
from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer

from app.ui.chat.transcript import Transcript
from tests.benchmarks.parts import give_up_after
from tests.benchmarks.window_stage import (
    ANSWER,
    Conversation,
    Probe,
    application,
    judge,
    memory_mb,
    percentile,
    shown_transcript,
    spread,
    stored,
)

MESSAGES = 10_000
SECONDS = 60.0
TOKENS_PER_S = 300
TICK_MS = 10
LIMIT_MS = 8.0


def bench() -> bool:
    seconds = float(os.environ.get("DOORSTEP_BENCH_SECONDS", SECONDS))
    give_up_after(seconds + 120)
    transcript, talk = shown_transcript(), Conversation(MESSAGES)
    before = memory_mb()
    transcript.open(talk.headers, talk.load)
    transcript.append(stored(MESSAGES, "user", "And in another language?"))
    transcript.begin_answer(MESSAGES + 1)
    transcript.show_end()
    probe = Probe()
    feed = _Feed(transcript, list(_tokens(round(seconds * TOKENS_PER_S))))
    probe.start()
    application().exec()
    probe.stop()
    del feed
    print(f"  {seconds:g} s at {TOKENS_PER_S} tok/s into {MESSAGES:,} messages")
    print(f"  event-loop delay, ms: {spread(probe.late_ms)} ({len(probe.late_ms):,} samples)")
    print(f"  memory added: {memory_mb() - before:.1f} MB")
    return judge("event-loop delay, p99", percentile(probe.late_ms, 0.99), LIMIT_MS)


def _tokens(count: int) -> Iterator[str]:
    """Pieces of about four characters, as models write them."""
    text = ANSWER * (count * 4 // len(ANSWER) + 1)
    return (text[start : start + 4] for start in range(0, count * 4, 4))


class _Feed(QObject):
    """Hands tokens to the transcript at their pace, then ends the answer."""

    def __init__(self, transcript: Transcript, pieces: list[str]) -> None:
        super().__init__()
        self._transcript, self._pieces = transcript, pieces
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
            QTimer.singleShot(500, QCoreApplication.quit)  # also when what follows raises
            answer = stored(MESSAGES + 1, "assistant", "".join(self._pieces))
            self._transcript.end_answer(answer)
