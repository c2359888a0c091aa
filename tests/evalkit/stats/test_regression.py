import numpy as np
import pytest

from evalkit.stats.regression import changes
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
