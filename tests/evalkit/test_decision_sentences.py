"""What is said of a decision where the numbers and the cases in common contradict each other."""

import pytest

from evalkit.reporting import decision_sentences as words
from evalkit.reporting.decision import contradicted, decision_report, settled
from evalkit.reporting.measures import against, available_measures
from tests.evalkit.collected_studies import collected

A, B = range(2)


@pytest.fixture
def ahead_by_easier_cases():
    """B is a point better on each of 12 cases; A alone was judged on easy ones, B on hard ones."""
    both = [(0, case, model, 2 + (model == B)) for case in range(12) for model in (A, B)]
    easy = [(0, case, A, 5) for case in range(12, 32)]
    hard = [(0, case, B, 1) for case in range(32, 52)]
    found = collected(n_cases=52, scores=both + easy + hard, costs=(0.001, 0.002))
    measure = next(one for one in available_measures(found) if one.key == "helpful")
    report = decision_report(found, measure=measure, baseline="B")
    assert report.number("A").estimate.value > report.number("B").estimate.value
    return report, against(found, measure, model="A", other="B")


def test_nobody_leads_on_numbers_that_the_cases_in_common_contradict(ahead_by_easier_cases):
    report, cells = ahead_by_easier_cases

    assert not settled(report, "A", "B")
    assert contradicted(report, "A", "B")
    assert words.verdict(report, cells).startswith(
        "A and B cannot be told apart on helpful; on the cases that were judged of both, B is "
        "ahead of A;"
    )


def test_who_is_cheaper_and_behind_on_the_cases_in_common_beats_nobody(ahead_by_easier_cases):
    report, _ = ahead_by_easier_cases

    assert words.front_sentences(report)[-1] == (
        "A is cheaper than B, but behind on the cases that were judged of both."
    )


def test_numbers_that_the_cases_in_common_confirm_are_not_contradicted():
    scores = [(0, case, model, 2 + (model == A)) for case in range(12) for model in (A, B)]
    found = collected(scores=scores)
    measure = next(one for one in available_measures(found) if one.key == "helpful")
    report = decision_report(found, measure=measure, baseline="B")

    assert settled(report, "A", "B")
    assert not contradicted(report, "A", "B")
