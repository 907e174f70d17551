"""Errors, which are written in English in rooms without Qt, in the language of the window."""

import json
import re
from functools import cache

from PySide6.QtCore import QCoreApplication

from app.errors import AppError
from app.paths import resources

_DEPTH = 3  # sentences in sentences: the cause of an end in what it means


def error_title(error: AppError) -> str:
    return sentence(error.title)


def error_message(error: AppError) -> str:
    return sentence(error.message)


def error_sentence(stored: str) -> str:
    """Title and message as they are stored with an answer: both in one string."""
    title, stop, message = stored.partition(". ")
    return f"{sentence(title)}{_tr('. ')}{sentence(message)}" if stop else sentence(stored)


def sentence(text: str, depth: int = _DEPTH) -> str:
    """A sentence of ``resources/translations/errors.json`` in the user's language.

    What was put into it is kept as it is, unless it is such a sentence itself.
    """
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            translated = QCoreApplication.translate("Errors", template)
            if translated == template:
                return text
            parts = found.groups()
            inner = [sentence(part, depth - 1) if depth else part for part in parts]
            return _filled(translated, inner)
    return text


def _filled(translated: str, parts: list[str]) -> str:
    return re.sub(r"\{(\d+)\}", lambda found: parts[int(found[1])], translated)


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
    return re.compile("(.*?)".join(map(re.escape, parts)), re.DOTALL)


def _tr(text: str) -> str:
    return QCoreApplication.translate("error_words", text)
