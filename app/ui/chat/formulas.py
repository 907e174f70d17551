r"""Finds the formulas and footnotes in prose: $…$, $$…$$, \(…\), \[…\], [^1]; `$5` is money.

Code spans come first: what stands in one is never a formula. Everything found is put aside under
a mark that markdown leaves alone, and put back into the finished document.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 1_000  # characters; a longer formula is shown as its source
MOST = 300  # in one block
# Noncharacters, which shown() has already replaced in whatever was written.
BEGIN, END = "\ufdd2", "\ufdd3"

_TOKEN = re.compile(
    r"(?P<code>`+)"
    r"|(?P<escaped>\\\\|\\\$|\\`)"
    r"|(?P<opener>\$\$|\\\[|\\\(|\$)"
    r"|(?P<note>\[\^[\w.-]{1,20}\](?P<defines>:)?)"
)
_CLOSERS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MONEY = re.compile(r"\d[\d.,]*(?:\s+[^\W\d_]{2,}|\s*[-–]\s*$|[kKmMbB]?\s*$)")


class Kind(StrEnum):
    INLINE = "inline"
    DISPLAY = "display"
    NOTE = "note"  # a reference to a footnote
    NOTE_BEGIN = "note_begin"  # where its text begins


@dataclass(frozen=True, slots=True)
class Formula:
    """``source`` is exactly what was written, ``text`` what is inside it."""

    kind: Kind
    start: int
    source: str
    text: str

    @property
    def is_note(self) -> bool:
        return self.kind in (Kind.NOTE, Kind.NOTE_BEGIN)


def may_have_formulas(text: str) -> bool:
    return "$" in text or "\\(" in text or "\\[" in text or "[^" in text


def find_formulas(text: str) -> list[Formula]:
    """In the order in which they stand."""
    found: list[Formula] = []
    at = 0
    while len(found) < MOST and (token := _TOKEN.search(text, at)) is not None:
        at = token.end()
        if token["code"]:
            at = _after_code(text, token["code"], at)
        elif token["opener"]:
            formula = _formula(text, token.start(), token["opener"])
            if formula is not None:
                found.append(formula)
                at = formula.start + len(formula.source)
        elif token["note"]:
            found.append(_note(text, token))
    return found


def protected(text: str) -> tuple[str, list[Formula]]:
    """The text with a mark in the place of each formula, and the formulas by number."""
    formulas = find_formulas(text) if may_have_formulas(text) else []
    parts, at = [], 0
    for number, formula in enumerate(formulas):
        parts.append(text[at : formula.start])
        is_alone = formula.kind is Kind.DISPLAY
        mark = f"{BEGIN}{number}{END}"
        parts.append(f"\n\n{mark}\n\n" if is_alone and _is_apart(text, formula) else mark)
        at = formula.start + len(formula.source)
    return "".join((*parts, text[at:])), formulas


def _is_apart(text: str, formula: Formula) -> bool:
    """Whether it stands on lines of its own, outside lists and quotes."""
    line = text.rfind("\n", 0, formula.start) + 1
    end = formula.start + len(formula.source)
    after = text[end : text.find("\n", end)] if "\n" in text[end:] else text[end:]
    return line == formula.start and not after.strip()


def _after_code(text: str, ticks: str, at: int) -> int:
    """Behind the code span that begins with these ticks; if it never ends, behind the ticks."""
    for run in re.finditer("`+", text[at:]):
        if len(run[0]) == len(ticks):
            return at + run.end()
    return at


def _formula(text: str, start: int, opener: str) -> Formula | None:
    inside = start + len(opener)
    if opener == "$":
        end = _end_of_dollars(text, start)
        closer = "$"
    else:
        closer = _CLOSERS[opener]
        end = text.find(closer, inside, inside + LONGEST)
    if end < 0:
        return None
    body = text[inside:end]
    if not body.strip() or len(body) > LONGEST or _BLANK_LINE.search(body):
        return None
    kind = Kind.DISPLAY if opener in ("$$", "\\[") else Kind.INLINE
    return Formula(kind, start, text[start : end + len(closer)], body.strip())


def _end_of_dollars(text: str, start: int) -> int:
    """Where the formula that begins with this dollar ends, -1 if it is money or no formula."""
    before, first = text[start - 1 : start], text[start + 1 : start + 2]
    if _is_word(before) or not first or first.isspace():
        return -1
    at = start + 1
    while 0 < (at := text.find("$", at)) <= start + LONGEST:
        is_escaped = text[at - 1] == "\\"
        if not is_escaped and not text[at - 1].isspace():
            after = text[at + 1 : at + 2]
            body = text[start + 1 : at]
            is_formula = not _is_word(after) and not _MONEY.match(body) and "`" not in body
            return at if is_formula else -1
        if not is_escaped:
            return -1
        at += 1
    return -1


def _is_word(character: str) -> bool:
    """As in US$ and $HOME; a Chinese character may stand right beside a formula."""
    return character.isascii() and character.isalnum()


def _note(text: str, token: re.Match[str]) -> Formula:
    is_first = text.rfind("\n", 0, token.start()) + 1 == token.start()
    name = token["note"].strip("[]:^")
    if token["defines"] and is_first:
        return Formula(Kind.NOTE_BEGIN, token.start(), token["note"], name)
    source = token["note"].removesuffix(":")
    return Formula(Kind.NOTE, token.start(), source, name)
