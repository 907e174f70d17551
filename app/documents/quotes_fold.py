"""Two forms of text for comparing: a skeleton to search in, and an exact form to judge by.

The skeleton keeps letters and digits only, so a quote is found whatever spaces, hyphens, ligatures
and quote marks lie in between. The exact form then decides; it makes equal only what type-setting
changes.
"""

import functools
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

OPTIONAL_HYPHEN = "\x01"  # at the end of a line: it may or may not belong to the word

# PDFium writes the last two where a word was divided.
_DIVIDERS = "\u00ad\u0002\ufffe"
_DIVIDED = re.compile(rf"(?:(?<=[^\W\d_])[-\u2010\u2011]|[{_DIVIDERS}])[ \t]*(?:\r\n?|\n|\f)\s*")
_INVISIBLE = re.compile(rf"[{_DIVIDERS}\u200b-\u200f\u2060-\u2064\ufeff\x00]")
_SPACE = re.compile(r"\s+")
_APOSTROPHES = re.compile(r"''|``")

_MARKS = dict.fromkeys(map(ord, "\"“”„‟«»‹›「」『』〝〞″＂'‘’‚‛′＇`´"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_SAME = _MARKS | _DASHES | {ord("⁄"): "/", ord("·"): "·"}

# Script of its own without spaces: Han, kana, Hangul is spaced and stays out.
_CJK = "\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff"
_CJK += "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uffef"
_CJK += "\U00020000-\U0003ffff"
_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
# Chinese type-setting breaks a line inside a number; within a sentence it is one number still.
_BROKEN_NUMBER = re.compile(rf"(?<=[{_CJK}])(\d+)[ \t]*(?:\r\n?|\n|\f)\s*(?=\d+(?:[{_CJK}]|\Z))")
_CJK_LETTER = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# Compatibility forms that mean something else than the plain character: 10² is not 102.
_MEANINGFUL = ("<super>", "<sub>", "<fraction>", "<circle>")


def is_han(character: str) -> bool:
    return _CJK_LETTER.match(character) is not None


def exact(text: str) -> str:
    """The form in which two texts are the same word for word.

    Equal become: composed and decomposed letters, ligatures, widths, kinds of quote marks and of
    dashes, any run of white space; none is left beside Chinese characters. A hyphen at the end of
    a line becomes OPTIONAL_HYPHEN.
    """
    text = _DIVIDED.sub(OPTIONAL_HYPHEN, text)
    text = _INVISIBLE.sub("", text)
    text = _BESIDE_CJK.sub("", _BROKEN_NUMBER.sub(r"\1", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", "".join(map(_plain, text)))
    text = _APOSTROPHES.sub("'", text.translate(_SAME))
    return _SPACE.sub(" ", text).strip()


def same(one: str, other: str) -> bool:
    """Whether two exact forms agree; an optional hyphen agrees with a hyphen and with nothing."""
    if one == other:
        return True
    if OPTIONAL_HYPHEN not in one and OPTIONAL_HYPHEN not in other:
        return False
    at, there = 0, 0
    while at < len(one) or there < len(other):
        mine, theirs = one[at : at + 1], other[there : there + 1]
        if mine == theirs or {mine, theirs} == {OPTIONAL_HYPHEN, "-"}:
            at, there = at + 1, there + 1
        elif mine == OPTIONAL_HYPHEN:
            at += 1
        elif theirs == OPTIONAL_HYPHEN:
            there += 1
        else:
            return False
    return True


def skeleton(text: str) -> str:
    """Letters and digits only, in small letters."""
    return "".join(map(_bones, text))


def located_skeleton(text: str) -> tuple[str, NDArray[np.int32]]:
    """The skeleton, and for each of its characters where it stands in the text."""
    if not text:
        return "", np.zeros(0, dtype=np.int32)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    known = np.flatnonzero(np.bincount(codes))
    bones = [_bones(chr(code)) for code in known]
    numbers = np.zeros(int(known[-1]) + 1, dtype=np.int32)
    numbers[known] = np.arange(len(known))
    which = numbers[codes]
    counts = np.array([len(bone) for bone in bones])[which]
    positions = np.repeat(np.arange(len(codes), dtype=np.int32), counts)
    if counts.max() > 1:
        return "".join([bones[number] for number in which.tolist()]), positions
    letters = np.array([ord(bone or "\0") for bone in bones], dtype="<u4")[which][counts > 0]
    return letters.tobytes().decode("utf-32-le", "surrogatepass"), positions


@functools.lru_cache(maxsize=65536)
def _bones(character: str) -> str:
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


@functools.lru_cache(maxsize=65536)
def _plain(character: str) -> str:
    """The plain form of a ligature or of a full-width character."""
    decomposition = unicodedata.decomposition(character)
    if not decomposition.startswith("<") or decomposition.startswith(_MEANINGFUL):
        return character
    return unicodedata.normalize("NFKC", character)
