"""Decoding uses as many threads as measure fastest, and fewer while they are held up."""

from engine_gguf.threads import ThreadChooser


def used(chooser, steps, seconds):
    """The threads of each step on a machine where ``seconds`` (by threads) is what one takes."""
    counts = []
    for _ in range(steps):
        counts.append(chooser.count)
        chooser.record(seconds[chooser.count])
    return counts


BIG = {1: 0.08, 2: 0.04, 4: 0.02, 8: 0.01}
TINY = {1: 0.001, 2: 0.0012, 4: 0.002, 8: 0.004}
MIDDLE = {1: 0.003, 2: 0.002, 4: 0.0015, 8: 0.002}


def test_a_big_model_uses_all_threads():
    counts = used(ThreadChooser(8), 1000, BIG)

    assert counts[-1] == 8
    assert counts.count(8) > 980


def test_a_tiny_model_uses_one_thread():
    counts = used(ThreadChooser(8), 1000, TINY)

    assert set(counts[40:80]) <= {1, 2}
    assert counts.count(1) > 950


def test_the_number_in_the_middle_is_found():
    assert used(ThreadChooser(8), 1000, MIDDLE).count(4) > 950


def test_numbers_that_are_no_power_of_two_come_back_to_all():
    chooser = ThreadChooser(6)
    used(chooser, 200, {1: 0.01, 3: 0.02, 6: 0.03, 2: 0.012})
    used(chooser, 3000, {1: 0.06, 2: 0.03, 3: 0.02, 4: 0.015, 6: 0.01})

    assert chooser.count == 6


def test_one_thread_is_used_while_the_others_are_held_up():
    chooser = ThreadChooser(2)
    used(chooser, 50, {1: 0.02, 2: 0.01})
    counts = used(chooser, 50, {1: 0.02, 2: 0.08})

    assert set(counts[5:30]) == {1}


def test_all_threads_come_back_when_nothing_is_in_the_way():
    chooser = ThreadChooser(2)
    used(chooser, 50, {1: 0.02, 2: 0.01})
    used(chooser, 50, {1: 0.02, 2: 0.08})

    assert used(chooser, 2000, {1: 0.02, 2: 0.01})[-1] == 2


def test_a_machine_where_everything_got_slow_is_not_asked_again_and_again():
    chooser = ThreadChooser(2)
    used(chooser, 50, {1: 0.02, 2: 0.01})

    assert used(chooser, 1000, {1: 0.06, 2: 0.03}).count(2) > 970


def test_a_growing_context_is_not_mistaken_for_a_busy_machine():
    chooser = ThreadChooser(2)
    counts = []
    for step in range(5000):
        counts.append(chooser.count)
        chooser.record(0.01 * (1 + step / 2500) * (3 - chooser.count))

    assert counts.count(2) > 4950


def test_one_thread_stays_one():
    assert set(used(ThreadChooser(1), 40, {1: 0.01})) == {1}


def test_no_step_is_lost_to_looking_while_nothing_is_in_the_way():
    assert used(ThreadChooser(2), 500, {1: 0.02, 2: 0.01}).count(2) == 500


def test_a_look_that_found_nothing_is_not_soon_repeated():
    assert used(ThreadChooser(2), 500, {1: 0.005, 2: 0.0027}).count(1) <= 2


def test_a_machine_that_was_busy_from_the_start_is_found_out_by_what_threads_got():
    chooser = ThreadChooser(2)
    counts = []
    for _ in range(100):
        counts.append(chooser.count)
        chooser.record({1: 0.02, 2: 0.14}[chooser.count], share={1: 1.0, 2: 0.5}[chooser.count])

    assert counts.count(1) > 80


def test_threads_that_never_get_their_processors_are_seldom_looked_at():
    """One thread is no faster here, so the sign means nothing."""
    chooser = ThreadChooser(2)
    counts = []
    for _ in range(1000):
        counts.append(chooser.count)
        chooser.record({1: 0.02, 2: 0.01}[chooser.count], share=0.5)

    assert counts.count(1) < 20


def test_all_threads_come_back_as_soon_as_processors_are_idle(monkeypatch):
    clock = Clock(monkeypatch)
    chooser = ThreadChooser(2, idle=lambda: clock.idle_s)
    clock.run(chooser, 50, {1: 0.02, 2: 0.01}, idle=0.0)
    clock.run(chooser, 200, {1: 0.02, 2: 0.14}, idle=0.0)
    assert chooser.count == 1

    assert clock.run(chooser, 50, {1: 0.02, 2: 0.01}, idle=1.0)[20:] == [2] * 30


def test_a_tiny_model_does_not_look_up_because_processors_are_idle(monkeypatch):
    clock = Clock(monkeypatch)
    chooser = ThreadChooser(2, idle=lambda: clock.idle_s)

    counts = clock.run(chooser, 1000, {1: 0.001, 2: 0.002}, idle=1.0)

    assert counts.count(1) > 970


class Clock:
    """Time that passes with the steps, on a machine where so many processors are idle."""

    def __init__(self, monkeypatch):
        self.now_s, self.idle_s = 100.0, 0.0
        monkeypatch.setattr("engine_gguf.threads.time.monotonic", lambda: self.now_s)

    def run(self, chooser, steps, seconds, *, idle):
        counts = []
        for _ in range(steps):
            counts.append(chooser.count)
            self.now_s += seconds[chooser.count]
            self.idle_s += idle * seconds[chooser.count]
            chooser.record(seconds[chooser.count])
        return counts
