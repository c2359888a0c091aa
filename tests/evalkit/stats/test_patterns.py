"""Units counted together are those, and only those, that the same people gave the same values."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.annotators.patterns import patterns
from evalkit.stats.annotators.truth import dawid_skene, mace, one_coin
from evalkit.stats.counts import Codings

ANNOTATORS, VALUES = ("Ada", "Bo", "Cy"), ("yes", "no", "maybe")

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


@given(units, st.integers(0, 24))
def test_some_units_are_counted_alone(given_to, first):
    whole = patterns(codings(given_to))
    kept = np.arange(min(first, len(given_to) - 1), len(given_to))

    found, alone = whole.only(kept), patterns(codings(given_to[kept[0] :]))

    assert sorted(found.n[found.n > 0]) == sorted(alone.n)
    assert found.n_labels.tolist() == alone.n_labels.tolist()


@settings(max_examples=25)
@given(units, st.sampled_from([dawid_skene, one_coin, mace]))
def test_a_fit_of_some_units_is_the_fit_of_their_values(given_to, fit):
    # Property: leaving units out by their patterns or by their values is the same question.
    kept = np.arange(len(given_to) // 2, len(given_to))

    found = fit(patterns(codings(given_to)).only(kept))

    alone = fit(codings([row if unit in kept else [None] * 3 for unit, row in enumerate(given_to)]))
    assert found.units.tolist() == alone.units.tolist()
    np.testing.assert_allclose(found.probability, alone.probability, atol=1e-6)
    np.testing.assert_allclose(found.reliability, alone.reliability, atol=1e-6)


def test_nothing_judged_has_no_patterns():
    nothing = np.zeros(0, dtype=np.int64)

    with pytest.raises(UndefinedStatisticError, match="Nothing has been judged yet"):
        patterns(Codings(nothing, nothing, nothing, nothing, VALUES, ANNOTATORS))
