"""The order in which somebody reads: drawn by a seed, and fair to cases and categories."""

from collections import Counter

from hypothesis import given, strategies as st

from evalkit.failures.open_coding import Readable, reading_order

RESPONSES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), min_size=1, max_size=60).map(
    lambda rows: [
        # A case has one category, whoever answers it.
        Readable(output_id, case_id, f"category {case_id % 3}")
        for output_id, (case_id, _) in enumerate(rows, start=1)
    ]
)


@given(RESPONSES, st.integers(0, 2**31 - 1), st.integers(1, 80), st.booleans())
def test_it_reads_as_many_as_asked_each_once_whatever_order_they_come_in(
    responses, seed, n, by_category
):
    order = reading_order(responses, n=n, seed=seed, by_category=by_category)

    assert len(order) == len(set(order)) == min(n, len(responses))
    assert set(order) <= {response.output_id for response in responses}
    again = reading_order(responses[::-1], n=n, seed=seed, by_category=by_category)
    assert again == order


@given(RESPONSES, st.integers(0, 2**31 - 1))
def test_no_case_comes_again_before_every_other_has_come(responses, seed):
    case_of = {response.output_id: response.case_id for response in responses}
    n_of_case = Counter(case_of.values())

    order = reading_order(responses, n=len(responses), seed=seed, by_category=False)

    times = Counter[int]()
    for output_id in order:
        # Whatever case comes now, none that still has responses was read less often before.
        behind = min(times[case] for case in n_of_case if times[case] < n_of_case[case])
        assert times[case_of[output_id]] == behind
        times[case_of[output_id]] += 1


@given(RESPONSES, st.integers(0, 2**31 - 1))
def test_categories_come_in_turn_as_long_as_they_have_responses(responses, seed):
    category_of = {response.output_id: response.category for response in responses}
    n_of = Counter(category_of.values())

    order = reading_order(responses, n=len(responses), seed=seed, by_category=True)

    times = Counter[str]()
    for output_id in order:
        behind = min(times[name] for name in n_of if times[name] < n_of[name])
        assert times[category_of[output_id]] == behind
        times[category_of[output_id]] += 1


def test_another_seed_reads_in_another_order():
    responses = [Readable(number, number, "") for number in range(1, 51)]
    orders = {reading_order(responses, n=50, seed=seed, by_category=False) for seed in range(20)}

    # Two of 50! orders are the same with a chance of about 1e-62.
    assert len(orders) == 20
