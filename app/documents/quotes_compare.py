"""The judgement on a quote and the passage it was found at: verified, close, or neither.

Verified means the same words, character for character, apart from what type-setting changes
(``quotes_fold.exact``) and punctuation at the two ends. Close means the same words in the same
order, where only these differ:

- punctuation and spaces, at one place in eight words, at least two;
- the first letter's case, or all of a passage that the document writes in capitals;
- at most one word in twenty (at least one) by at most two letters, if both spellings have five
  letters or more, begin alike, are written small, stand beside no number, and the quote's spelling
  is no other word of the document.

Every number with its sign and unit, every symbol, negation, modal verb, quantity, name (a word with
a capital) and Chinese character must agree; a passage must not begin right after a negation.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.documents.quotes_fold import OPTIONAL_HYPHEN, exact, is_han, same, skeleton
from app.documents.quotes_words import GUARDED

WORDS_PER_MISSPELLING = 20
WORDS_PER_MARK = 8
MAX_LETTERS = 2
SHORTEST = 5

_TOKEN = re.compile(
    r"[-+±<>≤≥≠~$€£¥§]?\d(?:[\d.,:/]*\d)?\s?[%‰°]?|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]|[\w]"
)
SIGNS = frozenset("%‰°$€£¥§<>=≤≥≠±×÷+~√∞&@/½¼¾⅓⅔⅛⅜⅝⅞")
_ENDS = " .,;:!?…'()[]{}。、，；：！？（）《》〈〉【】·•-*_|"
_LEFT_SIGN = re.compile(r"^-(?=\d)")


@dataclass(frozen=True, slots=True)
class Judgement:
    """``reason`` is a sentence for the user, "" for a verified quote."""

    status: Literal["verified", "close", "different"]
    reason: str = ""


def judge(quote: str, passage: str, has_word: Callable[[str], bool]) -> Judgement:
    """Compare a quote with the passage of the document that it most likely is."""
    mine, theirs = _ends_cut(exact(quote)), _ends_cut(exact(passage))
    if same(mine, theirs):
        return Judgement("verified")
    judgements = [
        _judge_tokens(
            mine.replace(OPTIONAL_HYPHEN, hyphen),
            theirs.replace(OPTIONAL_HYPHEN, hyphen),
            has_word,
        )
        for hyphen in ("", "-")
    ]
    return next((found for found in judgements if found.status == "close"), judgements[0])


def _ends_cut(text: str) -> str:
    """Without punctuation at the ends; a minus before a number stays."""
    left = text.lstrip(_ENDS)
    before = text[: len(text) - len(left)]
    return ("-" if before.endswith("-") and left[:1].isdigit() else "") + left.rstrip(_ENDS)


def _judge_tokens(mine: str, theirs: str, has_word: Callable[[str], bool]) -> Judgement:
    quoted, written = tokens(mine), tokens(theirs)
    if _fixed(quoted) != _fixed(written):
        return Judgement("different", difference(quoted, written))
    words, their_words = _words(quoted), _words(written)
    if [word.casefold() for word in words] == [word.casefold() for word in their_words]:
        return _judge_marks(quoted, written)
    if skeleton(mine) == skeleton(theirs):
        return _judge_spaces(quoted, written)
    return _judge_spelling(quoted, written, has_word)


def _judge_marks(quoted: list[str], written: list[str]) -> Judgement:
    """Same words; punctuation or capitals differ."""
    words, their_words = _words(quoted), _words(written)
    recased = [at for at, word in enumerate(words) if word != their_words[at]]
    is_shouted = all(word.isupper() for word in their_words)
    if recased and not is_shouted and (recased != [0] or words[0][1:] != their_words[0][1:]):
        return Judgement("different", difference(quoted, written))
    marks = [[token for token in found if _is_mark(token)] for found in (quoted, written)]
    if _edits(*marks) > max(2, len(words) // WORDS_PER_MARK):
        return Judgement("different", "Too much of the punctuation differs.")
    return Judgement("close", "Only punctuation, spaces or capital letters differ.")


def _judge_spaces(quoted: list[str], written: list[str]) -> Judgement:
    """Same letters; words are divided in another way."""
    differing = set(_words(quoted)) ^ set(_words(written))
    allowed = max(3, 3 * len(quoted) // WORDS_PER_MARK)
    if len(differing) > allowed or not GUARDED.isdisjoint(map(str.casefold, differing)):
        return Judgement("different", difference(quoted, written))
    if "".join(quoted) != "".join(written):
        return Judgement("different", difference(quoted, written))
    return Judgement("close", "Only spaces differ.")


def _judge_spelling(
    quoted: list[str], written: list[str], has_word: Callable[[str], bool]
) -> Judgement:
    words, their_words = _words(quoted), _words(written)
    if len(words) != len(their_words):
        return Judgement("different", difference(quoted, written))
    pairs = [pair for pair in zip(words, their_words, strict=True) if pair[0] != pair[1]]
    near_numbers = _beside_numbers(quoted) | _beside_numbers(written)
    if len(pairs) > max(1, len(words) // WORDS_PER_MISSPELLING) or not all(
        _is_misspelling(*pair) and not has_word(pair[0]) and near_numbers.isdisjoint(pair)
        for pair in pairs
    ):
        return Judgement("different", difference(quoted, written))
    marks = [[token for token in found if _is_mark(token)] for found in (quoted, written)]
    if _edits(*marks) > max(2, len(words) // WORDS_PER_MARK):
        return Judgement("different", "Too much of the punctuation differs.")
    return Judgement("close", _says(pairs[0][1], pairs[0][0]))


def _is_misspelling(one: str, other: str) -> bool:
    return (
        one.islower()
        and other.islower()
        and min(len(one), len(other)) >= SHORTEST
        and one[0] == other[0]
        and GUARDED.isdisjoint((one, other))
        and _edits(one, other) <= MAX_LETTERS
    )


def tokens(text: str) -> list[str]:
    """Words, numbers with their sign, Chinese characters and marks, each on its own."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        # A hyphen after a word is no minus: "page-3", "3-4".
        if _LEFT_SIGN.match(token) and text[match.start() - 1 : match.start()].isalnum():
            found.append("-")
            token = token[1:]
        if any(map(is_han, token)):
            found.extend(token)
        else:
            found.append("".join(token.split()))
    return found


