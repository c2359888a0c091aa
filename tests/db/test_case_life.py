"""The life of a case: status, why it exists, whether it is watched; history only ever grows."""

import pytest
from sqlmodel import select

from db.commands import cases
from db.engine import read_session, write_session
from db.models import Case, CaseEvent, Study
from db.queries.case_life import cases_called, changes_of, studies_with, versions_with
from db.queries.responses.side_by_side import every_response
from db.queries.results import state_of_results
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import CaseEventKind, CaseStatus
from tests.factories import make_eval_set, make_study


def store():
    ids = make_eval_set()
    make_study(ids)
    return ids


@pytest.fixture
def ids(database, store_once):
    return store_once(store)


def history(case_id):
    with read_session() as session:
        return changes_of(session, case_id)


def test_a_status_has_reason_date_and_history_and_studies_plan_anew(ids):
    with read_session() as session:
        (study_id,) = studies_with(session, [ids["case-1"]])
        before = state_of_results(session, study_id=study_id)

    n = cases.change_status(
        [ids["case-1"], ids["case-2"]], CaseStatus.QUARANTINED, reason="  Wrong reference "
    )
    cases.change_status([ids["case-1"]], CaseStatus.ACTIVE, reason="Mended")

    assert n == 2
    with read_session() as session:
        case = session.get(Case, ids["case-1"])
        assert (case.status, case.status_reason) == ("active", "Mended")
        assert case.status_at is not None
        assert not session.get(Study, study_id).are_units_current
        assert state_of_results(session, study_id=study_id) != before
    assert [(e.before, e.after, e.reason) for e in history(ids["case-1"])] == [
        ("quarantined", "active", "Mended"),
        ("active", "quarantined", "Wrong reference"),
    ]


@pytest.mark.parametrize(
    ("status", "reason", "told"),
    [
        (CaseStatus.RETIRED, " ", "Say why"),
        (CaseStatus.ACTIVE, "as it was", "already"),
    ],
)
def test_a_status_without_a_reason_or_without_a_change_is_refused(ids, status, reason, told):
    with pytest.raises(RefusedError, match=told):
        cases.change_status([ids["case-1"]], status, reason=reason)

    assert not history(ids["case-1"])


def test_a_case_that_is_gone_changes_nothing_of_the_others(ids):
    with pytest.raises(NotFoundError, match="gone"):
        cases.change_status([ids["case-1"], 999_999], CaseStatus.RETIRED, reason="Old")

    with read_session() as session:
        assert session.get(Case, ids["case-1"]).status == "active"
        assert not session.exec(select(CaseEvent)).all()


def test_why_a_case_exists_is_kept_with_what_was_said_before(ids):
    cases.state_why(ids["case-0"], "Refunds after the deadline")
    cases.state_why(ids["case-0"], "Refunds 30 days after delivery")

    assert [(e.kind, e.before) for e in history(ids["case-0"])] == [
        (CaseEventKind.NOTE, "Refunds after the deadline"),
        (CaseEventKind.NOTE, None),
    ]
    with read_session() as session:
        assert every_response(session, ids["case-0"]).case.note == "Refunds 30 days after delivery"
    with pytest.raises(RefusedError, match="already"):
        cases.state_why(ids["case-0"], "Refunds 30 days after delivery ")
    with pytest.raises(RefusedError, match="Say why"):
        cases.state_why(ids["case-0"], "\n")


def test_a_case_is_watched_only_once_somebody_says_why_it_exists(ids):
    with pytest.raises(RefusedError, match="why “case-0” exists"):
        cases.watch([ids["case-0"]], is_watched=True)
    cases.state_why(ids["case-0"], "Gave a dose for children")

    assert cases.watch([ids["case-0"]], is_watched=True) == 1
    assert cases.watch([ids["case-0"]], is_watched=True) == 0
    with read_session() as session:
        read = every_response(session, ids["case-0"]).case
    assert (read.is_watched, read.standing) == (True, "watched")


def test_cases_may_be_more_than_a_statement_takes_parameters(ids):
    many = range(70_000)  # PostgreSQL takes 65,535, SQLite 32,766

    with write_session() as session:
        (study,) = session.exec(select(Study.id))
        assert studies_with(session, many) == {study}
        with pytest.raises(NotFoundError):
            cases.locked_cases(session, many)


def test_a_case_is_known_by_its_name_and_an_unknown_one_is_refused_with_those_there_are(ids):
    with read_session() as session:
        assert cases_called(session, "Support questions", ["case-2"]) == [ids["case-2"]]
        assert versions_with(session, ids["case-2"]) == [1]
        with pytest.raises(NotFoundError, match=r"no case “case-9”.*“case-0”"):
            cases_called(session, "Support questions", ["case-9"])
        with pytest.raises(NotFoundError, match=r"no eval set “Other”.*“Support questions”"):
            cases_called(session, "Other", ["case-1"])
