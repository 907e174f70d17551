"""The process that opens documents: reads one file into pages, or serves the pages of a PDF."""

import os
import stat
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from app.documents.child import IDLE_S
from app.documents.formats import Kind, expected_kind, find_kind
from app.documents.job import Job, decode_job, encode_line, encode_page
from app.documents.readers.encoding import NOT_TEXT
from app.documents.readers.source import DAMAGED, EMPTY, Source, Unreadable
from app.documents.sandbox import enclose, end_with_app
from app.documents.values import Page

# Opened by name, so that a file of one kind loads no library of another.
_READERS: dict[Kind, tuple[str, str]] = {
    "pdf": ("pdf", "read"),
    "docx": ("docx", "read"),
    "pptx": ("pptx", "read"),
    "xlsx": ("sheets", "read_xlsx"),
    "xls": ("sheets", "read_ole"),
    "ods": ("sheets", "read_ods"),
    "odt": ("odf", "read_text"),
    "odp": ("odf", "read_presentation"),
    "epub": ("epub", "read"),
    "html": ("html", "read"),
    "markdown": ("text", "read_markdown"),
    "text": ("text", "read_text"),
    "rtf": ("rtf", "read"),
    "csv": ("text", "read_table"),
    "code": ("text", "read_code"),
    "email": ("mail", "read"),
    "picture": ("picture", "read"),
}


def main() -> int:
    """Take the job from the first line of stdin; ends when the app closes its side."""
    idle = threading.Timer(IDLE_S, os._exit, (0,))
    idle.daemon = True
    idle.start()
    import_module("app.documents.readers.pdf")  # what is asked for most often, while waiting
    line = sys.stdin.buffer.readline()
    idle.cancel()
    if not line:
        return 0
    job = decode_job(line)
    output = sys.stdout.buffer
    # A library that prints must not break the lines.
    sys.stdout = sys.stderr
    enclose(job.limits)
    if job.task == "serve":
        from app.documents.page_child import serve

        return serve(job, sys.stdin.buffer, output)
    end_with_app(sys.stdin.fileno())
    if hasattr(os, "nice"):
        os.nice(5)
    try:
        return extract(job, output)
    except BrokenPipeError:  # the app does not listen any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
        return 0


def extract(job: Job, output: BinaryIO) -> int:
    """Write a line per page; whatever goes wrong becomes a line as well."""

    def send(line: bytes) -> None:
        output.write(line)
        output.flush()

    def notice(text: str) -> None:
        send(encode_line({"is": "notice", "text": text}))

    def start(kind: str, total: int) -> None:
        send(encode_line({"is": "start", "kind": kind, "total": total}))

    try:
        last = 0
        if not stat.S_ISREG(os.stat(job.path).st_mode) and not os.path.isdir(job.path):
            raise Unreadable("It is no ordinary file, so it was not opened.")
        with open(job.path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            source = Source(
                *(file, job.path, job.name, size, job.limits, job.first_page, start, notice)
            )
            for page in _pages(source):
                last = page.number
                if last >= job.first_page:
                    send(encode_page(page))
                if last > job.limits.pages:
                    return 0
        send(encode_line({"is": "end", "total": last}))
    except Unreadable as error:
        send(encode_line({"is": "error", "cause": str(error)}))
    except FileNotFoundError:
        send(encode_line({"is": "error", "cause": "There is no such file any more."}))
    except IsADirectoryError:
        send(encode_line({"is": "error", "cause": "It is a folder. Add the files in it."}))
    except PermissionError:
        send(encode_line({"is": "error", "cause": "You may not read it. Change its permissions."}))
    except (MemoryError, RecursionError):
        cause = "Reading it takes more memory than Doorstep gives to one file."
        send(encode_line({"is": "error", "cause": cause}))
    except BrokenPipeError:
        raise
    except Exception as error:  # a hostile file finds every slip; the app must hear of it
        send(encode_line({"is": "failed", "trace": _trace(error)}))
    return 0


def _pages(source: Source) -> Iterator[Page]:
    if source.size_bytes == 0:
        raise Unreadable("It is empty.")
    kind = find_kind(source.file, source.name)
    expected = expected_kind(source.name)
    if kind is None:
        raise Unreadable(DAMAGED if expected else NOT_TEXT)
    if expected not in (kind, None) and not {kind, expected} <= {"xls", "xlsx"}:
        source.notice(f"Its name promises {_NAMES[expected]}; it is {_NAMES[kind]}.")
    module, function = _READERS[kind]
    reader: Callable[[Source], Iterator[Page]] = getattr(
        import_module(f"app.documents.readers.{module}"), function
    )
    has_text = source.first_page > 1
    for page in reader(source):
        has_text = has_text or bool(page.text.strip())
        yield page
    if not has_text:
        raise Unreadable(EMPTY)


_NAMES: dict[Kind | None, str] = {
    "pdf": "a PDF",
    "docx": "a Word document",
    "pptx": "a PowerPoint presentation",
    "xlsx": "an Excel workbook",
    "xls": "an old Excel workbook",
    "ods": "an OpenDocument spreadsheet",
    "odt": "an OpenDocument text",
    "odp": "an OpenDocument presentation",
    "epub": "an e-book",
    "html": "a web page",
    "markdown": "Markdown",
    "text": "plain text",
    "rtf": "Rich Text",
    "csv": "a table in text form",
    "code": "source code",
    "email": "an e-mail",
    "picture": "a picture",
}


def _trace(error: BaseException) -> str:
    """Where it happened and what kind it was; messages may hold the document's words."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return f"{type(error).__name__} at {' > '.join(places)}"
