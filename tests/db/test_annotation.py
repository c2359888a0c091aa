import contextlib
import dataclasses
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from db.columns import now
from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.studies import StudyPlan, create_study, set_study_open
from db.commands.units import outdate_units
from db.engine import engine, read_session, write_session
from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    CheckAnswer,
    Criterion,
    ErrorMark,
    Output,
    Score,
    Study,
)
from db.queries.annotation import progress as progresses, task as queries
from db.queries.annotation.leaks import leak_count
from db.queries.annotation.marks import shown_responses
from db.queries.annotation.own import own_annotations
from evalkit.annotation.draft import IncompleteError, OutdatedError, parse_draft
from evalkit.annotation.opening import NewerError
from evalkit.annotation.task import TaskSeverity
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import AnnotatorKind, AssignmentState, LeakPolicy, SkipReason
from tests.factories import forget_units, make_eval_set, opened

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
CRITERIA = ("helpfulness", "correctness", "instruction_following")


def store_study(*, models=MODELS, n_cases=4, n_annotators=3, **plan):
    """Store a study with some annotators; give its id, theirs, and the ids of the eval set."""
    ids = make_eval_set(models=models, n_cases=n_cases)
    plan = {"name": "Which one", "eval_set": "Support questions", "models": models} | plan
    study_id = create_study(StudyPlan(**plan))
    with write_session() as session:
        people = [Annotator(name=f"person {number}") for number in range(n_annotators)]
        session.add_all(people)
        session.flush()
        return study_id, [person.id for person in people], ids


@pytest.fixture
def make_study(store_once):
    """Store a study as `store_study` does, once for all tests that ask for the same."""
    return partial(store_once, store_study)


def draft(*, preference="left", value=4, comment="", **changes):
    """Make a complete draft, as the annotation screen sends it."""
    made = {
        "preference": preference,
        "scores": {side: dict.fromkeys(CRITERIA, value) for side in ("left", "right")},
        "tags": {"left": {}, "right": {}},
        "comment": comment,
    }
    return made | changes


def submit(assignment_id, annotator_id, *, key="key-00000001", entered=None, seconds=0, **page):
    return commands.submit(
        assignment_id=assignment_id,
        opening=opened(assignment_id, **page),
        annotator_id=annotator_id,
        draft=entered or draft(),
        active_seconds=seconds,
        submission_key=key,
    )


def task(assignment_id, annotator_id):
    with read_session() as session:
        return queries.comparison_task(session, assignment_id, annotator_id=annotator_id)


def change(assignment_id, **values):
    with write_session() as session:
        assignment = session.get_one(Assignment, assignment_id)
        for name, value in values.items():
            setattr(assignment, name, value)
        session.add(assignment)


def stored(table):
    with read_session() as session:
        return session.exec(select(table).order_by(table.id)).all()


# Giving out


def test_the_assignment_is_written_before_anything_is_shown(database, make_study):
    study_id, (annotator, *_), _ = make_study(overlap=2)

    assignment_id = next_task_id(study_id=study_id, annotator_id=annotator)

    (assignment,) = stored(Assignment)
    assert assignment.id == assignment_id
    assert assignment.state == AssignmentState.OPEN
    assert (assignment.policy, assignment.sampling) == ("balanced", "random")
    assert assignment.inclusion_probability == 1.0  # two models make one pair
    assert assignment.shown_at <= now()
    assert assignment.reserved_until - assignment.shown_at == timedelta(hours=2)


def test_asking_again_gives_the_same_case_until_it_is_submitted(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    first = next_task_id(study_id=study_id, annotator_id=annotator)

    assert next_task_id(study_id=study_id, annotator_id=annotator) == first
    submit(first, annotator)
    assert next_task_id(study_id=study_id, annotator_id=annotator) != first


def test_twenty_annotators_at_once_never_exceed_the_overlap(database, make_study):
    study_id, people, _ = make_study(
        models=("a1", "b1", "c1", "d1"), n_cases=6, n_annotators=20, overlap=3, pairs_per_case=2
    )

    def work(annotator):
        for step in range(3):
            found = next_task_id(study_id=study_id, annotator_id=annotator)
            if found is not None and step < 2:
                submit(found, annotator, key=f"submission-{annotator}-{step}")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, people))

    given = [
        (row.case_id, frozenset((row.left_output_id, row.right_output_id)), row.annotator_id)
        for row in stored(Assignment)
    ]
    per_unit = Counter((case, pair) for case, pair, _ in given)
    assert max(per_unit.values()) == 3
    assert len(set(given)) == len(given)  # nobody was shown the same pair twice
    assert len(given) == 6 * 2 * 3  # 20 people asked 3 times each for 36 places


def test_two_windows_of_one_annotator_show_the_same_case(database, make_study):
    study_id, (annotator, *_), _ = make_study(n_cases=8)

    with ThreadPoolExecutor(8) as pool:
        found = set(
            pool.map(
                lambda _: next_task_id(study_id=study_id, annotator_id=annotator),
                range(8),
            )
        )

    assert len(found) == 1
    assert len(stored(Assignment)) == 1


def test_a_reservation_that_ran_out_frees_the_case_for_others(database, make_study):
    study_id, (first, second, third), _ = make_study(n_cases=1, overlap=1)
    looked_at = next_task_id(study_id=study_id, annotator_id=first)
    assert next_task_id(study_id=study_id, annotator_id=second) is None

    change(looked_at, reserved_until=now() - timedelta(seconds=1))

    assert next_task_id(study_id=study_id, annotator_id=second) is not None
    assert next_task_id(study_id=study_id, annotator_id=third) is None
    assert next_task_id(study_id=study_id, annotator_id=first) is None


def test_a_case_whose_reservation_ran_out_is_reserved_anew_where_nobody_took_it(
    database, make_study
):
    study_id, (annotator, *_), _ = make_study(n_cases=1, overlap=1)
    found = next_task_id(study_id=study_id, annotator_id=annotator)
    change(found, reserved_until=now() - timedelta(hours=1))

    assert next_task_id(study_id=study_id, annotator_id=annotator) == found

    (assignment,) = stored(Assignment)
    assert assignment.reserved_until > now() + timedelta(hours=1)


def test_a_draft_is_shown_again_even_if_its_reservation_ran_out(database, make_study):
    study_id, (first, second, _), _ = make_study(n_cases=1, overlap=1)
    begun = next_task_id(study_id=study_id, annotator_id=first)
    commands.save_draft(
        assignment_id=begun,
        opening=opened(begun),
        annotator_id=first,
        draft={"comment": "half"},
        active_seconds=1,
    )
    change(begun, reserved_until=now() - timedelta(hours=1))
    next_task_id(study_id=study_id, annotator_id=second)

    assert next_task_id(study_id=study_id, annotator_id=first) == begun


