"""What is said of a decision where the numbers and the cases in common contradict each other."""

import pytest

from evalkit.reports.decision import sentences as words
from evalkit.reports.decision.measures import against, available_measures
from evalkit.reports.decision.report import contradicted, decision_report, settled
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
        "A and B cannot be told apart on helpful yet; on the cases that were judged of both, B "
        "is ahead of A;"
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


def test_models_judged_on_other_cases_are_not_comparable_and_the_sentence_says_why():
    # A was judged on the first eight cases, B on the others, C on the first eight, too.
    scores = [(0, case, A, 4 + case % 2) for case in range(8)]
    scores += [(0, case, B, 2 + case % 2) for case in range(8, 16)]
    scores += [(0, case, 2, 1 + case % 2) for case in range(8)]
    found = collected(models=("A", "B", "C"), scores=scores)
    measure = next(one for one in available_measures(found) if one.key == "helpful")
    report = decision_report(found, measure=measure, baseline="A")

    said = words.verdict(report, against(found, measure, model="A", other="B"))

    assert said.startswith(
        "A is ahead of C on helpful; B is not comparable with A: no case was judged of both"
    )
    assert "B cannot be told apart" not in said


def test_two_models_that_share_no_case_are_compared_in_no_sentence():
    scores = [(0, case, A, 4 + case % 2) for case in range(8)]
    scores += [(0, case, B, 2 + case % 2) for case in range(8, 16)]
    found = collected(scores=scores)
    measure = next(one for one in available_measures(found) if one.key == "helpful")
    report = decision_report(found, measure=measure, baseline="A")

    assert words.verdict(report, against(found, measure, model="A", other="B")) == (
        "No model leads on helpful; B is not comparable with A: no case was judged of both."
    )


def test_of_many_models_that_are_beaten_three_are_named_at_most():
    names = tuple(f"m{place}" for place in range(8))
    scores = [(0, case, place, 5 - (place > 0)) for case in range(12) for place in range(8)]
    found = collected(models=names, scores=scores, costs=range(1, 9), latencies=range(1, 9))
    measure = next(one for one in available_measures(found) if one.key == "helpful")
    report = decision_report(found, measure=measure, baseline="m1")

    (_, beaten) = words.front_sentences(report)

    assert beaten == "m0 beats m1, m2 and 5 others on helpful, cost and latency."
