"""Checks in the database: versioned, run once, told apart from people and judges."""

from dataclasses import replace

import pytest
from sqlmodel import col, func, select

from db import checking
from db.checking import run_check
from db.commands.checks import (
    add_check,
    change_check,
    map_check,
    retire_check,
    revise_check,
    store_findings,
)
from db.commands.versions import revise_case
from db.engine import read_session, write_session
from db.models import (
    Annotation,
    Annotator,
    AuditEvent,
    Case,
    CheckFinding,
    CheckRevision,
    EvalSet,
    Output,
)
from db.queries.case_life import cases_called
from db.queries.checks import check_called, checks_of, findings_of
from evalkit.checks import running
from evalkit.checks.answers import Answers, QuestionOf
from evalkit.checks.kind import TookTooLongError, told
from evalkit.checks.sentences import run_sentence
from evalkit.checks.table import kind_called
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import CheckResult
from tests.factories import make_eval_set

EVAL_SET = "Support questions"


@pytest.fixture
def ids(database, store_once):
    return store_once(make_eval_set)


def check(name="Names the case"):
    with read_session() as session:
        return check_called(session, EVAL_SET, name)


def counts(name="Names the case"):
    now = check(name)
    return now.n_pass, now.n_fail, now.n_undefined


def add(name="Names the case", kind="mentions", *, phrases=("case-0",), **settings):
    return add_check(EVAL_SET, name, kind, {"phrases": list(phrases)} | settings)


def n_rows(of):
    with read_session() as session:
        return session.exec(select(func.count()).select_from(of)).one()


def test_a_check_looks_at_every_response_and_again_at_none(ids):
    add()
    first, second = run_check(check()), run_check(check())

    # Both models answer each of four cases with "Text n about case-…": two of eight name case-0.
    assert (first.n_responses, first.n_pass, first.n_fail, first.n_undefined) == (8, 2, 6, 0)
    assert (second.n_responses, second.n_new) == (8, 0)
    assert counts() == (2, 6, 0)
    assert n_rows(CheckFinding) == 8


def test_what_was_not_tried_is_not_stored_and_the_next_run_goes_on_with_it(ids, monkeypatch):
    def runs_away(settings):
        def slow(response):
            raise TookTooLongError("It ran too long.")

        return slow

    kind = replace(kind_called("mentions"), prepare=runs_away)
    monkeypatch.setattr(running, "MOST_SLOW", 3)
    monkeypatch.setattr(checking, "kind_called", lambda key: kind)
    add()

    runs = [run_check(check()) for _ in range(4)]

    # Eight responses, three of which may take too long in one run: 3 + 3 + 2.
    assert [run.n_undefined for run in runs] == [3, 3, 2, 0]
    assert [run.n_not_tried for run in runs] == [5, 2, 0, 0]
    assert n_rows(CheckFinding) == 8
    assert "3 of 8 responses checked" in run_sentence(runs[0])
    assert "5 more were not tried" in run_sentence(runs[0])
    assert run_sentence(runs[3]).endswith("nothing new in 8 responses.")


def test_other_settings_are_the_next_revision_and_what_the_former_found_stays(ids):
    check_id = add()
    run_check(check())

    assert revise_check(check_id, "mentions", {"phrases": ["case-0"]}) == 1
    assert revise_check(check_id, "mentions", {"phrases": ["case-0", "case-1"], "any": True}) == 2
    assert counts() == (0, 0, 0)
    run_check(check())

    assert counts() == (4, 4, 0)
    with read_session() as session:
        first = session.exec(select(CheckRevision).where(CheckRevision.number == 1)).one()
        assert len(findings_of(session, first.id, results=[CheckResult.PASS])) == 2
        actions = session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))).all()
    assert [each for each in actions if each.startswith("check.")] == [
        "check.added",
        "check.revised",
    ]


def test_an_assertion_on_one_case_looks_at_the_responses_to_it_alone(ids):
    add_check(EVAL_SET, "Mine", "mentions", {"phrases": ["case-2"]}, case_key="case-2")

    assert run_check(check("Mine")).n_responses == 2
    with pytest.raises(NotFoundError, match="has no case “case-9”"):
        add_check(EVAL_SET, "Other", "mentions", {"phrases": ["x"]}, case_key="case-9")


def test_an_assertion_says_nothing_of_responses_to_the_text_a_case_had_before(ids):
    add_check(EVAL_SET, "Mine", "mentions", {"phrases": ["case-2"]}, case_key="case-2")
    run_check(check("Mine"))
    assert sum(counts("Mine")) == 2
    with read_session() as session:
        (former,) = cases_called(session, EVAL_SET, ["case-2"])

    revise_case(former, "What else?", reason="It was unclear")

    assert run_check(check("Mine")).n_responses == 0
    # What was found of responses to that text is kept, and counted no more.
    assert counts("Mine") == (0, 0, 0)
    assert n_rows(CheckFinding) == 2
    with read_session() as session:
        assert findings_of(session, check("Mine").revision_id) == []


