"""5,000 conversations: typing in the palette and in the search field, and the list made anew."""

from functools import partial

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.chat.messages import Message
from tests.benchmarks.window_rig import with_window
from tests.benchmarks.window_stage import Probe, judge, percentile, run_loop, work_ms
from tests.screens.rig import Rig

CONVERSATIONS = 5_000
LIMIT_MS = 30.0
SETTLE_S = 0.2  # messages are searched for 120 ms after the last key
TYPED = ("harbour 42", "合同", "qzx", "new", "letter plan")
WORDS = ("Plan for the harbour", "合同审查要点", "Letter to the landlord", "Sorting in place")


def bench() -> bool:
    return with_window(_measure)


def _measure(rig: Rig) -> bool:
    for number in range(CONVERSATIONS):
        title = f"{WORDS[number % len(WORDS)]} {number}"
        chat = rig.store.create_conversation(title)
        if number % 10 == 0:
            rig.store.append(chat, Message.of("user", f"{title}: what is to be done about it?"))
    window = rig.window
    window.library.refresh()
    rig.until(lambda: window.model.rowCount() >= CONVERSATIONS)
    window.palette_control.open()
    run_loop(0.5)
    palette = _typed(window.palette_.field)
    window.palette_.close_()
    search = Probe()
    search.start()
    _typed(window.sidebar.search)
    refreshed = [_refreshed(rig, number) for number in range(8)]
    search.stop()
    print(f"  the list with one more chat: {max(refreshed):.1f} ms of work in small parts")
    kept = [
        _judged("a key in the palette", palette),
        judge("the search field and the list, longest delay", max(search.late_ms), LIMIT_MS),
    ]
    return all(kept)


def _typed(field: QLineEdit) -> list[tuple[float, float]]:
    """Work and waiting for each key, also for those that take the text back."""
    field.setFocus()
    found = []
    for text in TYPED:
        for letter in text:
            act = partial(field.insert, letter)
            if letter.isascii():
                act = partial(QTest.keyClicks, field, letter)
            found.append(work_ms(act, SETTLE_S))
        found.append(work_ms(field.clear, SETTLE_S))
    return found


def _judged(what: str, figures: list[tuple[float, float]]) -> bool:
    work, painted = [pair[0] for pair in figures], [pair[1] for pair in figures]
    print(f"  {what}, of {len(work)}: painted after {percentile(painted, 0.5):.1f} ms (median)")
    print(f"  {what}: {percentile(work, 0.5):.1f} ms of work (median)")
    return judge(f"{what}, all its work, worst", max(work), LIMIT_MS)


def _refreshed(rig: Rig, number: int) -> float:
    rig.store.create_conversation(f"One more {number}")
    return work_ms(rig.window.library.refresh, 0.5)[0]
