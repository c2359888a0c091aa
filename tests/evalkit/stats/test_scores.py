import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import t as student
from statsmodels.regression.linear_model import OLS

from evalkit.stats.counts import Scores
from evalkit.stats.scores import distributions, mean_amounts, mean_scores, shares
from tests.evalkit.stats.ends import degrees_of, ends


def scores(rows):
    """Build from (case, model, category, value[, n]), models and categories by name."""
    models = tuple(sorted({row[1] for row in rows}))
    categories = tuple(sorted({row[2] for row in rows}))
    return Scores(
        np.array([row[0] for row in rows]),
        np.array([models.index(row[1]) for row in rows]),
        np.array([categories.index(row[2]) for row in rows]),
        np.array([float(row[3]) for row in rows]),
        np.array([(row[4:] or (1,))[0] for row in rows]),
        models,
        categories,
    )


def random_rows(seed, n=120):
    rng = np.random.default_rng(seed)
    cases = rng.integers(0, 15, n)
    return [
        (int(c), f"m{rng.integers(0, 3)}", f"category {c % 2}", float(rng.integers(1, 6)))
        for c in cases
    ]


def row_of(rows, model, category=None):
    return next(row for row in rows if (row.model, row.category) == (model, category))


def test_a_mean_is_over_annotations_and_its_interval_over_cases():
    # Case 0: 1 and 3 (sum 4 of 2); case 1: 5, 5, 5 (15 of 3); case 2: 2 (2 of 1). Mean 21/6 = 3.5.
    # Residual sums -3, 4.5, -1.5: Σ² = 31.5, se² = 3/2 · 31.5 / 36 = 1.3125; t(2) = 4.30265.
    rows = [(0, "a", "x", 1), (0, "a", "x", 3), (1, "a", "x", 5, 3), (2, "a", "x", 2)]

    row = row_of(mean_scores(scores(rows)), "a")

    assert row.estimate.value == pytest.approx(3.5)
    assert row.estimate.high == pytest.approx(3.5 + 4.30265273 * np.sqrt(1.3125))
    assert row.estimate.low == pytest.approx(3.5 - 4.30265273 * np.sqrt(1.3125))
    assert (row.estimate.n, row.n_cases) == (6, 3)


@given(seed=st.integers(0, 10**6))
def test_means_and_intervals_equal_a_clustered_regression_on_a_constant(seed):
    rows = random_rows(seed)

    found = mean_scores(scores(rows))

    for row in found:
        own = [r for r in rows if r[1] == row.model and row.category in (None, r[2])]
        groups = np.array([r[0] for r in own])
        fit = OLS([r[3] for r in own], np.ones(len(own))).fit(
            cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
        )
        n_cases = len(np.unique(groups))
        error = fit.bse[0] * np.sqrt(n_cases / (n_cases - 1))
        pulls = [sum(r[3] - fit.params[0] for r in own if r[0] == case) for case in set(groups)]
        t = student.ppf(0.975, degrees_of(np.array(pulls)))
        assert row.estimate.value == pytest.approx(fit.params[0], abs=1e-9)
        assert row.estimate.high == pytest.approx(fit.params[0] + t * error, abs=1e-9)
        assert (row.estimate.n, row.n_cases) == (len(own), n_cases)


def test_amounts_that_are_all_nothing_have_a_mean_of_zero_and_no_interval():
    # No errors in two looks do not prove that there never are any.
    estimate = row_of(mean_amounts(scores([(0, "a", "x", 0), (1, "a", "x", 0)])), "a").estimate

    assert (estimate.value, estimate.n) == (0, 2)
    assert estimate.low is None
    assert estimate.reason


def test_a_mean_of_amounts_has_the_interval_of_what_cannot_be_negative():
    # Cases of 0, 0, 0, 0 and 20: mean 4, deviations -4 four times and 16, so se = 4.
    rows = [(case, "a", "x", value) for case, value in enumerate([0, 0, 0, 0, 20])]

    estimate = row_of(mean_amounts(scores(rows)), "a").estimate

    degrees = degrees_of(np.array([-4, -4, -4, -4, 16]))
    assert (estimate.value, estimate.n) == (4.0, 5)
    assert (estimate.low, estimate.high) == pytest.approx(
        ends(4.0, 4.0, degrees, lowest=0.0, highest=np.inf), abs=1e-9
    )


