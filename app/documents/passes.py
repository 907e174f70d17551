"""Reads documents that do not fit at once: part by part, with notes on each for the answer."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.chat.messages import DocumentRef
from app.chat.sources import ReadingProgress
from app.chat.template import render_prompt
from app.chat.turn import (
    ContentDelta,
    TurnFailed,
    TurnFinished,
    TurnRequest,
    TurnUpdate,
    start_turn,
)
from app.documents import prompt
from app.documents.values import Page
from app.engine.client import EngineClient
from app.engine.protocol import ModelInfo, SamplingParams
from app.errors import AppError

MOST_NOTES_TOKENS = 600  # on one part
LEAST_NOTES_TOKENS = 60
_ANSWER_SHARE = 0.125  # of the context, kept free for the answer; at most …
_MOST_ANSWER_TOKENS = 4096
_LOOK_S = 0.1

Numbered = tuple[int, DocumentRef, Sequence[Page]]  # the number that the model cites it by


@dataclass(frozen=True, slots=True)
class Part:
    """Pages that are read in one pass, by document."""

    texts: tuple[str, ...]
    pages: frozenset[tuple[int, int]]  # document id, page number


@dataclass(frozen=True, slots=True)
class Notes:
    """``pages`` are those that were read, as (document id, number)."""

    text: str
    pages: frozenset[tuple[int, int]]


def answer_room(context_length: int) -> int:
    """Tokens kept free for an answer."""
    return min(int(context_length * _ANSWER_SHARE), _MOST_ANSWER_TOKENS)


def take_notes(
    engine: EngineClient,
    documents: Sequence[Numbered],
    question: str,
    on_progress: Callable[[ReadingProgress], None],
    is_cancelled: Callable[[], bool],
) -> Notes:
    """Read all parts one after the other. Cancelled, what is noted so far. Raises AppError."""
    model = engine.wait_ready()
    parts = parts_of(engine, model, documents, question)
    limit = notes_limit(model.context_length, len(parts))
    noted: list[str] = []
    read: set[tuple[int, int]] = set()
    for number, part in enumerate(parts):
        on_progress(ReadingProgress(number, len(parts)))
        text = _note(engine, part, question, limit, is_cancelled)
        if is_cancelled():
            break
        read |= part.pages
        if text.strip() and not text.strip().startswith(prompt.NO_NOTES):
            noted.append(text.strip())
    else:
        on_progress(ReadingProgress(len(parts), len(parts)))
    return Notes("\n\n".join(noted), frozenset(read))


def notes_limit(context_length: int, parts: int) -> int:
    """Tokens that may be noted on one part, so that all notes and the answer fit."""
    room = context_length // 2 - answer_room(context_length) // 2
    return max(LEAST_NOTES_TOKENS, min(MOST_NOTES_TOKENS, room // max(1, parts)))


def parts_of(
    engine: EngineClient, model: ModelInfo, documents: Sequence[Numbered], question: str
) -> list[Part]:
    """The documents in parts that fit the context, each beginning at a page where it can."""
    bare = prompt.question([""], question, prompt.NOTES_TASK)
    room = model.context_length - engine.count_prompt(render_prompt(model, [bare]))
    room -= min(MOST_NOTES_TOKENS, model.context_length // 4) + model.context_length // 50
    parts: list[Part] = []
    for number, document, pages in documents:
        for chunk in _chunks(engine, number, document, pages, room):
            text = prompt.whole(number, document, chunk)
            parts.append(Part((text,), frozenset((document.id, page.number) for page in chunk)))
    return parts


def _chunks(
    engine: EngineClient,
    number: int,
    document: DocumentRef,
    pages: Sequence[Page],
    room: int,
) -> Iterator[list[Page]]:
    """Runs of pages that fit; a page that does not fit alone is cut."""
    frame = engine.count_tokens(prompt.whole(number, document, ()))
    room = max(64, room - frame)
    chunk: list[Page] = []
    used = 0
    for page in pages:
        size = engine.count_tokens(prompt.readable(page.text)) + 16  # its mark
        for piece, tokens in _pieces(page, size, room):
            if chunk and used + tokens > room:
                yield chunk
                chunk, used = [], 0
            chunk.append(piece)
            used += tokens
    if chunk:
        yield chunk


def _pieces(page: Page, tokens: int, room: int) -> Iterator[tuple[Page, int]]:
    """The page, or as many equal pieces of it as fit; dense text gets a margin."""
    count = -(-tokens // room)
    if count > 1:
        count = -(-tokens * 3 // (room * 2))
    length = -(-len(page.text) // count) if count else 0
    for start in range(0, max(1, len(page.text)), max(1, length)):
        yield replace(page, text=page.text[start : start + length]), -(-tokens // count)


def _note(
    engine: EngineClient,
    part: Part,
    question: str,
    limit: int,
    is_cancelled: Callable[[], bool],
) -> str:
    """One pass. Raises AppError when the engine fails."""
    message = prompt.question(part.texts, question, prompt.NOTES_TASK)
    over = threading.Event()
    text: list[str] = []
    failure: list[AppError] = []

    def take(update: TurnUpdate) -> None:
        match update:
            case ContentDelta(piece):
                text.append(piece)
            case TurnFailed(error):
                failure.append(error)
                over.set()
            case TurnFinished():
                over.set()

    request = TurnRequest((message,), SamplingParams(temperature=0), max_tokens=limit)
    turn = start_turn(engine, request, take)
    while not over.wait(_LOOK_S):
        if is_cancelled():
            turn.cancel()
    if failure:
        raise failure[0]
    return "".join(text)
