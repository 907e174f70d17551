"""What the app asks of a process that reads a document, and the lines they send each other."""

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from app.documents.values import Box, Page, Word

Task = Literal["extract", "serve"]

# What no text may hold: SQLite, Qt and tokenizers each stumble over some of these.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost. What was read before a limit is kept, and a notice says so."""

    seconds: float = 600  # for a whole file, pages read by OCR not counted
    seconds_per_page: float = 120  # until the next page, OCR included
    memory_bytes: int = 2 << 30  # resident; twice as much address space
    pages: int = 20_000
    text_bytes: int = 512 << 20
    expansion_bytes: int = 1 << 30  # what an archive may unpack to
    archive_entries: int = 10_000


@dataclass(frozen=True, slots=True)
class Job:
    """The first line to the process."""

    task: Task
    path: str
    name: str
    limits: Limits = field(default_factory=Limits)
    first_page: int = 1


def encode_job(job: Job) -> bytes:
    # ASCII: paths may hold bytes that are no UTF-8.
    return json.dumps(asdict(job)).encode("ascii") + b"\n"


def decode_job(line: bytes) -> Job:
    found = json.loads(line)
    return Job(**{**found, "limits": Limits(**found["limits"])})


def encode_line(values: dict[str, Any]) -> bytes:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def encode_page(page: Page) -> bytes:
    values: dict[str, Any] = {"is": "page", "number": page.number, "text": fit_text(page.text)}
    if page.label:
        values["label"] = fit_text(page.label)
    if page.width:
        values["size"] = [round(page.width, 2), round(page.height, 2)]
    if page.is_ocr:
        values["words"] = [
            [word.start, word.end, *(round(edge, 2) for edge in box_edges(word.box))]
            for word in page.words
        ]
    return encode_line(values)


def decode_page(untrusted: dict[str, Any]) -> Page:
    """Raises KeyError, TypeError or ValueError for what is no page."""
    number, text, label = untrusted["number"], untrusted["text"], untrusted.get("label", "")
    if not (isinstance(number, int) and isinstance(text, str) and isinstance(label, str)):
        raise TypeError("page of the wrong types")
    width, height = (float(side) for side in untrusted.get("size", (0, 0)))
    words = tuple(
        Word(int(start), int(end), Box(*(float(edge) for edge in edges)))
        for start, end, *edges in untrusted.get("words", ())
    )
    return Page(number, text, label, width, height, "words" in untrusted, words)


def box_edges(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def fit_text(text: str) -> str:
    """The same text with U+FFFD, one for one, where a character means nothing."""
    return _UNFIT.sub("\ufffd", text) if _UNFIT.search(text) else text
