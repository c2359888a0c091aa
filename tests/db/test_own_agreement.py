"""Somebody's agreement with the others: the number that a lead reads, of no more than they did."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from db.commands.agreement import tell_agreement
from db.engine import read_session
from db.queries.results.collected import collect
from db.queries.results.own import own_agreement_in
from db.queries.results.studies import result_study
from evalkit.reports.annotators.own import OwnReading
from evalkit.reports.annotators.report import annotators_report
from tests.factories import annotate, make_eval_set, make_study

MODELS = ("Model one", "Model two")
CASES = 14


def store_study():
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


@pytest.fixture
def ids(database, store_once):
    return store_once(store_study)


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
    before = own(ids).share
    annotate(ids, "Eve", "case-0/Model one", "case-0/Model two", is_unreadable=True)

    assert own(ids).share == before


def test_who_judged_little_is_told_so(ids):
    assert own(ids, "Dee").reading is OwnReading.TOO_LITTLE


def test_who_judged_nothing_is_told_so(ids):
    annotate(ids, "Fay", "case-0/Model one", None)

    assert (own(ids, "Fay").reading, own(ids, "Fay").n) == (OwnReading.TOO_LITTLE, 0)


def told(ids, name="Ada"):
    return tell_agreement(ids["Study"], annotator_id=ids[name])


def test_what_is_told_first_is_told_again_whatever_is_judged_or_changed_since(ids):
    first = told(ids)
    assert (first.reading, first.share) == (OwnReading.SHARE, own(ids).share)

    # Ada takes back what she had skipped; Bo judged it, so a new number would tell how.
    annotate(ids, "Ada", "case-15/Model one", "case-15/Model two", "right")

    assert own(ids).n == first.n + 1
    assert told(ids) == first


def test_what_would_give_others_away_stays_untold_when_a_change_makes_it_a_number(database):
    ids = make_eval_set(n_cases=14)
    make_study(ids)
    for number in range(12):
        for name in ("Ada", "Bo", "Cy"):
            annotate(ids, name, *(f"case-{number}/{model}" for model in MODELS), "left")
    assert told(ids).reading is OwnReading.WITHHELD

    for number in (12, 13):  # on these they differ
        for name, preference in (("Ada", "left"), ("Bo", "right"), ("Cy", "right")):
            annotate(ids, name, *(f"case-{number}/{model}" for model in MODELS), preference)

    assert own(ids).reading is OwnReading.SHARE
    assert (told(ids).reading, told(ids).n) == (OwnReading.WITHHELD, 12)


def test_too_little_is_not_for_good(ids):
    assert told(ids, "Dee").reading is OwnReading.TOO_LITTLE
    for number in range(CASES):
        pair = (f"case-{number}/{model}" for model in MODELS)
        annotate(ids, "Dee", *pair, "left" if number % 2 else "right")

    assert told(ids, "Dee").reading is OwnReading.SHARE


def test_two_windows_at_once_are_told_the_same(ids):
    with ThreadPoolExecutor(4) as windows:
        readings = [windows.submit(told, ids) for _ in range(8)]

    assert {reading.result() for reading in readings} == {told(ids)}


def test_the_number_of_one_study_or_person_is_not_that_of_another(ids):
    assert told(ids, "Ada") != told(ids, "Bo")
    make_study(ids, name="Another")

    another = tell_agreement(ids["Another"], annotator_id=ids["Ada"])

    assert another.reading is OwnReading.TOO_LITTLE
