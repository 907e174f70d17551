"""Diagrams: how soon one is drawn, and that the window goes on meanwhile, whatever is in them."""

from collections.abc import Sequence
from time import perf_counter

from app.diagrams.drawer import Drawer, can_draw
from app.diagrams.job import DiagramJob
from app.storage.conversations import MessageHeader, StoredMessage
from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.diagram_pictures import PICTURES
from app.ui.chat.transcript import Transcript
from app.ui.chat.warm import warm
from tests.benchmarks.window_stage import (
    Probe,
    judge,
    later,
    percentile,
    run_loop,
    run_until,
    shown_transcript,
    stored,
)

DRAWN_MS = 250.0  # until it is seen, the process being there
LIMIT_MS = 50.0
MESSAGES = 120
KINDS = (
    "flowchart TD\n A{n}[Start] --> B{{Ready?}}\n B -->|yes| C[Go]\n B -->|no| A{n}\n C --> D",
    "sequenceDiagram\n participant A as Window {n}\n A->>B: prompt\n B-->>A: text\n Note over B: x",
    "classDiagram\n Animal <|-- Duck{n}\n Animal : +int age\n Duck{n} : +swim()",
    "stateDiagram-v2\n [*] --> Still{n}\n Still{n} --> Moving\n Moving --> [*]",
)
HOSTILE = (
    "flowchart TD\n" + "\n".join(f"a{n}-->a{n + 1}" for n in range(1_400)),
    "flowchart TD\n" + "\n".join(f"a{n % 60}-->a{(n * 7 + 3) % 60}" for n in range(1_400)),
    "flowchart TD\n" + "\n".join(f"subgraph s{n}" for n in range(900)) + "\nA\n" + "end\n" * 900,
    'flowchart TD\nA["' + "x" * 15_000 + '"]',
    "flowchart LR\n" + "\n".join(f"a{n}[Label {n}]-->a{n + 1}" for n in range(60)),
)


def bench() -> bool:
    if not can_draw():
        print("  the libraries that draw are not made for this system")
        return True
    warm()
    transcript = shown_transcript()
    kept = _each(transcript)
    kept &= _scrolled(transcript, [_text(n) for n in range(MESSAGES)], f"{MESSAGES} diagrams")
    fences = [f"```mermaid\n{text}\n```\n" for text in HOSTILE]
    return _scrolled(transcript, fences, "hostile diagrams") and kept


def _text(number: int) -> str:
    return f"```mermaid\n{KINDS[number % len(KINDS)].format(n=number)}\n```\n"


def _each(transcript: Transcript) -> bool:
    """From the end of a fence to its picture on the page, one after another."""
    took, asked = [], 24
    for number in range(asked):
        transcript.clear()
        transcript.begin_answer(1)
        transcript.add_text(_text(1_000 + number))
        began = perf_counter()
        transcript.end_answer(stored(1, "assistant", _text(1_000 + number)))
        run_until(lambda: any(b.is_picture_shown for b in _blocks(transcript)))
        took.append((perf_counter() - began) * 1e3)
    print(f"  the first, with the start of the process: {took[0]:.0f} ms")
    for ratio in (1, 2):
        ms = _alone(transcript, ratio)
        print(
            f"  drawn for {ratio} device pixels: median {percentile(ms, 0.5):.0f} ms, "
            f"max {max(ms):.0f} ms"
        )
    return judge(f"{asked - 1} more, seen after: median", percentile(took[1:], 0.5), DRAWN_MS)


def _alone(transcript: Transcript, ratio: int) -> list[float]:
    """Without the window."""
    drawer, took = Drawer(lambda drawing: drawing), []
    style = transcript._style
    assert style is not None
    advances = dict.fromkeys(map(chr, range(32, 127)), 0.6)
    for number in range(12):
        source = KINDS[number % len(KINDS)].format(n=number)
        job = DiagramJob(
            source, False, style.theme.colors, "sans-serif", advances, 1.1, 1.0, 728, 0.6, ratio
        )
        began = perf_counter()
        assert drawer.draw(job).result(60) is not None
        took.append((perf_counter() - began) * 1e3)
    drawer.close()
    return took[1:]


def _scrolled(transcript: Transcript, texts: Sequence[str], what: str) -> bool:
    probe = Probe()

    def load(ids: Sequence[int]) -> list[StoredMessage]:
        return [stored(number, "assistant", texts[number]) for number in ids]

    headers = [MessageHeader(n, "assistant", len(text), "complete") for n, text in enumerate(texts)]
    probe.start()
    later(transcript.open, headers, load)
    run_loop(1.5)
    bar = transcript.verticalScrollBar()
    for step in range(40):
        later(bar.setValue, bar.maximum() * step // 40)
        run_loop(0.05)
    run_until(lambda: not PICTURES._waited)
    probe.stop()
    return judge(f"opened and scrolled, {what}: longest delay", max(probe.late_ms), LIMIT_MS)


def _blocks(transcript: Transcript) -> list[DiagramBlock]:
    return [block for block in transcript.findChildren(DiagramBlock) if block.isVisible()]
