"""Reads the words of a page's picture, Chinese and English, with the place of each word."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pypdfium2 as pdfium
from PIL import Image

from app.documents.job import fit_text
from app.documents.readers.ocr_models import Character, find_ink, read_line
from app.documents.readers.ocr_strips import Strip, find_strips
from app.documents.values import Box, Word

# 200 dots per inch for A5, 170 for A4: more costs time and finds no more letters.
_MAX_SCALE = 200 / 72
_MAX_SIDE = 2_000
_COLUMN_GAP = 0.8  # median line heights without text are the space between two columns
_LEAST_CERTAINTY = 0.5  # a line read with less is no text
_DOUBTFUL = 0.8  # a page whose longest lines are read with less may be upside down
_TRIED_LINES = 5
_FIRST_CJK = "\u2e80"  # from here on a character is a word


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
    return read_picture(page.render(scale=scale).to_pil().convert("RGB"), scale)


def read_picture(picture: Image.Image, scale: float) -> Recognised | None:
    """The same for a picture in RGB; words are placed in pixels divided by ``scale``."""
    upright, turns, strips = _set_upright(picture)
    lines = [line for strip in strips if (line := _line(strip, read_line(strip.cut(upright))))]
    if not lines:
        return None
    found = _laid_out(_in_reading_order(lines))
    words = tuple(
        replace(word, box=_placed(word.box, turns, upright.size, scale)) for word in found.words
    )
    return Recognised(found.text, words)


def _set_upright(picture: Image.Image) -> tuple[Image.Image, int, list[Strip]]:
    """The picture so that its lines can be read, after how many quarter turns, and its lines."""
    turns, strips = 0, _strips(picture)
    if sum(strip.is_upright for strip in strips) * 2 > len(strips):
        turns, picture = 1, picture.transpose(Image.Transpose.ROTATE_90)
        strips = _strips(picture)
    if _is_upside_down(strips, picture):
        turns, picture = turns + 2, picture.transpose(Image.Transpose.ROTATE_180)
        strips = _strips(picture)
    return picture, turns, strips


def _strips(picture: Image.Image) -> list[Strip]:
    return find_strips(*find_ink(picture))


def _is_upside_down(strips: Sequence[Strip], picture: Image.Image) -> bool:
    """Whether its longest lines are read with more certainty from the other side."""
    longest = sorted(strips, key=lambda strip: -strip.width)[:_TRIED_LINES]
    cuts = [strip.cut(picture) for strip in longest]
    upright = sum(_certainty(read_line(cut)) for cut in cuts)
    if upright >= _DOUBTFUL * len(cuts):
        return False
    turned = (cut.transpose(Image.Transpose.ROTATE_180) for cut in cuts)
    return sum(_certainty(read_line(cut)) for cut in turned) > upright


def _certainty(characters: Sequence[Character]) -> float:
    return sum(character.certainty for character in characters) / max(len(characters), 1)


def _line(strip: Strip, characters: Sequence[Character]) -> _Line | None:
    """None for what is no text."""
    text = fit_text("".join(character.text for character in characters)).strip()
    if not text or _certainty(characters) < _LEAST_CERTAINTY:
        return None
    return _Line(text, strip.part(0.0, 1.0), tuple(_words(strip, characters)))


def _words(strip: Strip, characters: Sequence[Character]) -> Iterator[tuple[str, Box]]:
    """Each with what it covers: half a character to both sides of its outer ones' middles."""
    words = list(_grouped(characters))
    gaps = [after.middle - one.middle for word in words for one, after in pairwise(word)]
    half = sum(gaps) / len(gaps) / 2 if gaps else 0.5 / len(characters)
    starts = [max(word[0].middle - half, 0.0) for word in words]
    ends = [min(word[-1].middle + half, 1.0) for word in words]
    for at, (end, start) in enumerate(zip(ends, starts[1:], strict=False)):
        if end > start:  # they meet in the middle
            ends[at] = starts[at + 1] = (end + start) / 2
    for word, start, end in zip(words, starts, ends, strict=True):
        yield fit_text("".join(one.text for one in word)), strip.part(start, end)


def _grouped(characters: Sequence[Character]) -> Iterator[list[Character]]:
    """Cut at spaces, and around each character of a script without them."""
    word: list[Character] = []
    for character in characters:
        is_alone = character.text >= _FIRST_CJK
        if word and (is_alone or character.text.isspace()):
            yield word
            word = []
        if is_alone:
            yield [character]
        elif not character.text.isspace():
            word.append(character)
    if word:
        yield word


def _placed(box: Box, turns: int, size: tuple[int, int], scale: float) -> Box:
    """From the picture that was turned to the left so often to the page."""
    width, height = size
    for _ in range(turns):
        box = Box(height - box.bottom, box.left, height - box.top, box.right)
        width, height = height, width
    return Box(box.left / scale, box.top / scale, box.right / scale, box.bottom / scale)


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
