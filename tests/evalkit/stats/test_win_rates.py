import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from evalkit.stats.counts import BOTH_BAD, LEFT, RIGHT, TIE, Comparisons
from evalkit.stats.ranking.win_rates import circles, pairwise_win_rates


def comparisons(rows, models):
    """Build from (case, left, right, preference) with models by name."""
    columns = [(c, models.index(left), models.index(right), p, 1) for c, left, right, p in rows]
    return Comparisons(*np.array(columns).T, models)


def of(rates, model, other):
    return next(r.estimate for r in rates if (r.model, r.other) == (model, other))


def test_a_win_rate_counts_ties_half_whatever_the_side():
    rows = [(0, "a", "b", LEFT), (1, "b", "a", RIGHT), (2, "a", "b", TIE), (3, "b", "a", BOTH_BAD)]

    rates = pairwise_win_rates(comparisons(rows, ("a", "b")))

    assert of(rates, "a", "b").value == pytest.approx(0.75)
    assert of(rates, "b", "a").value == pytest.approx(0.25)
    assert of(rates, "b", "a").low == pytest.approx(1 - of(rates, "a", "b").high)
    assert of(rates, "a", "b").n == 4


def test_with_one_comparison_a_case_the_interval_is_nearly_wilsons():
    rows = [(c, "a", "b", LEFT if c < 140 else RIGHT) for c in range(200)]

    rate = of(pairwise_win_rates(comparisons(rows, ("a", "b"))), "a", "b")

    # t(199) stands for the normal quantile and 199 for 200: under one percent of the width.
    low, high = proportion_confint(140, 200, method="wilson")
    assert (rate.low, rate.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_models_that_never_met_have_no_win_rate_but_a_reason():
    rows = [(0, "a", "b", LEFT), (1, "b", "c", LEFT)]

    rate = of(pairwise_win_rates(comparisons(rows, ("a", "b", "c"))), "a", "c")

    assert rate.value is None
    assert rate.reason


def test_a_circle_of_sure_wins_is_found_once():
    rows = [(c, *pair, LEFT) for c in range(20) for pair in ("ab", "bc", "ca")]

    found = circles(pairwise_win_rates(comparisons(rows, ("a", "b", "c"))))

    assert found == (("a", "b", "c"),)


def test_an_order_has_no_circle_nor_have_unsure_wins():
    order = [(c, *pair, LEFT) for c in range(20) for pair in ("ab", "bc", "ac")]
    unsure = [(c, *pair, LEFT) for c in range(2) for pair in ("ab", "bc", "ca")]

    assert circles(pairwise_win_rates(comparisons(order, ("a", "b", "c")))) == ()
    assert circles(pairwise_win_rates(comparisons(unsure, ("a", "b", "c")))) == ()