def test_where_the_reference_of_a_case_changes_its_responses_are_checked_again(ids):
    add_check(EVAL_SET, "Right", "exact", {})
    run_check(check("Right"))
    assert counts("Right") == (0, 0, 8)

    with write_session() as session:
        case = session.get(Case, ids["case-1"])
        case.reference = "Text 0 about case-1."
        session.add(case)
    again = run_check(check("Right"))

    assert (again.n_pass, again.n_fail, again.n_undefined) == (1, 1, 0)
    assert counts("Right") == (1, 1, 6)
    assert n_rows(CheckFinding) == 10  # two stay, superseded


def test_a_model_that_failed_is_neither_passed_nor_failed_and_an_empty_response_is_one(ids):
    with write_session() as session:
        failed = session.get(Output, ids["case-0/Model one"])
        failed.content, failed.error = "", "HTTP 500"
        empty = session.get(Output, ids["case-1/Model one"])
        empty.content = ""
        session.add_all([failed, empty])
    add_check(EVAL_SET, "Long", "length", {"least": 1})
    run_check(check("Long"))

    assert counts("Long") == (6, 1, 1)
    with read_session() as session:
        revision = check("Long").revision_id
        (row,) = findings_of(session, revision, results=[CheckResult.UNDEFINED])
    assert (row.case, row.model, row.detail) == (
        "case-0",
        "Model one",
        "The model returned an error, and no response.",
    )


def test_two_who_check_at_the_same_time_store_each_finding_once(ids):
    add()
    revision = check().revision_id
    finding = [(ids["case-0/Model one"], "hash", told(True))]

    assert store_findings(revision, finding)[CheckResult.PASS] == 1
    assert store_findings(revision, finding) == {}
    assert n_rows(CheckFinding) == 1


def test_few_responses_are_in_memory_at_a_time_and_how_far_it_is_is_told(ids, monkeypatch):
    monkeypatch.setattr(checking, "BATCH", 3)
    told_of = []
    add()
    run_check(check(), on_progress=lambda done, of: told_of.append((done, of)))

    assert told_of == [(3, 8), (6, 8), (8, 8)]
    assert counts() == (2, 6, 0)


def test_a_check_is_an_annotator_of_kind_check_and_leaves_no_annotation(ids):
    add()
    run_check(check())

    with read_session() as session:
        who = session.exec(select(Annotator).where(Annotator.kind == "check")).one()
        assert who.name == f"Names the case of {EVAL_SET}"
    assert n_rows(Annotation) == 0


def test_what_a_check_stands_beside_is_said_apart_from_its_revisions(ids):
    check_id = add()
    answers = Answers(QuestionOf.CRITERION, "helpfulness", 4.0)
    map_check(check_id, answers)

    assert (check().answers, check().number) == (answers, 1)
    map_check(check_id, None)
    assert check().answers is None


def test_settings_and_what_a_check_stands_beside_change_together_or_not_at_all(ids):
    add()
    helpful = Answers(QuestionOf.CRITERION, "helpfulness", 4.0)
    events = n_rows(AuditEvent)

    with pytest.raises(RefusedError):
        change_check(check().check_id, "mentions", {"phrases": []}, helpful)
    assert (check().number, check().answers, n_rows(AuditEvent)) == (1, None, events)

    change_check(check().check_id, "mentions", {"phrases": ["another"]}, helpful)
    assert (check().number, check().answers) == (2, helpful)

    change_check(check().check_id, "mentions", {"phrases": ["another"]}, helpful)
    assert n_rows(AuditEvent) == events + 2  # of what is as it was nothing is said


def test_what_is_retired_stands_last_and_can_be_taken_back(ids):
    retired = add("A")
    add("B")
    retire_check(retired)

    with read_session() as session:
        checks = checks_of(session, ids["eval_set"])
    assert [(each.name, each.is_retired) for each in checks] == [("B", False), ("A", True)]
    retire_check(retired, is_retired=False)
    assert not check("A").is_retired


def test_nothing_is_stored_of_a_check_that_cannot_be(ids):
    add()
    for wrong, says in (
        (lambda: add("names  THE case"), "There is a check “Names the case” already"),
        (lambda: add(" "), "a name of 1 to 200"),
        (lambda: add("Other", phrases=()), "is missing"),
        (lambda: add("Other", "vibes"), "no kind of check"),
        (lambda: add_check("Nowhere", "Other", "language", {}), "no eval set “Nowhere”"),
        (lambda: revise_check(99, "language", {}), "not there any more"),
        (lambda: check("Other"), "It has: “Names the case”"),
    ):
        with pytest.raises(RefusedError, match=says):
            wrong()
    assert n_rows(CheckRevision) == 1
    assert n_rows(Annotator) == 1


def test_eval_sets_that_differ_in_capitals_alone_have_checks_of_one_name(ids):
    with write_session() as session:
        session.add_all([EvalSet(name=EVAL_SET.upper()), EvalSet(name=EVAL_SET.lower())])
    add()
    for other in (EVAL_SET.upper(), EVAL_SET.lower()):
        add_check(other, "Names the case", "mentions", {"phrases": ["case-0"]})

    with read_session() as session:
        names = session.exec(select(Annotator.name).where(Annotator.kind == "check")).all()
    # As each is typed; what would be the same name gets a number.
    first = f"Names the case of {EVAL_SET}"
    second = f"Names the case of {EVAL_SET.upper()} (2)"
    assert sorted(names) == sorted([first, second, f"Names the case of {EVAL_SET.lower()} (3)"])
