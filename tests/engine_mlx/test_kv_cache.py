"""Any order of append, rewind, snapshot and restore gives what a plain full cache gives."""

import math

import mlx.core as mx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_mlx.kv_cache import SLACK_TOKENS, FullCache, WindowCache

HEADS, GROUPS, DIM, WINDOW = 4, 2, 32, 8

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.sampled_from([1, 1, 2, 3, 4, 7, 8, 9, 20, 40])),
        st.tuples(st.just("rewind"), st.integers(0, 6)),
        st.tuples(st.just("snapshot"), st.just(0)),
        st.tuples(st.just("restore"), st.just(0)),
    ),
    min_size=1,
    max_size=40,
)


class PlainCache:
    """Every key and value ever appended, in float64."""

    def __init__(self, window):
        self.window = window
        self.keys = np.zeros((GROUPS, 0, DIM))
        self.values = np.zeros((GROUPS, 0, DIM))

    def attend(self, queries, keys, values):
        self.keys = np.concatenate([self.keys, keys[0]], axis=1)
        self.values = np.concatenate([self.values, values[0]], axis=1)
        total, length = self.keys.shape[1], queries.shape[2]
        distance = np.arange(total - length, total)[:, None] - np.arange(total)[None]
        visible = (distance >= 0) & (distance < self.window)
        keys = self.keys.repeat(HEADS // GROUPS, axis=0)
        values = self.values.repeat(HEADS // GROUPS, axis=0)
        scores = queries[0] @ keys.swapaxes(1, 2) / math.sqrt(DIM)
        scores = np.exp(np.where(visible, scores, -np.inf))
        return scores / scores.sum(axis=-1, keepdims=True) @ values

    def rewind(self, count):
        end = self.keys.shape[1] - count
        self.keys, self.values = self.keys[:, :end], self.values[:, :end]


def random_rows(random, length):
    return [
        random.standard_normal((1, heads, length, DIM)).astype(np.float32)
        for heads in (HEADS, GROUPS, GROUPS)
    ]


def play(cache, plain, steps, make, slack):
    """Run the steps on both; the largest difference of what attention gives.

    A rewind goes back at most ``slack`` behind the furthest position ever reached.
    """
    random, worst, furthest = np.random.default_rng(len(steps)), 0.0, 0
    saved = (cache.snapshot(), plain.keys, plain.values, furthest)
    for step, size in steps:
        if step == "append":
            rows = random_rows(random, size)
            out = np.array(cache.attend(*map(mx.array, rows)))[0]
            worst = max(worst, np.abs(out - plain.attend(*rows)).max())
            furthest = max(furthest, cache.offset)
        elif step == "rewind":
            size = max(0, min(size, cache.offset - max(0, furthest - slack)))
            assert cache.can_rewind(size)
            cache.rewind(size)
            plain.rewind(size)
        elif step == "snapshot":
            saved = (cache.snapshot(), plain.keys, plain.values, furthest)
        else:
            cache = make()
            cache.restore(saved[0])
            plain.keys, plain.values, furthest = saved[1:]
    return worst


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_a_window_equals_a_full_cache_whatever_is_done_to_it(steps):
    def make():
        return WindowCache(WINDOW, slack=6, room=5)

    assert play(make(), PlainCache(WINDOW), steps, make, slack=6) < 1e-5


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_growing_cache_equals_a_full_cache_whatever_is_done_to_it(steps):
    assert play(FullCache(), PlainCache(10**9), steps, FullCache, slack=10**9) < 1e-5


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_int8_differs_by_less_than_its_step(steps):
    # 8 bits over a range of about ±3 σ per group: steps of 0.025, errors of half of it average out.
    def make():
        return FullCache(bits=8)

    assert play(make(), PlainCache(10**9), steps, make, slack=10**9) < 0.05


def test_rewind_works_after_the_window_is_full():
    random = np.random.default_rng(0)
    cache, plain = WindowCache(WINDOW), PlainCache(WINDOW)
    for length in [100, *[1] * 400]:
        rows = random_rows(random, length)
        cache.attend(*map(mx.array, rows))
        plain.attend(*rows)

    cache.rewind(SLACK_TOKENS)
    plain.rewind(SLACK_TOKENS)

    rows = random_rows(random, 3)
    out = np.array(cache.attend(*map(mx.array, rows)))[0]
    assert np.abs(out - plain.attend(*rows)).max() < 1e-5


def test_a_window_says_when_it_cannot_go_back_that_far():
    cache = WindowCache(WINDOW, slack=6, room=5)
    cache.attend(*map(mx.array, random_rows(np.random.default_rng(0), 100)))

    assert cache.can_rewind(6)
    assert not cache.can_rewind(7)


def test_a_window_holds_a_bounded_number_of_rows():
    cache = WindowCache(WINDOW, slack=6, room=5)

    for _ in range(100):
        cache.attend(*map(mx.array, random_rows(np.random.default_rng(0), 3)))

    assert all(part.shape[2] == WINDOW - 1 + 6 + 5 for part in cache.arrays())


def test_continuing_from_a_snapshot_leaves_the_snapshot_as_it_was():
    random = np.random.default_rng(0)
    cache = FullCache()
    cache.attend(*map(mx.array, random_rows(random, 5)))
    state = cache.snapshot()
    before = np.array(state.arrays["keys"])

    fork = FullCache()
    fork.restore(state)
    fork.rewind(2)
    fork.attend(*map(mx.array, random_rows(random, 1)))

    assert np.array_equal(np.array(state.arrays["keys"]), before)
