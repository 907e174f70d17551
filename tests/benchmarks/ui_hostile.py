"""Messages made to hang a window: opened, scrolled, streamed; nothing stops the event loop."""

from collections.abc import Iterator, Sequence
from functools import partial

from app.storage.conversations import MessageHeader, StoredMessage
from app.ui.chat.transcript import Transcript
from app.ui.chat.warm import warm
from tests.benchmarks.window_stage import (
    Probe,
    judge,
    later,
    percentile,
    run_loop,
    shown_transcript,
    stored,
    text_of,
)

LIMIT_MS = 100.0
STREAM_PIECE = 4_000  # characters in 10 ms, a hundred times what a model writes


def bench() -> bool:
    warm()
    kept = [_opened(name, text) for name, text in _contents()]
    kept += [_streamed(name, text) for name, text in _contents()]
    return all(kept)


def _contents() -> Iterator[tuple[str, str]]:
    yield "1 MB in one line", "0123456789" * 100_000
    yield "1 MB of words in one line", "every word of it " * 60_000
    rows = "\n".join(f"| {n} | row {n} | **{n * n}** |" for n in range(10_000))
    yield "a table of 10,000 rows", "| a | b | c |\n|---|---|---|\n" + rows
    yield "5,000 nested quotes", "> " * 5_000 + "deep"
    yield "500 quotes, one deeper each", "\n".join("> " * n + "x" for n in range(1, 500))
    yield "code of 50,000 lines", "```python\n" + "x = [1, 2]  # y\n" * 50_000 + "```"
    yield "20,000 stars and brackets", "*a_[" * 5_000
    yield "2,000 formulas", "$\\frac{a}{b}$ and " * 2_000


def _page() -> Transcript:
    """As the window has it ready before a conversation is opened."""
    transcript = shown_transcript()
    transcript.warm()
    run_loop(0.2)
    return transcript


def _opened(name: str, text: str) -> bool:
    transcript, probe = _page(), Probe()

    def load(ids: Sequence[int]) -> list[StoredMessage]:
        return [stored(n, "assistant", text if n == 3 else text_of(n)) for n in ids]

    headers = [
        MessageHeader(n, "assistant", len(text) if n == 3 else 500, "complete") for n in range(6)
    ]
    probe.start()
    later(transcript.open, headers, load)
    run_loop(1.0)
    bar = transcript.verticalScrollBar()
    for step in range(20):
        later(bar.setValue, bar.maximum() * step // 20)
        run_loop(0.03)
    run_loop(0.3)
    return _end(transcript, probe, f"opened and scrolled, {name}")


def _streamed(name: str, text: str) -> bool:
    transcript, probe = _page(), Probe()
    transcript.begin_answer(1)
    probe.start()
    for start in range(0, min(len(text), 250_000), STREAM_PIECE):
        later(transcript.add_text, text[start : start + STREAM_PIECE])
        run_loop(0.01)
    later(partial(transcript.end_answer, stored(1, "assistant", text)))
    run_loop(0.5)
    return _end(transcript, probe, f"streamed, {name}")


def _end(transcript: Transcript, probe: Probe, what: str) -> bool:
    probe.stop()
    transcript.close()
    transcript.deleteLater()
    return judge(f"{what}: longest delay", percentile(probe.late_ms, 1.0), LIMIT_MS)
