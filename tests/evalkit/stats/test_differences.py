import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import ttest_rel

from evalkit.stats.counts import BOTH_BAD, LEFT, RIGHT, TIE, Comparisons, Scores
from evalkit.stats.differences import (
    bootstrap_difference,
    category_differences,
    preference_differences,
    score_differences,
)


def scores(rows):
    """Build from (case, model, category, value), models and categories by name."""
    models = tuple(sorted({row[1] for row in rows}))
    categories = tuple(sorted({row[2] for row in rows}))
    return Scores(
        np.array([row[0] for row in rows]),
        np.array([models.index(row[1]) for row in rows]),
        np.array([categories.index(row[2]) for row in rows]),
        np.array([float(row[3]) for row in rows]),
        np.ones(len(rows), dtype=int),
        models,
        categories,
    )


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_a_paired_difference_has_the_interval_of_the_paired_t_test(seed):
    values = np.random.default_rng(seed).normal(size=(25, 2))
    rows = [(c, m, "x", values[c, k]) for c in range(25) for k, m in enumerate("ab")]

    found = score_differences(scores(rows))[0]

    oracle = ttest_rel(values[:, 0], values[:, 1])
    interval = oracle.confidence_interval()
    assert (found.estimate.low, found.estimate.high) == pytest.approx(
        (interval.low, interval.high), abs=1e-9
    )
    # The permutation test is another test of the same thing, by 10,000 draws.
    assert found.p_value == pytest.approx(oracle.pvalue, abs=0.06)
    assert found.estimate.n == 25


def test_only_cases_that_both_models_have_count():
    rows = [(0, "a", "x", 5), (0, "b", "x", 3), (1, "a", "x", 4), (1, "b", "x", 3)]
    extra = [(2, "a", "x", 1), (3, "b", "x", 1)]

    found = score_differences(scores(rows + extra))[0]

    assert found.estimate.value == pytest.approx(1.5)
    assert found.estimate.n == 2


def test_a_case_counts_once_however_many_annotated_it():
    rows = [(0, "a", "x", 5), (0, "b", "x", 3), (1, "a", "x", 4), (1, "b", "x", 4)]

    found = score_differences(scores(rows + 4 * rows[:2]))[0]

    assert found.estimate.value == pytest.approx(1.0)


def test_case_difficulty_cancels_in_pairs():
    rng = np.random.default_rng(0)
    hard = rng.normal(0, 10, 30)
    rows = [(c, m, "x", hard[c] + (m == "a") + rng.normal(0, 0.1)) for c in range(30) for m in "ab"]

    found = score_differences(scores(rows))[0]

    assert found.estimate.value == pytest.approx(1, abs=0.1)
    assert found.p_adjusted < 0.001


def test_models_without_a_case_in_common_have_no_difference_but_a_reason():
    found = score_differences(scores([(0, "a", "x", 1), (1, "b", "x", 2)]))[0]

    assert found.estimate.value is None
    assert found.estimate.reason
    assert found.p_value is None


def test_a_single_model_has_nothing_to_compare():
    assert score_differences(scores([(0, "a", "x", 1), (1, "a", "x", 2)])) == ()


def test_equal_differences_claim_no_certainty():
    rows = [(c, m, "x", 3 + (m == "a")) for c in range(5) for m in "ab"]

    found = score_differences(scores(rows))[0]

    assert found.estimate.value == 1
    assert found.estimate.low is None
    assert found.p_value == pytest.approx(2 / 32)


def test_categories_are_compared_apart_and_corrected_together():
    rng = np.random.default_rng(3)
    rows = []
    for c in range(60):
        category = "xyz"[c % 3]
        gain = 2 if category == "x" else 0
        rows += [(c, "a", category, gain + rng.normal()), (c, "b", category, rng.normal())]

    found = {d.category: d for d in category_differences(scores(rows), model="a", other="b")}

    assert found["x"].p_adjusted < 0.01
    assert found["y"].p_adjusted >= found["y"].p_value
    assert found["x"].estimate.n == 20
    swapped = category_differences(scores(rows), model="b", other="a")
    assert swapped[0].estimate.value == pytest.approx(-found["x"].estimate.value)


def test_preferences_net_wins_and_losses_whatever_the_side():
    # Case 0: a wins, shown on the left. Case 1: a wins, shown on the right. Case 2: a tie and
    # both bad. Case 3: a loses. Net 1, 1, 0, -1: mean ¼.
    data = Comparisons(
        np.array([0, 1, 2, 2, 3]),
        np.array([0, 1, 0, 1, 0]),
        np.array([1, 0, 1, 0, 1]),
        np.array([LEFT, RIGHT, TIE, BOTH_BAD, RIGHT]),
        np.ones(5, dtype=int),
        ("a", "b"),
    )

    found = preference_differences(data)[0]

    assert (found.model, found.other) == ("a", "b")
    assert found.estimate.value == pytest.approx(0.25)
    assert found.estimate.n == 4


def test_the_bootstrap_comes_near_students_t_with_many_cases():
    differences = np.random.default_rng(0).normal(0.5, 1, 400)

    found = bootstrap_difference(differences)

    error = differences.std(ddof=1) / 20
    # 2,000 resamples place the quantiles to about a twentieth of a standard error.
    assert found.low == pytest.approx(differences.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(differences.mean() + 1.96 * error, abs=0.15 * error)


def test_the_bootstrap_of_one_case_is_undefined():
    assert bootstrap_difference(np.array([1.0])).low is None
    assert bootstrap_difference(np.array([])).value is None
