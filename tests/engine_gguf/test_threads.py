"""Decoding gives up its other threads while they are held up, and takes them back."""

from engine_gguf.threads import ThreadChooser


def fed(chooser, *runs):
    """Feed runs of (steps, seconds); the thread counts after each run."""
    counts = []
    for steps, seconds in runs:
        for _ in range(steps):
            chooser.record(seconds)
        counts.append(chooser.count)
    return counts


def test_an_idle_machine_uses_all_threads():
    assert fed(ThreadChooser(4), (1000, 0.01)) == [4]


def test_one_thread_is_used_while_the_others_are_held_up():
    assert fed(ThreadChooser(2), (50, 0.01), (5, 0.08), (50, 0.015)) == [2, 1, 1]


def test_all_threads_come_back_when_one_is_no_faster():
    assert fed(ThreadChooser(2), (50, 0.01), (5, 0.03), (5, 0.05)) == [2, 1, 2]


def test_all_threads_are_tried_again_after_a_while():
    assert fed(ThreadChooser(2), (50, 0.01), (5, 0.08), (300, 0.015), (50, 0.01))[-1] == 2


def test_a_growing_context_is_not_mistaken_for_a_busy_machine():
    chooser = ThreadChooser(2)
    for step in range(5000):
        chooser.record(0.01 * (1 + step / 2500))

    assert chooser.count == 2


def test_one_thread_stays_one():
    assert fed(ThreadChooser(1), (20, 0.01), (20, 1.0)) == [1, 1]
