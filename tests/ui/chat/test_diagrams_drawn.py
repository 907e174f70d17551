"""Mermaid as pictures, with the real libraries in the real process."""

import pytest

from app.diagrams.drawer import can_draw
from app.ui.chat.diagram_block import DiagramBlock


@pytest.mark.skipif(not can_draw(), reason="the libraries are not made for this system")
def test_a_diagram_is_drawn_in_the_end(page, talk, qtbot):
    talk.add("assistant", "```mermaid\nflowchart TD\n    One[你好] --> Two[World]\n```\n")
    talk.add("assistant", "```mermaid\nflowchart TD\n    A --\n```\n")

    page.transcript.open(talk.headers, talk.load)
    qtbot.waitUntil(lambda: page.transcript._idle.is_empty, timeout=60_000)

    drawn, refused = page.widgets(DiagramBlock)
    assert drawn.is_picture_shown
    assert drawn.height() > 150
    assert refused.view.isVisible()
    assert refused._language.text().endswith("This diagram could not be drawn.")
