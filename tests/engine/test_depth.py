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


def simulate(
    chooser, costs, shares, tokens, sequences=1, noise=0.0, seed=1, busy=1.0, catch_up=1.0
):
    """Decode so many tokens; milliseconds spent and how often each depth was used.

    ``busy``: how much slower the machine is in every other second. ``catch_up``: how much longer
    the first cycle with drafts takes after one without.
    """
    chance, spent, made, used, before = random.Random(seed), 0.0, 0, [0] * len(costs), 0
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
        is_clean = depth == 0 or before > 0 or catch_up == 1
        cost *= 1 if is_clean else catch_up
        before = depth
        chooser.record(depth, cost / 1000, accepted, is_clean=is_clean)
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


def test_a_look_goes_on_while_its_drafts_are_right():
    chooser = DepthChooser(3)
    simulate(chooser, STEEP, (0.05,) * 3, 8000)

    _, used = simulate(chooser, STEEP, (1.0,) * 3, 4000, seed=2)

    looks_s = 8.0  # the longest wait for the next look; the first one has to be enough
    assert used[0] * STEEP[0] / 1000 < 1.5 * looks_s


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


def test_drafts_behind_the_end_of_an_answer_do_not_count_as_wrong():
    chooser = DepthChooser(3)
    simulate(chooser, FLAT, (0.9, 0.9, 0.9), 500)
    before = chooser.rate(3)

    for _ in range(20):
        chooser.record(3, FLAT[3] / 1000, [0], is_whole=False)

    assert chooser.rate(3) == pytest.approx(before)


TINY = [0.53, 0.83, 1.02, 1.21]  # a cycle of well under a millisecond
DEAR = [0.53, 1.1, 1.6, 2.1]  # where even drafts that are always right do not pay
CLOSE = [4.0, 7.4, 11.0, 14.0]  # where drafts nearly pay


@pytest.mark.parametrize(
    ("costs", "share"), [(TINY, 0.1), (TINY, 0.4), (STEEP, 0.2), (CLOSE, 0.7), (CLOSE, 0.82)]
)
def test_where_drafts_do_not_pay_looking_at_them_costs_less_than_two_percent(costs, share):
    chooser = DepthChooser(3)
    simulate(chooser, costs, (share,) * 3, 200, noise=0.3)

    # Four seconds of decoding, in which each look has to catch up on rows first.
    tokens = int(4000 / costs[0])
    spent, _ = simulate(chooser, costs, (share,) * 3, tokens, noise=0.3, seed=4, catch_up=2.0)

    assert spent / (tokens * costs[0] * 1.15) < 1.02


def test_looks_become_rarer_while_the_choice_holds():
    chooser = DepthChooser(3)
    _, early = simulate(chooser, STEEP, (0.1,) * 3, 500)

    simulate(chooser, STEEP, (0.1,) * 3, 3000)
    _, late = simulate(chooser, STEEP, (0.1,) * 3, 500)

    assert sum(late[1:]) < sum(early[1:])


def test_an_open_question_is_answered_for_not_drafting():
    costs = [10.0, 10.1 * 1.85, 60.0, 90.0]

    spent, used = simulate(DepthChooser(3), costs, (0.85, 0.5, 0.5), 3000, noise=0.2)

    assert used[0] > used[1]
    assert spent < 1.02 * 3000 * costs[0] * 1.1


def test_the_choice_is_told():
    chooser = DepthChooser(3)
    unknown = chooser.choice()
    simulate(chooser, FLAT, (0.9,) * 3, 3000)

    assert (unknown, chooser.choice(), chooser.reason()) == (None, 3, "")


@pytest.mark.parametrize(
    ("chooser", "words"), [(DepthChooser(3), "Measured"), (DepthChooser(3, fixed=0), "off")]
)
def test_why_nothing_is_drafted_is_said_in_words(chooser, words):
    simulate(chooser, STEEP, (0.1,) * 3, 300)

    assert words in chooser.reason()


