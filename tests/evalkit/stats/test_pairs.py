"""All pairs of annotators at once give what a loop over pairs gives."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.stats.agreement.kappa import pairwise_agreement
from evalkit.stats.agreement.weights import Weights
from evalkit.stats.counts import Codings
from tests.evalkit.stats.pair_by_pair import as_they_were_found, pair_by_pair
from tests.evalkit.stats.retold import estimate, seeds, some


def coded(seed, *, n_annotators=6, n_units=14, n_values=4, mirror=()):
    rng = np.random.default_rng(seed)
    unit, who = np.nonzero(rng.random((n_units, n_annotators)) < rng.uniform(0.1, 0.9))
    # One annotator always gives the same: kappa with another such is undefined.
    value = np.where(who < 2, 0, rng.integers(0, n_values, len(unit)))
    names = tuple(f"a{k}" for k in range(n_annotators))
    return Codings(unit, unit // 2, who, value, tuple(range(n_values)), names, mirror)


@some
@given(
    seed=seeds, weights=st.sampled_from(list(Weights)), mirror=st.sampled_from([(), (1, 0, 2, 3)])
)
def test_all_pairs_at_once_give_what_one_pair_after_the_other_gives(seed, weights, mirror):
    codings = coded(seed, mirror=mirror)

    found = as_they_were_found(pairwise_agreement(codings, weights=weights))

    expected = pair_by_pair(codings, weights)
    assert list(found) == list(expected)
    for pair, numbers in expected.items():
        for one, other in zip(found[pair], numbers, strict=True):
            assert estimate(one) == pytest.approx(estimate(other), abs=1e-9), pair
            assert one.reason == other.reason


def test_a_pair_is_found_by_its_annotators_and_those_with_most_in_common_come_in_order():
    # a and b share three units, a and c one, b and c none.
    unit, who = np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([0, 1, 0, 1, 0, 1, 0, 2])
    value = np.array([0, 0, 1, 1, 0, 1, 0, 0])
    pairs = pairwise_agreement(Codings(unit, unit, who, value, ("x", "y"), ("a", "b", "c")))

    assert [pair.annotators for pair in pairs] == [("a", "b"), ("a", "c")]
    assert pairs.of(("a", "c")).n == 1
    assert pairs.of(("b", "c")) is None
    assert [pair.annotators for pair in pairs.most_in_common(1)] == [("a", "b")]
    assert pairs.most_in_common(5) == tuple(pairs) == pairs[:]
