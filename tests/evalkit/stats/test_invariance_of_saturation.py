"""What must not change how much was not met yet: the order and the names of kinds."""

import numpy as np
from hypothesis import given, strategies as st

from evalkit.stats.saturation import new_among_last, unseen_kinds, unseen_mass

counted = st.lists(st.integers(0, 6), min_size=1, max_size=12)


@given(counted, st.randoms())
def test_neither_the_order_of_kinds_nor_kinds_never_met_change_it(counts, chance):
    mixed = [*counts, 0]
    chance.shuffle(mixed)

    assert unseen_mass(np.array(mixed)) == unseen_mass(np.array(counts))
    assert unseen_kinds(np.array(mixed)) == unseen_kinds(np.array(counts))


@given(st.lists(st.integers(0, 5), max_size=30), st.permutations(range(6)))
def test_what_is_new_goes_by_when_it_was_met_and_not_by_its_number(kinds, numbers):
    renamed = np.array([numbers[kind] for kind in kinds], dtype=np.int64)

    assert new_among_last(renamed, 20) == new_among_last(np.array(kinds, dtype=np.int64), 20)
