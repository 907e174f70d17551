"""``doorstep ask … --document FILE``: an answer from documents, with its quotes proven.

Files are read into a library of their own in a temporary folder that goes with the answer: a
question from a script neither fills the user's library nor waits for the window that has it open.
A collection is read where it is, in the library.
"""

import json
import queue
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.ask import Progress, check_question, follow, leave_pipe, printable
from app.chat.messages import DocumentRef, DocumentsPart, Message, PageRange, TextPart
from app.chat.sources import Reading, ReadingProgress
from app.chat.turn import TurnFinished, TurnRequest, TurnUpdate, start_turn
from app.documents.citation import Citation, Coverage, ReadingMode, verified_words
from app.documents.extract import FOLDER_SUFFIXES
from app.documents.library import Document, Library
from app.documents.plan import Planner
from app.documents.reading import DocumentReader
from app.documents.shelf import READABLE
from app.engine.client import EngineClient
from app.engine.protocol import SamplingParams
from app.errors import AppError, ErrorKind, nothing_to_read, only_one_source, pages_not_given
from app.paths import Paths
from app.start import Start, start_logging

NOTHING_READ = 3  # exit code

_LOOK_S = 0.2
_STATUS = {
    "verified": "verified",
    "close": "close",
    "ambiguous": "in several places",
    "unverified": "NOT VERIFIED",
}


@dataclass(frozen=True, slots=True)
class DocumentQuestion:
    """What was asked, of which documents, and how to read them; ``mode`` None: in full, or say
    that they do not fit."""

    words: str
    files: tuple[Path, ...] = ()
    collection: str | None = None
    mode: ReadingMode | None = None
    pages: tuple[int, int] | None = None  # first and last
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    documents: tuple[DocumentRef, ...]
    coverage: Coverage
    citations: tuple[Citation, ...]
    finished: TurnFinished


def ask_documents(
    start: Start, asked: DocumentQuestion, sampling: SamplingParams, max_tokens: int | None
) -> int:
    """Print the answer and its proof; 3 when nothing could be read. Raises AppError."""
    check_question(asked.words)
    if asked.files and asked.collection is not None:
        raise only_one_source()
    start_logging(start.paths, to_stderr=False)
    engine = start.engine_client(start.worker_spec())
    engine.subscribe(Progress().show_status)
    engine.start()
    try:
        with _opened(start.paths, asked) as (library, documents):
            return _ask(engine, library, documents, asked, sampling, max_tokens)
    except BrokenPipeError:
        leave_pipe()
        return 0
    finally:
        engine.close()


def _ask(
    engine: EngineClient,
    library: Library,
    documents: Sequence[Document],
    asked: DocumentQuestion,
    sampling: SamplingParams,
    max_tokens: int | None,
) -> int:
    readable = [document for document in documents if document.state in READABLE]
    unread = [document for document in documents if document.state not in READABLE]
    for document in unread:
        _say(document.error or f"{document.name} is not read yet.")
    if not readable:
        _say("Nothing could be read.")
        return NOTHING_READ
    reader = DocumentReader(library, engine)
    try:
        question, reading = _read(engine, reader, [document.id for document in readable], asked)
    except AppError as error:
        if error != nothing_to_read():
            raise
        _say(str(error))
        return NOTHING_READ
    answer = _answered(engine, reader, question, reading, asked, sampling, max_tokens)
    if asked.is_json:
        print(json.dumps(_as_json(answer, unread), ensure_ascii=False))
    else:
        _print_proof(answer)
    return 0


def _read(
    engine: EngineClient, reader: DocumentReader, ids: Sequence[int], asked: DocumentQuestion
) -> tuple[Message, Reading]:
    """The question with the documents before it."""
    mode, pages = asked.mode or "whole", asked.pages
    ranges = tuple(PageRange(document_id, *pages) for document_id in ids) if pages else ()
    part = DocumentsPart(reader.refs(ids), "pages" if ranges else mode, ranges)
    if part.mode == "whole":
        Planner(reader, engine).check(asked.words, ids, ())
    question = Message("user", (part, TextPart(asked.words)))
    progress = Progress()

    def tell(done: ReadingProgress) -> None:
        if done.done < done.total:
            progress.say(f"Reading part {done.done + 1:,} of {done.total:,}")

    reading = reader.read([question], on_progress=tell)
    progress.end()
    return question, reading


