"""Text as it can be shown: what Qt cannot hold is replaced, and long text is cut into pieces."""

from app.ui.chat.source_lines import LONG_SECTION, cut_point

_REPLACED = "\ufffd"


def _table() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    del table[ord("\t")], table[ord("\n")]
    table[0x7F] = "\u2421"
    table |= dict.fromkeys(range(0x80, 0xA0), _REPLACED)
    # Lone surrogates, and what QTextDocument itself uses for frames, objects and paragraphs.
    table |= dict.fromkeys(range(0xD800, 0xE000), _REPLACED)
    table |= dict.fromkeys((*range(0xFDD0, 0xFDF0), 0xFFFC, 0xFFFE, 0xFFFF), _REPLACED)
    table |= {0x2028: "\n", 0x2029: "\n"}
    return table


_TABLE = _table()
# Marks that turn the reading direction of code around without being seen ("Trojan Source").
_BIDI = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), _REPLACED)
_CODE_TABLE = _TABLE | _BIDI


def shown(text: str) -> str:
    """The text with control characters made visible."""
    return text.replace("\r\n", "\n").translate(_TABLE)


def shown_code(text: str, line_limit: int = 2_000) -> str:
    """Code as shown: marks that reorder it are visible, endless lines are broken."""
    text = text.replace("\r\n", "\n").translate(_CODE_TABLE)
    if not _has_longer_line(text, line_limit):
        return text
    return "\n".join(
        line[start : start + line_limit]
        for line in text.split("\n")
        for start in range(0, max(1, len(line)), line_limit)
    )


def _has_longer_line(text: str, limit: int) -> bool:
    """In leaps of the limit: code has many lines, most of them short."""
    start = 0
    while len(text) - start > limit:
        end = text.rfind("\n", start, start + limit + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def pieces(text: str) -> list[str]:
    """Plain text cut at line ends or spaces; put together, the pieces are the text."""
    result = []
    start = 0
    while len(text) - start > LONG_SECTION:
        end = text.rfind("\n", start, start + LONG_SECTION) + 1 or cut_point(text, start)
        result.append(text[start:end])
        start = end
    return [*result, text[start:]]
