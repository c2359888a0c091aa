"""Somebody's agreement with the others: the number that a lead reads, of no more than they did."""

from datetime import timedelta

import pytest

from db.columns import now
from db.engine import read_session, write_session
from db.models import Annotation
from db.queries.results.collected import collect
from db.queries.results.own import own_agreement_in
from db.queries.results.studies import result_study
from evalkit.reports.annotators.own import OwnReading
from evalkit.reports.annotators.report import annotators_report
from tests.factories import annotate, make_eval_set, make_study

MODELS = ("Model one", "Model two")
CASES = 14


@pytest.fixture
def ids(database):
    """Let Ada, Bo and Cy judge 14 cases, differently and on both sides; others, too, and a judge.

    Dee judged what Ada did not.
    """
    ids = make_eval_set(n_cases=CASES + 4)
    make_study(ids)
    for number in range(CASES):
        left, right = (f"case-{number}/{model}" for model in MODELS)
        annotate(ids, "Ada", left, right, "left")
        annotate(ids, "Bo", right, left, "left" if number % 3 == 0 else "right")
        annotate(ids, "Cy", left, right, "tie" if number % 4 == 0 else "left")
        annotate(ids, "judge", left, right, "right", is_judge=True)
    for number in range(CASES, CASES + 4):
        pair = [f"case-{number}/{model}" for model in MODELS]
        annotate(ids, "Bo", *pair, "left")
        annotate(ids, "Dee", *pair, "both_bad")
    annotate(ids, "Cy", "case-1/Model two", "case-1/Model one", "left", kind="repeat")
    return ids


def own(ids, name="Ada"):
    with read_session() as session:
        return own_agreement_in(session, ids["Study"], annotator_id=ids[name])


def as_a_lead_reads_it(name):
    with read_session() as session:
        report = annotators_report(collect(session, result_study(session, name="Study")))
    (row,) = (row for row in report.rows if row.profile.annotator == name)
    return row.profile.agreement.percent_agreement


@pytest.mark.parametrize("name", ["Ada", "Bo", "Cy"])
def test_it_is_the_number_that_a_lead_reads(ids, name):
    agreement = own(ids, name)

    assert agreement.reading is OwnReading.SHARE
    assert agreement.share == as_a_lead_reads_it(name)
    assert agreement.n >= CASES


def test_a_preference_that_cannot_be_read_counts_nowhere(ids):
    before = own(ids)
    annotate(ids, "Eve", "case-0/Model one", "case-0/Model two", is_unreadable=True)

    assert own(ids) == before


def test_who_judged_little_is_told_so(ids):
    assert own(ids, "Dee").reading is OwnReading.TOO_LITTLE


def test_who_judged_nothing_is_told_so(ids):
    annotate(ids, "Fay", "case-0/Model one", None)

    assert (own(ids, "Fay").reading, own(ids, "Fay").n) == (OwnReading.TOO_LITTLE, 0)


@pytest.mark.parametrize(("later", "reading"), [(1, OwnReading.CHANGED), (-1, OwnReading.SHARE)])
def test_a_change_after_the_last_case_ends_it_and_one_before_does_not(ids, later, reading):
    last = annotate(ids, "Ada", "case-15/Model one", "case-15/Model two", "left")
    with write_session() as session:
        annotation = session.get_one(Annotation, last)
        annotation.submitted_at = now() + timedelta(hours=1)
        session.add(annotation)
        at = annotation.submitted_at + timedelta(minutes=later)
        session.add(
            Annotation(
                assignment_id=annotation.assignment_id,
                revision=2,
                preference="right",
                submitted_at=at,
                is_superseded=True,
            )
        )

    assert own(ids).reading is reading
