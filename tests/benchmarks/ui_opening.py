"""How soon a conversation of 10,000 messages is laid out and painted, soon after the start."""

from time import perf_counter

from app.ui.chat.transcript import Transcript
from app.ui.chat.warm import warm
from tests.benchmarks.window_stage import (
    Conversation,
    judge,
    percentile,
    run_loop,
    shown_transcript,
)

MESSAGES = 10_000
ROUNDS = 15
LIMIT_MS = 50.0


def bench() -> bool:
    transcript, talk = shown_transcript(), Conversation(MESSAGES)
    warm()  # as the window does while it waits
    transcript.warm()
    run_loop(0.5)
    first = _open(transcript, talk)
    again = []
    for _ in range(ROUNDS):
        run_loop(0.1)
        again.append(_open(transcript, talk))
    print(f"  {MESSAGES:,} messages, again: median {percentile(again, 0.5):.1f} ms")
    kept = judge("the first that is opened", first, LIMIT_MS)
    return judge(f"{ROUNDS} more, p99", percentile(again, 0.99), LIMIT_MS) and kept


def _open(transcript: Transcript, talk: Conversation) -> float:
    """Milliseconds on the GUI thread, painting included."""
    began = perf_counter()
    transcript.open(talk.headers, talk.load)
    transcript.viewport().repaint()
    return (perf_counter() - began) * 1e3