def test_what_drafts_need_is_gathered_again_before_a_look():
    chooser, gathered, seen = DepthChooser(3), 0, []

    for _ in range(6000):
        depth = chooser.depth()
        if depth:
            seen.append(gathered)
        gathered = 0 if chooser.is_resting() else gathered + 1
        chooser.record(depth, TINY[depth] / 1000, [0])

    assert chooser.is_resting() or gathered > 0
    assert all(rows > 60 for rows in seen[20:])


def test_nothing_is_gathered_while_the_last_look_is_still_paid_for():
    chooser, resting = DepthChooser(3), 0
    simulate(chooser, TINY, (0.1,) * 3, 4000, catch_up=10.0)

    for _ in range(4000):
        resting += chooser.is_resting()
        depth = chooser.depth()
        chooser.record(depth, TINY[depth] / 1000, [0])

    assert resting > 0.8 * 4000


def test_cycles_told_together_count_as_told_one_by_one():
    alone, together = DepthChooser(3), DepthChooser(3)
    for chooser in (alone, together):
        simulate(chooser, DEAR, (0.1,) * 3, 1000)

    for _ in range(together.untold_cycles()):
        alone.record(0, DEAR[0] / 1000, [0])
    together.record(0, DEAR[0] / 1000, [0], cycles=together.untold_cycles())

    _, used_alone = simulate(alone, DEAR, (0.1,) * 3, 9000)
    _, used_together = simulate(together, DEAR, (0.1,) * 3, 9000)
    assert used_alone == used_together


def test_cycles_with_drafts_are_told_one_by_one():
    chooser = DepthChooser(3)
    simulate(chooser, FLAT, (0.9,) * 3, 1000)

    assert chooser.untold_cycles() == 0


HOPELESS = [0.5, 1.7, 2.1, 2.8]  # where drafts that are always right halve the speed


def test_where_no_draft_can_pay_looks_are_as_rare_as_allowed():
    chooser = DepthChooser(3)
    simulate(chooser, HOPELESS, (0.1,) * 3, 12_000)  # six seconds

    _, used = simulate(chooser, HOPELESS, (0.1,) * 3, 48_000)  # twenty-four seconds

    assert 0 < sum(used[1:]) <= 3 * 4  # a look every eight seconds


def test_what_was_measured_on_a_busy_machine_is_looked_at_again_once_it_is_idle():
    chooser = DepthChooser(3)
    simulate(chooser, [4 * cost for cost in FLAT], (0.0,) * 3, 1000)

    _, used = simulate(chooser, FLAT, (0.9,) * 3, 3000)

    assert used[3] > sum(used) / 2


def test_a_busy_start_is_forgotten():
    chooser = DepthChooser(3)
    busy = [costs * 4 for costs in FLAT]
    simulate(chooser, [FLAT[0], *busy[1:]], (0.9,) * 3, 100)

    _, used = simulate(chooser, FLAT, (0.9,) * 3, 3000)

    assert used[3] > sum(used) / 2


@pytest.mark.parametrize("slowed", [0, 1, 2, 3])
def test_a_start_that_was_held_up_at_one_depth_is_forgotten(slowed):
    chooser = DepthChooser(3)
    held_up = [cost * 20 if depth == slowed else cost for depth, cost in enumerate(DEAR)]
    simulate(chooser, held_up, (0.9,) * 3, 40)

    _, used = simulate(chooser, DEAR, (0.9,) * 3, 2000)

    assert used[0] > 0.8 * sum(used)


def test_fewer_drafts_never_count_as_slower():
    chooser = DepthChooser(3)

    for depth, seconds in enumerate([0.9, 0.4, 0.5, 0.6]):
        for _ in range(3):
            chooser.record(depth, seconds, [0])

    assert chooser.rate(0) == pytest.approx(1 / 0.4)
