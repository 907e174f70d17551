"""Pygments, a few milliseconds at a time, so that a long listing never holds up the window."""

from collections.abc import Iterator
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Longer code stays plain: colour is not worth the seconds it would take.
LONGEST = 100_000

_PLAIN = ("", "text", "txt", "plain", "output", "table", "console-output")


def tokens_of(code: str, language: str) -> Iterator[tuple[int, int, str]]:
    """Start and length (in UTF-16 units, as Qt counts) and type of each token, as it is found."""
    lexer = _lexer(language.lower()) if len(code) <= LONGEST else None
    if lexer is None:
        return
    extra = 0  # characters so far that Qt counts twice
    for start, kind, text in lexer.get_tokens_unprocessed(code):
        wide = 0 if text.isascii() else sum(character > "\uffff" for character in text)
        if text.strip():
            yield start + extra, len(text) + wide, str(kind)
        extra += wide


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    if language in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
