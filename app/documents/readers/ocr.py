"""Reads the words of a page's picture, Chinese and English, with the place of each word."""

import functools
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium

from app.documents.job import fit_text
from app.documents.values import Box, Word

# 200 dots per inch for A5, 170 for A4: more costs time and finds no more letters.
_MAX_SCALE = 200 / 72
_MAX_SIDE = 2_000
_THREADS = 4
_COLUMN_GAP = 0.8  # median line heights without text are the space between two columns


@dataclass(frozen=True, slots=True)
class Recognised:
    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    box: Box
    words: tuple[tuple[str, Box], ...]


def read_page(page: pdfium.PdfPage) -> Recognised | None:
    """The text that is seen on a page; None where nothing is."""
    scale = min(_MAX_SCALE, _MAX_SIDE / max(*page.get_size(), 1.0))
    picture = page.render(scale=scale, no_smoothtext=False).to_numpy()[:, :, :3]
    lines = [line for line in _lines(picture, scale) if line.text.strip()]
    return _laid_out(_in_reading_order(lines)) if lines else None


@functools.cache
def _engine() -> Any:  # noqa: ANN401 - rapidocr has no types
    """Models and all; takes about a second. They are inside the wheel: nothing is fetched."""
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.return_word_box": True,
            "Global.max_side_len": _MAX_SIDE,
            # Every thread reserves address space, which is bounded, and the engine has a use for
            # the other cores.
            "EngineConfig.onnxruntime.intra_op_num_threads": min(os.cpu_count() or 1, _THREADS),
            # Lines are found on a smaller picture than they are read from: a third of the time,
            # and fewer lines are torn apart (0.93 to 0.96 of a page of code read right).
            "Det.limit_type": "max",
            "Det.limit_side_len": 1_280,
        }
    )


def _lines(picture: Any, scale: float) -> list[_Line]:  # noqa: ANN401 - a numpy array
    found = _engine()(picture)
    if found.boxes is None or found.txts is None:
        return []
    words = list(found.word_results or ())
    # A line without words is left out of word_results: then the lists do not fit each other.
    fitting = words if len(words) == len(found.txts) else [()] * len(found.txts)
    return [
        _line(str(text), _box(corners, scale), parts, scale)
        for text, corners, parts in zip(found.txts, found.boxes, fitting, strict=True)
    ]


def _line(text: str, box: Box, parts: Sequence[Any], scale: float) -> _Line:
    text = fit_text(text).strip()
    words = tuple((str(word), _box(corners, scale)) for word, _, corners in parts if corners)
    spelt = "".join("".join(word.split()) for word, _ in words)
    is_same = spelt == "".join(text.split())
    return _Line(text, box, words if is_same else ((text, box),))


def _box(corners: Any, scale: float) -> Box:  # noqa: ANN401 - four points
    across = [float(x) / scale for x, _ in corners]
    along = [float(y) / scale for _, y in corners]
    return Box(min(across), min(along), max(across), max(along))


def _in_reading_order(lines: list[_Line]) -> list[_Line]:
    """Column by column where a gap runs down the page, else cut at its widest gap across.

    The recursive XY cut of Nagy and Seth (1984), columns first.
    """
    if len(lines) < 2:
        return lines
    heights = sorted(line.box.bottom - line.box.top for line in lines)
    height = heights[len(heights) // 2]
    columns = _cut(lines, lambda line: (line.box.left, line.box.right), height * _COLUMN_GAP)
    parts = columns or _cut(lines, lambda line: (line.box.top, line.box.bottom), 0.0)
    if not parts:
        return _by_rows(lines, height)
    return [line for part in parts for line in _in_reading_order(part)]


def _cut(
    lines: list[_Line], span: Callable[[_Line], tuple[float, float]], least: float
) -> list[list[_Line]]:
    """Two parts on either side of the widest gap; none where every gap is narrower."""
    ordered = sorted(lines, key=span)
    reached, widest, place = span(ordered[0])[1], least, 0
    for index, line in enumerate(ordered):
        start, end = span(line)
        if start - reached > widest:
            widest, place = start - reached, index
        reached = max(reached, end)
    return [ordered[:place], ordered[place:]] if place else []


def _by_rows(lines: list[_Line], height: float) -> list[_Line]:
    """Lines that overlap: those of about the same height on the page are read left to right."""
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=_middle):
        if not rows or _middle(line) > _middle(rows[-1][0]) + height / 2:
            rows.append([])
        rows[-1].append(line)
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]


def _middle(line: _Line) -> float:
    return (line.box.top + line.box.bottom) / 2


def _laid_out(lines: list[_Line]) -> Recognised:
    text = ""
    words: list[Word] = []
    for line in lines:
        text += "\n" if text else ""
        start = len(text)
        text += line.text
        at = start
        for word, box in line.words:
            at = max(text.find(word, at), at)
            end = min(at + len(word), len(text))
            if end > at:
                words.append(Word(at, end, box))
            at = end
    return Recognised(text, tuple(words))