def _answered(
    engine: EngineClient,
    reader: DocumentReader,
    question: Message,
    reading: Reading,
    asked: DocumentQuestion,
    sampling: SamplingParams,
    max_tokens: int | None,
) -> _Answer:
    updates: queue.SimpleQueue[TurnUpdate] = queue.SimpleQueue()
    start_turn(engine, TurnRequest(reading.messages, sampling, max_tokens), updates.put)
    text, finished = follow(updates, is_printed=not asked.is_json)
    assert question.documents is not None
    assert reading.basis is not None
    assert reading.basis.coverage is not None
    given = Message("assistant", (reading.basis,))
    citations = reader.proven(text, [question, given])
    return _Answer(text, question.documents.documents, reading.basis.coverage, citations, finished)


@contextmanager
def _opened(paths: Paths, asked: DocumentQuestion) -> Iterator[tuple[Library, list[Document]]]:
    """The library to ask and the documents in it, read as far as they can be."""
    with ExitStack() as stack:
        if asked.collection is not None:
            library = stack.enter_context(closing(Library.open(paths, is_indexing=False)))
            yield library, library.documents(_collection_id(library, asked.collection))
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-ask-"))
        own = Paths.under(Path(folder))
        own.create()
        library = stack.enter_context(closing(Library.open(own)))
        ids = list(dict.fromkeys(library.add(list(_files(asked.files)))))
        _wait(library, ids)
        yield library, [library.document(document_id) for document_id in ids]


def _wait(library: Library, ids: Sequence[int]) -> None:
    """Until every file is read, or cannot be."""
    progress = Progress()
    while not library.wait(ids, _LOOK_S):
        for document in (library.document(document_id) for document_id in ids):
            if document.pages_done < document.pages:
                progress.say(
                    f"Reading {document.name}: {document.pages_done:,} of {document.pages:,} pages"
                )
                break
    progress.end()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Files, and those of folders whose names end as those of documents do."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for found in sorted(path.rglob("*")):
            if found.is_file() and found.suffix.lower() in FOLDER_SUFFIXES:
                yield found


def _collection_id(library: Library, name: str) -> int:
    for collection in library.collections():
        if collection.name == name:
            return collection.id
    raise AppError(
        ErrorKind.BAD_REQUEST,
        f"There is no collection called {name}",
        "See `doorstep documents list`, or make it: doorstep documents add PATH --collection NAME.",
    )


def page_range(text: str) -> tuple[int, int]:
    """ "3-9" or "3". Raises AppError for anything else."""
    first, _, last = text.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal()):
        raise pages_not_given(text)
    pages = int(first), int(last or first)
    if not 0 < pages[0] <= pages[1]:
        raise pages_not_given(text)
    return pages


def _print_proof(answer: _Answer) -> None:
    names = {document.id: document.name for document in answer.documents}
    print("\n")
    print(answer.coverage.words, verified_words(answer.citations) or "The answer quotes nothing.")
    for number, citation in enumerate(answer.citations, 1):
        quote = " ".join(citation.quote.split())
        where = "; ".join(_places(citation, names)) if citation.status != "unverified" else ""
        words = [f"{where}." if where else "", citation.reason]
        found = " ".join(word for word in words if word)
        print(printable(f"{number}. {_STATUS[citation.status]}: “{quote}” {found}".rstrip()))
    sys.stdout.flush()


def _places(citation: Citation, names: dict[int, str]) -> Iterable[str]:
    return dict.fromkeys(
        f"{names.get(place.document_id, '?')}, page {place.page}" for place in citation.places
    )


def _as_json(answer: _Answer, unread: Sequence[Document]) -> dict[str, Any]:
    names = {document.id: document.name for document in answer.documents}
    return {
        "answer": printable(answer.text),
        "coverage": asdict(answer.coverage) | {"words": answer.coverage.words},
        "citations": [_citation_as_json(citation, names) for citation in answer.citations],
        "documents": [
            {"name": document.name, "sha256": document.sha256, "pages": document.pages}
            for document in answer.documents
        ],
        "unread": [{"name": document.name, "error": document.error} for document in unread],
        "finish_reason": answer.finished.reason,
        "usage": asdict(answer.finished.usage),
        "prefill_s": round(answer.finished.timings.prefill_s, 3),
    }


def _citation_as_json(citation: Citation, names: dict[int, str]) -> dict[str, Any]:
    return {
        "quote": printable(citation.quote),
        "status": citation.status,
        "page": citation.page,
        "reason": printable(citation.reason),
        "places": [
            {
                "document": names.get(place.document_id, ""),
                "page": place.page,
                "start": place.start,
                "end": place.end,
            }
            for place in citation.places
        ],
        "answer_start": citation.answer_start,
        "answer_end": citation.answer_end,
    }


def _say(text: str) -> None:
    print(f"doorstep: {printable(text)}", file=sys.stderr, flush=True)
