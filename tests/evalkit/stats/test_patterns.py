"""Units counted together are those, and only those, that the same people gave the same values."""

from functools import partial

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.annotators.fits import fit_dawid_skene, fit_mace, fit_one_coin, refitted
from evalkit.stats.annotators.patterns import patterns
from evalkit.stats.annotators.truth import dawid_skene, mace, one_coin
from evalkit.stats.counts import Codings

ANNOTATORS, VALUES = ("Ada", "Bo", "Cy"), ("yes", "no", "maybe")

#: A fit alone, and the same of many counts at once.
FITS = [
    (dawid_skene, fit_dawid_skene),
    (one_coin, fit_one_coin),
    (partial(mace, n_restarts=1), fit_mace),
]

#: What each unit was given: a value or nothing by each annotator, by somebody at least.
units = st.lists(
    st.lists(st.none() | st.integers(0, 2), min_size=3, max_size=3).filter(
        lambda given: any(value is not None for value in given)
    ),
    min_size=1,
    max_size=25,
)


def codings(given_to, seed=0):
    """Return the codings of units with codes that are not their places, in any order."""
    rows = [
        (17 * unit + 3, annotator, value)
        for unit, row in enumerate(given_to)
        for annotator, value in enumerate(row)
        if value is not None
    ]
    table = np.random.default_rng(seed).permutation(np.array(rows))
    unit, annotator, value = table.T
    return Codings(unit, unit, annotator, value, VALUES, ANNOTATORS)


@given(units)
def test_every_unit_can_be_told_from_its_pattern(given_to):
    found = patterns(codings(given_to))

    assert found.units.tolist() == [17 * unit + 3 for unit in range(len(given_to))]
    entries = list(zip(found.pattern, found.annotator, found.value, strict=True))
    for pattern, row in zip(found.of_unit, given_to, strict=True):
        said = {(annotator, value) for one, annotator, value in entries if one == pattern}
        assert said == {(who, value) for who, value in enumerate(row) if value is not None}
    assert len(found.n) == len({tuple(row) for row in given_to})
    assert found.n.sum() == len(given_to)


@given(units, st.integers(1, 5))
def test_each_group_of_units_is_left_out_of_the_counts_in_turn(given_to, n_groups):
    whole = patterns(codings(given_to))
    group = np.arange(len(given_to)) % min(n_groups, len(given_to))

    counts = whole.without(group)

    for left_out, n in enumerate(counts.T):
        rest = np.bincount(whole.of_unit[group != left_out], minlength=len(whole.n))
        assert n.tolist() == rest.tolist()


@pytest.mark.slow
@settings(max_examples=5)
@given(units.filter(lambda given_to: len(given_to) > 1), st.sampled_from(FITS), st.integers(2, 3))
# One fit is at its end long before the other.
@example([[2, None, 1], [None, 1, None], [1, None, 0], [None, 0, 1]], FITS[0], 2)
def test_leaving_out_groups_at_once_is_a_fit_of_the_values_of_the_others(given_to, fits, n_groups):
    # Property: leaving units out by their patterns or by their values is the same question, and
    # fits made side by side know nothing of one another.
    alone, at_once = fits
    group = np.arange(len(given_to)) % min(n_groups, len(given_to))
    whole = patterns(codings(given_to))

    reliability = refitted(at_once, whole, whole.without(group))

    for left_out, of_fit in enumerate(reliability.T):
        rest = [
            [None] * 3 if own == left_out else row for row, own in zip(given_to, group, strict=True)
        ]
        expected = alone(codings(rest))
        gave = expected.n_labels > 0
        # Leaps carry a last digit far where next to nothing was given.
        atol = 1e-4 if alone is dawid_skene else 1e-9
        np.testing.assert_allclose(of_fit[gave], expected.reliability[gave], atol=atol)


@pytest.mark.parametrize(("alone", "at_once"), FITS)
def test_fits_side_by_side_of_a_whole_study_are_those_of_each_alone(alone, at_once):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, (200, 1))
    given_to = np.where(rng.random((200, 3)) < [0.9, 0.8, 0.6], truth, rng.integers(0, 3, (200, 3)))
    whole, group = patterns(codings(given_to)), np.arange(200) % 4

    reliability = refitted(at_once, whole, whole.without(group))

    for left_out, of_fit in enumerate(reliability.T):
        expected = alone(codings(given_to[group != left_out]))
        assert of_fit == pytest.approx(expected.reliability, abs=1e-9)


def test_fits_made_a_few_at_a_time_are_the_same(monkeypatch):
    given_to = [[0, 0, 1], [1, 1, 1], [2, 0, 2], [0, 0, 0], [1, 2, 1], [2, 2, 2]]
    whole = patterns(codings(given_to))
    n = whole.without(np.arange(6))
    at_once = refitted(fit_mace, whole, n)

    monkeypatch.setattr("evalkit.stats.annotators.fits._AT_ONCE", 2 * len(whole.n) * len(VALUES))

    assert refitted(fit_mace, whole, n) == pytest.approx(at_once, abs=1e-12)


def test_nothing_judged_has_no_patterns():
    nothing = np.zeros(0, dtype=np.int64)

    with pytest.raises(UndefinedStatisticError, match="Nothing has been judged yet"):
        patterns(Codings(nothing, nothing, nothing, nothing, VALUES, ANNOTATORS))
