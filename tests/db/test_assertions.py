"""Assertions that annotators write on cases: asked for, submitted, decided on by a lead."""

import json

import pytest
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assertions import leave_assertion
from db.commands.assignments import next_task_id
from db.commands.checks import add_check
from db.commands.records import import_file
from db.commands.studies import create_study
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, AssertionDecision, AutomatedCheck, EvalSet
from db.queries.annotation.task import comparison_task
from db.queries.assertions import waiting_assertions
from db.queries.checks import checks_of
from evalkit.annotation.draft import parse_draft
from evalkit.annotation.planning import StudyPlan, check_plan
from evalkit.errors import RefusedError
from tests.db.record_files import comparison, empty_tables, exported, pair_of_outputs, write
from tests.factories import make_eval_set, opened

LIMIT = "must mention the 30-day limit"


@pytest.fixture
def ids(database):
    return make_eval_set()


def study(ids, *, collects=("preference", "assertion")) -> int:
    with read_session() as session:
        eval_set = checks_name(session, ids)
    models = ("Model one", "Model two")
    return create_study(
        StudyPlan(name="Study", eval_set=eval_set, models=models, collects=frozenset(collects))
    )


def checks_name(session, ids):
    return session.get_one(EvalSet, ids["eval_set"]).name


def begin(study_id: int) -> tuple[int, int]:
    """Give a new person a case; return assignment and person."""
    with write_session() as session:
        person = Annotator(name="Ann")
        session.add(person)
        session.flush()
        who = person.id
    return next_task_id(study_id=study_id, annotator_id=who), who


def submit(assignment: int, who: int, key: str, **draft) -> None:
    commands.submit(
        assignment_id=assignment,
        annotator_id=who,
        opening=opened(assignment),
        draft={"preference": "left", **draft},
        active_seconds=5.0,
        submission_key=f"submission-{key}",
    )


def waiting(ids):
    with read_session() as session:
        return [
            (each.words, each.annotation_id)
            for each in waiting_assertions(session, ids["eval_set"])
        ]


def test_what_an_annotator_asserts_waits_and_a_lead_makes_a_check_of_it(ids):
    assignment, who = begin(study(ids))
    submit(assignment, who, "first", assertion=f"  {LIMIT} ")
    submit(assignment, who, "first", assertion=f"  {LIMIT} ")  # the same again stores nothing
    ((words, annotation_id),) = waiting(ids)
    assert words == LIMIT
    with read_session() as session:
        (told,) = waiting_assertions(session, ids["eval_set"])
        name = checks_name(session, ids)
        task = comparison_task(session, assignment, annotator_id=who)
    assert (told.study, told.annotator) == ("Study", "Ann")
    assert task.draft["assertion"] == LIMIT  # whoever edits it reads it again

    case = told.case_key
    settings = {"phrases": ["30"]}
    add_check(name, LIMIT, "mentions", settings, case_key=case, of_annotation=annotation_id)
    assert waiting(ids) == []
    with read_session() as session:
        (check,) = checks_of(session, ids["eval_set"])
        (decision,) = session.exec(select(AssertionDecision)).all()
    assert (check.case_key, decision.check_id) == (case, check.check_id)

    # Somebody else made one of it meanwhile: neither check nor decision is stored.
    with pytest.raises(RefusedError, match="decided on this assertion meanwhile"):
        add_check(name, "Twice", "mentions", settings, of_annotation=annotation_id)
    with read_session() as session:
        assert len(session.exec(select(AutomatedCheck)).all()) == 1


def test_an_edit_with_the_same_words_is_not_asked_of_again_and_other_words_are(ids):
    assignment, who = begin(study(ids))
    submit(assignment, who, "first", assertion=LIMIT)
    leave_assertion(waiting(ids)[0][1])
    submit(assignment, who, "second", assertion=LIMIT, preference="right")
    assert waiting(ids) == []
    submit(assignment, who, "third", assertion="must say who pays", preference="right")
    assert [words for words, _ in waiting(ids)] == ["must say who pays"]
    with pytest.raises(RefusedError, match="meanwhile"):
        leave_assertion(0)
    with read_session() as session:
        kept = session.exec(select(Annotation.assertion).order_by(Annotation.id)).all()
    assert kept == [LIMIT, LIMIT, "must say who pays"]


def test_it_is_off_unless_a_study_asks_for_it(ids):
    assignment, who = begin(study(ids, collects=("preference",)))
    with read_session() as session:
        assert "assertion" not in comparison_task(session, assignment, annotator_id=who).collect
    submit(assignment, who, "first", assertion=LIMIT)
    assert waiting(ids) == []


def test_an_assertion_is_no_judgement_and_one_thing():
    plan = StudyPlan(
        name="S", eval_set="E", models=("A", "B"), collects=frozenset({"comment", "assertion"})
    )
    with pytest.raises(RefusedError, match="Ask annotators for a preference"):
        check_plan(plan)
    with pytest.raises(RefusedError, match="What must hold here"):
        parse_draft({"assertion": "x" * 501})
    assert "assertion" not in parse_draft({}).as_json()


def test_assertions_come_back_byte_by_byte(database, tmp_path):
    import_file(write(tmp_path / "a.jsonl", [*pair_of_outputs(), comparison(assertion=LIMIT)]))
    first = exported()
    assert json.loads(first[-1])["assertion"] == LIMIT
    empty_tables()
    again = tmp_path / "b.jsonl"
    again.write_text("".join(first))
    import_file(again)
    assert exported() == first
