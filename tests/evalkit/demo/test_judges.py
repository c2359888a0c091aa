"""The demo's judges: marked as simulated, the same every time, and as faulty as they say."""

from itertools import permutations

import pytest

from evalkit.demo.judges import SIMULATED_JUDGES, judge_records
from evalkit.demo.simulate import demo_latent, demo_texts, overall

CAREFUL, CARELESS = SIMULATED_JUDGES


@pytest.fixture(scope="module")
def records():
    return list(judge_records(demo_latent(), demo_texts()))


def of(records, judge, kind):
    return [row for row in records if (row["annotator"], row["type"]) == (judge.name, kind)]


def share(values):
    """Return a share and four standard errors of it: a fair program is outside once in 16,000."""
    values = list(values)
    mean = sum(values) / len(values)
    return mean, 4 * (0.25 / len(values)) ** 0.5


def test_every_record_says_that_a_program_made_it(records):
    assert {row["annotator_kind"] for row in records} == {"judge"}
    assert all(row["metadata"] == {"simulated": True} for row in records)
    assert all(row["annotator"].startswith("Simulated") for row in records)


def test_every_two_responses_of_a_case_are_judged_in_both_orders_by_each_judge(records):
    models = sorted({row["model"] for row in demo_latent()})
    cases = {row["case"] for row in demo_latent()}
    expected = {(case, *pair) for case in cases for pair in permutations(models, 2)}

    for judge in SIMULATED_JUDGES:
        pairs = [
            (row["case"], row["left"], row["right"]) for row in of(records, judge, "comparison")
        ]
        assert sorted(pairs) == sorted(expected)


def test_the_same_seed_says_the_same_and_another_something_else(records):
    assert list(judge_records(demo_latent(), demo_texts())) == records
    assert list(judge_records(demo_latent(), demo_texts(), seed=1)) != records


def test_errors_are_told_with_the_stated_sensitivity_and_specificity(records):
    has_errors = {(row["case"], row["model"]): bool(row["errors"]) for row in demo_latent()}
    marked = {
        (row["case"], row["model"]): row["tag"] is not None for row in of(records, CAREFUL, "error")
    }
    sensitivity, reach = share(marked[key] for key, truth in has_errors.items() if truth)
    assert sensitivity == pytest.approx(CAREFUL.sensitivity, abs=reach)
    specificity, reach = share(not marked[key] for key, truth in has_errors.items() if not truth)
    assert specificity == pytest.approx(CAREFUL.specificity, abs=reach)
    assert not of(records, CARELESS, "error")


def test_of_two_that_are_plainly_unlike_the_better_is_named_as_often_as_is_stated(records):
    # Where it is swayed it is right half the time: what stands first is, by both orders; what is
    # longer is some of the time, which leaves room of the whole share towards the longer.
    quality = {(row["case"], row["model"]): overall(row) for row in demo_latent()}
    for judge in SIMULATED_JUDGES:
        told = []
        for row in of(records, judge, "comparison"):
            left, right = (quality[row["case"], row[side]] for side in ("left", "right"))
            if abs(left - right) >= 0.8 and max(left, right) >= 2.8:
                told.append(row["preference"] == ("left" if left > right else "right"))
        right, reach = share(told)
        rest = 1 - judge.towards_first - judge.towards_longer
        least = rest * judge.plain + judge.towards_first / 2
        assert least - reach <= right <= least + judge.towards_longer + reach