def test_order_of_rows_and_multiplicities_change_nothing():
    rows = random_rows(7)
    doubled = [(*row, 2) for row in rows]
    twice = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))] + rows

    assert_same(mean_scores(scores(doubled)), mean_scores(scores(twice)))
    assert_same(shares(scores(doubled), at_least=4), shares(scores(twice), at_least=4))
    assert distributions(scores(doubled)) == distributions(scores(twice))


def assert_same(before, after):
    for one, other in zip(before, after, strict=True):
        assert (one.model, one.category, one.n_cases) == (
            other.model,
            other.category,
            other.n_cases,
        )
        assert (one.estimate.value, one.estimate.low, one.estimate.high) == pytest.approx(
            (other.estimate.value, other.estimate.low, other.estimate.high), abs=1e-9
        )


def test_a_model_without_scores_in_a_category_has_no_mean_there_but_a_reason():
    rows = [(0, "a", "x", 1), (1, "a", "x", 2), (2, "b", "y", 3), (3, "b", "y", 5)]

    row = row_of(mean_scores(scores(rows)), "a", "y")

    assert row.estimate.value is None
    assert row.estimate.reason
    assert row.n_cases == 0


def test_one_case_gives_a_mean_without_interval():
    estimate = row_of(mean_scores(scores([(0, "a", "x", 1), (0, "a", "x", 4)])), "a").estimate

    assert estimate.value == 2.5
    assert estimate.low is None
    assert "2 cases" in estimate.reason


def test_a_mean_of_equal_scores_claims_no_certainty():
    rows = [(case, "a", "x", 5) for case in range(12)]

    estimate = row_of(mean_scores(scores(rows)), "a").estimate

    assert estimate.value == 5
    assert (estimate.low, estimate.high) == (None, None)
    assert estimate.reason


def test_a_share_counts_values_at_or_above_the_level():
    rows = [(case, "a", "x", value) for case, value in enumerate([1, 3, 4, 4, 5])]

    assert row_of(shares(scores(rows), at_least=4), "a").estimate.value == pytest.approx(0.6)
    assert row_of(shares(scores(rows), at_least=5), "a").estimate.value == pytest.approx(0.2)


def test_a_share_of_all_or_none_keeps_an_open_interval():
    # Wilson at 12 of 12 with t(11) = 2.200985 for the normal quantile: 12 / (12 + t²).
    rows = [(case, "a", "x", 1) for case in range(12)]

    full = row_of(shares(scores(rows)), "a").estimate

    assert full.low == pytest.approx(12 / (12 + 2.200985**2), abs=1e-6)
    assert full.high == 1
    none = row_of(shares(scores([(*row[:3], 0) for row in rows])), "a").estimate
    assert (none.low, none.high) == (0, pytest.approx(1 - full.low))


def test_many_who_agree_on_few_cases_do_not_make_a_share_certain():
    # All 36 annotations of 12 cases are ones: as much is known as from 12.
    once = row_of(shares(scores([(case, "a", "x", 1) for case in range(12)])), "a").estimate
    thrice = row_of(shares(scores([(case, "a", "x", 1, 3) for case in range(12)])), "a").estimate

    assert (thrice.low, thrice.high) == (once.low, once.high)
    assert thrice.n == 36


def test_annotators_who_repeat_each_other_do_not_narrow_a_share():
    once = [(case, "a", "x", case % 3 // 2) for case in range(30)]

    narrow = row_of(shares(scores([(*row, 5) for row in once])), "a").estimate
    wide = row_of(shares(scores(once)), "a").estimate

    assert (narrow.low, narrow.high) == pytest.approx((wide.low, wide.high))


@given(flags=st.lists(st.booleans(), min_size=2, max_size=40), overlap=st.integers(1, 4))
def test_a_share_and_its_interval_stay_between_none_and_all(flags, overlap):
    rows = [(k // overlap, "a", "x", int(flag)) for k, flag in enumerate(flags)]

    estimate = row_of(shares(scores(rows)), "a").estimate

    if estimate.low is not None:
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert estimate.low < estimate.high


def test_distributions_count_every_value_overall_and_by_category():
    rows = [(0, "a", "x", 1), (1, "a", "y", 3, 2), (2, "b", "x", 1)]

    found = {(row.model, row.category): row.counts for row in distributions(scores(rows))}

    assert found == {
        ("a", None): (1, 2),
        ("a", "x"): (1, 0),
        ("a", "y"): (0, 2),
        ("b", None): (1, 0),
        ("b", "x"): (1, 0),
        ("b", "y"): (0, 0),
    }
    assert distributions(scores(rows))[0].values == (1.0, 3.0)
