"""What must not move associations: the order of members, the names of groups, strata and cases."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from evalkit.stats.associations.cells import Observed, associations, associations_of_blocks
from evalkit.stats.associations.exchange import exchanged
from evalkit.stats.associations.losses import costs_of, discordant

N, GROUPS = 24, 3
# Of members, cases, groups and blocks of a study.
ENDS = (0, 150), (1, 60), (1, 6), (1, 6)


def drawn(seed):
    """Draw eight cases with three responses each, looked at once or twice, for two errors."""
    rng = np.random.default_rng(seed)
    case, group = np.repeat(np.arange(N // GROUPS), GROUPS), np.tile(np.arange(GROUPS), N // GROUPS)
    looks = rng.integers(1, 3, N)
    hits = rng.binomial(looks[:, None], 0.4, (N, 2))
    return case, group, looks, hits, hits * rng.choice([1.0, 5.0], (N, 2))


@given(st.integers(0, 999), st.permutations(range(N)), st.permutations(range(GROUPS)))
def test_neither_order_nor_names_move_any_number(seed, order, names):
    case, group, looks, hits, weight = drawn(seed)
    told = associations(
        Observed(case, looks, hits, weight), group=group, stratum=case, n_groups=GROUPS
    )
    order, names = np.array(order), np.array(names)
    retold = associations(
        Observed(99 - case[order], looks[order], hits[order], weight[order]),
        group=names[group[order]],
        stratum=50 - case[order],
        n_groups=GROUPS,
    )

    for column in ("n_hits", "lift", "p_value", "least_p", "weighed_p"):
        assert getattr(retold, column)[:, names] == pytest.approx(
            getattr(told, column), nan_ok=True
        )
    for kind in range(2):
        for each in range(GROUPS):
            for read in ("rate", "odds", "weight"):
                new = getattr(retold, read)(kind, int(names[each]))
                old = getattr(told, read)(kind, each)
                assert (new.n, new.reason) == (old.n, old.reason)
                assert [new.value, new.low, new.high] == pytest.approx(
                    [old.value, old.low, old.high]
                )


def study(seed):
    """Draw members of blocks with ties, gaps, several looks, strata of one and of none alike."""
    rng = np.random.default_rng(seed)
    n, n_cases, n_groups, n_blocks = (int(rng.integers(*ends)) for ends in ENDS)
    case, group = rng.integers(0, n_cases, n), rng.integers(0, n_groups, n)
    of_case, of_stratum = rng.integers(0, n_blocks, n_cases), rng.integers(0, 3, n_cases)
    by_case = rng.random() < 0.6
    looks = np.where(rng.random(n) < 0.8, 1, 2)
    chance = rng.beta(0.3, 1, (n_cases, 2))[case]
    hits = rng.binomial(looks[:, None], chance)
    unit = np.array([1.0, 5.0, 0.1, np.pi])[rng.integers(0, rng.integers(1, 5), n_blocks)]
    weight = hits * unit[of_case[case], None] * rng.choice([1, 2, 5], (n, 2))
    observed = Observed(case, looks, hits, weight if rng.random() < 0.7 else None)
    stratum = case if by_case else of_stratum[case]
    return observed, group, stratum, n_groups, of_case[case], n_blocks


def numbers(estimate):
    """Give what an estimate says, undefined as ``NaN``."""
    return np.array([estimate.value, estimate.low, estimate.high], dtype=float)


@given(st.integers(0, 10**6))
def test_of_many_blocks_at_once_each_number_is_that_of_the_block_alone(seed):
    observed, group, stratum, n_groups, block, n_blocks = study(seed)

    at_once = associations_of_blocks(
        observed, group=group, stratum=stratum, n_groups=n_groups, block=block, n_blocks=n_blocks
    )

    for each in range(n_blocks):
        places = np.flatnonzero(block == each)
        alone = associations(
            observed.at(places), group=group[places], stratum=stratum[places], n_groups=n_groups
        )
        own = slice(each * n_groups, (each + 1) * n_groups)
        for column in ("n_hits", "lift", "excess", "p_value", "least_p", "weighed_p"):
            assert getattr(at_once, column)[:, own] == pytest.approx(
                getattr(alone, column), rel=1e-9, abs=1e-12, nan_ok=True
            ), column
        for kind, of in itertools.product(range(2), range(n_groups)):
            for read in ("rate", "odds", "weight"):
                new = getattr(at_once, read)(kind, own.start + of)
                old = getattr(alone, read)(kind, of)
                assert (new is None) == (old is None)
                if old is not None:
                    assert (new.n, new.reason) == (old.n, old.reason)
                    assert numbers(new) == pytest.approx(numbers(old), rel=1e-9, nan_ok=True)


@given(st.integers(0, 999), st.permutations(range(N)))
def test_an_exchange_takes_members_in_any_order(seed, order):
    case, group, _, _, weight = drawn(seed)
    told = exchanged(weight[:, 0], group=group, stratum=case, n_groups=GROUPS)
    retold = exchanged(
        weight[order, 0], group=group[list(order)], stratum=case[list(order)], n_groups=GROUPS
    )

    assert retold.p_value == pytest.approx(told.p_value, nan_ok=True)


@settings(deadline=None)
@given(st.integers(0, 999), st.permutations(range(N)))
def test_losses_go_by_neither_order_nor_names_of_cases(seed, order):
    case, group, _, hits, _ = drawn(seed)
    has, other = (hits > 0).T
    share = np.random.default_rng(seed).choice([0, 0.5, 1], N)
    order = np.array(order)
    told = costs_of(share, has, other, group=group, case=case, n_groups=GROUPS)
    retold = costs_of(
        share[order], has[order], other[order],
        group=group[order], case=77 - case[order], n_groups=GROUPS,
    )  # fmt: skip
    lost, lost_again = (
        discordant(
            share[places] == 0, has[places], other[places],
            group=group[places], case=case[places], n_groups=GROUPS,
        )
        for places in (np.arange(N), order)
    )  # fmt: skip

    assert retold.low == pytest.approx(told.low, nan_ok=True)
    assert retold.high == pytest.approx(told.high, nan_ok=True)
    assert lost_again.p_value == pytest.approx(lost.p_value, nan_ok=True)
