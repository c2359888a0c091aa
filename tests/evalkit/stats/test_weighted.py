"""Means and strengths weighted to a population: by hand, and where weights change nothing."""

import math

import numpy as np
import pytest

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import Comparisons
from evalkit.stats.intervals import (
    amount_estimate,
    clustered_means,
    mean_estimate,
    share_estimate,
)
from evalkit.stats.ranking.bradley_terry import fit
from evalkit.stats.ranking.weighted import weighted_ranking
from evalkit.stats.weighted import NO_PART, EntryWeights, MeanKind, weighted_means

ONE = np.array([1.0])


def mean_of(value, case, part, *, share, within=None, scale=MeanKind.SHARE, n=None, group=None):
    value, case, part = np.array(value, float), np.array(case), np.array(part)
    rows = weighted_means(
        np.zeros(len(value), np.int64) if group is None else np.array(group),
        case=case,
        value=value,
        n=np.ones(len(value), np.int64) if n is None else np.array(n),
        weights=EntryWeights(
            np.array(share, float), part, np.ones(len(value)) if within is None else within
        ),
        n_groups=1 if group is None else int(max(group)) + 1,
        scale=scale,
    )
    return rows[0] if group is None else rows


def test_each_part_counts_for_its_share_however_many_cases_it_has():
    # Part 0: 2 of 4 won; part 1: 3 of 3. Production asks part 0 nine of ten times: .9 x .5 + .1.
    row = mean_of([1, 1, 0, 0, 1, 1, 1], range(7), [0, 0, 0, 0, 1, 1, 1], share=[0.9, 0.1])

    assert row.value == pytest.approx(0.55)
    assert row.low < 0.55 < row.high
    assert (row.n, row.n_cases) == (7, 7)


def test_more_annotations_of_a_category_do_not_give_it_more_weight():
    few = mean_of([1, 0, 1, 1], range(4), [0, 0, 1, 1], share=[0.5, 0.5])
    many = mean_of([1, 0, 1, 1], range(4), [0, 0, 1, 1], share=[0.5, 0.5], n=[1, 1, 9, 9])

    assert few.value == many.value == pytest.approx(0.75)


def test_a_case_counts_for_one_over_the_chance_with_which_it_was_sampled():
    # Horvitz and Thompson within a part: (1/.5 x 1 + 1/.1 x 0) / (1/.5 + 1/.1) = 2/12.
    row = mean_of([1, 0], [0, 1], [0, 0], share=[1.0], within=np.array([1 / 0.5, 1 / 0.1]))

    assert row.value == pytest.approx(2 / 12)
    # Kish: (2 + 10)^2 / (2^2 + 10^2) cases.
    assert row.n_effective == pytest.approx(144 / 104)


def test_effective_cases_are_those_of_kish():
    # Case weights: .9/3 three times, .1/2 twice; 1 / (3 x .3^2 + 2 x .05^2).
    row = mean_of([1, 0, 1, 0, 1], range(5), [0, 0, 0, 1, 1], share=[0.9, 0.1])

    assert row.n_effective == pytest.approx(1 / (3 * 0.09 + 2 * 0.0025))


@pytest.mark.parametrize(
    ("scale", "plain"),
    [("share", share_estimate), ("score", mean_estimate), ("amount", amount_estimate)],
)
def test_with_one_part_and_equal_weights_it_is_the_plain_mean_with_its_interval(scale, plain):
    rng = np.random.default_rng(3)
    case, group = rng.integers(0, 40, 300), rng.integers(0, 3, 300)
    value, n = rng.integers(0, 2, 300), rng.integers(1, 4, 300)
    rows = mean_of(value, case, 0 * case, share=ONE, scale=MeanKind(scale), n=n, group=group)
    means = clustered_means(group, case=case, value=value.astype(float), n=n, n_groups=3)

    for place, row in enumerate(rows):
        estimate = plain(means, place)
        assert (row.n, row.value) == (estimate.n, pytest.approx(estimate.value, abs=1e-12))
        assert (row.low, row.high) == pytest.approx((estimate.low, estimate.high), abs=1e-12)


def test_a_part_in_which_all_say_the_same_is_not_certain():
    # Wilson's interval of 3 of 3 is wide; the part has 95 % of the weight.
    row = mean_of([1, 1, 1, 1, 0, 1, 0], range(7), [0, 0, 0, 1, 1, 1, 1], share=[0.95, 0.05])

    assert row.low < 0.75


