import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.stats.regression import changes, share_difference
from evalkit.stats.significance import benjamini_hochberg, mcnemar


def test_changes_are_tested_overall_and_by_category():
    # Category x: 9 lost, 1 gained, 10 kept. Category y: 2 lost, 2 gained.
    before = np.array([True] * 9 + [False] + [True] * 10 + [True, True, False, False])
    after = np.array([False] * 9 + [True] + [True] * 10 + [False, False, True, True])
    category = np.array([0] * 20 + [1] * 4)

    found = changes(category=category, before=before, after=after, categories=("x", "y"))

    assert [row.category for row in found] == [None, "x", "y"]
    assert [(row.n_cases, row.n_before, row.n_after) for row in found] == [
        (24, 21, 13),
        (20, 19, 11),
        (4, 2, 2),
    ]
    alone = [mcnemar(only_first=9, only_second=1), mcnemar(only_first=2, only_second=2)]
    assert [row.test for row in found[1:]] == alone
    corrected = benjamini_hochberg(np.array([test.p_value for test in alone]))
    assert [row.p_adjusted for row in found[1:]] == pytest.approx(corrected.tolist())
    assert found[0].p_adjusted == found[0].test.p_value


def test_a_category_without_cases_changes_nothing():
    none = np.zeros(0, dtype=bool)

    found = changes(category=np.zeros(0, int), before=none, after=none, categories=("x",))

    assert found[1].p_adjusted == 1
    assert found[1].n_cases == 0


def test_a_category_without_cases_costs_the_others_nothing():
    before = np.array([True] * 9 + [False] * 3 + [True, False])
    after = np.array([False] * 9 + [True] * 3 + [False, True])
    category = np.array([0] * 12 + [1] * 2)

    found = changes(category=category, before=before, after=after, categories=("x", "y"))
    more = changes(category=category, before=before, after=after, categories=("x", "y", "z"))

    assert [row.p_adjusted for row in more[:3]] == [row.p_adjusted for row in found]


def test_the_share_that_passes_moves_by_what_was_gained_less_what_was_lost():
    # Bonett & Price: (7 - 3)/50 = .08; with one case more of each, 8/52 - 4/52 = .0769 and
    # se = sqrt((12/52 - .0769²) / 52) = .06578, so .0769 ± 1.96 · .06578.
    found = share_difference(n_cases=50, n_lost=3, n_gained=7)

    assert (found.value, found.n) == (pytest.approx(0.08), 50)
    centre = 4 / 52
    half = 1.959964 * np.sqrt((12 / 52 - centre**2) / 52)
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half), abs=1e-6)


@given(n=st.integers(1, 300), lost=st.integers(0, 100), gained=st.integers(0, 100))
def test_versions_the_other_way_round_turn_the_difference(n, lost, gained):
    lost = min(lost, n)
    gained = min(gained, n - lost)

    there = share_difference(n_cases=n, n_lost=lost, n_gained=gained)
    back = share_difference(n_cases=n, n_lost=gained, n_gained=lost)

    assert (back.value, back.low, back.high) == pytest.approx(
        (-there.value, -there.high, -there.low), abs=1e-12
    )
    assert -1 <= there.low <= there.value <= there.high <= 1
    # No change among n cases does not prove that there never is any.
    assert there.low < there.high


def test_without_cases_in_common_no_share_has_moved():
    found = share_difference(n_cases=0, n_lost=0, n_gained=0)

    assert found.value is None
    assert "no case" in found.reason


@pytest.mark.slow
@pytest.mark.parametrize("n_cases", [50, 200])
@pytest.mark.parametrize(("lost", "gained"), [(0.1, 0.2), (0.02, 0.05), (0.15, 0.15)])
def test_the_change_of_a_share_is_covered(lost, gained, n_cases):
    rng = np.random.default_rng(4)
    draws = rng.multinomial(n_cases, [lost, gained, 1 - lost - gained], 3000)
    found = [share_difference(n_cases=n_cases, n_lost=b, n_gained=c) for b, c, _ in draws.tolist()]

    # Where few change, the added cases make the interval safe.
    assert 0.935 <= np.mean([f.low <= gained - lost <= f.high for f in found]) <= 0.995
