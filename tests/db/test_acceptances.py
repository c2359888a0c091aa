"""Accepted verdicts as they are stored: looks, what went back to people, and why it ended."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from db.commands.acceptances import accept, record_look, stop_accepting
from db.commands.assignments import next_task_id
from db.commands.studies import discard_study
from db.engine import read_session, write_session
from db.models import (
    AcceptedVerdict,
    Annotator,
    Assignment,
    AuditEvent,
    Case,
    Model,
    Output,
    Run,
    Study,
    StudyCase,
    StudyRun,
    Unit,
    VerdictAcceptance,
)
from db.queries.results import collect, result_study
from db.queries.results.acceptances import acceptance_basis, audits, looks
from db.queries.results.studies import ResultFilters
from evalkit.annotation.planning import MAX_NAME_LENGTH
from evalkit.errors import RefusedError
from evalkit.reports.acceptance.report import (
    Promise,
    Refusal,
    acceptance_report,
    looked_at,
    units_to_take,
)
from evalkit.reports.acceptance.sentences import audit_in_words
from evalkit.vocabulary import AcceptanceState
from tests.db.test_annotation import submit
from tests.factories import annotate, make_eval_set, make_study

LOOSE = Promise(risk=0.4, confidence=0.8)
N_LABELLED, N_CASES = 24, 36


def store_half():
    """A person on two thirds of the cases, asked for by lot, and a judge that says the same."""
    ids = make_eval_set(n_cases=N_CASES)
    make_study(ids)
    for case in range(N_CASES):
        pair = [f"case-{case}/Model {number}" for number in ("one", "two")]
        better = "left" if case % 2 else "right"
        if case < N_LABELLED:
            annotate(ids, "Ada", *pair, better)
        annotate(ids, "Judge", *pair, better, is_judge=True)
    with write_session() as session:
        for assignment in session.exec(select(Assignment)):
            assignment.sampling, assignment.inclusion_probability = "random", 0.5
            session.add(assignment)
    return ids


@pytest.fixture
def stored(store_once, database):
    return store_once(store_half)


def read(name="Study"):
    """Return the study, what it collected, and its only judge as it stands."""
    judges = ResultFilters(judges=True)
    with read_session() as session:
        study = result_study(session, name=name)
        collected = collect(session, study, filters=judges)
        basis = acceptance_basis(session, study, filters=judges)
    parts = basis.splits, basis.presented
    report = acceptance_report(collected, *parts, promise=LOOSE, looks=basis.looks)
    (row,) = (each for each in report.rows if each.subject.key == "preference")
    return study, collected, parts, row


def look(name="Study"):
    study, collected, parts, row = read(name)
    threshold = looked_at(collected, *parts, row, promise=LOOSE)
    record_look(study, row, LOOSE, threshold=threshold)
    return row


def take(share=1.0, most=None, name="Study"):
    look(name)
    study, collected, _, row = read(name)
    units = units_to_take(collected, row)
    return accept(study, row, LOOSE, units, share=share, most=most)


def watched():
    with read_session() as session:
        return audits(session, result_study(session, name="Study").study_id)


def test_a_look_is_stored_once_and_opens_what_it_saw(stored):
    assert read()[-1].refusal is Refusal.NOT_LOOKED

    row = look()
    study = read()[0]
    record_look(study, row, LOOSE, threshold=None)

    with read_session() as session:
        (stored_look,) = looks(session, study)
    assert (stored_look.judge, stored_look.subject) == ("Judge", "preference")
    assert stored_look.threshold == 1.0
    assert stored_look.level == row.level
    assert read()[-1].is_accepted
    assert read()[-1].n_taken == N_CASES - N_LABELLED


def test_what_is_accepted_is_stored_and_goes_back_to_people_as_units_of_a_study(stored):
    take(share=1.0)

    with read_session() as session:
        rows = session.exec(select(AcceptedVerdict)).all()
        audit = session.exec(select(Study).where(Study.name == "Study, part 2")).one()
        cases = session.exec(select(StudyCase).where(StudyCase.study_id == audit.id)).all()
        units = session.exec(select(Unit).where(Unit.study_id == audit.id)).all()
        n_runs = len(session.exec(select(StudyRun).where(StudyRun.study_id == audit.id)).all())
    assert len(rows) == N_CASES - N_LABELLED
    assert {row.inclusion_probability for row in rows} == {1.0}
    assert {case.case_id for case in cases} == {row.case_id for row in rows}
    assert {unit.case_id for unit in units} == {row.case_id for row in rows}
    assert (n_runs, audit.n_drawn, audit.overlap) == (2, len(rows), 1)
    assert audit.collects_preference
    assert not audit.collects_scores
    # Nothing that annotators read says that a judge was here.
    assert "judge" not in f"{audit.name} {audit.about} {audit.guidelines}".lower()


def test_the_same_acceptance_cannot_stand_twice_and_one_that_is_stopped_keeps_its_first_reason(
    stored,
):
    number = take(share=0.5)
    study, collected, _, row = read()

    with pytest.raises(RefusedError, match="accepted already"):
        accept(study, row, LOOSE, units_to_take(collected, row), share=0.5)
    stop_accepting(number, "Enough.")
    stop_accepting(number, "Again.")

    (row,) = watched()
    assert row.accepted.state is AcceptanceState.STOPPED
    assert row.accepted.reason == "Enough."
    assert len(row.accepted.units) == N_CASES - N_LABELLED


def test_under_a_cap_no_more_go_back_and_the_odds_are_those_of_the_draw(stored):
    take(share=0.9, most=3)

    (row,) = watched()
    assert row.n_drawn == 3
    # Of 12 cases 3 go back whenever at least 3 are drawn, which is nearly always: 3 of 12.
    assert row.accepted.odds[row.accepted.is_drawn] == pytest.approx(3 / 12, abs=1e-6)


def test_verdicts_on_more_cases_than_one_question_may_name_are_accepted(stored, monkeypatch):
    monkeypatch.setattr("db.commands.acceptances.BATCH", 5)  # of 12 cases: three questions

    take(share=1.0)

    (row,) = watched()
    assert row.n_drawn == row.n_cases == N_CASES - N_LABELLED


def test_the_study_that_reads_again_is_noted_and_its_name_is_one_that_a_study_may_have(stored):
    longest = "S" * MAX_NAME_LENGTH
    with write_session() as session:
        session.get_one(Study, stored["Study"]).name = longest

    take(share=1.0, name=longest)

    with read_session() as session:
        audit = session.exec(select(Study).where(Study.id != stored["Study"])).one()
        noted = session.exec(select(AuditEvent).where(AuditEvent.action == "create study")).one()
    assert audit.name == f"{longest[:-8]}, part 2"  # the ending has eight letters
    assert noted.subject == f"study {audit.name}"
    assert noted.details["n_cases"] == N_CASES - N_LABELLED


def test_what_people_say_in_the_study_of_the_audit_is_set_beside_what_was_accepted(stored):
    take(share=1.0)
    with read_session() as session:
        stored["Study, part 2"] = session.exec(
            select(Study.id).where(Study.name == "Study, part 2")
        ).one()
    for case in range(N_LABELLED, N_LABELLED + 4):
        pair = [f"case-{case}/Model {number}" for number in ("one", "two")]
        # The judge says left of odd cases: of the first case people say otherwise.
        better = "left" if case % 2 or case == N_LABELLED else "right"
        annotate(stored, "Bo", *pair, better, study="Study, part 2")

    (row,) = watched()

    assert row.n_read == 4
    assert row.wrong.value == 0.25
    assert row.standing == "unclear"


def test_a_breach_stops_accepting_when_the_annotation_that_tells_it_is_submitted(stored):
    # Every reading contradicts the judge; the last comes as an annotator sends it, and nobody
    # opens a page of results. At most 40 % may be wrong.
    number = take(share=1.0)
    with read_session() as session:
        audit = session.exec(select(Study.id).where(Study.name == "Study, part 2")).one()
        person = session.exec(select(Annotator.id).where(Annotator.name == "Ada")).one()
    stored["Study, part 2"] = audit
    for case in range(N_LABELLED, N_CASES - 1):
        pair = [f"case-{case}/Model {name}" for name in ("one", "two")]
        wrong = "right" if case % 2 else "left"
        annotate(stored, "Bo", *pair, wrong, study="Study, part 2")
    assert acceptance_of(number).state == AcceptanceState.OPEN

    while (task := next_task_id(study_id=audit, annotator_id=person)) is not None:
        with read_session() as session:
            assignment = session.get_one(Assignment, task)
            key = session.get_one(Case, assignment.case_id).key
            judged_left = int(key.split("-")[1]) % 2 == 1
            first = session.get_one(Output, assignment.left_output_id)
            is_first = session.get_one(Run, first.run_id).model_id == min(
                session.exec(select(Model.id)).all()
            )
        wrong = "right" if judged_left == is_first else "left"
        sent = {"preference": wrong, "scores": {}, "tags": {}, "comment": ""}
        submit(task, person, key=f"key-{task:08d}", entered=sent)

    stopped = acceptance_of(number)
    assert stopped.state == AcceptanceState.STOPPED
    assert "of the accepted verdicts are wrong" in stopped.reason
    (row,) = watched()
    assert not row.is_to_stop


def test_nothing_more_is_accepted_where_the_audit_broke_the_promise_and_nobody_looked(stored):
    number = take(share=1.0)
    with read_session() as session:
        stored["Study, part 2"] = session.exec(
            select(Study.id).where(Study.name == "Study, part 2")
        ).one()
    for case in range(N_LABELLED, N_CASES):
        pair = [f"case-{case}/Model {name}" for name in ("one", "two")]
        wrong = "right" if case % 2 else "left"
        annotate(stored, "Bo", *pair, wrong, study="Study, part 2")

    study, collected, _, row = read()
    units = units_to_take(collected, row)
    with pytest.raises(RefusedError, match="broke the promise"):
        accept(study, row, LOOSE, units, share=1.0)

    assert acceptance_of(number).state == AcceptanceState.STOPPED


def test_the_database_lets_one_acceptance_of_a_judge_on_a_thing_stand(stored):
    number = take(share=1.0)
    with pytest.raises(IntegrityError):
        accept_again(number)

    stop_accepting(number, "A lead stopped it.")
    accept_again(number)  # beside one that was stopped another may stand


def accept_again(number):
    """Store the same acceptance once more, as another lead does who saw none."""
    with write_session() as session:
        standing = session.get_one(VerdictAcceptance, number)
        own = {"id", "audit_study_id", "created_at", "state", "reason", "stopped_at"}
        session.add(VerdictAcceptance(**standing.model_dump(exclude=own)))


def acceptance_of(number):
    with read_session() as session:
        return session.get_one(VerdictAcceptance, number)


def test_where_the_study_of_an_audit_is_discarded_the_acceptance_stops_and_says_why(stored):
    take(share=1.0)
    with read_session() as session:
        audit_id = session.exec(select(Study.id).where(Study.name == "Study, part 2")).one()

    discard_study(audit_id)

    (row,) = watched()
    assert (row.accepted.audit_study, row.n_read) == ("", 0)
    assert row.accepted.state is AcceptanceState.STOPPED
    said_why = "Stopped: The study that read its verdicts again was discarded."
    assert audit_in_words(row).endswith(said_why)


def test_an_acceptance_that_was_stopped_keeps_its_reason_when_its_audit_is_discarded(stored):
    number = take(share=1.0)
    stop_accepting(number, "Enough.")
    with read_session() as session:
        audit_id = session.exec(select(Study.id).where(Study.name == "Study, part 2")).one()

    discard_study(audit_id)

    assert watched()[0].accepted.reason == "Enough."


def test_nothing_is_accepted_where_the_report_refuses_it(stored):
    study, collected, _, row = read()

    with pytest.raises(RefusedError, match="Nothing may be accepted"):
        accept(study, row, LOOSE, units_to_take(collected, row), share=0.1)


def test_a_look_that_another_came_before_is_refused_and_spends_nothing(stored):
    study, _, _, row = read()
    record_look(study, replace(row, inputs="what somebody else saw"), LOOSE, threshold=None)

    with pytest.raises(RefusedError, match="looked in the meantime"):
        record_look(study, row, LOOSE, threshold=1.0)

    with read_session() as session:
        assert len(looks(session, study)) == 1
    # The next has what is left: a quarter of the first.
    assert read()[-1].level == pytest.approx(row.level / 4)