def test_a_part_with_a_share_and_no_case_is_named_and_the_number_undefined():
    row = mean_of([1, 0], [0, 1], [0, 0], share=[0.5, 0.0, 0.5])

    assert row.value is None
    assert row.missing == (2,)


def test_a_part_with_a_single_case_is_named_and_leaves_no_interval():
    row = mean_of([1, 0, 1], [0, 1, 2], [0, 0, 1], share=[0.5, 0.5])

    assert row.value == pytest.approx(0.75)
    assert row.low is None
    assert row.alone == (1,)


def test_what_is_in_no_part_or_in_one_without_a_share_plays_no_role():
    with_more = mean_of(
        [1, 0, 1, 1], [0, 1, 2, 3], [0, 0, 1, NO_PART], share=[1.0, 0.0], scale=MeanKind.SCORE
    )
    alone = mean_of([1, 0], [0, 1], [0, 0], share=[1.0], scale=MeanKind.SCORE)

    assert with_more == alone


def board(seed=5, n=600, n_models=4):
    rng = np.random.default_rng(seed)
    left = rng.integers(0, n_models, n)
    right = (left + rng.integers(1, n_models, n)) % n_models
    return Comparisons(
        rng.integers(0, 60, n),
        left,
        right,
        rng.integers(0, 4, n),
        rng.integers(1, 4, n),
        tuple(f"m{k}" for k in range(n_models)),
    )


def test_with_one_part_and_equal_weights_strengths_and_covariance_are_those_without():
    data = board()
    plain = fit(data)
    weighted = weighted_ranking(data, EntryWeights(ONE, 0 * data.case, np.ones(len(data.case))))

    assert [row.value for row in weighted.strength] == pytest.approx(plain.strength.tolist())
    assert np.allclose(weighted.covariance, plain.covariance, atol=1e-12)
    assert weighted.degrees == pytest.approx(59)


def test_two_models_win_against_each_other_what_their_parts_say():
    # Of two models the win rate is the weighted share won: .8 x 3/4 + .2 x 1/4.
    preference = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    part = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    zeros = np.zeros(8, np.int64)
    data = Comparisons(np.arange(8), zeros, zeros + 1, preference, zeros + 1, ("a", "b"))
    ranking = weighted_ranking(data, EntryWeights(np.array([0.8, 0.2]), part, np.ones(8)))

    assert ranking.win_rate[0].value == pytest.approx(0.8 * 0.75 + 0.2 * 0.25)
    assert ranking.strength[0].value == pytest.approx(math.log(0.65 / 0.35) / 2)
    gap = ranking.difference("a", "b")
    assert gap.value == pytest.approx(math.log(0.65 / 0.35))


def test_a_model_that_lost_all_in_production_keeps_a_finite_strength():
    zeros = np.zeros(6, np.int64)
    data = Comparisons(np.arange(6), zeros, zeros + 1, zeros, zeros + 1, ("a", "b"))
    part = np.array([0, 0, 0, 1, 1, 1])
    ranking = weighted_ranking(data, EntryWeights(np.array([0.5, 0.5]), part, np.ones(6)))

    assert all(math.isfinite(row.low) and row.low < row.high for row in ranking.strength)


def one_sided(*, won=3, share=(0.95, 0.05), names=("a", "b")):
    """Compare a with b on ``won`` cases of part 0, all won by a, and on 40 of part 1, half won."""
    n = won + 40
    zeros = np.zeros(n, np.int64)
    preference = np.r_[np.zeros(won, np.int64), np.arange(40) % 2]
    part = np.r_[np.zeros(won, np.int64), np.ones(40, np.int64)]
    data = Comparisons(np.arange(n), zeros, zeros + 1, preference, zeros + 1, names)
    return data, EntryWeights(np.array(share), part, np.ones(n))


