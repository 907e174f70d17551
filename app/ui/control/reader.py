"""One document at a time in the reader: opened, turned to a place, searched, asked about."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.documents.citation import Citation
from app.documents.values import Box, Place
from app.errors import AppError
from app.ui.background import Background
from app.ui.control.reader_work import (
    Boxes,
    Drag,
    Opened,
    boxes_of,
    find,
    open_document,
    selection,
    text_of,
)
from app.ui.documents.page_pictures import PagePictures
from app.ui.documents.reader_pane import ReaderPane
from app.ui.error_words import error_message, error_title, in_a_row, sentence

if TYPE_CHECKING:  # it brings the reading and searching of documents with it
    from app.documents.library import Library


class ReaderControl(QObject):
    """``library`` opens what the documents are in, on a worker thread. GUI thread otherwise."""

    asked_about = Signal(int, int, str)  # document, page, the selected text
    shown = Signal(bool)
    failed = Signal(object)  # AppError

    def __init__(
        self, pane: ReaderPane, library: "Callable[[], Library]", reads: Background
    ) -> None:
        super().__init__()
        self._pane, self._library, self._reads = pane, library, reads
        self._wanted: int | None = None  # the document that was asked for last
        self._open: Opened | None = None
        self._pictures: PagePictures | None = None
        self._thumbnails: PagePictures | None = None
        self._citations: list[tuple[int, Citation]] = []  # with the numbers they have in the text
        self._current = 0
        self._hits: list[Place] = []
        self._hit = 0
        self._selected: tuple[int, int, int] | None = None  # page, start, end
        self._drag: tuple[int, Drag] | None = None  # the newest that is not looked up yet
        self._is_looking_up = False
        self._connect()

    @property
    def document_id(self) -> int | None:
        return self._wanted

    def show_document(self, document_id: int, page: int = 1) -> None:
        """Open it, without citations."""
        self._citations = []
        self._show(document_id, partial(self._go_to_page, page))

    def show_citation(self, citations: Sequence[tuple[int, Citation]], current: int) -> None:
        """Citations with their numbers; the one at index ``current`` first."""
        self._citations = list(citations)
        self._go_to_citation(current)

    def close(self) -> None:
        """Close the reader and the process that has the file open."""
        self._wanted = None
        self._end()
        self._pane.hide()
        self.shown.emit(False)

    def _connect(self) -> None:
        pane = self._pane
        pane.closed.connect(self.close)
        pane.previous_requested.connect(self._on_previous)
        pane.next_requested.connect(self._on_next)
        pane.page_chosen.connect(self._go_to_page)
        pane.ask_requested.connect(self._on_ask)
        pane.view.page_changed.connect(self._on_page)
        pane.view.pictures_wanted.connect(self._on_pictures_wanted)
        pane.view.drag_moved.connect(self._on_drag)
        pane.view.link_pressed.connect(self._on_pressed)
        pane.thumbnails.pictures_wanted.connect(self._on_thumbnails_wanted)
        pane.text.page_changed.connect(self._on_page)
        pane.text.text_selected.connect(self._on_text_selected)
        pane.find_bar.searched.connect(self._on_searched)
        pane.find_bar.next_requested.connect(partial(self._turn_hit, 1))
        pane.find_bar.previous_requested.connect(partial(self._turn_hit, -1))

    def _show(self, document_id: int, then: Callable[[], None]) -> None:
        self._pane.show()
        self.shown.emit(True)
        if self._open is not None and self._open.document.id == document_id:
            then()
            return
        self._end()
        self._wanted = document_id
        self._pane.show_state(self.tr("Opening the document"))
        self._reads.run(
            partial(open_document, self._library, document_id),
            partial(self._on_opened, then),
            partial(self._on_not_opened, document_id),
        )

    def _on_opened(self, then: Callable[[], None], opened: Opened) -> None:
        if opened.document.id != self._wanted:
            if opened.server is not None:
                opened.server.close()
            return
        self._open = opened
        self._pane.show_name(opened.document.name, has_pictures=opened.server is not None)
        if opened.server is not None:
            self._pictures = PagePictures(opened.server)
            self._pictures.arrived.connect(self._pane.view.take_picture)
            self._thumbnails = PagePictures(opened.server, are_thumbnails=True)
            self._thumbnails.arrived.connect(self._on_thumbnail)
            self._pane.thumbnails.pages.show_pages(opened.sizes)
            self._pane.show_pages()
            self._pane.view.show_pages(opened.sizes)
        else:
            self._pane.text.show_pages(opened.pages)
            self._pane.show_text()
        self._pane.show_page(1, self._count)
        then()

    def _on_not_opened(self, document_id: int, error: AppError) -> None:
        if document_id == self._wanted:
            self._pane.show_state(f"{error_title(error)}\n{error_message(error)}")

    def _end(self) -> None:
        for pictures in (self._pictures, self._thumbnails):
            if pictures is not None:
                pictures.close()
        if self._open is not None and self._open.server is not None:
            self._reads.run(self._open.server.close, _ignore, self.failed.emit)
        self._open = self._pictures = self._thumbnails = None
        self._hits, self._selected = [], None
        self._pane.find_bar.hide()
        self._pane.offer_question(False)
        self._pane.show_citation("", is_doubtful=False, has_others=False)

    @property
    def _count(self) -> int:
        if self._open is None:
            return 0
        return len(self._open.sizes) or len(self._open.pages)

    def _go_to_page(self, number: int) -> None:
        if self._open is None:
            return
        if self._open.server is not None:
            self._pane.view.go_to(number)
        elif 1 <= number <= self._count:
            self._pane.text.go_to(number)

    def _go_to_citation(self, index: int) -> None:
        """To its first place; one that was found nowhere is told, and its document shown."""
        self._current = index % len(self._citations)
        _, citation = self._citations[self._current]
        document_id = citation.places[0].document_id if citation.places else citation.document_id
        if document_id is None:
            self._tell_citation()
            self._pane.show()
            self.shown.emit(True)
            return
        self._show(document_id, self._show_citation)

    def _show_citation(self) -> None:
        number, citation = self._citations[self._current]
        self._tell_citation()
        is_found = citation.status in ("verified", "close", "ambiguous")
        places = [
            p for p in citation.places if self._open and p.document_id == self._open.document.id
        ]
        if places:
            self._mark(places, "found" if is_found else "warn", str(number), is_flashing=True)
        elif citation.page:
            self._go_to_page(citation.page)

    def _tell_citation(self) -> None:
        number, citation = self._citations[self._current]
        words = {
            "verified": self.tr("Quote {number} is word for word on page {page}."),
            "close": self.tr("Quote {number} is on page {page} with small differences."),
            "ambiguous": self.tr("Quote {number} stands in {count} places. All are marked."),
            "unverified": self.tr("Quote {number} was not found in the document."),
        }[citation.status]
        page = citation.places[0].page if citation.places else (citation.page or 0)
        told = words.format(number=number, page=page, count=len(citation.places))
        if citation.reason:
            told = in_a_row(told, sentence(citation.reason))
        self._pane.show_citation(
            told,
            is_doubtful=citation.status != "verified",
            has_others=len(self._citations) > 1,
        )

    def _mark(
        self, places: Sequence[Place], tone: str, label: str = "", *, is_flashing: bool = False
    ) -> None:
        opened = self._open
        if opened is None:
            return
        if opened.server is None:
            marks: dict[int, list[tuple[int, int]]] = {}
            for place in places:
                marks.setdefault(place.page, []).append((place.start, place.end))
            self._pane.text.mark(marks, tone)
            self._pane.text.go_to(places[0].page, places[0].start)
            if is_flashing:
                self._pane.text.flash()
            return
        self._reads.run(
            partial(boxes_of, self._library, opened, places),
            partial(self._on_boxes, opened, places[0].page, tone, label, is_flashing),
            self.failed.emit,
        )

    def _on_boxes(
        self, opened: Opened, first: int, tone: str, label: str, is_flashing: bool, boxes: Boxes
    ) -> None:
        if opened is not self._open:
            return
        view = self._pane.view
        view.mark(boxes, tone, label)
        view.go_to(first, next(iter(boxes.get(first, ())), None))
        if is_flashing:
            view.flash()

    def _on_previous(self) -> None:
        if self._citations:
            self._go_to_citation(self._current - 1)

    def _on_next(self) -> None:
        if self._citations:
            self._go_to_citation(self._current + 1)

    def _on_page(self, number: int) -> None:
        self._pane.show_page(number, self._count)

    def _on_pictures_wanted(self, numbers: list[int], scale: float) -> None:
        if self._pictures is not None:
            self._pictures.want(numbers, scale)

    def _on_thumbnails_wanted(self, numbers: list[int], scale: float) -> None:
        if self._thumbnails is not None:
            self._thumbnails.want(numbers, scale)

    def _on_thumbnail(self, number: int, picture: QImage, _: float) -> None:
        self._pane.thumbnails.pages.put(number, picture)

    def _on_drag(self, number: int, drag: Drag) -> None:
        """Look the newest up; what came meanwhile is skipped."""
        self._drag = (number, drag)
        if not self._is_looking_up:
            self._look_up()

    def _look_up(self) -> None:
        if self._drag is None or self._open is None or self._open.server is None:
            return
        number, drag = self._drag
        self._drag, self._is_looking_up = None, True
        self._reads.run(
            partial(selection, self._library, self._open, number, drag),
            partial(self._on_looked_up, self._open, number),
            self._on_not_looked_up,
        )

    def _on_looked_up(
        self, opened: Opened, number: int, found: tuple[tuple[int, int], list[Box]] | None
    ) -> None:
        self._is_looking_up = False
        if opened is not self._open:
            return
        if found is not None:
            self._selected = (number, *found[0])
            self._pane.view.select({number: found[1]})
            self._pane.offer_question(True)
        self._look_up()

    def _on_not_looked_up(self, error: AppError) -> None:
        self._is_looking_up = False
        self.failed.emit(error)

    def _on_pressed(self, *_: object) -> None:
        self._selected = None
        self._pane.offer_question(False)

    def _on_text_selected(self, number: int, found: tuple[int, int] | None) -> None:
        self._selected = None if found is None else (number, *found)
        self._pane.offer_question(found is not None)

    def _on_ask(self) -> None:
        """Hand the selected text over, as the file has it."""
        if self._selected is None or self._open is None:
            return
        number, start, end = self._selected
        document_id = self._open.document.id
        self._reads.run(
            partial(text_of, self._library, document_id, number, start, end),
            partial(self.asked_about.emit, document_id, number),
            self.failed.emit,
        )

    def _on_searched(self, query: str) -> None:
        if self._open is None:
            return
        self._reads.run(
            partial(find, self._library, self._open.document.id, query),
            partial(self._on_found, self._open),
            self.failed.emit,
        )

    def _on_found(self, opened: Opened, hits: list[Place]) -> None:
        if opened is not self._open:
            return
        here = self._pane.view.current
        self._hits = hits
        self._hit = next((n for n, place in enumerate(hits) if place.page >= here), 0)
        self._turn_hit(0)

    def _turn_hit(self, by: int) -> None:
        bar = self._pane.find_bar
        if not self._hits:
            bar.show_count(0, 0)
            return
        self._hit = (self._hit + by) % len(self._hits)
        bar.show_count(self._hit + 1, len(self._hits))
        self._mark([self._hits[self._hit]], "found")


def _ignore(_: None) -> None:
    """Nothing follows a closed file."""