def test_work_is_never_refused_because_a_reservation_ran_out(database, make_study):
    study_id, (first, second, _), _ = make_study(n_cases=1, overlap=1)
    late = next_task_id(study_id=study_id, annotator_id=first)
    change(late, reserved_until=now() - timedelta(hours=30))
    other = next_task_id(study_id=study_id, annotator_id=second)
    submit(other, second, key="key-of-second")

    assert submit(late, first, key="key-of-first").is_new


def test_judges_do_not_take_the_places_of_people(database, make_study):
    study_id, (annotator, *_), ids = make_study(n_cases=1, overlap=1)
    with write_session() as session:
        judge = Annotator(name="judge", kind=AnnotatorKind.JUDGE)
        session.add(judge)
        session.flush()
        session.add(
            Assignment(
                study_id=study_id,
                annotator_id=judge.id,
                case_id=ids["case-0"],
                left_output_id=ids[f"case-0/{MODELS[0]}"],
                right_output_id=ids[f"case-0/{MODELS[1]}"],
                presentation="imported",
                state=AssignmentState.SUBMITTED,
            )
        )

    assert next_task_id(study_id=study_id, annotator_id=annotator) is not None


def test_a_closed_study_gives_nothing_out_and_takes_nothing(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    set_study_open(study_id, is_open=False)

    with pytest.raises(NotFoundError, match="no such study open to you"):
        next_task_id(study_id=study_id, annotator_id=annotator)
    with pytest.raises(OutdatedError, match="drafts are kept"):
        submit(begun, annotator)
    commands.save_draft(
        assignment_id=begun,
        opening=opened(begun),
        annotator_id=annotator,
        draft=draft(),
        active_seconds=0,
    )
    assert task(begun, annotator).draft["preference"] == "left"


def test_a_closed_study_and_one_that_does_not_exist_are_spoken_of_alike(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    set_study_open(study_id, is_open=False)

    said = []
    for asked in (study_id, study_id + 77):
        with pytest.raises(NotFoundError) as refused:
            next_task_id(study_id=asked, annotator_id=annotator)
        said.append(str(refused.value))

    assert said[0] == said[1]
    assert "Which one" not in said[0]


def test_a_retired_case_is_not_given_out(database, make_study):
    from db.models import Case

    study_id, (annotator, *_), ids = make_study(n_cases=2)
    with write_session() as session:
        case = session.get_one(Case, ids["case-0"])
        case.status = "retired"
        session.add(case)
        outdate_units(session, study_id)

    found = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(found, annotator)

    assert stored(Assignment)[0].case_id == ids["case-1"]
    assert next_task_id(study_id=study_id, annotator_id=annotator) is None


def test_an_output_that_arrives_later_is_given_out_too(database, make_study):
    study_id, (annotator, *_), ids = make_study(n_cases=2)
    with write_session() as session:
        missing = session.get_one(Output, ids[f"case-1/{MODELS[0]}"])
        again = Output(run_id=missing.run_id, case_id=missing.case_id, content="Late.")
        forget_units(session, study_id)
        session.delete(missing)
    first = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(first, annotator)
    assert next_task_id(study_id=study_id, annotator_id=annotator) is None

    with write_session() as session:
        session.add(again)
        outdate_units(session, study_id)

    second = next_task_id(study_id=study_id, annotator_id=annotator)
    shown = task(second, annotator)
    assert "Late." in {shown.responses["left"].text, shown.responses["right"].text}


# Drafts


def test_a_draft_survives_a_restart(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    entered = draft(preference="both_bad", value=2, comment="Neither.\nReally 😀 ‮rtl‬")
    entered["tags"]["right"] = {"hallucination": "major"}
    commands.save_draft(
        assignment_id=begun,
        opening=opened(begun),
        annotator_id=annotator,
        draft=entered,
        active_seconds=0,
    )
    engine().dispose()  # all that a new process would not have either

    shown = task(begun, annotator)

    assert shown.draft == entered
    assert not shown.is_submitted
    assert stored(Assignment)[0].state == AssignmentState.DRAFT


def test_a_draft_extends_the_reservation(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    change(begun, reserved_until=now() + timedelta(minutes=1))

    commands.save_draft(
        assignment_id=begun,
        opening=opened(begun),
        annotator_id=annotator,
        draft={},
        active_seconds=0,
    )

    assert stored(Assignment)[0].reserved_until > now() + timedelta(hours=1, minutes=59)


def test_active_time_never_goes_down_nor_beyond_the_time_since_the_case_was_shown(
    database, make_study
):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    change(begun, shown_at=now() - timedelta(seconds=100))

    for seconds in (40, 12.5, 1e9):
        commands.save_draft(
            assignment_id=begun,
            opening=opened(begun),
            annotator_id=annotator,
            draft={},
            active_seconds=seconds,
        )
        if seconds < 1e9:
            assert stored(Assignment)[0].active_seconds == 40

    assert stored(Assignment)[0].active_seconds == pytest.approx(100, abs=20)


def test_somebody_elses_assignment_is_answered_like_one_that_does_not_exist(database, make_study):
    study_id, (owner, other, _), _ = make_study()
    theirs = next_task_id(study_id=study_id, annotator_id=owner)
    sentences = set()
    for assignment_id in (theirs, 987_654):
        for act in (
            lambda i: commands.save_draft(
                assignment_id=i,
                opening=opened(i),
                annotator_id=other,
                draft=draft(),
                active_seconds=0,
            ),
            lambda i: submit(i, other),
            lambda i: commands.skip(
                assignment_id=i, opening=opened(i), annotator_id=other, reason=SkipReason.OTHER
            ),
            lambda i: task(i, other),
        ):
            with pytest.raises(NotFoundError) as caught:
                act(assignment_id)
            sentences.add(str(caught.value))

    assert len(sentences) == 1
    assert stored(Annotation) == []
    assert stored(Assignment)[0].draft is None


@pytest.mark.parametrize(
    "entered",
    [
        "text",
        [1],
        {"preference": "A"},
        {"preference": ["left"]},
        {"scores": {"left": {"helpfulness": "5"}}},
        {"scores": {"left": {"helpfulness": True}}},
        {"scores": {"left": {"helpfulness": float("nan")}}},
        {"scores": {"left": {"helpfulness": 10**400}}},
        {"scores": {"left": [1]}},
        {"tags": {"left": {"format": "k" * 501}}},
        {"tags": {"left": {"format": {}}}},
        {"comment": 5},
        {"comment": "x" * 10_001},
        {"comment": "a\x00b"},
        {"comment": "\ud800"},
        {"tags": {"left": {"a\x00": None}}},
        {"tags": {"left": {"k" * 501: None}}},
    ],
)
def test_a_draft_of_another_shape_is_refused_and_nothing_stored(
    sqlite_database, make_study, entered
):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    with pytest.raises(RefusedError):
        commands.save_draft(
            assignment_id=begun,
            opening=opened(begun),
            annotator_id=annotator,
            draft=entered,
            active_seconds=0,
        )

    assert stored(Assignment)[0].draft is None


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan"), "3", None, True, 10**400])
def test_active_time_that_is_no_time_is_refused(sqlite_database, make_study, seconds):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    with pytest.raises(RefusedError, match="active time"):
        commands.save_draft(
            assignment_id=begun,
            opening=opened(begun),
            annotator_id=annotator,
            draft={},
            active_seconds=seconds,
        )


# Submitting


def test_a_submission_stores_preference_scores_marks_comment_and_time(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    change(begun, shown_at=now() - timedelta(minutes=10))
    entered = draft(preference="right", comment="  Right is shorter. ")
    entered["scores"]["left"]["correctness"] = 1
    entered["tags"]["left"] = {"hallucination": "critical", "verbosity": "minor"}

    result = submit(begun, annotator, entered=entered, seconds=61.5)

    assert (result.revision, result.is_new) == (1, True)
    (assignment,) = stored(Assignment)
    (annotation,) = stored(Annotation)
    assert assignment.state == AssignmentState.SUBMITTED
    assert assignment.draft is None
    assert annotation.preference == "right"
    assert annotation.comment == "Right is shorter."
    assert annotation.active_seconds == 61.5
    values = Counter((score.output_id, score.value) for score in stored(Score))
    left, right = assignment.left_output_id, assignment.right_output_id
    assert values == {(left, 4.0): 2, (left, 1.0): 1, (right, 4.0): 3}
    marks = [(mark.output_id, mark.tag_id is None, mark.severity) for mark in stored(ErrorMark)]
    assert sorted(marks, key=str) == sorted(
        [(left, False, "critical"), (left, False, "minor"), (right, True, None)], key=str
    )


def test_the_same_submission_from_ten_threads_is_stored_once(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda _: submit(begun, annotator), range(10)))

    assert [result.revision for result in results] == [1] * 10
    assert sum(result.is_new for result in results) == 1
    assert len(stored(Annotation)) == 1
    assert len(stored(Score)) == 6


def test_the_same_answers_from_ten_windows_are_stored_once(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    with ThreadPoolExecutor(10) as pool:
        results = list(
            pool.map(lambda n: submit(begun, annotator, key=f"window-{n:03}"), range(10))
        )

    assert sum(result.is_new for result in results) == 1
    assert len(stored(Annotation)) == 1


def test_other_answers_from_a_window_that_does_not_know_of_the_first_are_not_stored(
    database, make_study
):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator, key="window-one", revision=0)

    with pytest.raises(OutdatedError, match="another window"):
        submit(
            begun,
            annotator,
            key="window-two",
            entered=draft(preference="tie"),
            revision=0,
        )

    (annotation,) = stored(Annotation)
    assert annotation.preference == "left"


def test_an_edit_counts_on_from_the_last_revision_even_if_that_only_held_scores(
    database, make_study
):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    with write_session() as session:  # as an import leaves it: a later revision with a score
        session.add(Annotation(assignment_id=begun, revision=2, is_superseded=True))

    edited = submit(begun, annotator, key="key-of-edit", entered=draft(preference="right"))

    assert (edited.revision, edited.is_new) == (3, True)


def test_an_edit_is_a_new_revision_and_the_old_one_stays(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    first = draft()
    first["tags"]["left"] = {"format": "minor"}
    submit(begun, annotator, entered=first)

    result = submit(begun, annotator, key="key-of-edit", entered=draft(preference="tie", value=5))

    assert (result.revision, result.is_new) == (2, True)
    old, new = stored(Annotation)
    assert (old.revision, old.is_superseded, old.preference) == (1, True, "left")
    assert (new.revision, new.is_superseded, new.preference) == (2, False, "tie")
    for table, n in ((Score, 6), (ErrorMark, 2)):
        rows = stored(table)
        assert [row.is_superseded for row in rows] == [True] * n + [False] * n
        assert {row.annotation_id for row in rows[n:]} == {new.id}
    assert task(begun, annotator).draft == draft(preference="tie", value=5)


def test_answers_in_words_are_stored_edited_and_shown_again(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    with write_session() as session:
        rubric_id = session.get_one(Study, study_id).rubric_id
        question = {"key": "why", "question": "Why?", "level": "text", "scale": []}
        session.add(Criterion(rubric_id=rubric_id, position=9, is_required=False, **question))
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    entered = draft() | {"texts": {"left": {"why": " Since 14 March. "}}}
    submit(begun, annotator, entered=entered)

    assert task(begun, annotator).draft["texts"] == {"left": {"why": "Since 14 March."}}
    edited = draft() | {"texts": {"right": {"why": "It is late."}}}
    submit(begun, annotator, key="key-of-edit", entered=edited)

    old, new = stored(Annotation)
    assert (old.is_superseded, old.texts) == (True, {"left": {"why": "Since 14 March."}})
    assert new.texts == {"right": {"why": "It is late."}}
    with read_session() as session:
        entries, _ = own_annotations(session, study_id, annotator_id=annotator, words="late")
    assert [entry.texts for entry in entries] == [("It is late.",)]


def test_a_checklist_is_asked_for_stored_edited_and_shown_again(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    items = [{"key": key, "question": f"{key}?"} for key in ("dated", "polite")]
    with write_session() as session:
        for case in session.exec(select(Case)).all():
            case.checklist = items
            session.add(case)
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    assert [item.key for item in task(begun, annotator).checklist] == ["dated", "polite"]
    with pytest.raises(IncompleteError) as refused:
        submit(begun, annotator)
    assert refused.value.fields == tuple(
        f"{side}.checks.{key}" for side in ("left", "right") for key in ("dated", "polite")
    )

    checks = {"left": {"dated": "yes", "polite": "na"}, "right": {"dated": "no", "polite": "no"}}
    submit(begun, annotator, entered=draft() | {"checks": checks})
    assert task(begun, annotator).draft["checks"] == checks
    edited = {**checks, "left": {"dated": "no", "polite": "na"}}
    submit(begun, annotator, key="key-of-edit", entered=draft() | {"checks": edited})

    rows = stored(CheckAnswer)
    assert [row.is_superseded for row in rows] == [True] * 4 + [False] * 4
    assert [row.value for row in rows] == ["yes", "na", "no", "no", "no", "na", "no", "no"]
    assert task(begun, annotator).draft["checks"] == edited
    bad = draft() | {"checks": {**checks, "left": {"dated": "maybe"}}}
    with pytest.raises(RefusedError):
        submit(begun, annotator, key="key-of-bad", entered=bad)


def test_a_late_repetition_of_an_earlier_revision_changes_nothing(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    submit(begun, annotator, key="key-of-edit", entered=draft(preference="tie"))

    result = submit(begun, annotator)

    assert (result.revision, result.is_new) == (1, False)
    assert [row.is_superseded for row in stored(Annotation)] == [True, False]


def test_an_edit_that_is_not_yet_submitted_survives_a_reload(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)

    commands.save_draft(
        assignment_id=begun,
        opening=opened(begun),
        annotator_id=annotator,
        draft=draft(preference="tie"),
        active_seconds=0,
    )

    shown = task(begun, annotator)
    assert shown.is_submitted
    assert shown.draft["preference"] == "tie"
    assert stored(Annotation)[0].preference == "left"
    assert stored(Assignment)[0].state == AssignmentState.SUBMITTED


def test_a_key_of_another_assignment_is_refused(database, make_study):
    study_id, (first, second, _), _ = make_study()
    submit(next_task_id(study_id=study_id, annotator_id=first), first)
    theirs = next_task_id(study_id=study_id, annotator_id=second)

    with pytest.raises(RefusedError):
        submit(theirs, second)

    assert len(stored(Annotation)) == 1


@pytest.mark.parametrize("key", [None, "", "short", 12345678, "k" * 201, "ключ-ключ"])
def test_a_submission_without_a_usable_key_is_refused(sqlite_database, make_study, key):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    with pytest.raises(RefusedError, match="key"):
        submit(begun, annotator, key=key)


def without(part, side, key):
    entered = draft()
    del entered[part][side][key]
    return entered


def with_tag(key, severity):
    entered = draft()
    entered["tags"]["left"] = {key: severity}
    return entered


@pytest.mark.parametrize(
    ("entered", "fields"),
    [
        (draft(preference=None), ("preference",)),
        (without("scores", "left", "correctness"), ("left.correctness",)),
        (without("scores", "right", "helpfulness"), ("right.helpfulness",)),
        ({}, ("preference", *(f"{side}.{c}" for side in ("left", "right") for c in CRITERIA))),
        (draft(value=6), tuple(f"{side}.{c}" for side in ("left", "right") for c in CRITERIA)),
        (draft(value=2.5), tuple(f"{side}.{c}" for side in ("left", "right") for c in CRITERIA)),
        (with_tag("invented", "minor"), ("left.tags.invented",)),
        (with_tag("format", None), ("left.tags.format",)),
        (with_tag("format", "terrible"), ("left.tags.format",)),
    ],
)
def test_what_is_missing_or_cannot_be_is_named_and_nothing_stored(
    sqlite_database, make_study, entered, fields
):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    with pytest.raises(IncompleteError) as caught:
        submit(begun, annotator, entered=entered or {"preference": None})

    assert caught.value.fields == fields
    assert str(caught.value).startswith("Still to do: ")
    assert stored(Annotation) == []
    assert stored(Assignment)[0].state == AssignmentState.OPEN


def test_only_what_the_study_asks_for_is_stored(database, make_study):
    study_id, (annotator, *_), _ = make_study(collects=frozenset({"preference"}))
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    entered = with_tag("format", "minor") | {"comment": "not asked for"}

    submit(begun, annotator, entered=entered)

    assert stored(Annotation)[0].comment is None
    assert stored(Score) == []
    assert stored(ErrorMark) == []


# Skipping


def test_a_skipped_case_is_free_for_others_and_does_not_come_back(database, make_study):
    study_id, (first, second, _), _ = make_study(n_cases=1, overlap=1)
    begun = next_task_id(study_id=study_id, annotator_id=first)

    for _ in range(2):  # a double press
        commands.skip(
            assignment_id=begun,
            opening=opened(begun),
            annotator_id=first,
            reason="not_my_field",
            note=" Tax law. ",
        )

    (skipped,) = stored(Assignment)
    assert (skipped.state, skipped.skip_reason) == ("skipped", "not_my_field")
    assert skipped.skip_note == "Tax law."
    assert next_task_id(study_id=study_id, annotator_id=first) is None
    assert next_task_id(study_id=study_id, annotator_id=second) is not None


def test_a_draft_that_arrives_after_the_skip_does_not_bring_the_case_back(database, make_study):
    study_id, (annotator, *_), _ = make_study(n_cases=1)
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    commands.skip(
        assignment_id=begun, opening=opened(begun), annotator_id=annotator, reason="other"
    )

    commands.save_draft(
        assignment_id=begun,
        opening=opened(begun),
        annotator_id=annotator,
        draft=draft(),
        active_seconds=0,
    )

    assert stored(Assignment)[0].state == AssignmentState.SKIPPED
    assert next_task_id(study_id=study_id, annotator_id=annotator) is None


def test_what_another_tab_still_submits_for_a_skipped_case_is_not_lost(database, make_study):
    study_id, (annotator, *_), _ = make_study(n_cases=1)
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    commands.skip(
        assignment_id=begun, opening=opened(begun), annotator_id=annotator, reason="other"
    )

    submit(begun, annotator)

    (assignment,) = stored(Assignment)
    assert (assignment.state, assignment.skip_reason) == ("submitted", None)


def test_a_skipped_case_is_explained_and_left_out_of_back_and_forward(database, make_study):
    study_id, (annotator, *_), _ = make_study(n_cases=4)
    begun = []
    for reason in (None, "not_my_field", "other", None):
        begun.append(next_task_id(study_id=study_id, annotator_id=annotator))
        if reason is None:
            submit(begun[-1], annotator, key=f"submission-{begun[-1]}")
        else:
            commands.skip(
                assignment_id=begun[-1],
                opening=opened(begun[-1]),
                annotator_id=annotator,
                reason=reason,
            )
    first, skipped, _, last = begun

    with read_session() as session:
        task = queries.comparison_task(session, last, annotator_id=annotator)
        assert (task.previous_assignment_id, task.next_assignment_id) == (first, None)
        assert queries.beside(session, first, annotator_id=annotator).following == last
        with pytest.raises(RefusedError, match=r"You skipped this case: Not my field\."):
            queries.comparison_task(session, skipped, annotator_id=annotator)


def test_a_submitted_case_cannot_be_skipped(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)

    with pytest.raises(OutdatedError, match="submitted already"):
        commands.skip(
            assignment_id=begun, opening=opened(begun), annotator_id=annotator, reason="other"
        )


@pytest.mark.parametrize("reason", ["", "bored", None, ["other"]])
def test_a_skip_without_a_known_reason_is_refused(sqlite_database, make_study, reason):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    with pytest.raises(RefusedError, match="reasons"):
        commands.skip(
            assignment_id=begun, opening=opened(begun), annotator_id=annotator, reason=reason
        )


def test_a_skip_can_be_undone_and_the_draft_is_still_there(database, make_study):
    study_id, (annotator, *_), _ = make_study(n_cases=1)
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    save(begun, annotator, draft(comment="half"))
    commands.skip(
        assignment_id=begun, opening=opened(begun), annotator_id=annotator, reason="other"
    )

    commands.take_back(assignment_id=begun, annotator_id=annotator, opening=opened(begun))

    (assignment,) = stored(Assignment)
    assert (assignment.state, assignment.skip_reason) == ("draft", None)
    assert assignment.reserved_until > now()
    assert next_task_id(study_id=study_id, annotator_id=annotator) == begun
    assert task(begun, annotator).draft["comment"] == "half"


def test_a_skip_can_be_undone_also_when_somebody_else_has_the_case(database, make_study):
    study_id, (first, second, _), _ = make_study(n_cases=1, overlap=1)
    begun = next_task_id(study_id=study_id, annotator_id=first)
    commands.skip(assignment_id=begun, opening=opened(begun), annotator_id=first, reason="other")
    next_task_id(study_id=study_id, annotator_id=second)

    commands.take_back(assignment_id=begun, annotator_id=first, opening=opened(begun))

    assert submit(begun, first).is_new


def test_nobody_takes_back_what_is_not_theirs_or_not_skipped(database, make_study):
    study_id, (first, second, _), _ = make_study(n_cases=1)
    begun = next_task_id(study_id=study_id, annotator_id=first)
    submit(begun, first)

    with pytest.raises(NotFoundError):
        commands.take_back(assignment_id=begun, annotator_id=second, opening=opened(begun))
    commands.take_back(assignment_id=begun, annotator_id=first, opening=opened(begun))

    assert stored(Assignment)[0].state == "submitted"


# Which page may write


def save(assignment_id, annotator_id, entered, opening=None):
    return commands.save_draft(
        assignment_id=assignment_id,
        annotator_id=annotator_id,
        opening=opening or opened(assignment_id),
        draft=entered,
        active_seconds=0,
    )


def test_a_page_of_another_time_writes_into_no_other_case(database, make_study):
    """Numbers come back with an old database; the token of a case does not."""
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    stale = opened(begun, token="0" * 32)

    for act in (
        lambda: save(begun, annotator, draft(), stale),
        lambda: submit(begun, annotator, token=stale.token),
        lambda: commands.skip(
            assignment_id=begun, annotator_id=annotator, opening=stale, reason="other"
        ),
    ):
        with pytest.raises(OutdatedError, match="no longer there"):
            act()

    (assignment,) = stored(Assignment)
    assert (assignment.state, assignment.draft) == ("open", None)
    assert stored(Annotation) == []


def test_an_older_draft_never_replaces_a_newer_one_of_the_same_page(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    opening = opened(begun)
    texts = {number: draft(comment=f"draft {number}") for number in (1, 2, 3)}

    answers = [
        save(begun, annotator, texts[number], dataclasses.replace(opening, number=number))
        for number in (1, 3, 2, 3)
    ]

    assert [saved.is_newest for saved in answers] == [True, True, False, False]
    assert task(begun, annotator).draft["comment"] == "draft 3"


def test_a_draft_that_arrives_after_the_submission_changes_nothing(database, make_study):
    """Back would show the older answers as those that were submitted."""
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    opening = opened(begun)
    save(begun, annotator, draft(comment="first"), opening)
    submit(begun, annotator, entered=draft(comment="what counts"), session=opening.session)

    for late in (opening, dataclasses.replace(opening, number=9)):
        with pytest.raises(NewerError):
            save(begun, annotator, draft(comment="held up"), late)

    shown = task(begun, annotator)
    assert (shown.draft["comment"], shown.has_edit) == ("what counts", False)
    assert stored(Assignment)[0].draft is None


def test_drafts_and_the_submission_of_one_page_in_any_order_leave_what_was_submitted(
    database, make_study
):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    opening = opened(begun)

    def send(number):
        if number == 5:
            submit(begun, annotator, entered=draft(comment="submitted"))
            return
        with contextlib.suppress(NewerError):
            entered = draft(comment=f"draft {number}")
            save(begun, annotator, entered, dataclasses.replace(opening, number=number + 1))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(send, range(10)))

    assert task(begun, annotator).draft["comment"] == "submitted"
    assert stored(Assignment)[0].draft is None


def test_a_stale_page_does_not_write_over_a_fuller_draft(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    stale, other = opened(begun), opened(begun)
    save(begun, annotator, draft(comment="full"), other)

    with pytest.raises(NewerError) as caught:
        save(begun, annotator, draft(comment="empty"), stale)

    assert caught.value.mark == other.mark
    assert task(begun, annotator).draft["comment"] == "full"
    # Who says that they know of it, because they have been told, may.
    knowing = dataclasses.replace(stale, opened_on=other.mark)
    assert save(begun, annotator, draft(comment="mine"), knowing).is_newest


def test_an_edit_of_a_revision_that_no_longer_counts_is_refused(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator, key="revision-1")
    stale = opened(begun)
    submit(begun, annotator, key="revision-2", entered=draft(preference="tie"))

    with pytest.raises(OutdatedError, match="another window"):
        submit(
            begun,
            annotator,
            key="revision-3",
            entered=draft(preference="right"),
            revision=stale.revision,
        )

    assert [row.preference for row in stored(Annotation) if not row.is_superseded] == ["tie"]


def test_an_edit_can_be_discarded_and_then_nothing_late_brings_it_back(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    editing = opened(begun)
    save(begun, annotator, draft(preference="tie"), editing)
    assert task(begun, annotator).has_edit

    commands.discard_edit(assignment_id=begun, annotator_id=annotator, opening=opened(begun))
    with pytest.raises(NewerError):
        save(begun, annotator, draft(preference="tie"), dataclasses.replace(editing, number=7))

    shown = task(begun, annotator)
    assert (shown.draft["preference"], shown.has_edit) == ("left", False)


def test_a_page_that_has_not_seen_an_edit_does_not_discard_it(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    stale, other = opened(begun), opened(begun)
    save(begun, annotator, draft(preference="tie"), other)

    with pytest.raises(NewerError):
        commands.discard_edit(assignment_id=begun, annotator_id=annotator, opening=stale)
    assert task(begun, annotator).has_edit

    # Whoever sees it may, also where the answer got lost and the same is asked again.
    seeing = dataclasses.replace(other, number=2)
    for _ in range(2):
        commands.discard_edit(assignment_id=begun, annotator_id=annotator, opening=seeing)
    assert not task(begun, annotator).has_edit


def test_an_edit_taken_back_by_hand_is_no_edit(database, make_study):
    """What is stored is what the study asks for, so blanks around the comment make no edit."""
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    before = save(begun, annotator, draft())
    submit(begun, annotator)
    opening = opened(begun)

    changed = save(begun, annotator, draft(preference="tie"), opening)
    back = draft(comment=" ")
    put_back = save(begun, annotator, back, dataclasses.replace(opening, number=2))

    assert [saved.is_edit for saved in (before, changed, put_back)] == [False, True, False]
    assert not task(begun, annotator).has_edit


def test_edits_that_were_not_submitted_are_counted(database, make_study):
    study_id, (annotator, other, _), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    save(begun, annotator, draft(preference="tie"))

    with read_session() as session:
        own = progresses.study_progress(session, study_id, annotator_id=annotator)
        theirs = progresses.study_progress(session, study_id, annotator_id=other)

    assert ([edit.assignment_id for edit in own.edits], theirs.edits) == ([begun], ())


def test_one_key_sent_with_two_cases_at_once_is_stored_once_and_refused_in_words(
    database, make_study
):
    study_id, people, _ = make_study(n_annotators=8)
    begun = [(next_task_id(study_id=study_id, annotator_id=person), person) for person in people]

    def send(pair):
        try:
            return submit(*pair).revision
        except RefusedError as refused:
            return str(refused)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, begun))

    assert answers.count(1) == 1
    assert len(stored(Annotation)) == 1
    assert all("the key of another one" in answer for answer in answers if answer != 1)


def test_a_submission_that_is_withdrawn_is_a_draft_again_and_counts_nowhere(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)

    withdraw(begun, annotator)

    shown = task(begun, annotator)
    assert not shown.is_submitted
    assert shown.draft["preference"] == draft()["preference"]
    assert next_task_id(study_id=study_id, annotator_id=annotator) == begun
    for table in (Annotation, Score, ErrorMark):
        assert all(row.is_superseded for row in stored(table))
    with read_session() as session:
        progress = progresses.study_progress(session, study_id, annotator_id=annotator)
    assert (progress.n_done, progress.last_id) == (0, None)

    assert submit(begun, annotator, key="key-00000002").revision == 2
    assert [row.is_superseded for row in stored(Annotation)] == [True, False]


def test_after_a_while_a_submission_is_not_withdrawn_and_neither_is_an_edit(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    with write_session() as session:
        annotation = session.exec(select(Annotation)).one()
        annotation.submitted_at -= commands.UNDO_WITHIN
        session.add(annotation)

    with pytest.raises(OutdatedError, match="cannot be undone any more"):
        withdraw(begun, annotator)
    submit(begun, annotator, key="key-00000002", entered=draft(comment="Another."))
    with pytest.raises(OutdatedError, match="cannot be undone any more"):
        withdraw(begun, annotator)

    assert task(begun, annotator).is_submitted


def test_an_edit_that_was_not_submitted_outlives_the_withdrawal(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    commands.save_draft(
        assignment_id=begun,
        annotator_id=annotator,
        opening=opened(begun),
        draft=draft(comment="Changed since."),
        active_seconds=0,
    )

    withdraw(begun, annotator)

    assert task(begun, annotator).draft["comment"] == "Changed since."


def test_in_a_closed_study_nothing_is_withdrawn(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)
    submit(begun, annotator)
    set_study_open(study_id, is_open=False)

    with pytest.raises(OutdatedError, match="is closed"):
        withdraw(begun, annotator)

    assert task(begun, annotator).is_submitted


def withdraw(assignment_id, annotator_id):
    commands.withdraw(
        assignment_id=assignment_id, annotator_id=annotator_id, opening=opened(assignment_id)
    )


# What is shown


def test_the_task_holds_nothing_that_identifies_a_model(database, make_study):
    study_id, (annotator, *_), ids = make_study()
    with write_session() as session:
        forget_units(session, study_id)
        for number, output in enumerate(session.exec(select(Output)).all()):
            output.provider = "Nebula Clouds"
            output.cost_usd = 0.123456
            output.latency_ms = 777.25
            output.finish_reason = "stop-sequence"
            output.id += 424_200  # so that an id would be seen
            output.steps = [
                {
                    "role": "assistant",
                    "content": f"Looking it up, as Zephyr 9000 would. {number}",
                    "model": MODELS[0],
                    "tool_calls": [
                        {
                            "id": "toolu_01Xyz",
                            "type": "function",
                            "function": {"name": "ask", "arguments": f'{{"of": "{MODELS[1]}"}}'},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "toolu_01Xyz", "content": "Quasar Pro 3 said"},
                {"role": "assistant", "content": "I am Zephyr-9000, from Nebula Clouds."},
            ]
            session.add(output)
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    # The token is drawn from all digits, and holds any of them by chance.
    shown = repr(dataclasses.replace(task(begun, annotator), token="a token"))

    for secret in (
        "Zephyr",
        "9000",
        "Quasar",
        "Nebula",
        "0.1234",
        "777",
        "stop-seq",
        "4242",
        "toolu",
    ):
        assert secret not in shown
    assert "[name removed]" in shown
    assert ids  # the outputs were there


def test_left_and_right_are_shown_as_they_were_assigned(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    begun = next_task_id(study_id=study_id, annotator_id=annotator)

    shown = task(begun, annotator)

    (assignment,) = stored(Assignment)
    texts = {output.id: output.content for output in stored(Output)}
    assert shown.responses["left"].text == texts[assignment.left_output_id]
    assert shown.responses["right"].text == texts[assignment.right_output_id]
    assert [criterion.key for criterion in shown.criteria] == list(CRITERIA)
    assert shown.collect == {"preference", "scores", "tags", "comment"}
    assert shown.tags[0].severities == (
        TaskSeverity("minor", "minor", 0.0),
        TaskSeverity("major", "major", 0.5),
        TaskSeverity("critical", "critical", 1.0),
    )
    assert shown.messages == ({"role": "user", "content": shown.messages[0]["content"]},)


def test_one_can_go_back_through_ones_own_cases_and_on_again(database, make_study):
    study_id, (annotator, other, _), _ = make_study()
    seen = []
    for number in range(3):
        found = next_task_id(study_id=study_id, annotator_id=annotator)
        next_task_id(study_id=study_id, annotator_id=other)  # not among one's own
        seen.append(found)
        if number < 2:
            submit(found, annotator, key=f"submission-{number}")

    assert task(seen[0], annotator).previous_assignment_id is None
    assert task(seen[0], annotator).next_assignment_id == seen[1]
    assert task(seen[2], annotator).previous_assignment_id == seen[1]
    assert task(seen[2], annotator).next_assignment_id is None
    assert task(seen[1], annotator).is_submitted


def test_progress_counts_ones_own_share_of_what_is_missing(database, make_study):
    study_id, (first, second, third), _ = make_study(n_cases=6, overlap=2)

    def progress(annotator):
        with read_session() as session:
            (found,) = progresses.open_studies(session, annotator_id=annotator)
        return found.n_done, found.n_total

    assert progress(first) == (0, 6)  # alone: every case once
    begun = next_task_id(study_id=study_id, annotator_id=first)
    submit(begun, first)
    assert progress(first) == (1, 6)
    # Three at work: the second finishes the first one's case, the third begins one of the five
    # others. Those lack 5 * 2 - 1 = 9 annotations, of which a third falls to each.
    for annotator in (second, third):
        next_task_id(study_id=study_id, annotator_id=annotator)
    done, total = progress(first)
    assert (done, total) == (1, 1 + 3)


def test_progress_ends_exactly_when_nothing_is_left(database, make_study):
    study_id, people, _ = make_study(n_cases=5, overlap=2)
    n = 0
    while True:
        found = [
            (annotator, next_task_id(study_id=study_id, annotator_id=annotator))
            for annotator in people
        ]
        open_ones = [pair for pair in found if pair[1] is not None]
        if not open_ones:
            break
        for annotator, assignment_id in open_ones:
            shown = task(assignment_id, annotator)
            assert shown.n_done < shown.n_total
            n += 1
            submit(assignment_id, annotator, key=f"submission-{n}")

    assert n == 10  # five cases with two annotators each
    with read_session() as session:
        for annotator in people:
            own = progresses.study_progress(session, study_id, annotator_id=annotator)
            assert own.n_left == 0


def test_closed_studies_are_not_among_the_open_ones(database, make_study):
    study_id, (annotator, *_), _ = make_study()
    set_study_open(study_id, is_open=False)

    with read_session() as session:
        assert progresses.open_studies(session, annotator_id=annotator) == []


# Leaks


def make_leaky_study(policy):
    study_id, people, ids = store_study(
        models=("Zephyr-9000", "Quasar Pro 3", "Plain"), n_cases=3, pairs_per_case=3
    )
    with write_session() as session:
        output = session.get_one(Output, ids["case-0/Plain"])
        output.content = "As an AI language model trained by OpenAI, I like ChatGPT."
        study = session.get_one(Study, study_id)
        study.leak_policy = policy
        session.add_all([output, study])
        outdate_units(session, study_id)
    return study_id, people, ids


def test_leaks_are_counted_with_examples(database):
    study_id, _, _ = make_leaky_study(LeakPolicy.SHOW)

    with read_session() as session:
        found = leak_count(session, study_id)

    assert (found.n_outputs, found.n_leaking) == (9, 1)
    assert found.examples == ("OpenAI",)  # ChatGPT is only mentioned


def test_units_with_a_leak_are_left_out_where_the_study_says_so(database):
    study_id, (annotator, *_), ids = make_leaky_study(LeakPolicy.LEAVE_OUT)
    shown = set()
    while (found := next_task_id(study_id=study_id, annotator_id=annotator)) is not None:
        submit(found, annotator, key=f"submission-{found}")

    for assignment in stored(Assignment):
        shown |= {assignment.left_output_id, assignment.right_output_id}
    assert ids["case-0/Plain"] not in shown
    assert len(stored(Assignment)) == 7  # 3 cases of 3 pairs, less the 2 with that output
    with read_session() as session:
        own = progresses.study_progress(session, study_id, annotator_id=annotator)
    assert (own.n_done, own.n_total) == (7, 7)


@pytest.mark.parametrize(
    ("policy", "is_masked"), [(LeakPolicy.SHOW, False), (LeakPolicy.MASK, True)]
)
def test_names_are_masked_or_shown_as_the_study_says(database, policy, is_masked):
    study_id, (annotator, *_), ids = make_leaky_study(policy)
    with write_session() as session:
        assignment = Assignment(
            study_id=study_id,
            annotator_id=annotator,
            case_id=ids["case-0"],
            left_output_id=ids["case-0/Plain"],
            right_output_id=ids["case-0/Zephyr-9000"],
            presentation="by hand",
        )
        session.add(assignment)
        session.flush()

    text = task(assignment.id, annotator).responses["left"].text

    maker = "[name removed]" if is_masked else "OpenAI"
    assert text == f"As an AI language model trained by {maker}, I like ChatGPT."


def test_the_record_of_a_task_cannot_be_changed(sqlite_database, make_study):
    study_id, (annotator, *_), _ = make_study()
    shown = task(next_task_id(study_id=study_id, annotator_id=annotator), annotator)

    with pytest.raises(dataclasses.FrozenInstanceError):
        shown.responses = {}


# Marks at words


def placed(task, side, quote, /, **fields):
    """Mark words of what is shown on a side, as the annotation screen sends it."""
    start = task.responses[side].text.index(quote)
    mark = {"tag": "tone", "severity": "minor", "start": start, "end": start + len(quote)}
    return mark | {"quote": quote, "note": "", "step": None, "omission": False} | fields


NO_PLACE = {"start": None, "end": None, "quote": None}


def marks_stored():
    return [
        (row.start, row.end, row.quote, row.severity, row.note, row.is_omission)
        for row in stored(ErrorMark)
        if row.tag_id is not None
    ]


def test_marks_at_words_are_stored_come_back_and_submitted_again_change_nothing(
    database, make_study
):
    study_id, (annotator, *_), _ = make_study()
    at = next_task_id(study_id=study_id, annotator_id=annotator)
    shown = task(at, annotator)
    text = shown.responses["left"].text
    words = text.split()[0]
    marks = [
        placed(shown, "left", text, severity="major", note=" all of it "),
        placed(shown, "left", words),
        placed(shown, "left", words, **NO_PLACE, omission=True, note="a greeting"),
    ]
    entered = draft(marks={"left": marks, "right": []})
    entered["tags"]["left"] = {"tone": "critical"}

    submit(at, annotator, entered=entered)

    assert marks_stored() == [
        (None, None, None, "critical", None, False),
        (0, len(text), text, "major", "all of it", False),
        (0, len(words), words, "minor", None, False),
        (None, None, None, "minor", "a greeting", True),
    ]
    clean = [row for row in stored(ErrorMark) if row.tag_id is None]
    assert len(clean) == 1  # the other response: looked, and found none
    again = task(at, annotator).draft
    assert again["marks"]["left"] == [marks[0] | {"note": "all of it"}, *marks[1:]]
    assert again["tags"]["left"] == {"tone": "critical"}
    assert submit(at, annotator, key="key-00000002", entered=again).is_new is False
    del again["marks"]["left"][0]
    assert submit(at, annotator, key="key-00000003", entered=again, revision=1).revision == 2
    assert [row.is_superseded for row in stored(ErrorMark)].count(False) == 4


def test_a_masked_word_is_marked_whole_stored_as_recorded_and_never_shown(database, make_study):
    study_id, (annotator, *_), _ = make_study(leak_policy=LeakPolicy.MASK)
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.content = f"Hello, I am {MODELS[0]} and sure of it."
            session.add(output)
    at = next_task_id(study_id=study_id, annotator_id=annotator)
    shown = task(at, annotator)
    assert "[name removed]" in shown.responses["left"].text
    mark = placed(shown, "left", "removed] and sure")

    submit(at, annotator, entered=draft(marks={"left": [mark]}))

    ((start, end, quote, *_),) = marks_stored()
    assert quote == f"{MODELS[0]} and sure"
    assert stored(Output)[0].content[start:end] == quote
    again = task(at, annotator).draft
    assert again["marks"]["left"][0]["quote"] == "[name removed] and sure"
    assert MODELS[0] not in str(again)
    assert submit(at, annotator, key="key-00000002", entered=again).is_new is False


def store_mark_as(**values):
    """Change the mark that was stored to what an import stores as well."""
    with write_session() as session:
        (mark,) = session.exec(select(ErrorMark).where(ErrorMark.tag_id.is_not(None)))
        for name, value in values.items():
            setattr(mark, name, value)
        session.add(mark)


NAMED = f"Hello, I am {MODELS[0]}. Yes, {MODELS[0]} says so; {MODELS[0]} says so."


@pytest.mark.parametrize(
    ("imported", "quote"),
    [
        pytest.param(
            {**NO_PLACE, "quote": f"{MODELS[0]} says"}, "[name removed] says", id="words said twice"
        ),
        pytest.param({"start": 14, "end": 20, "quote": None}, "[name removed]", id="no words"),
        pytest.param({"start": 14, "end": 20, "quote": "phyr"}, "[name removed]", id="other words"),
        pytest.param(
            {**NO_PLACE, "quote": f"Truly, {MODELS[0]}!"}, "Truly, [name removed]!", id="not held"
        ),
    ],
)
def test_an_imported_mark_is_shown_masked_and_submitted_again_stays_as_it_was(
    database, make_study, imported, quote
):
    study_id, (annotator, *_), _ = make_study(leak_policy=LeakPolicy.MASK)
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.content = NAMED
            session.add(output)
    at = next_task_id(study_id=study_id, annotator_id=annotator)
    mark = placed(task(at, annotator), "left", "Hello")
    submit(at, annotator, entered=draft(marks={"left": [mark]}))
    store_mark_as(**imported)
    before = marks_stored()

    again = task(at, annotator).draft

    assert again["marks"]["left"][0]["quote"] == quote
    assert MODELS[0] not in str(again)
    opening = opened(at)
    changed = save(at, annotator, again | {"comment": "Hm."}, opening)
    back = save(at, annotator, again, dataclasses.replace(opening, number=2))
    assert (changed.is_edit, back.is_edit) == (True, False)
    assert submit(at, annotator, key="key-00000002", entered=again).is_new is False
    again["comment"] = "Hm."
    assert submit(at, annotator, key="key-00000003", entered=again, revision=1).revision == 2
    assert marks_stored() == before * 2


def test_words_of_a_step_with_a_part_whose_text_is_no_text_are_marked_and_stored(
    database, make_study
):
    study_id, (annotator, *_), _ = make_study(leak_policy=LeakPolicy.MASK)
    parts = [{"type": "text", "text": {"value": "hello"}}, {"type": ["text"]}, "Bye."]
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.steps = [{"role": "assistant", "content": parts}]
            session.add(output)
    at = next_task_id(study_id=study_id, annotator_id=annotator)
    with read_session() as session:
        assignment = session.get_one(Assignment, at)
        response = shown_responses(session, session.get_one(Study, study_id), assignment)["left"]
    start = response.raw.index("Bye.")
    mark = {"tag": "tone", "severity": "minor", "start": start, "end": start + 4, "quote": "Bye."}
    entered = draft(marks={"left": [mark]})

    save(at, annotator, entered)
    submit(at, annotator, entered=entered)

    assert marks_stored()[0][:3] == (0, 4, "Bye.")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"quote": "no such words"}, id="other words"),
        pytest.param({"end": 10**6}, id="beyond the text"),
        pytest.param({"tag": "beauty"}, id="a tag the study has not"),
        pytest.param({"severity": None}, id="no severity"),
        pytest.param({"severity": "huge"}, id="a severity the study has not"),
        pytest.param({**NO_PLACE, "step": 0}, id="a step of a response without steps"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_and_nothing_stored(database, make_study, wrong):
    study_id, (annotator, *_), _ = make_study()
    at = next_task_id(study_id=study_id, annotator_id=annotator)
    shown = task(at, annotator)
    mark = placed(shown, "right", shown.responses["right"].text.split()[0], **wrong)

    with pytest.raises(IncompleteError) as refused:
        submit(at, annotator, entered=draft(marks={"right": [mark]}))

    assert refused.value.fields == ("right.marks.0",)
    assert stored(ErrorMark) == []


@pytest.mark.parametrize(
    "marks",
    [
        {"left": "words"},
        {"left": [["tone"]]},
        {"left": [{"tag": "tone", "start": 3}]},
        {"left": [{"tag": "tone", "start": 5, "end": 3}]},
        {"left": [{"tag": "tone", "start": 0.5, "end": 3}]},
        {"left": [{"tag": "tone", "start": 0, "end": 3, "omission": True}]},
        {"left": [{"tag": 7}]},
        {"left": [{"tag": "tone", "quote": "x" * 20_001}]},
        {"left": [{"tag": "tone"}] * 301},
    ],
)
def test_marks_of_another_form_are_refused(marks):
    with pytest.raises(RefusedError):
        parse_draft({"marks": marks})