def test_a_heavy_part_of_few_cases_that_all_say_the_same_makes_no_board_certain():
    # The share won, .975, has the variance of two parts: of 7/8 on 3 cases, and of 1/2 on 40.
    data, weights = one_sided()
    ranking = weighted_ranking(data, weights)

    assert ranking.win_rate[0].value == pytest.approx(0.975)
    assert ranking.win_rate[0].low < 0.5
    assert ranking.difference("a", "b").low < 0.0
    # Strengths move with that share as log-odds do: 1 / (p (1 - p)) times its standard error.
    variance = 0.95**2 * 7 / 8 / 8 / 3 + 0.05**2 * 0.25 / 39
    gap = 4 * float(ranking.covariance[0, 0])
    assert gap == pytest.approx(variance / (0.975 * 0.025) ** 2)


def test_the_more_cases_say_the_same_the_surer_a_board_is_of_it():
    lows = [weighted_ranking(*one_sided(won=n)).win_rate[0].low for n in (3, 10, 30, 100)]

    assert lows == sorted(lows)
    assert lows[-1] > 0.9


def test_where_every_part_goes_one_way_there_still_is_an_interval():
    data, weights = one_sided(won=20, share=(0.5, 0.5))
    data.preference[20:] = 1
    row = weighted_ranking(data, weights).win_rate[0]

    assert row.value == pytest.approx(0.5)
    assert 0.3 < row.low < 0.5 < row.high < 0.7


def test_two_models_of_three_that_one_part_always_tells_apart_are_not_certain_there():
    # c wins half against either in both parts; a always beats b in the heavy one, on three cases.
    case = np.repeat(np.arange(43), 3)
    left, right = np.tile([0, 0, 1], 43), np.tile([1, 2, 2], 43)
    won = np.repeat(np.arange(43) % 2, 3)
    won[0:9:3] = 0
    data = Comparisons(case, left, right, won, np.ones(129, np.int64), ("a", "b", "c"))
    part = (case >= 3).astype(np.int64)
    ranking = weighted_ranking(data, EntryWeights(np.array([0.95, 0.05]), part, np.ones(129)))
    alone = weighted_ranking(*one_sided())

    assert ranking.difference("a", "b").low < 0.0
    assert alone.difference("a", "b").low < 0.0


def only_in_the_first_part(n_of_c):
    """Compare a and b on 20 cases of each part; c with both, on the last cases of part 0 alone."""
    pairs = [(case, 0, 1) for case in range(40)]
    pairs += [(case, side, 2) for case in range(20) for side in (0, 1)]
    pairs += [(case, side, 2) for case in range(20, 20 + n_of_c) for side in (0, 1)]
    case, left, right = np.array(pairs).T
    preference = (case // 2 + left) % 2
    data = Comparisons(case, left, right, preference, np.ones(len(case), np.int64), tuple("abc"))
    part = (case >= 20).astype(np.int64)
    return data, EntryWeights(np.array([0.05, 0.95]), part, np.ones(len(case)))


def test_a_model_that_was_not_compared_in_a_part_has_no_number_and_no_lead():
    ranking = weighted_ranking(*only_in_the_first_part(0))

    for rows in (ranking.strength, ranking.win_rate):
        assert [row.missing for row in rows] == [(), (), (1,)]
        assert (rows[2].value, rows[2].low, rows[2].high) == (None, None, None)
        assert rows[0].low < rows[0].value < rows[0].high
    assert ranking.difference("a", "c").value is None
    assert ranking.difference("a", "b").low is not None


def test_a_model_that_a_part_compared_on_a_single_case_has_no_interval():
    ranking = weighted_ranking(*only_in_the_first_part(1))

    assert [row.alone for row in ranking.win_rate] == [(), (), (1,)]
    assert ranking.win_rate[2].value is not None
    assert ranking.win_rate[2].low is None
    assert ranking.win_rate[0].low is not None
    assert ranking.difference("c", "a").low is None


def test_a_part_without_comparisons_is_named_and_no_number_given():
    data = board()
    weights = EntryWeights(np.array([0.5, 0.5]), 0 * data.case, np.ones(len(data.case)))
    ranking = weighted_ranking(data, weights)

    assert ranking.missing == (1,)
    assert all(row.value is None for row in ranking.strength)


def test_what_was_never_compared_is_undefined():
    zeros = np.zeros(2, np.int64)
    data = Comparisons(zeros, zeros, zeros, zeros, zeros + 1, ("a", "b"))

    with pytest.raises(UndefinedStatisticError, match="No two models"):
        weighted_ranking(data, EntryWeights(ONE, zeros, np.ones(2)))
