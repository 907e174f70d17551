"""What 50 long conversations, opened one after the other, leave in memory."""

from app.chat.messages import Message
from tests.benchmarks.window_rig import with_window
from tests.benchmarks.window_stage import (
    judge,
    memory_mb,
    percentile,
    role_of,
    run_loop,
    run_until,
    text_of,
)
from tests.screens.rig import Rig

CHATS = 50
MESSAGES = 200
LIMIT_MB = 60.0


def bench() -> bool:
    return with_window(_measure)


def _measure(rig: Rig) -> bool:
    chats = [_chat(rig, number) for number in range(CHATS)]
    rig.window.library.refresh()
    run_loop(1.0)
    before = memory_mb()
    times = [_opened(rig, chat) for chat in chats]
    after = memory_mb()
    print(f"  {CHATS} chats of {MESSAGES} messages: {before:.0f} MB before, {after:.0f} MB after")
    print(f"  each read and painted in {percentile(times, 0.5) * 1e3:.0f} ms (median)")
    return judge("memory added", after - before, LIMIT_MB, "MB")


def _chat(rig: Rig, number: int) -> int:
    chat = rig.store.create_conversation(f"Chat {number}")
    for place in range(MESSAGES):
        words = f"{text_of(place)}\n\nAs said in chat {number}."
        rig.store.append(chat, Message.of(role_of(place), words))
    return chat


def _opened(rig: Rig, chat: int) -> float:
    """Seconds; then it is scrolled, as one does who looks for something."""
    window = rig.window
    window.conversation.open(chat)
    transcript = window.page.transcript
    bar = transcript.verticalScrollBar()
    last = rig.store.branch(chat)[-1].id
    took = run_until(lambda: window.conversation.current == chat and transcript.last_id == last)
    for share in (8, 6, 4, 2):
        bar.setValue(bar.maximum() * share // 10)
        run_loop(0.05)
    run_loop(0.1)
    return took
