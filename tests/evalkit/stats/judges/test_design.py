"""How units came to be labelled, read from their odds."""

import numpy as np
import pytest

from evalkit.stats.judges.correction import Design, JudgedUnits, Method, corrected_mean
from evalkit.stats.judges.design import recorded_design

NOBODY = float("nan")


def judged(verdict, label, odds):
    n = len(verdict)
    return JudgedUnits(*(np.array(of, float) for of in (verdict, label)), np.arange(n), odds)


def test_even_odds_are_a_random_sample_also_where_only_what_was_drawn_has_any():
    verdict, label = [1, 0] * 30, [1.0, 0.0] * 10 + [NOBODY] * 40

    odds = np.where(np.isnan(label), np.nan, 0.4)

    assert recorded_design(judged(verdict, label, odds)) is Design.RANDOM


def test_odds_that_are_the_verdict_s_are_strata_and_others_are_each_its_own():
    verdict = np.array([1, 0] * 30)
    label = np.array([1.0, 0.0] * 10 + [NOBODY] * 40)
    odds = np.where(verdict == 1, 0.2, 0.8)

    assert recorded_design(judged(verdict, label, odds)) is Design.BY_VERDICT
    odds[3] = 0.7
    assert recorded_design(judged(verdict, label, odds)) is Design.KNOWN_ODDS


def test_a_verdict_of_which_nothing_is_labelled_yet_leaves_no_strata_and_no_random_sample():
    # Drawn, so the odds of its units are known, and not labelled yet.
    verdict = np.array([1, 0] * 30)
    label = np.where(verdict == 1, 1.0, NOBODY)
    odds = np.where(verdict == 1, 0.2, 0.8)

    assert recorded_design(judged(verdict, label, odds)) is Design.KNOWN_ODDS


@pytest.mark.parametrize("n_unknown", [1, 20])
def test_a_label_without_odds_leaves_the_design_unknown(n_unknown):
    odds = np.full(60, 0.4)
    odds[:n_unknown] = NOBODY

    of = judged([1, 0] * 30, [1.0, 0.0] * 10 + [NOBODY] * 40, odds)

    assert recorded_design(of) is Design.UNKNOWN
    assert corrected_mean(of, Design.UNKNOWN).method is Method.NONE


@pytest.mark.parametrize("design", [Design.RANDOM, Design.BY_VERDICT, Design.KNOWN_ODDS])
def test_a_unit_that_counts_twice_counts_as_if_it_were_there_twice(design):
    # Property: the value with counts of 2 is the value of the units written twice.
    rng = np.random.default_rng(4)
    verdict = rng.integers(0, 2, 300).astype(float)
    label = np.where(rng.random(300) < 0.5, np.where(rng.random(300) < 0.8, verdict, 0), NOBODY)
    odds = np.full(300, 0.5)
    twice = rng.random(300) < 0.3
    at = np.concatenate([np.arange(300), np.flatnonzero(twice)])

    once = JudgedUnits(verdict, label, np.arange(300), odds, counts=np.where(twice, 2.0, 1.0))
    again = JudgedUnits(verdict[at], label[at], at, odds[at])

    first, second = corrected_mean(once, design), corrected_mean(again, design)
    assert first.people.value == pytest.approx(second.people.value)
    if design is Design.BY_VERDICT:  # without a weight, which is tuned on what there is
        assert first.corrected.value == pytest.approx(second.corrected.value)
        assert first.corrected.high == pytest.approx(second.corrected.high, abs=0.003)
    else:
        assert first.corrected.value == pytest.approx(second.corrected.value, abs=0.004)
