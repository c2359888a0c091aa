"""What must not move associations: the order of members, the names of groups, strata and cases."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from evalkit.stats.associations.cells import Observed, associations
from evalkit.stats.associations.exchange import exchanged
from evalkit.stats.associations.losses import costs_of, discordant

N, GROUPS = 24, 3


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
