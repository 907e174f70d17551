"""Answers questions about the pages of one open PDF, most urgent first, until stdin ends."""

import itertools
import json
import queue
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from app.documents import sandbox
from app.documents.job import Job, box_edges, encode_line
from app.documents.readers.pdf import open_pdf
from app.documents.readers.pdf_page import PdfPageText
from app.documents.readers.source import Unreadable

MAX_PIXELS = 40_000_000
_KEPT_PAGES = 16
_ORDER = ("sizes", "boxes", "character", "selection", "text", "picture", "thumbnail")


@dataclass(order=True)
class _Asked:
    """A question; ordered by urgency, then by age."""

    urgency: int
    age: int
    request: dict[str, Any] = field(compare=False)


def serve(job: Job, requests: BinaryIO, output: BinaryIO) -> int:
    """Read a question per line, write an answer per line, a picture's bytes behind its line."""
    try:
        document = open_pdf(job.path)
    except Unreadable as error:
        output.write(encode_line({"error": str(error)}))
        output.flush()
        return 0
    asked: queue.PriorityQueue[_Asked] = queue.PriorityQueue()
    cancelled: set[int] = set()
    listener = threading.Thread(target=_listen, args=(requests, asked, cancelled), daemon=True)
    listener.start()
    pages = _Pages(document)
    while (request := asked.get().request)["ask"] != "end":
        if request["id"] in cancelled:
            cancelled.discard(request["id"])
            continue
        head, body = _answer(pages, request)
        output.write(encode_line({"id": request["id"], **head, "bytes": len(body)}))
        output.write(body)
        output.flush()
    return 0


def _listen(requests: BinaryIO, asked: "queue.PriorityQueue[_Asked]", cancelled: set[int]) -> None:
    """Runs on a thread of its own, so that a question can be withdrawn while others wait."""
    ages = itertools.count()
    for line in requests:
        request = json.loads(line)
        if request["ask"] == "cancel":
            cancelled.add(request["id"])
        else:
            asked.put(_Asked(_ORDER.index(request["ask"]), next(ages), request))
    asked.put(_Asked(-1, 0, {"ask": "end"}))
    sandbox.end_after(sandbox.LEFT_S)  # a page may take for ever


def _answer(pages: "_Pages", request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        match request["ask"]:
            case "sizes":
                return {"value": pages.sizes()}, b""
            case "picture" | "thumbnail":
                return pages.picture(request["page"], request["scale"])
            case "text":
                return {"value": pages.text(request["page"]).text}, b""
            case "boxes":
                page = pages.text(request["page"])
                found = page.boxes(request["start"], request["end"])
                return {"value": [box_edges(box) for box in found]}, b""
            case "character":
                page = pages.text(request["page"])
                return {"value": page.character_at(*request["at"])}, b""
            case _:
                page = pages.text(request["page"])
                return {"value": page.selection(*request["at"])}, b""
    except (pdfium.PdfiumError, ValueError, MemoryError):
        return {"error": f"Page {request.get('page')} is damaged and cannot be shown."}, b""


class _Pages:
    """The document, and the texts of the pages that were asked about last."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._texts: OrderedDict[int, PdfPageText] = OrderedDict()

    def sizes(self) -> list[tuple[float, float]]:
        """Width and height of every page in points, as shown; no page is loaded for it."""
        found = []
        size = pdfium_c.FS_SIZEF()
        for index in range(len(self._document)):
            is_known = pdfium_c.FPDF_GetPageSizeByIndexF(self._document, index, size)
            found.append((size.width, size.height) if is_known else (0.0, 0.0))
        return found

    def text(self, number: int) -> PdfPageText:
        if number in self._texts:
            self._texts.move_to_end(number)
        else:
            self._texts[number] = PdfPageText(self._document[number - 1])
            if len(self._texts) > _KEPT_PAGES:
                self._texts.popitem(last=False)[1].close()
        return self._texts[number]

    def picture(self, number: int, scale: float) -> tuple[dict[str, Any], bytes]:
        page = self._document[number - 1]
        try:
            width, height = page.get_size()
            scale = min(scale, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
            bitmap = page.render(scale=scale, force_bitmap_format=pdfium_c.FPDFBitmap_BGRx)
            size = {"width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride}
            return {**size, "scale": scale}, bytes(bitmap.buffer)
        finally:
            page.close()
