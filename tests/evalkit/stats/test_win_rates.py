import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.special import expit
from statsmodels.stats.proportion import proportion_confint

from evalkit.stats.counts import BOTH_BAD, LEFT, RIGHT, TIE, Comparisons
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.ranking.win_rates import average_win_rates, circles, pairwise_win_rates


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


def ranked(met, models):
    """Rank by ``{(left, right): (cases, wins of left)}``, every comparison on a case of its own."""
    rows = []
    for (left, right), (n_cases, n_won) in met.items():
        for number in range(n_cases):
            rows.append((len(rows), left, right, LEFT if number < n_won else RIGHT))
    return {row.model: row for row in rank_models(comparisons(rows, models)).rows}


def test_a_win_rate_is_against_each_other_model_equally_often_whoever_was_met():
    # A chain is fitted exactly: a beats c in 6 of 8 cases, b in 40 of 160, so the odds of a
    # against b are 3 · 3 = 9. By hand: (9/10 + 3/4) / 2, (1/10 + 1/4) / 2, (1/4 + 3/4) / 2.
    rows = ranked({("a", "c"): (8, 6), ("b", "c"): (160, 40)}, ("a", "b", "c"))

    assert rows["a"].win_rate.value == pytest.approx(0.825)
    assert rows["b"].win_rate.value == pytest.approx(0.175)
    assert rows["c"].win_rate.value == pytest.approx(0.5)
    # As compared c won 2 of 8 and 120 of 160.
    assert rows["c"].raw_win_rate.value == pytest.approx(122 / 168)


def test_where_all_pairs_met_equally_often_the_win_rate_is_the_share_won():
    # The likelihood equations: expected wins are the wins.
    met = {("a", "b"): (20, 13), ("a", "c"): (20, 17), ("b", "c"): (20, 9)}

    for row in ranked(met, ("a", "b", "c")).values():
        assert row.win_rate.value == pytest.approx(row.raw_win_rate.value)


def test_of_two_models_the_win_rate_and_its_interval_are_those_of_the_share_won():
    rows = [(case // 3, "a", "b", RIGHT if case % 4 == 0 else LEFT) for case in range(60)]

    for row in rank_models(comparisons(rows, ("a", "b"))).rows:
        average, raw = row.win_rate, row.raw_win_rate
        assert (average.value, average.low, average.high) == pytest.approx(
            (raw.value, raw.low, raw.high)
        )


@given(st.integers(0, 10_000))
def test_win_rates_are_in_the_order_of_the_strengths_and_half_on_average(seed):
    rng = np.random.default_rng(seed)
    n_models = int(rng.integers(2, 9))
    strength = rng.normal(0, 1.5, n_models)
    root = rng.normal(0, 0.3, (n_models, n_models))
    many = np.full(n_models, 50)

    rates = average_win_rates(strength, root @ root.T, n=many, n_cases=many)

    value = np.array([rate.value for rate in rates])
    assert (np.argsort(value) == np.argsort(strength)).all()
    # Of every two one wins what the other loses.
    assert value.mean() == pytest.approx(0.5)
    assert all(0 <= rate.low <= rate.value <= rate.high <= 1 for rate in rates)


def test_the_error_of_a_win_rate_is_that_of_draws_of_the_strengths():
    # Small errors, for which the delta method is exact; 200,000 draws give it to 0.3 %.
    strength, errors = np.array([1.0, 0.2, -0.4]), np.array([0.02, 0.03, 0.01])
    drawn = strength + np.random.default_rng(1).normal(0, 1, (200_000, 3)) * errors
    chance = expit(drawn[:, :1] - drawn[:, 1:]).mean(axis=1)
    many = np.full(3, 10_000)

    first = average_win_rates(strength, np.diag(errors**2), n=many, n_cases=many)[0]

    # Wilson's interval is value ± 1.96 se where se is small.
    assert (first.high - first.low) / (2 * 1.9602) == pytest.approx(chance.std(), rel=0.01)


def test_a_model_on_one_case_has_a_win_rate_without_an_interval():
    rows = [(case, "a", "b", LEFT if case % 3 else RIGHT) for case in range(12)]
    rows += [(0, "c", "a", LEFT), (0, "a", "c", LEFT)]
    by_name = {row.model: row for row in rank_models(comparisons(rows, ("a", "b", "c"))).rows}

    assert by_name["c"].win_rate.value is not None
    assert by_name["c"].win_rate.low is None
    assert by_name["c"].win_rate.reason
