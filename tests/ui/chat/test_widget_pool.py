"""Widgets that are made before the first conversation is opened."""

from shiboken6 import delete

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
