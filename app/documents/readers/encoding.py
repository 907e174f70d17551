"""Finds out how a text file is encoded, and says so where the file does not."""

import codecs
import re
from collections.abc import Callable

from app.documents.readers.source import Unreadable

NOT_TEXT = "It holds no text, or is of a kind that Doorstep does not know."
SAMPLE_BYTES = 1 << 18

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,40})|<\?xml[^>]{0,100}encoding=["']([\w-]+)""",
    re.IGNORECASE,
)
_FREQUENT = {
    "gb18030": "的一是不了在有人我他这中大来上个国和说们为子地出会也时要就可以对生能而同与定所，。",
    "big5": "的一是不了在有人我他這中大來上個國和說們為子地出會也時要就可以對生能而同與定所，。",
    "euc_kr": "이다는을의에가고하한지로서니도사기인은자시리어나스를",
}
_NAMES = {
    "gb18030": "Chinese (GB18030)",
    "big5": "Chinese (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_kr": "Korean (EUC-KR)",
    "cp1252": "Western European (Latin-1)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}


def find_encoding(sample: bytes) -> str:
    """The codec of a text that begins like this. Raises Unreadable for what is no text."""
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return codec
    if b"\0" in sample:
        return _wide_encoding(sample)
    if _decodes(sample, "utf-8"):
        return "utf-8"
    return _east_asian(sample) or "cp1252"


def decode_all(data: bytes, notice: Callable[[str], None], declared: str | None = None) -> str:
    """The whole text; ``notice`` hears of an encoding that had to be guessed."""
    has_mark = any(data.startswith(mark) for mark, _ in _MARKS)
    codec = declared if declared and not has_mark else find_encoding(data[:SAMPLE_BYTES])
    if codec != declared:
        tell_guess(codec, notice)
    return data.decode(codec, "replace")


def tell_guess(codec: str, notice: Callable[[str], None]) -> None:
    if codec in _NAMES:
        notice(f"The file does not say how its text is encoded; it was read as {_NAMES[codec]}.")


def declared_encoding(data: bytes) -> str | None:
    """What a web page says of itself, where that is an encoding that exists."""
    found = _DECLARED.search(data[:4096])
    if not found:
        return None
    name = (found[1] or found[2]).decode("ascii", "replace")
    try:
        codec = codecs.lookup("gb18030" if name.lower() in ("gb2312", "gbk") else name)
    except LookupError:
        return None
    # Some codecs of Python are no text encodings, and UTF-16 could not have been read this far.
    is_usable = codec._is_text_encoding and not codec.name.startswith(("utf-16", "utf-32", "utf-7"))
    return codec.name if is_usable else None


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 has its zeros on one side; any other file with zeros is no text."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    total = max(len(sample) // 2, 1)
    if odd > total * 0.2 and even < odd * 0.05:
        return "utf-16-le"
    if even > total * 0.2 and odd < even * 0.05:
        return "utf-16-be"
    if sample.count(0) > max(len(sample) // 1000, 2):
        raise Unreadable(NOT_TEXT)
    text = sample.replace(b"\0", b"")
    return "utf-8" if _decodes(text, "utf-8") else "cp1252"


def _decodes(sample: bytes, codec: str) -> bool:
    """A character cut off at the end of the sample is no mistake."""
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _east_asian(sample: bytes) -> str | None:
    """Which East Asian encoding it is, by the characters that each would give; None for Latin."""
    scores = {codec: _score(sample, codec) for codec in ("gb18030", "shift_jis", "big5", "euc_kr")}
    best = max(scores, key=scores.__getitem__)
    # Accented letters decode as well, to characters that hardly anybody uses.
    return best if scores[best] > 0.7 else None


def _score(sample: bytes, codec: str) -> float:
    """How much like that language it would read: 0.7 for common characters alone, 1 and more
    where its most frequent ones are there, which tells Chinese and Korean apart.
    """
    if not _decodes(sample, codec):
        return 0.0
    text = codecs.getincrementaldecoder(codec)("strict").decode(sample)
    foreign = [character for character in text if character >= "\x80"]
    common = sum(_is_common(character, codec) for character in foreign)
    frequent = sum(character in _FREQUENT.get(codec, "") for character in foreign)
    return (common + frequent) / max(len(foreign), 1)


def _is_common(character: str, codec: str) -> bool:
    if "\u3000" <= character <= "\u3002" or "\uff01" <= character <= "\uff1f":
        return True
    if codec == "shift_jis":
        return "\u3041" <= character <= "\u30fe"
    if codec == "euc_kr":
        return "\uac00" <= character <= "\ud7a3"
    try:
        first = character.encode("gb2312" if codec == "gb18030" else "big5")[0]
    except UnicodeEncodeError:
        return False
    # The most used characters come first in both tables.
    return 0xB0 <= first <= 0xD7 if codec == "gb18030" else 0xA4 <= first <= 0xC6
