"""Pages per second of the extraction, beside a bare loop over pypdfium2, in turns.

The bare loop opens a file and takes the text of each page, in a process that has loaded pypdfium2
already. The extraction is what the app does: a process is started for each file, and every page
comes through its pipe. Memory is the largest resident size of any process that read a file.
"""

import statistics
import time
from pathlib import Path

import psutil
import pypdfium2

from app.documents.extract import extract
from app.documents.values import Page
from tests.benchmarks.manuals import MISSING, find_manuals

ROUNDS = 3
SHARE = 0.8  # of the bare loop's speed


def bench() -> bool:
    manuals = find_manuals()
    if not manuals:
        print(MISSING)
        return False
    bare, ours = [0.0] * ROUNDS, [0.0] * ROUNDS
    pages = memory = 0
    for turn in range(ROUNDS):
        pages = 0
        for path in manuals:
            count, seconds = _bare(path)
            bare[turn] += seconds
            found, seconds, used = _ours(path)
            ours[turn] += seconds
            memory = max(memory, used)
            pages += count
            assert found == count, f"{path.name}: {found} pages of {count}"
    shares = [one / other for one, other in zip(bare, ours, strict=True)]
    print(f"{len(manuals)} manuals, {pages:,} pages, {ROUNDS} rounds in turns")
    print(f"pypdfium2 alone: {pages / statistics.median(bare):,.0f} pages/s")
    print(f"extraction: {pages / statistics.median(ours):,.0f} pages/s")
    rounds = ", ".join(f"{share:.2f}" for share in shares)
    print(f"share: {statistics.median(shares):.2f} (rounds {rounds}; promised {SHARE})")
    print(f"memory of the process, at most: {memory / 1e6:.0f} MB (limit 2,147 MB)")
    return statistics.median(shares) >= SHARE


def _bare(path: Path) -> tuple[int, float]:
    started = time.perf_counter()
    characters = 0
    with pypdfium2.PdfDocument(path) as document:
        count = len(document)
        for index in range(count):
            page = document[index]
            text_page = page.get_textpage()
            characters += len(text_page.get_text_range())
            text_page.close()
            page.close()
    return count, time.perf_counter() - started


def _ours(path: Path) -> tuple[int, float, int]:
    """(pages, seconds, bytes of memory)."""
    memory = 0

    def on_page(page: Page) -> None:
        nonlocal memory
        if page.number % 200 == 0:
            sizes = [child.memory_info().rss for child in psutil.Process().children()]
            memory = max(memory, *sizes) if sizes else memory

    started = time.perf_counter()
    found = extract(path, on_page)
    return found.pages, time.perf_counter() - started, memory
