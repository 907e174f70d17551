"""Prompts with gaps: ``{{topic}}`` is a place to fill in."""

import re

_GAP = re.compile(r"\{\{\s*([^{}\n]{1,60}?)\s*\}\}")


def gap(name: str) -> str:
    """A place to fill in, as it is written in a prompt."""
    return f"{{{{{name}}}}}"


def first_gap(text: str, start: int = 0) -> tuple[int, int] | None:
    """Where the first gap at or after ``start`` stands, braces and all; None when there is none."""
    found = _GAP.search(text, start)
    return found.span() if found else None


def fitting(typed: str, names: list[str]) -> list[str]:
    """Names for what was typed after the slash: those that begin so, then those that hold it."""
    wanted = typed.casefold()
    begins = [name for name in names if name.casefold().startswith(wanted)]
    return begins + [name for name in names if wanted in name.casefold() and name not in begins]
