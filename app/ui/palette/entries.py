"""What the palette offers, and which of it fits what was typed."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Literal

Kind = Literal["action", "page", "chat", "message", "model", "document"]

# Where equally good hits of different kinds stand.
_ORDER: tuple[Kind, ...] = ("action", "page", "chat", "model", "document", "message")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to go to or to do; ``key`` is for whoever carries it out."""

    kind: Kind
    title: str
    key: object
    detail: str = ""  # the text found in a message, the folder of a chat
    shortcut: str = ""
    folded: str = ""  # the title as it is compared


def entry(kind: Kind, title: str, key: object, *, detail: str = "", shortcut: str = "") -> Entry:
    """An entry with its title prepared for comparing."""
    return Entry(kind, title, key, detail, shortcut, folded(title))


def folded(text: str) -> str:
    """Without case, and full-width forms made equal."""
    return unicodedata.normalize("NFKC", text).casefold()


def ranked(query: str, entries: Iterable[Entry], limit: int) -> list[Entry]:
    """The entries whose titles have every word of the query, best first.

    A title that begins with what was typed goes before one with a word that does, and that before
    one with it somewhere inside; within these, the order in which they were given.
    """
    words = folded(query).split()
    scored = ((_score(words, found), number, found) for number, found in enumerate(entries))
    hits = nsmallest(limit, (hit for hit in scored if hit[0] is not None))
    return [found for _, _, found in hits]


def by_kind(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries, those of one kind together; the kind of the best hit first."""
    first = list(dict.fromkeys(found.kind for found in entries))
    return sorted(entries, key=lambda found: first.index(found.kind))


def _score(words: Sequence[str], found: Entry) -> tuple[int, int] | None:
    worst = 0
    for word in words:
        at = found.folded.find(word)
        if at < 0:
            return None
        is_inside = at > 0 and f" {word}" not in found.folded
        worst = max(worst, 2 if is_inside else 1 if at > 0 else 0)
    return worst, _ORDER.index(found.kind)
