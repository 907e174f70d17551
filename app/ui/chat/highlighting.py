"""Pygments, a few milliseconds at a time, so that a long listing never holds up the window."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported on a thread of its own, when the first code is shown
    from pygments.lexer import Lexer

# Longer code stays plain: colour is not worth the seconds it would take.
LONGEST = 100_000

_PLAIN = ("", "text", "txt", "plain", "output", "table", "console-output")


class Lexers:
    """Finds the lexer of a language on a thread of its own: the first use imports a module."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lexers")
        self._found: dict[str, Future[Lexer | None]] = {}

    def find(self, language: str) -> "Future[Lexer | None]":
        """Done at once for a language that was used before; None when there is no lexer."""
        language = language.lower()
        if language not in self._found:
            self._found[language] = self._thread.submit(_lexer, language)
        return self._found[language]


def tokens_of(code: str, lexer: "Lexer") -> Iterator[tuple[int, int, str]]:
    """Start and length (in UTF-16 units, as Qt counts) and type of each token, as it is found."""
    extra = 0  # characters so far that Qt counts twice
    for start, kind, text in lexer.get_tokens_unprocessed(code):
        wide = 0 if text.isascii() else sum(character > "\uffff" for character in text)
        if text.strip():
            yield start + extra, len(text) + wide, str(kind)
        extra += wide


def _lexer(language: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if language in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
