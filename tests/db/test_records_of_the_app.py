"""Annotations that were made here, not imported, leave and come back unchanged."""

import json

import pytest
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.records import import_file, import_records
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, Assignment, ErrorMark, Score
from tests.db.record_files import case, empty_tables, exported, exported_labels, output, table_sizes
from tests.factories import annotate, make_eval_set, make_study, opened

CRITERIA = ("helpfulness", "correctness", "instruction_following")


def draft(preference, *, tags=None, comment="", value=4):
    return {
        "preference": preference,
        "scores": {side: dict.fromkeys(CRITERIA, value) for side in ("left", "right")},
        "tags": {"left": tags or {}, "right": {}},
        "comment": comment,
    }


def submit(assignment_id, annotator_id, entered, key):
    commands.submit(
        assignment_id=assignment_id,
        opening=opened(assignment_id),
        annotator_id=annotator_id,
        draft=entered,
        active_seconds=0,
        submission_key=key,
    )


def store_study():
    """Submit annotations by two people on three models, and edit some; give the study's name."""
    keys = ("c1", "c2")
    outputs = [output(key, model, f"{model} on {key}") for key in keys for model in "ABC"]
    records = [case(key, f"What about {key}?") for key in keys] + outputs
    import_records(records, source_name="the test", eval_set="Support questions")
    plan = StudyPlan(
        name="Study", eval_set="Support questions", models=("A", "B", "C"), pairs_per_case=2
    )
    study_id = create_study(plan)
    with write_session() as session:
        people = [Annotator(name="Ann"), Annotator(name="Bo")]
        session.add_all(people)
        session.flush()
        ids = [person.id for person in people]
    for who in ids:
        for turn in range(3):
            assignment = next_task_id(study_id=study_id, annotator_id=who)
            entered = draft("left", tags={"tone": "minor"} if turn else None, comment="=1+1")
            submit(assignment, who, entered, f"key-{who}-{turn}-first")
            if turn < 2:  # the same output is marked in other assignments too
                changed = draft("tie", tags={"format": "major"} if turn else {"tone": "major"})
                submit(assignment, who, changed, f"key-{who}-{turn}-second")
    return "Study"


@pytest.fixture
def annotated(database, store_once):
    return store_once(store_study)


@pytest.mark.parametrize("include_superseded", [False, True])
def test_export_import_export_gives_the_same_bytes(annotated, tmp_path, include_superseded):
    first = exported(annotated, include_superseded=include_superseded)
    (tmp_path / "export.jsonl").write_text("".join(first), newline="")
    empty_tables()

    import_file(tmp_path / "export.jsonl")

    assert exported(annotated, include_superseded=include_superseded) == first


def test_the_export_holds_what_counts_and_with_the_history_all(annotated):
    with read_session() as session:
        scores = session.exec(select(Score)).all()
        marks = session.exec(select(ErrorMark)).all()
        annotations = session.exec(select(Annotation)).all()

    for include, labels in (
        (False, exported_labels(annotated)),
        (True, exported_labels(annotated, include_superseded=True)),
    ):
        kept = [
            [row for row in rows if include or not row.is_superseded]
            for rows in (annotations, scores, marks)
        ]
        kinds = [label["type"] for label in labels]
        assert [kinds.count(kind) for kind in ("comparison", "score", "error")] == [
            len(rows) for rows in kept
        ]
    assert any(row.is_superseded for row in annotations)


@pytest.mark.parametrize("include_superseded", [False, True])
def test_its_own_export_is_nothing_new(annotated, tmp_path, include_superseded):
    lines = exported(annotated, include_superseded=include_superseded)
    (tmp_path / "export.jsonl").write_text("".join(lines), newline="")
    before = table_sizes(), exported(annotated, include_superseded=True)

    report = import_file(tmp_path / "export.jsonl")

    assert not report.has_news
    assert (table_sizes(), exported(annotated, include_superseded=True)) == before


def test_an_export_of_before_an_edit_is_nothing_new_after_it(annotated, tmp_path):
    lines = exported(annotated)
    (tmp_path / "export.jsonl").write_text("".join(lines), newline="")
    with read_session() as session:
        assignment = session.exec(select(Assignment)).first()
    submit(assignment.id, assignment.annotator_id, draft("both_bad", value=1), "key-the-third")
    before = exported_labels(annotated)

    assert not import_file(tmp_path / "export.jsonl").has_news
    assert exported_labels(annotated) == before


def test_time_and_comment_are_told_once_and_the_moment_with_every_label(annotated):
    compared, *others = [
        label
        for label in exported_labels(annotated, include_superseded=True)
        if label.get("revision", 1) == 1
    ][:4]

    assert compared["comment"] == "=1+1"
    assert not any("comment" in other or "seconds" in other for other in others)
    assert all(other["created_at"] == compared["created_at"] for other in others)


def test_a_score_that_was_taken_back_is_not_told_as_if_it_counted(sqlite_database):
    ids = make_eval_set()
    make_study(ids)
    left, right = "case-0/Model one", "case-0/Model two"
    taken_back = annotate(ids, "Ann", left, right, "left", scores=[(left, "polite", 1)])
    with write_session() as session:
        session.get_one(Annotation, taken_back).is_superseded = True
        for found in session.exec(select(Score)):
            found.is_superseded = True
        assignment = session.exec(select(Assignment.id)).one()
        session.flush()
        session.add(Annotation(assignment_id=assignment, revision=2, preference="tie"))

    labels = exported_labels("Study", include_superseded=True)

    assert [(label["type"], label.get("revision", 1)) for label in labels] == [
        ("comparison", 1),
        ("comparison", 2),
    ]


def test_the_header_names_the_version_by_its_content(annotated, tmp_path):
    header = json.loads(exported(annotated)[0])

    assert header["eval_set"] == "Support questions"
    assert header["study"] == "Study"
    assert "exported_at" not in header  # the same study gives the same bytes


def test_what_was_withdrawn_counts_neither_here_nor_where_the_history_is_read(annotated, tmp_path):
    with read_session() as session:
        last = session.exec(select(Assignment).order_by(Assignment.id.desc())).first()
    before = exported_labels(annotated)
    commands.withdraw(
        assignment_id=last.id, annotator_id=last.annotator_id, opening=opened(last.id)
    )

    counting = exported(annotated)
    (tmp_path / "export.jsonl").write_text(
        "".join(exported(annotated, include_superseded=True)), newline=""
    )
    assert len(exported_labels(annotated)) < len(before)
    empty_tables()
    import_file(tmp_path / "export.jsonl")

    assert exported(annotated) == counting
