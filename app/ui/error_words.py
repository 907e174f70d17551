"""Errors, which are written in English in rooms without Qt, in the language of the window."""

import json
import re
from functools import cache

from PySide6.QtCore import QCoreApplication

from app.errors import AppError
from app.paths import resources

_DEPTH = 3  # sentences in sentences: the cause of an end in what it means
_PLACES = re.compile(r"(?:\{\d\}|pages?|and|more|[ ,])+", re.IGNORECASE)  # "pages {0} and {1}"
_NUMBERS = r"([\d,\- ]+?)"


def error_title(error: AppError) -> str:
    return sentence(error.title)


def error_message(error: AppError) -> str:
    return sentence(error.message)


def error_sentence(stored: str) -> str:
    """Title and message as they are stored with an answer: both in one string."""
    title, stop, message = stored.partition(". ")
    return f"{sentence(title)}{_tr('. ')}{sentence(message)}" if stop else sentence(stored)


def in_a_row(first: str, following: str) -> str:
    """Two sentences: some languages have no space between them."""
    return _tr("{first} {next}").format(first=first, next=following)


def sentence(text: str, depth: int = _DEPTH) -> str:
    """A sentence of ``resources/translations/errors.json`` in the user's language.

    What was put into it is kept as it is, unless it is such a sentence itself. Several in a row,
    and one behind a name and a colon, are found too.
    """
    told = _told(text, depth)
    if told is not None:
        return told
    name, _, cause = text.partition(": ")
    told = _told(cause, depth)
    return text if told is None else _tr("{name}: {cause}").format(name=name, cause=told)


def _told(text: str, depth: int) -> str | None:
    """None for what is not known. In a row first: a placeholder would take the next sentence in."""
    for stop in re.finditer(r"[.] ", text):
        first = _translated(text[: stop.start() + 1], depth)
        rest = _told(text[stop.end() :], depth) if first is not None else None
        if rest is not None:
            return in_a_row(first, rest)
    return _translated(text, depth)


def _translated(text: str, depth: int) -> str | None:
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            translated = QCoreApplication.translate("Errors", template)
            return text if translated == template else _filled(template, translated, found, depth)
    return None


def _filled(template: str, translated: str, found: re.Match[str], depth: int) -> str:
    """Words that stand in quotation marks are somebody's own, and stay."""

    def part(number: int) -> str:
        value = found[number + 1]
        if _PLACES.fullmatch(template):
            return value.replace(", ", _tr(", "))
        return value if not depth or f"“{{{number}}}" in template else sentence(value, depth - 1)

    return re.sub(r"\{(\d+)\}", lambda place: part(int(place[1])), translated)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sentences with the most words of their own first."""
    file = resources() / "translations" / "errors.json"
    templates: list[str] = json.loads(file.read_text(encoding="utf-8"))
    templates.sort(key=lambda template: len(re.sub(r"\{\d+\}", "", template)), reverse=True)
    return tuple((template, _pattern(template)) for template in templates)


def _pattern(template: str) -> re.Pattern[str]:
    """Placeholders stand in their order in the English text."""
    parts = re.split(r"\{\d+\}", template)
    value = _NUMBERS if _PLACES.fullmatch(template) else "(.*?)"
    return re.compile(value.join(map(re.escape, parts)), re.DOTALL)


def _tr(text: str) -> str:
    return QCoreApplication.translate("error_words", text)
