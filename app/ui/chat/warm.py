"""Loads what the first conversation will need, before one is opened."""

from app.ui.chat.section_cuts import parser


def warm() -> None:
    """On a worker thread: these libraries take longer to import than a window takes to open."""
    import pygments.lexers  # noqa: F401

    parser()
