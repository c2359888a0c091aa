"""Many criteria: the main ones are shown, the rest are counted and can be asked for."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from evalkit.html.document import About, html_report
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.leave_out import without_report
from evalkit.reports.decision.measures import available_measures
from evalkit.reports.decision.report import decision_report
from evalkit.reports.scores.document import scores_document
from evalkit.reports.scores.report import criterion_scores, scores_report
from evalkit.study.collected import Criterion, Values
from evalkit.study.main_criteria import MOST_CRITERIA, left_out_sentence, main_part, scored_criteria
from evalkit.vocabulary import Level
from tests.evalkit.collected_studies import collected

SCALE = (1.0, 2.0, 3.0)


def study(n_criteria, *, n_cases=40):
    """Score both models on one case per criterion, but on four for every tenth; two annotators."""
    rng = np.random.default_rng(4)
    plain = collected(n_cases=n_cases, scores=[(1, 0, 0, 1)])
    rows = [
        (criterion, model * n_cases + (criterion + more) % n_cases, annotator)
        for criterion in range(n_criteria)
        for more in range(4 if criterion % 10 == 3 else 1)
        for model in (0, 1)
        for annotator in (0, 1)
    ]
    criterion, output, annotator = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    n = len(rows)
    return replace(
        plain,
        criteria=tuple(
            Criterion(f"case_{k}", f"Question {k}?", Level.INTERVAL, SCALE, ("",) * 3)
            for k in range(n_criteria)
        ),
        values=Values(
            criterion=criterion,
            output=output,
            annotator=annotator,
            value=rng.integers(1, 4, n).astype(float),
            n=np.ones(n, dtype=np.int64),
            latest=np.arange(n),
        ),
    )


def test_few_criteria_are_all_main():
    few = study(MOST_CRITERIA)

    assert main_part(few) is few
    assert left_out_sentence(few) == ""


def test_main_are_those_scored_on_the_most_cases_in_the_order_of_the_rubric():
    many = study(100)

    main = main_part(many)

    # Ten criteria were scored on four cases; of all others, on one, the first six of the rubric.
    wanted = sorted([*range(3, 100, 10), 0, 1, 2, 4, 5, 6])
    assert [of.key for of in main.criteria] == [f"case_{k}" for k in wanted]
    assert left_out_sentence(many) == (
        "Shown are the 16 criteria that were scored on the most cases; 84 more were scored on "
        "1 case each."
    )


@pytest.mark.slow
def test_what_is_said_of_a_main_criterion_is_what_all_together_say():
    many = study(100)
    whole = {of.criterion.key: of for of in scores_report(many).criteria}
    agreed = {of.subject.key: of for of in agreement_report(many).criteria}

    for of in scores_report(main_part(many)).criteria:
        assert of == whole[of.criterion.key]
    for of in agreement_report(main_part(many)).criteria:
        whole_of = agreed[of.subject.key]
        # Pairs are columns, whose arrays have no one answer to ==; each of them has.
        assert replace(of, pairs=tuple(of.pairs)) == replace(whole_of, pairs=tuple(whole_of.pairs))


def test_every_other_criterion_can_be_asked_for():
    many = study(100)

    assert scored_criteria(many) == many.criteria
    last = criterion_scores(many, many.criteria[99])
    here = (many.values.criterion == 99) & (many.values.output < 40)
    mean = next(row.estimate for row in last.means if (row.model, row.category) == ("A", None))
    assert mean.value == pytest.approx(many.values.value[here].mean())
    measure = available_measures(many)[99]
    decided = decision_report(many, measure=measure, baseline="A")
    assert decided.chosen.measure == measure
    assert len(decided.measures) == MOST_CRITERIA + 1


@pytest.mark.slow
def test_the_report_is_bounded_and_says_what_it_leaves_out():
    about = About(made_at=datetime(2026, 11, 1, tzinfo=UTC), schema="x", models=("A", "B"))

    few, many, more = (html_report(study(n), about=about) for n in (16, 200, 400))

    # Of 200 twenty were scored on four cases, sixteen of which are shown.
    assert "184 more were scored on at most 4 cases each" in many
    assert "more were scored on" not in few
    # Twice as many criteria are no longer report; the sentence differs by its numbers.
    assert abs(len(more) - len(many)) < 0.02 * len(many)


def test_programs_get_every_criterion():
    assert len(scores_document(study(40))["criteria"]) == 40


def test_results_without_somebody_are_of_the_same_criteria():
    many = study(60)
    here = (many.values.annotator == 0) & (many.values.criterion > 30)
    fields = ("criterion", "output", "annotator", "value", "n", "latest")
    rest = Values(**{name: getattr(many.values, name)[here] for name in fields})

    report = without_report(many, replace(many, values=rest), left_out=["Annotator 1"])

    assert [of.subject for of in report.full.agreement.criteria] == [
        of.subject for of in report.rest.agreement.criteria
    ]
