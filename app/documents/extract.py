"""Reads a file of any kind into pages, in a process of its own that is watched and may die."""

import json
import logging
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.documents.child import cause_of_death, end_child, kill_child, start_child
from app.documents.formats import FOLDER_SUFFIXES, SUPPORTED_SUFFIXES
from app.documents.job import Job, Limits, decode_page
from app.documents.values import Page
from app.documents.watch import Watch
from app.errors import document_unreadable

__all__ = [
    "FOLDER_SUFFIXES",
    "SUPPORTED_SUFFIXES",
    "Extraction",
    "ExtractionCancelled",
    "Limits",
    "extract",
]

log = logging.getLogger(__name__)

MAX_LINE_BYTES = 256 << 20
MAX_SKIPPED_PAGES = 3  # pages that end the process before the rest of the file is given up
END_S = 5.0  # how long a process may live after its last line
MAX_LISTED_RANGES = 8


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read of a file: ``pages`` of ``pages_total``, and what a reader should know."""

    kind: str  # see app.documents.formats
    pages: int
    pages_total: int
    notices: tuple[str, ...] = ()


class ExtractionCancelled(Exception):
    """``is_cancelled`` became true; the pages passed on until then are good."""


def extract(
    path: Path,
    on_page: Callable[[Page], None],
    *,
    name: str | None = None,
    limits: Limits | None = None,
    first_page: int = 1,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Extraction:
    """Pass on every page from ``first_page`` in order; blocks, and calls back on this thread.

    Raises AppError naming the file when nothing of it can be read, and ExtractionCancelled within
    about 0.2 s. What ``on_page`` raises ends the reading and comes through.
    """
    job = Job("extract", str(path.absolute()), name or path.name, limits or Limits(), first_page)
    if not path.exists():
        raise document_unreadable(job.name, "There is no such file any more.")
    return _Reading(job, on_page, is_cancelled).run()


@dataclass(slots=True)
class _Reading:
    """One file, and as many processes as it takes."""

    job: Job
    on_page: Callable[[Page], None]
    is_cancelled: Callable[[], bool]
    kind: str = ""
    total: int = 0
    last_page: int = 0
    text_bytes: int = 0
    spent_s: float = 0.0
    notices: list[str] = field(default_factory=list)
    ocr_pages: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    stopped_by: str = ""  # a sentence about what ended the reading early
    has_text: bool = False
    has_ended: bool = False

    def run(self) -> Extraction:
        self.last_page = self.job.first_page - 1
        while not self._run_child():
            self._skip_page()
        return self._result()

    def _run_child(self) -> bool:
        """Read with one process to its end. False when another may take over after this page."""
        try:
            process = start_child(replace(self.job, first_page=self.last_page + 1))
        except OSError as error:
            cause = f"It could not be opened for reading ({error.strerror})."
            raise document_unreadable(self.job.name, cause) from error
        watch = Watch(process, self.job.limits, self.is_cancelled)
        try:
            self._read_lines(process, watch)
            # Its last word is said, or is not wanted any more: nothing to wait for.
            code = 0 if self.has_ended or self.stopped_by else process.wait(END_S)
        except subprocess.TimeoutExpired:
            code = 1
        finally:
            watch.stop()
            end_child(process)
        if watch.was_cancelled or self.is_cancelled():
            raise ExtractionCancelled
        self.stopped_by = self.stopped_by or watch.limit_hit
        is_whole = self.kind == "pdf" and self.last_page == self.total
        if self.has_ended or self.stopped_by or is_whole:
            return True
        cause = cause_of_death(code)
        log.warning("a document's process ended: %s", cause)
        if self.kind == "pdf" and len(self.skipped) < MAX_SKIPPED_PAGES:
            return False
        self.stopped_by = cause
        return True

    def _read_lines(self, process: subprocess.Popen[bytes], watch: Watch) -> None:
        assert process.stdout is not None
        while True:
            watch.wait(self.spent_s)
            line = process.stdout.readline(MAX_LINE_BYTES)
            waited_s = watch.on_line()
            if not line.endswith(b"\n"):
                return
            try:
                page = self._on_line(line)
            except (ValueError, KeyError, TypeError):
                log.warning("a document's process sent something that is no line")
                kill_child(process)
                return
            if page is None or not page.is_ocr:
                self.spent_s += waited_s
            if page is not None:
                self.on_page(page)
            if self.has_ended or self.stopped_by:
                return

    def _on_line(self, untrusted_line: bytes) -> Page | None:
        """Take in one line; the page that is to be passed on, if it is one."""
        found: dict[str, Any] = json.loads(untrusted_line)
        match found["is"]:
            case "start":
                self.kind, self.total = str(found["kind"]), int(found["total"])
            case "notice":
                self._add_notice(str(found["text"]))
            case "error":
                self.stopped_by = str(found["cause"])
            case "failed":
                log.error("reading a %s file failed: %s", self.kind or "document", found["trace"])
                self.stopped_by = "It is damaged, or of a kind that Doorstep does not know."
            case "end":
                self.total, self.has_ended = max(int(found["total"]), self.last_page), True
            case _:
                return self._within_limits(decode_page(found), len(untrusted_line))
        return None

    def _within_limits(self, page: Page, size_bytes: int) -> Page | None:
        if page.number <= self.last_page:
            raise ValueError("pages out of order")
        self.text_bytes += size_bytes
        if self.text_bytes > self.job.limits.text_bytes:
            self.stopped_by = "It holds more text than Doorstep takes from one file."
            return None
        if page.number > self.job.limits.pages:
            self.stopped_by = f"Doorstep reads at most {self.job.limits.pages:,} pages of a file."
            return None
        self.last_page = page.number
        self.has_text = self.has_text or bool(page.text.strip())
        if page.is_ocr:
            self.ocr_pages.append(page.number)
        return page

    def _skip_page(self) -> None:
        """Stand in for the page that ended the process, so that the others keep their numbers."""
        self.last_page += 1
        self.skipped.append(self.last_page)
        self.on_page(Page(self.last_page, ""))

    def _add_notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def _result(self) -> Extraction:
        is_new = self.job.first_page == 1 or self.last_page < self.job.first_page
        if self.stopped_by and not self.has_text and is_new:
            raise document_unreadable(self.job.name, self.stopped_by)
        total = max(self.total, self.last_page)
        if self.stopped_by:
            pages = f"The first {self.last_page:,} pages were read."
            if total > self.last_page:
                pages = f"The first {self.last_page:,} pages of {total:,} were read."
            self._add_notice(f"{self.stopped_by} {pages}")
        if self.skipped:
            self._add_notice(f"{name_pages(self.skipped)} could not be read.")
        if self.ocr_pages:
            pages = name_pages(self.ocr_pages)
            is_one = len(self.ocr_pages) == 1
            self._add_notice(
                f"{pages} was read by OCR." if is_one else f"{pages} were read by OCR."
            )
        return Extraction(self.kind, self.last_page, total, tuple(self.notices))


def name_pages(numbers: list[int]) -> str:
    """ "Page 3", "Pages 1-4 and 9", "120 pages" for what would be a long list."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    if len(ranges) > MAX_LISTED_RANGES:
        return f"{len(numbers):,} pages"
    words = [f"{first:,}" if first == last else f"{first:,}-{last:,}" for first, last in ranges]
    if len(words) > 1:
        return f"Pages {', '.join(words[:-1])} and {words[-1]}"
    return f"Page {words[0]}" if len(numbers) == 1 else f"Pages {words[0]}"
