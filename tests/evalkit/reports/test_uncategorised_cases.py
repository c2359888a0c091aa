"""Cases without a category are no category: no sentence counts or names them as one."""

from dataclasses import replace

import pytest

from evalkit.reports.decision.document import decided, decision_verdict
from evalkit.reports.decision.measures import available_measures
from evalkit.reports.decision.report import default_baseline
from evalkit.reports.decision.sentences import few_cases
from evalkit.reports.pair.report import pair_report
from evalkit.reports.pair.sentences import category_findings
from evalkit.reports.pair.significance import significance_report
from tests.evalkit.collected_studies import LEFT, RIGHT, collected


def study(categories, *, n_cases=24, lost=()):
    """A wins by preference and by score, but for the cases in lost; even cases are of the first."""
    preferences = [(0, case, 0, 1, RIGHT if case in lost else LEFT) for case in range(n_cases)]
    scores = [
        (0, case, model, 5 if (model == 1) == (case in lost) else 2 + case % 2)
        for case in range(n_cases)
        for model in (0, 1)
    ]
    made = collected(n_cases=n_cases, preferences=preferences, scores=scores)
    if len(categories) == 1:
        one = replace(made.outputs, category=made.outputs.category * 0)
        made = replace(made, outputs=one)
    return replace(made, categories=categories)


def pair(made):
    return pair_report(made, significance_report(made), model="A", other="B")


def said_of(made):
    yield from category_findings(pair(made))
    for measure in available_measures(made):
        report = decided(made, quality=measure.key, baseline=default_baseline(made, measure))
        yield decision_verdict(made, report)
        yield few_cases(report)


@pytest.mark.parametrize(("n_cases", "lost"), [(24, ()), (24, range(0, 24, 2)), (8, ()), (4, (1,))])
def test_where_no_case_has_a_category_no_sentence_speaks_of_any(n_cases, lost):
    assert "categor" not in " ".join(said_of(study(("",), n_cases=n_cases, lost=lost)))


@pytest.mark.parametrize("lost", [(), range(0, 24, 2), range(1, 24, 2)])
def test_cases_without_one_are_not_named_beside_a_category(lost):
    said = " ".join(said_of(study(("", "support"), lost=lost)))

    assert "no category" not in said
    assert "categor" not in said  # of one category there is nothing to compare


def test_two_named_categories_are_still_told_apart():
    made = study(("code", "support"), lost=range(0, 24, 2))

    said = " ".join(category_findings(pair(made)))

    assert "B is ahead in code" in said
    assert "A is ahead in support" in said
