"""Finds the quotes in an answer and where the answer says they are from.

The form asked for is "words of the document" [1, p. 3]. Models write it in many ways: other quote
marks, other brackets, the page in words or before the quote, block quotes, emphasis around it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.documents.quotes_fold import is_han

MIN_WORDS = 4  # of a quote that names no source; fewer are a manner of speaking
MIN_HAN = 8
MAX_CHARACTERS = 4000

_CLOSERS = {
    '"': '"”“',
    "“": '”"',
    "”": "”",
    "„": '“”"',
    "«": "»",
    "「": "」",
    "『": "』",
    "＂": "＂",
}
_MARK = re.compile('["“”„«»「」『』＂]')
_STRAIGHT = '"＂'
_FENCE = re.compile(r"^(```|~~~).*?(?:^\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"(?:^[ \t]*>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_BLOCK_MARK = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\S)([^\n]{2,600}?)(?<=\S)[’'](?=\s*[*_]*\s*[\[(（【])")

_PAGE = re.compile(
    r"(?:\b(?:pages?|pp?|pgs?|seiten?|s)\b\.?|\bp(?=\d))\s*:?\s*(\d{1,6})(?:\s*[-–—]\s*(\d{1,6}))?"
    r"|第\s*(\d{1,6})\s*(?:[-–—至到]\s*(\d{1,6})\s*)?[页頁]",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"(?:\b(?:documents?|docs?|sources?|files?)\b\.?|文档|文件|资料|來源|来源)\s*[#№:]?\s*(\d{1,4})",
    re.IGNORECASE,
)
_LEADING = re.compile(r"\s*#?(\d{1,4})\s*(?:$|[,;:，；：、|/]|\s(?=p))")
_PAIR = re.compile(r"\s*(\d{1,4})\s*[,:，：]\s*(\d{1,6})\s*$")
_LONE = re.compile(r"\s*(\d{1,6})\s*$")

_LINK = r"[\s*_|.,;:。，；：—–-]{0,8}"
_BRACKET = re.compile(
    _LINK + r"(?:\[([^\[\]\n]{1,160})\]|\(([^()\n]{1,160})\)|（([^（）\n]{1,160})）"
    r"|【([^【】\n]{1,160})】)"
)
_INNER = re.compile(r"[\[(（【]([^\[\]()（）【】\n]{1,160})[\])）】]")
_BARE = re.compile(
    r"[\s*_|,;—–-]{0,6}(?:\(|on |from )?\s*((?:document|doc|source)?\s*\d{0,4}[\s,]{0,3}"
    r"(?:page|pp?\.)\s*\d{1,6})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where the answer says a quote is from; None for what it does not say."""

    document: int | None = None  # from 1, in the order of the prompt
    page: int | None = None
    last_page: int | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote in an answer: its words, what is said of its source, and where it stands."""

    text: str
    reference: Reference
    start: int  # with its marks and the reference after it
    end: int


def quotes_in(answer: str, names: Sequence[str]) -> list[Quoted]:
    """The quotes of an answer in their order; ``names`` are those of the documents."""
    blanked = _FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), answer)
    found: list[Quoted] = []
    for start, end, text in _spans(blanked):
        quoted = _with_reference(blanked, start, end, text, names)
        if found and quoted.start < found[-1].end:
            continue
        if _is_citation(quoted):
            found.append(quoted)
    return [_with_lead(blanked, quoted, found[:at], names) for at, quoted in enumerate(found)]


def without_emphasis(text: str) -> str:
    """The words of a quote without the markdown around and within them."""
    text = re.sub(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text, flags=re.DOTALL)
    text = re.sub(r"(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)", r"\1", text)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!$~|<>-])", r"\1", text)


def _spans(answer: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and words of everything in quote marks, and of block quotes without any."""
    spans = [(start, end, answer[start + 1 : end - 1]) for start, end in _marked(answer)]
    for block in _BLOCK.finditer(answer):
        start, end = block.span()
        if not any(start <= low and high <= end for low, high, _ in spans):
            spans.append(_block(answer, start, end))
    for single in _SINGLE.finditer(answer):
        if not any(low < single.end() and single.start() < high for low, high, _ in spans):
            spans.append((single.start(), single.end(), single[1]))
    cleaned = ((low, high, _BLOCK_MARK.sub("", text).strip()) for low, high, text in spans)
    return iter(sorted(span for span in cleaned if 0 < len(span[2]) <= MAX_CHARACTERS))


def _block(answer: str, start: int, end: int) -> tuple[int, int, str]:
    """A block quote; a reference at its end is not part of it."""
    text = answer[start:end].rstrip()
    bracket = re.search(r"[\s—–-]*[\[(（【][^\[\]()（）【】\n]{1,160}[\])）】]\s*$", text)
    if bracket is not None and _parse(bracket[0].strip(" \n—–-")[1:-1], ()) != Reference():
        text = text[: bracket.start()]
    return start, start + len(text), text


