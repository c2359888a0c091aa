from collections import Counter

import pytest
from hypothesis import given, strategies as st

from evalkit.annotation.assignment.policy import PlannedCase
from evalkit.annotation.assignment.sample import sampled_cases
from evalkit.errors import RefusedError

BOTH = frozenset({0, 1})
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=8)


def cases_of(sizes, *, names=None):
    """Make so many cases of each category, numbered through."""
    of = [category for category, size in enumerate(sizes) for _ in range(size)]
    names = names or [f"category {category}" for category in range(len(sizes))]
    return [PlannedCase(number, names[category], BOTH) for number, category in enumerate(of)]


@given(sizes=SIZES, data=st.data(), seed=st.integers())
def test_each_category_gets_its_share_of_the_sample_to_one_case(sizes, data, seed):
    n = data.draw(st.integers(1, sum(sizes)))

    drawn = sampled_cases(cases_of(sizes), n, seed=seed)

    assert len(drawn) == n
    category = {case.case_id: case.category for case in cases_of(sizes)}
    counts = Counter(category[case_id] for case_id in drawn)
    for place, size in enumerate(sizes):
        of = counts[f"category {place}"]
        assert abs(of - n * size / sum(sizes)) < 1
        for case_id in drawn:
            if category[case_id] == f"category {place}":
                assert drawn[case_id] == of / size


@given(sizes=SIZES, data=st.data(), seed=st.integers())
def test_neither_order_nor_the_names_of_categories_move_the_sample(sizes, data, seed):
    n = data.draw(st.integers(1, sum(sizes)))
    cases = cases_of(sizes)
    mixed = data.draw(st.permutations(cases))
    renamed = cases_of(sizes, names=[f"{90 - place} other" for place in range(len(sizes))])

    assert sampled_cases(cases, n, seed=seed) == sampled_cases(mixed, n, seed=seed)
    assert sampled_cases(cases, n, seed=seed) == sampled_cases(renamed, n, seed=seed)


def test_over_seeds_every_case_is_drawn_as_often_as_its_chance_says():
    # 3 of 12: of the 8 cases two, of the 4 one; each case has a chance of 1/4. Of 4,000 seeds a
    # case is drawn 1,000 times on average, with a standard error of sqrt(4000/4 * 3/4) = 27.
    counts = Counter(
        case_id for seed in range(4000) for case_id in sampled_cases(cases_of([8, 4]), 3, seed=seed)
    )

    assert set(counts) == set(range(12))
    assert all(abs(count - 1000) < 5 * 27 for count in counts.values())


def test_a_case_that_fewer_than_two_models_answered_is_never_drawn():
    cases = [*cases_of([3]), PlannedCase(7, "category 0", frozenset({1}))]

    assert set(sampled_cases(cases, 3, seed=1)) == {0, 1, 2}


@pytest.mark.parametrize("n", [0, 4])
def test_no_case_or_more_than_there_are_is_refused_with_how_many_there_are(n):
    with pytest.raises(RefusedError, match="3 were answered by two or more of the models"):
        sampled_cases(cases_of([3]), n, seed=1)
