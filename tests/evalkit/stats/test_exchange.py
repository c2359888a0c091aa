"""Exchange within strata: against SciPy, statsmodels and every exchange written out."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.contingency_tables import StratifiedTable

from evalkit.stats.associations import exchange
from evalkit.stats.associations.exchange import exchanged
from evalkit.stats.associations.grains import grains_of

tables = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=60)


def stratified(rng, n, n_strata):
    """Draw members of two groups whose chances differ between strata and groups."""
    stratum, group = rng.integers(0, n_strata, n), rng.integers(0, 2, n)
    value = (rng.random(n) < 0.05 + 0.02 * stratum + 0.06 * group).astype(int)
    return stratum, group, value


def tables_of(stratum, group, value):
    """Give a two-by-two table per stratum: group 1 first, hits first."""
    return [
        np.array(
            [[((stratum == s) & (group == g) & (value == v)).sum() for v in (1, 0)] for g in (1, 0)]
        )
        for s in np.unique(stratum)
    ]


def two_sided(sums, own):
    """Give the share of exchanges with as unlikely a sum; of weights twice that further out."""
    n = sum(sums.values())
    if max(sums) <= 3:
        return sum(often for often in sums.values() if often <= sums[own]) / n
    above, below = (
        sum(often for each, often in sums.items() if sign * each >= sign * own) / n
        for sign in (1, -1)
    )
    return min(1, 2 * above, 2 * below)


@given(tables)
def test_of_one_stratum_it_is_fishers_exact_test(members):
    group, value = np.array(members).T
    (table,) = tables_of(np.zeros(len(group)), group, value)

    found = exchanged(value, group=group, stratum=0 * group, n_groups=2)

    if found.variance[1] == 0:
        assert np.isnan(found.p_value).all()  # nothing can come of an exchange
    else:
        assert found.p_value == pytest.approx([fisher_exact(table).pvalue] * 2, rel=1e-9)
        # The least p value is that of the most uneven table with the same margins.
        row, column, n = table[0].sum(), table[:, 0].sum(), table.sum()
        least = min(
            fisher_exact([[a, row - a], [column - a, n - row - column + a]]).pvalue
            for a in range(max(0, row + column - n), min(row, column) + 1)
        )
        assert found.least_p == pytest.approx([least] * 2, rel=1e-9)


def test_small_chances_are_as_exact_as_large_ones():
    # 77 of 160 against 25 of 312: SciPy's own p is about 1e-22.
    group = np.repeat([1, 0], [160, 312])
    value = np.concatenate([np.arange(160) < 77, np.arange(312) < 25]).astype(int)

    found = exchanged(value, group=group, stratum=0 * group, n_groups=2)

    known = fisher_exact([[77, 83], [25, 287]]).pvalue
    assert found.p_value[1] == pytest.approx(known, rel=1e-7)
    assert known < 1e-20


def test_its_moments_give_the_statistic_of_cochran_mantel_and_haenszel():
    stratum, group, value = stratified(np.random.default_rng(1), 900, 6)

    found = exchanged(value, group=group, stratum=stratum, n_groups=2)

    known = StratifiedTable(tables_of(stratum, group, value)).test_null_odds()
    assert found.chi_square == pytest.approx([known.statistic] * 2)
    assert found.is_exact.all()
    # The exact test and its approximation by a normal distribution, on as many as these.
    assert found.p_value[1] == pytest.approx(known.pvalue, abs=0.01)


@pytest.mark.parametrize("values", [(0, 1, 0, 1, 1, 0, 0, 0, 1), (0, 5, 1, 1, 0, 25, 0.5, 0.5, 0)])
def test_within_cases_it_is_every_exchange_of_responses(values):
    value, case, model = (
        np.array(values, dtype=float),
        np.repeat([0, 1, 2], 3),
        np.tile([0, 1, 2], 3),
    )

    found = exchanged(value, group=model, stratum=case, n_groups=3)

    sums = Counter(sum(each) for each in itertools.product(*value.reshape(3, 3)))
    for each in range(3):
        assert found.p_value[each] == pytest.approx(two_sided(sums, value[model == each].sum()))
        assert found.expected[each] == pytest.approx(value.mean() * 3)


def test_of_cases_with_several_hits_each_it_is_every_choice_of_cases():
    value, group = np.array([0, 0, 3, 1, 2, 0, 5, 1, 1]), np.array([0, 0, 1, 0, 2, 0, 1, 2, 1])

    found = exchanged(value, group=group, stratum=0 * group, n_groups=3)

    for each, n in enumerate(np.bincount(group)):
        sums = Counter(sum(chosen) for chosen in itertools.combinations(value.tolist(), int(n)))
        assert found.p_value[each] == pytest.approx(two_sided(sums, value[group == each].sum()))
        spread = np.array(list(sums.elements()))
        assert found.variance[each] == pytest.approx(spread.var())


def test_where_counting_takes_long_three_moments_say_nearly_the_same(monkeypatch):
    rng = np.random.default_rng(2)
    case, model = np.repeat(np.arange(400), 5), np.tile(np.arange(5), 400)
    chance = np.repeat(rng.beta(0.4, 3, 400), 5) * (1 + 0.5 * (model == 0))
    value = (rng.random(2000) < chance) * rng.choice([1, 5, 25], 2000, p=[0.6, 0.35, 0.05])
    exact = exchanged(value, group=model, stratum=case, n_groups=5)
    for way in ("null_of", "null_of_singles"):
        monkeypatch.setattr(exchange, way, lambda *_, **__: ())

    nearly = exchanged(value, group=model, stratum=case, n_groups=5)

    assert exact.is_exact.all()
    assert not nearly.is_exact.any()
    assert nearly.p_value == pytest.approx(exact.p_value, rel=0.25, abs=0.001)


@pytest.mark.parametrize("weights", [(1,), (1, 5, 10)])
@pytest.mark.parametrize("effect", [1.0, 1.3])
def test_by_fourier_transform_and_counted_out_chances_are_the_same(monkeypatch, weights, effect):
    """Both are exact; the one is an independent implementation of the other."""
    rng = np.random.default_rng(6)
    case, model = np.repeat(np.arange(300), 8), np.tile(np.arange(8), 300)
    chance = np.repeat(rng.beta(0.4, 3, 300), 8) * np.where(model == 0, effect, 1)
    value = (rng.random(2400) < chance) * rng.choice(weights, 2400)
    quick = exchanged(value, group=model, stratum=case, n_groups=8)
    met = []
    monkeypatch.setattr(exchange, "null_of_singles", lambda *_, **__: met.append(1) or ())

    counted = exchanged(value, group=model, stratum=case, n_groups=8)

    assert met
    assert quick.is_exact.all()
    assert counted.is_exact.all()
    assert quick.p_value == pytest.approx(counted.p_value, rel=1e-8, abs=0)
    assert counted.least_p == pytest.approx(0, abs=1e-9)


def test_chances_too_small_for_a_transform_are_counted_out():
    # 90 cases, two models, always to one side: 2 / 2^90.
    value, case, model = np.tile([1, 0], 90), np.repeat(np.arange(90), 2), np.tile([0, 1], 90)

    found = exchanged(value, group=model, stratum=case, n_groups=2)

    assert found.is_exact.all()
    assert found.p_value == pytest.approx([2.0**-89] * 2, rel=1e-9)


def test_where_every_member_of_a_stratum_is_alike_there_is_no_p_value():
    found = exchanged(
        np.array([1, 1, 0, 0]),
        group=np.array([0, 1, 0, 1]),
        stratum=np.array([0, 0, 1, 1]),
        n_groups=3,
    )

    assert np.isnan(found.p_value).all()
    assert np.isnan(found.least_p).all()


def test_weights_are_counted_in_the_largest_step_that_all_of_a_block_are_multiples_of():
    weights = np.array([0.1, 1, 5, 0, 5, 25, 0, np.pi])

    found = grains_of(weights, np.array([0, 0, 0, 1, 1, 1, 2, 2]), np.array([3, 3, 2]))

    assert found.step == pytest.approx([0.1, 5, 0])
    assert found.place.tolist() == [0, 1, 2, 4, 5, 7]
    assert found.value == pytest.approx([1, 10, 50, 1, 5, np.pi])
    assert found.is_binary.tolist()[:2] == [False, False]
    assert found.span.tolist()[:2] == [49, 5]


def test_of_no_members_nothing_can_be_told():
    nobody = np.zeros(0, dtype=np.int64)

    told = exchanged(nobody, group=nobody, stratum=nobody, n_groups=2)

    assert np.isnan(told.p_value).all()
    assert told.total.tolist() == [0.0, 0.0]