def _marked(answer: str) -> list[tuple[int, int]]:
    """Outermost pairs of quote marks. A straight mark opens or closes by what stands beside it."""
    open_marks: list[int] = []
    pairs: list[tuple[int, int]] = []
    last = 0
    for found in _MARK.finditer(answer):
        at, mark = found.start(), found[0]
        if any(answer[opened] in _STRAIGHT for opened in open_marks) and "\n\n" in answer[last:at]:
            open_marks.clear()  # a straight mark that nothing closed in its paragraph
        last = at
        partner = next(
            (
                place
                for place in range(len(open_marks) - 1, -1, -1)
                if mark in _CLOSERS[answer[open_marks[place]]]
            ),
            None,
        )
        if partner is not None and _may_close(answer, at, answer[open_marks[partner]]):
            start = open_marks[partner]
            del open_marks[partner:]
            pairs = [pair for pair in pairs if pair[0] < start]
            pairs.append((start, at + 1))
        elif mark in _CLOSERS and _may_open(answer, at):
            open_marks.append(at)
    return pairs


def _may_open(answer: str, at: int) -> bool:
    mark, after = answer[at], answer[at + 1 : at + 2]
    if mark == "”":
        return False
    if mark not in _STRAIGHT:
        return True
    return bool(after) and not after.isspace() and after not in ".,;:!?)]}。，；：！？）】"


def _may_close(answer: str, at: int, opener: str) -> bool:
    mark, before, after = answer[at], answer[at - 1 : at], answer[at + 1 : at + 2]
    if opener == "“" and mark == '"' and "”" in answer[at:].partition("\n\n")[0]:
        return False  # its own mark is still to come
    if mark == "“":
        return not after or not after.isalnum() or is_han(after)
    if mark not in _STRAIGHT:
        return True
    if before.isspace() and after and not after.isspace() and after not in "*_":
        return False
    return not before or before not in "([{（【"


def _with_reference(answer: str, start: int, end: int, text: str, names: Sequence[str]) -> Quoted:
    """The quote with the reference that follows it."""
    for pattern in (_BRACKET, _BARE):
        found = pattern.match(answer, end)
        if found is not None:
            words = next(group for group in found.groups() if group is not None)
            reference, stop = _parse(words, names), found.end()
            bare = _BARE.match(answer, stop) if reference.page is None else None
            if bare is not None and reference.document is not None:  # [1], p. 3
                page = _parse(bare[1], names)
                reference = replace(page, document=reference.document)
                stop = bare.end()
            if reference != Reference():
                return Quoted(text, reference, start, stop)
    return Quoted(text, Reference(), start, end)


def _with_lead(
    answer: str, quoted: Quoted, earlier: Sequence[Quoted], names: Sequence[str]
) -> Quoted:
    """The quote with the reference before it: On page 3 it says: "…"."""
    if quoted.reference != Reference():
        return quoted
    since = max(quoted.start - 120, earlier[-1].end if earlier else 0)
    lead = answer[since : quoted.start].rpartition("\n\n")[2]
    brackets = [_parse(found[1], names) for found in _INNER.finditer(lead)]
    if brackets and brackets[-1].page is not None:
        return replace(quoted, reference=brackets[-1])
    pages = list(_PAGE.finditer(lead))
    if not pages:
        return quoted
    last = pages[-1]
    page, last_page = _pages(last)
    document = _document(lead[max(0, last.start() - 40) :], names)
    return replace(quoted, reference=Reference(document, page, last_page))


def _is_citation(quoted: Quoted) -> bool:
    if quoted.reference != Reference():
        return any(character.isalnum() for character in quoted.text)
    words = len(quoted.text.split())
    return words >= MIN_WORDS or sum(map(is_han, quoted.text)) >= MIN_HAN


def _parse(words: str, names: Sequence[str]) -> Reference:
    """What a bracket says; an empty reference when it says something else."""
    found = _PAGE.search(words)
    document = _document(words, names)
    if found is not None:
        page, last_page = _pages(found)
        rest = words[: found.start()]
        leading = _LEADING.match(rest) if document is None else None
        return Reference(int(leading[1]) if leading else document, page, last_page)
    pair = _PAIR.match(words)
    if pair is not None:
        return Reference(int(pair[1]), int(pair[2]))
    lone = _LONE.match(words)
    if lone is not None and document is None:
        number = int(lone[1])
        if 0 < number <= max(1, len(names)) and not (len(names) == 1 and number > 1):
            return Reference(number)
        return Reference(None, number) if len(names) == 1 else Reference()
    return Reference(document)


def _document(words: str, names: Sequence[str]) -> int | None:
    named = _DOCUMENT.search(words)
    if named is not None:
        return int(named[1])
    said = words.casefold()
    matches = [
        number
        for number, name in enumerate(names, 1)
        if name and (name.casefold() in said or _stem(name) in said)
    ]
    return matches[0] if len(matches) == 1 else None


def _stem(name: str) -> str:
    stem = name.rpartition(".")[0].casefold()
    return stem if len(stem) > 3 else name.casefold()


def _pages(found: re.Match[str]) -> tuple[int, int | None]:
    first, last = found[1] or found[3], found[2] or found[4]
    return int(first), int(last) if last else None
