"""Widgets that are made before the first conversation is opened."""

from shiboken6 import delete

from app.ui.chat.rows import Row, RowKind
from app.ui.chat.transcript import Transcript
from app.ui.theme import Theme


def test_a_window_closed_while_it_gets_ready_takes_its_widgets_with_it(qapp):
    transcript = Transcript()
    transcript.set_theme(Theme.load("light"))
    job = transcript._pool.warmed()
    next(job)
    delete(transcript)

    job.close()  # as the collector does it; raises nothing


def test_what_was_made_halfway_is_kept_for_a_conversation(page):
    job = page.transcript._pool.warmed()
    next(job)

    job.close()

    assert len(page.transcript._pool._frames) == 1


def test_a_frame_gets_back_the_widget_that_it_had(page):
    pool, row = page.transcript._pool, Row(RowKind.PROSE, "text")
    frames = [pool.take_frame() for _ in range(2)]
    blocks = [pool.take(row, frame) for frame in frames]
    for block in blocks:
        pool.give(block)

    again = [pool.take(row, frame) for frame in frames]

    assert again == blocks


def test_a_frame_without_a_widget_gets_that_of_another(page):
    pool, row = page.transcript._pool, Row(RowKind.PROSE, "text")
    frames = [pool.take_frame() for _ in range(2)]
    block = pool.take(row, frames[0])
    pool.give(block)

    assert pool.take(row, frames[1]) is block
    assert block.widget().parentWidget() is frames[1]
    assert block.widget().isHidden()
