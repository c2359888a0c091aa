import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import spearmanr

from evalkit.stats.frontier import pareto_front
from evalkit.stats.leaderboards import compare_boards


@given(seed=st.integers(0, 10**6), n=st.integers(4, 15))
def test_the_rank_correlation_equals_scipys(seed, n):
    rng = np.random.default_rng(seed)
    ours = {f"m{k}": float(rng.integers(0, 8)) + (k == 0) / 2 for k in range(n)}
    theirs = {f"m{k}": float(rng.normal()) for k in range(n)}

    found = compare_boards(ours, theirs).correlation

    oracle = spearmanr(list(ours.values()), list(theirs.values())).statistic
    assert found.value == pytest.approx(oracle, abs=1e-9)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_only_models_on_both_boards_count_and_the_largest_shift_comes_first():
    ours = {"a": 3.0, "b": 2.0, "c": 1.0, "only ours": 9.0}
    theirs = {"a": 10.0, "b": 30.0, "c": 20.0, "only theirs": 99.0}

    found = compare_boards(ours, theirs)

    assert [(s.model, s.ours, s.theirs, s.shift) for s in found.shifts] == [
        ("a", 1, 3, 2),
        ("b", 2, 1, -1),
        ("c", 3, 2, -1),
    ]
    assert found.correlation.n == 3
    assert found.correlation.low is None
    assert "4 models" in found.correlation.reason


def test_the_interval_is_bonett_and_wrights():
    # Their formula: tanh(atanh r ± z √((1 + r²/2)/7)).
    board = {f"m{k}": float(k) for k in range(10)}
    other = dict(zip(board, (2.0, 0.0, 4.0, 1.0, 3.0, 9.0, 5.0, 8.0, 6.0, 7.0), strict=True))

    found = compare_boards(board, other).correlation

    half = 1.959964 * np.sqrt((1 + found.value**2 / 2) / 7)
    assert found.low == pytest.approx(np.tanh(np.arctanh(found.value) - half), abs=1e-6)
    assert found.high == pytest.approx(np.tanh(np.arctanh(found.value) + half), abs=1e-6)


def test_the_same_order_on_few_models_is_no_certainty():
    board = {f"m{k}": float(k) for k in range(5)}

    found = compare_boards(board, board).correlation

    assert found.value == pytest.approx(1)
    assert found.low < 0.6


def test_boards_without_models_in_common_have_no_correlation_but_a_reason():
    found = compare_boards({"a": 1.0}, {"b": 1.0}).correlation

    assert found.value is None
    assert found.reason


def test_the_front_holds_whom_nobody_beats_on_everything():
    # Quality, minus cost: b is worse and dearer than a; c is the cheapest; d equals a.
    values = np.array([[0.8, -2.0], [0.7, -3.0], [0.5, -1.0], [0.8, -2.0], [np.nan, -0.1]])

    assert pareto_front(values) == [True, False, True, True, False]


@pytest.mark.slow
@pytest.mark.parametrize("n_models", [8, 20])
@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9])
def test_the_rank_correlation_of_two_boards_is_covered(correlation, n_models):
    # Two boards of normal scores: Spearman's is 6/π asin(ρ/2) (Pearson 1907).
    truth = 6 / np.pi * np.arcsin(correlation / 2)
    held = []
    for seed in range(600):
        rng = np.random.default_rng(seed)
        ours = rng.normal(size=n_models)
        theirs = correlation * ours + np.sqrt(1 - correlation**2) * rng.normal(size=n_models)
        names = [f"m{k}" for k in range(n_models)]
        found = compare_boards(
            dict(zip(names, ours.tolist(), strict=True)),
            dict(zip(names, theirs.tolist(), strict=True)),
        ).correlation
        held.append(found.low <= truth <= found.high)

    # A standard error is at most 0.9 %.
    assert 0.93 <= np.mean(held) <= 0.99
