"""Drafting is as deep as pays, on simulated machines with known costs and acceptance."""

import random

import pytest

from app.engine.depth import DepthChooser

FLAT = [33.0, 43.0, 48.0, 57.0]  # milliseconds a cycle: bandwidth-bound, drafts are cheap
STEEP = [4.0, 6.5, 8.7, 11.0]  # a small model, where drafts cost most of a token


def best_rate(costs, shares):
    """Tokens per millisecond of the best fixed depth, and that depth."""
    rates, tokens, chance = [], 1.0, 1.0
    for depth, cost in enumerate(costs):
        if depth:
            chance *= shares[depth - 1]
            tokens += chance
        rates.append(tokens / cost)
    return max(rates), rates.index(max(rates))


def simulate(chooser, costs, shares, tokens, sequences=1, noise=0.0, seed=1, busy=1.0):
    """Decode so many tokens; milliseconds spent and how often each depth was used.

    ``busy``: how much slower the machine is in every other second.
    """
    chance, spent, made, used = random.Random(seed), 0.0, 0, [0] * len(costs)
    while made < tokens:
        depth = chooser.depth(sequences)
        accepted = []
        for _ in range(sequences):
            right = 0
            while right < depth and chance.random() < shares[right]:
                right += 1
            accepted.append(right)
        cost = costs[depth] * (1 + noise * chance.random())
        cost *= busy if int(spent / 1000) % 2 else 1
        chooser.record(depth, cost / 1000, accepted)
        spent += cost
        made += sequences + sum(accepted)
        used[depth] += 1
    return spent, used


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize(
    ("costs", "shares"),
    [(FLAT, (0.85, 0.87, 0.93)), (FLAT, (0.3, 0.2, 0.1)), (STEEP, (0.9, 0.9, 0.9)),
     (STEEP, (0.3, 0.3, 0.3)), (STEEP, (0.0, 0.0, 0.0)), (FLAT, (0.6, 0.3, 0.1))],
)  # fmt: skip
def test_a_long_answer_is_nearly_as_fast_as_with_the_best_depth(costs, shares, noise):
    best, _ = best_rate(costs, shares)

    spent, _ = simulate(DepthChooser(3), costs, shares, 3000, noise=noise)

    ideal = 3000 / best * (1 + noise / 2)
    assert spent < ideal * (1.04 if noise else 1.03)


def test_what_cannot_be_predicted_costs_less_than_two_percent_in_the_long_run():
    chooser = DepthChooser(3)
    simulate(chooser, STEEP, (0.05, 0.05, 0.05), 300)

    spent, _ = simulate(chooser, STEEP, (0.05, 0.05, 0.05), 2000)

    assert spent < 2000 * STEEP[0] * 1.02


def test_a_change_of_the_text_is_noticed():
    chooser = DepthChooser(3)
    simulate(chooser, FLAT, (0.1, 0.1, 0.1), 2000)

    _, used = simulate(chooser, FLAT, (0.95, 0.95, 0.95), 3000, seed=2)

    assert used[3] > sum(used) / 2


@pytest.mark.parametrize(("costs", "share", "depth"), [(FLAT, 0.9, 3), (STEEP, 0.1, 0)])
def test_a_machine_that_is_busy_now_and_then_does_not_mislead(costs, share, depth):
    chooser = DepthChooser(3)

    _, used = simulate(chooser, costs, (share,) * 3, 6000, noise=0.3, busy=2.5)

    assert used[depth] > 0.85 * sum(used)


def test_a_fixed_depth_is_always_used():
    _, used = simulate(DepthChooser(3, fixed=2), STEEP, (0.0, 0.0, 0.0), 100)

    assert used[2] == sum(used)


def test_a_model_without_heads_never_drafts():
    _, used = simulate(DepthChooser(0), [1.0], (), 50)

    assert used == [50]


def test_more_sequences_have_costs_of_their_own():
    chooser = DepthChooser(3)
    simulate(chooser, FLAT, (0.9, 0.9, 0.9), 2000)

    _, used = simulate(chooser, STEEP, (0.6, 0.5, 0.4), 4000, sequences=4)

    assert used[0] > sum(used) / 2


def test_a_cycle_that_caught_up_says_nothing_about_cost():
    chooser = DepthChooser(3)
    simulate(chooser, FLAT, (0.9, 0.9, 0.9), 500)
    before = chooser.rate(3)

    chooser.record(3, 10.0, [3], is_clean=False)

    assert chooser.rate(3) == pytest.approx(before, rel=0.05)
