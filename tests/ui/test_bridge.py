import threading

from app.chat.turn import ContentDelta, PromptProgress, ReasoningDelta, TurnFinished
from app.engine.protocol import Timings, Usage
from app.engine.status import EngineState, EngineStatus
from app.ui.bridge import AnswerBuffer, AnswerFeed, Flush, StatusFeed

END = TurnFinished("stop", Usage(1, 0, 1), Timings(0.1, 0.1))


def test_pieces_are_joined_in_the_order_they_came():
    buffer = AnswerBuffer()
    for update in (ReasoningDelta("a"), ReasoningDelta("b"), ContentDelta("c"), ContentDelta("d")):
        buffer.put(update)

    assert buffer.take() == Flush(reasoning="ab", text="cd")
    assert buffer.take() == Flush()


def test_only_the_newest_progress_is_kept():
    buffer = AnswerBuffer()
    buffer.put(PromptProgress(1, 9, 0))
    buffer.put(PromptProgress(5, 9, 0))

    assert buffer.take().progress == PromptProgress(5, 9, 0)


def test_no_character_is_lost_between_two_threads(qtbot):
    taken, ends = [], []
    feed = AnswerFeed(lambda _, flush: (taken.append(flush.text), ends.append(flush.end)))
    buffer = AnswerBuffer()
    feed.follow(1, buffer)

    writer = threading.Thread(target=_write, args=(buffer, 20_000))
    writer.start()
    qtbot.waitUntil(lambda: END in ends, timeout=20_000)
    writer.join()

    assert "".join(taken) == "".join(f"{n} " for n in range(20_000))
    assert len(taken) < 2_000


def test_the_newest_status_arrives_on_the_gui_thread_and_older_ones_are_dropped(qtbot):
    seen = []
    feed = StatusFeed(lambda status: seen.append((status, threading.current_thread())))
    statuses = [EngineStatus(EngineState.LOADING, load_fraction=n / 100) for n in range(100)]

    thread = threading.Thread(target=lambda: [feed.put(status) for status in statuses])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: seen != [])

    assert seen == [(statuses[-1], threading.main_thread())]


def _write(buffer, count):
    for number in range(count):
        buffer.put(ContentDelta(f"{number} "))
    buffer.put(END)
