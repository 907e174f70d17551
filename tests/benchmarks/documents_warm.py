"""A warm document after a restart: time to the first token and the answer, against a cold run.

    make bench-documents ARGS="--only warm"

The starter model reads 7,000 tokens; a Step 3.5 model of a few million parameters 3,000 (its
context is 4,096): DOORSTEP_NANO_STEP names its file, else the one of the tests is taken.
"""

import hashlib
import os
import queue
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.chat.messages import DocumentRef, DocumentsPart, Message, TextPart
from app.chat.turn import (
    ContentDelta,
    ReasoningDelta,
    TurnFailed,
    TurnFinished,
    TurnRequest,
    TurnUpdate,
    start_turn,
)
from app.documents.prompt import whole
from app.documents.reading import DocumentReader
from app.documents.values import Page
from app.documents.warm import WarmStates
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices
from app.engine.protocol import EngineOptions, SamplingParams
from app.models.locate import worker_spec
from tests.documents.conftest import MemoryLibrary
from tests.documents.proof_set import documents

LEAST_RATIO = 20.0
TOKENS = 24  # of each answer
QUESTION = "How much does the tenant pay?"
NANO_STEP = Path(__file__).parents[1] / "data" / "nano-step-q8_0.gguf"
PAGE_CHARACTERS = 2500


@dataclass(frozen=True)
class Answer:
    text: str
    first_s: float
    prompt_tokens: int
    cached_tokens: int


def bench() -> bool:
    nano = os.environ.get("DOORSTEP_NANO_STEP") or str(NANO_STEP)
    return all([_compare("starter", 7000), _compare(nano, 3000)])


def _compare(model: str, tokens: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="doorstep-warm-") as folder:
        work = Path(folder)
        client = _started(model, work, kept=False)
        library = _library(client, tokens)
        cold = _ask(client, library, QUESTION)
        client.close()

        client = _started(model, work, kept=True)
        states = WarmStates(client, DocumentReader(library, client), work / "kept", 1 << 40)
        started = time.perf_counter()
        state = states.warm([1])
        warmed_s = time.perf_counter() - started
        assert state is not None
        _ask(client, library, "Who is it about?")
        client.close()

        client = _started(model, work, kept=True)
        warm = _ask(client, library, QUESTION)
        again = _ask(client, library, "What is it about?")
        client.close()
    ratio = cold.first_s / warm.first_s
    is_same = cold.text == warm.text
    print(f"{Path(model).name}: a document of {tokens:,} tokens in {library.kept[1].pages} pages")
    print(f"  warmed in {warmed_s:.1f} s, {state.size_bytes / 1e6:.1f} MB on disk")
    for name, answer in (("cold", cold), ("restarted, warm", warm), ("next question", again)):
        print(
            f"  {name:16} first token {answer.first_s * 1e3:8.1f} ms, "
            f"{answer.cached_tokens:,} of {answer.prompt_tokens:,} tokens reused"
        )
    print(f"  ratio {ratio:.1f}, promised {LEAST_RATIO:.0f}; same answer: {is_same}")
    return ratio >= LEAST_RATIO and is_same


def _started(model: str, work: Path, *, kept: bool) -> EngineClient:
    options = EngineOptions(kept_dir=str(work / "kept") if kept else None)
    spec = worker_spec(model, "auto", work, options)
    client = EngineClient(spec, MachineChoices(work / "choices.json"))
    client.start()
    client.wait_ready(120)
    return client


def _library(client: EngineClient, tokens: int) -> MemoryLibrary:
    """One document of so many tokens, with the marks of its pages."""
    pages = next(made for made in documents() if made.setting == "plain").pages
    text = " ".join(" ".join(page.text.split()) for page in pages)
    low, high = 0, len(text)
    while high - low > 8:
        middle = (low + high) // 2
        is_short = client.count_tokens(_laid_out(_cut(text[:middle]))) < tokens
        low, high = (middle, high) if is_short else (low, middle)
    library = MemoryLibrary()
    library.put("report.txt", *_cut(text[:low]))
    return library


def _cut(text: str) -> list[str]:
    """Into pages."""
    return [text[at : at + PAGE_CHARACTERS] for at in range(0, len(text), PAGE_CHARACTERS)]


def _laid_out(pages: list[str]) -> str:
    document = DocumentRef(1, hashlib.sha256().hexdigest(), "report.txt", len(pages))
    return whole(1, document, (Page(number, page) for number, page in enumerate(pages, 1)))


def _ask(client: EngineClient, library: MemoryLibrary, words: str) -> Answer:
    reader = DocumentReader(library, client)
    question = Message("user", (DocumentsPart(reader.refs([1])), TextPart(words)))
    messages = reader.read([question]).messages
    updates: queue.SimpleQueue[tuple[float, TurnUpdate]] = queue.SimpleQueue()
    request = TurnRequest(messages, SamplingParams(temperature=0), max_tokens=TOKENS)
    started = time.perf_counter()
    start_turn(client, request, lambda update: updates.put((time.perf_counter(), update)))
    text, first_s = "", 0.0
    while True:
        at, update = updates.get(timeout=250)
        match update:
            case ContentDelta(piece) | ReasoningDelta(piece):
                first_s = first_s or at - started
                text += piece
            case TurnFinished(usage=usage):
                return Answer(text, first_s, usage.prompt_tokens, usage.cached_tokens)
            case TurnFailed(error):
                raise error
