"""A PDF of 2,000 pages in the window's reader: how soon its first page is seen, how it scrolls."""

from time import perf_counter

from app.ui.documents.page_view import PageView
from tests.benchmarks.window_rig import with_window
from tests.benchmarks.window_stage import (
    application,
    judge,
    percentile,
    run_loop,
    run_until,
    spread,
)
from tests.documents.pdf_files import many_pages
from tests.screens.rig import Rig

PAGES = 2_000
ROUNDS = 5
OPEN_LIMIT_S = 0.3
FRAMES = 400
FRAME_S = 1 / 60
FRAME_LIMIT_MS = 16.0
STEPS = {"by the wheel": 120, "by pages": 900, "far": 47_000}  # pixels a frame


def bench() -> bool:
    return with_window(_measure)


def _measure(rig: Rig) -> bool:
    file = rig.folder / "manual.pdf"
    file.write_bytes(many_pages(PAGES))
    library = rig.desk.library()
    document = library.add([file])[0]
    run_until(lambda: library.document(document).state == "indexed", 120)
    documents = rig.window.chat.documents
    assert documents is not None
    opened = [_opened(rig, document) for _ in range(ROUNDS)]
    assert documents.reader is not None
    view = rig.window.findChild(PageView)
    assert view is not None
    print(
        f"  {PAGES:,} pages, opened and first page painted: median {percentile(opened, 0.5):.2f} s"
    )
    kept = [judge("opened, worst", max(opened), OPEN_LIMIT_S, "s")]
    kept += [_scrolled(view, how, step) for how, step in STEPS.items()]
    return all(kept)


def _opened(rig: Rig, document: int) -> float:
    """Seconds from the wish to the first page on the screen; the process of the file is new."""
    documents = rig.window.chat.documents
    if documents.reader is not None:
        documents.reader.close()
        run_loop(0.5)
    began = perf_counter()
    documents.open(document, 1)
    run_until(lambda: documents.reader._open is not None)
    view = rig.window.findChild(PageView)
    run_until(lambda: view._pictures.get(1) is not None)
    view.viewport().repaint()
    return perf_counter() - began


def _scrolled(view: PageView, how: str, step: int) -> bool:
    bar, frames = view.verticalScrollBar(), []
    bar.setValue(0)
    run_loop(0.3)
    for _ in range(FRAMES):
        began = perf_counter()
        bar.setValue((bar.value() + step) % bar.maximum())
        application().processEvents()
        frames.append((perf_counter() - began) * 1e3)
        run_loop(max(0.001, FRAME_S - frames[-1] / 1e3))
    print(f"  scrolled {how}, ms a frame: {spread(frames)}")
    return judge(f"scrolled {how}, p99", percentile(frames, 0.99), FRAME_LIMIT_MS)
