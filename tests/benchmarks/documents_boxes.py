"""From a quote to its boxes in a file of 300 pages: found in the text, then asked of the server."""

import random
import time

from app.documents.extract import extract
from app.documents.page_server import PageServer
from app.documents.values import Page
from tests.benchmarks.manuals import MISSING, find_manuals

QUOTES = 500
LIMIT_MS = 10.0


def bench() -> bool:
    manuals = find_manuals()
    pages: list[Page] = []
    for path in manuals:
        pages = []
        if extract(path, pages.append).pages >= 300:
            break
    if len(pages) < 300:
        print(MISSING)
        return False
    server = PageServer(path)
    server.page_sizes()
    times = []
    for quote in _quotes(pages):
        started = time.perf_counter()
        page, start = next(
            (page.number, page.text.find(quote)) for page in pages if quote in page.text
        )
        boxes = server.boxes(page, start, start + len(quote))
        times.append(time.perf_counter() - started)
        assert boxes, "a quote without boxes"
    server.close()
    times.sort()
    p50, p99 = times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3
    print(f"{path.name}, {len(pages)} pages, {len(times)} quotes of 80 characters")
    print(f"quote to boxes: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {times[-1] * 1e3:.1f} ms")
    print(f"promised: p99 at most {LIMIT_MS:.0f} ms")
    return p99 <= LIMIT_MS


def _quotes(pages: list[Page]) -> list[str]:
    chance = random.Random(7)
    found = []
    while len(found) < QUOTES:
        text = chance.choice(pages).text
        start = chance.randrange(max(len(text) - 80, 1))
        if len(text[start : start + 80].strip()) > 60:
            found.append(text[start : start + 80])
    return found