def difference(quoted: list[str], written: list[str]) -> str:
    """A sentence on the first thing that differs."""
    mine, theirs = _without_marks(quoted), _without_marks(written)
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for what, low, high, start, end in matcher.get_opcodes():
        if what == "equal":
            continue
        said, wrote = _joined(mine[low:high]), _joined(theirs[start:end])
        if what == "replace":
            return _says(wrote, said)
        if what == "insert":
            return f"The quote leaves out “{wrote}”, which the document says."
        return f"The quote says “{said}”, which the document does not say there."
    return "The punctuation differs."


def _says(wrote: str, said: str) -> str:
    return f"The document says “{wrote}” where the quote says “{said}”."


def _joined(found: list[str]) -> str:
    shown = found[:12]
    text = "".join(shown[:1])
    for token, before in zip(shown[1:], shown, strict=False):
        text += token if is_han(token[0]) and is_han(before[-1]) else f" {token}"
    return f"{text} …" if len(found) > len(shown) else text


def _fixed(found: list[str]) -> list[str]:
    """What must agree: numbers, symbols, Chinese characters, guarded words, names."""
    return [
        token.casefold() if number == 0 else token
        for number, token in enumerate(found)
        if any(character.isdigit() for character in token)
        or token in SIGNS
        or is_han(token[0])
        or token.casefold() in GUARDED
    ]


def _beside_numbers(found: list[str]) -> set[str]:
    near: set[str] = set()
    for at, token in enumerate(found):
        if any(character.isdigit() for character in token):
            near.update(found[max(0, at - 1) : at + 2])
    return near


def _words(found: list[str]) -> list[str]:
    return [token for token in found if token[0].isalpha()]


def _is_mark(token: str) -> bool:
    return not token[0].isalnum() and token not in SIGNS and len(token) == 1


def _without_marks(found: list[str]) -> list[str]:
    return [token for token in found if not _is_mark(token)]


def _edits(one: "str | list[str]", other: "str | list[str]") -> int:
    """Insertions, deletions, substitutions and swaps of neighbours between two sequences."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, mine in enumerate(one, 1):
        earlier, before, row = before, row, [at]
        for there, theirs in enumerate(other, 1):
            cost = min(row[-1] + 1, before[there] + 1, before[there - 1] + (mine != theirs))
            is_swap = at > 1 and there > 1 and mine == other[there - 2] and one[at - 2] == theirs
            row.append(min(cost, earlier[there - 2] + 1) if is_swap else cost)
    return row[-1]
