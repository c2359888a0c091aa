"""What holds every kind of task and of mark leaves and comes back to the byte, and as it was."""

from collections import Counter

import pytest
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.records import import_file, import_records
from db.commands.studies import create_study
from db.engine import read_session, write_session
from db.models import Annotator, Study
from db.queries.annotation.task import comparison_task
from db.queries.annotation.tasks import tasks_of
from evalkit.annotation.planning import StudyPlan
from evalkit.vocabulary import TaskKind
from tests.db.record_files import (
    case,
    empty_tables,
    exported,
    labels_of,
    output,
)
from tests.everything import answers, make_mixed_study
from tests.factories import opened

PAIR, SINGLE, RANK = TaskKind.PAIR, TaskKind.SINGLE, TaskKind.RANK
NAME = "All kinds, mixed"
CRITERIA = ("helpfulness", "correctness", "instruction_following")


def judge_everything() -> str:
    """Let two people answer all of the mixed study, and edit the first answer; give its name."""
    study_id = make_mixed_study()
    with write_session() as session:
        people = [Annotator(name="Ann"), Annotator(name="Bo")]
        session.add_all(people)
        session.flush()
        ids = [person.id for person in people]
    for who in ids:
        first = None
        while assignment := next_task_id(study_id=study_id, annotator_id=who):
            submit(assignment, who)
            first = first or assignment
        submit(first, who, comment="On second thoughts.")
    return NAME


def submit(assignment: int, who: int, **changes: str) -> None:
    with read_session() as session:
        task = comparison_task(session, assignment, annotator_id=who)
    commands.submit(
        assignment_id=assignment,
        annotator_id=who,
        opening=opened(assignment),
        draft=answers(task) | changes,
        active_seconds=7.5,
        submission_key=f"submission-{assignment}-{len(changes)}",
    )


def stored(name: str) -> Study:
    with read_session() as session:
        return session.exec(select(Study).where(Study.name == name)).one()


@pytest.fixture
def judged(database, store_once) -> str:
    return store_once(judge_everything)


@pytest.mark.parametrize("include_superseded", [False, True], ids=["what counts", "the history"])
def test_a_study_of_every_kind_and_mark_comes_back_to_the_byte(
    judged, tmp_path, include_superseded
):
    before = exported(judged, include_superseded=include_superseded)
    tasks = tasks_of(stored(judged))
    (tmp_path / "export.jsonl").write_text("".join(before), newline="")
    empty_tables()

    import_file(tmp_path / "export.jsonl")

    assert exported(judged, include_superseded=include_superseded) == before
    labels = labels_of(before)
    # Two cases of two pairs by two people, one ranking by one, three responses by two.
    n_annotations = 2 * 2 * 2 + 1 + 3 * 2
    n_responses = 2 * 8 + 3 + 6
    if not include_superseded:
        assert len({(label["annotator"], label["assignment"]) for label in labels}) == n_annotations
        n_texts = sum(len(label.get("texts", ())) for label in labels)
        assert n_texts == n_responses
        counted = Counter(label["type"] for label in labels)
        assert (counted["comparison"], counted["ranking"]) == (8, 1)
        # Of each response two numbers and two answers; a tag, words and an omission, and of
        # an agent a step besides.
        assert (counted["score"], counted["check"]) == (2 * n_responses, 2 * n_responses)
        n_steps = sum("step" in label and "start" not in label for label in labels)
        assert n_steps > 0
        assert counted["error"] == 3 * n_responses + n_steps
    after = tasks_of(stored(judged))
    assert [(task.kind, task.share, task.per_case, task.overlap) for task in after] == [
        (RANK, 0.25, 3, 1),
        (PAIR, 0.5, 2, 2),
        (SINGLE, 0.25, 3, 2),
    ]
    assert {task.kind: (task.share, task.per_case, task.overlap) for task in tasks} == {
        task.kind: (task.share, task.per_case, task.overlap) for task in after
    }
    assert {task.kind: set(task.collects) for task in tasks} == {
        task.kind: set(task.collects) for task in after
    }


@pytest.mark.parametrize(("kind", "per_case"), [(PAIR, 3), (PAIR, 2), (PAIR, 1), (SINGLE, 3)])
def test_a_study_of_one_kind_keeps_how_many_of_a_case_it_asks(database, tmp_path, kind, per_case):
    models = "ABC"
    records = [case(), *(output(model=model, content=f"I am {model}.") for model in models)]
    import_records(records, source_name="the test", eval_set="Set")
    collects = {"preference"} if kind == PAIR else {"scores"}
    plan = StudyPlan(
        name="One kind",
        eval_set="Set",
        models=models,
        kind=kind,
        pairs_per_case=per_case if kind == PAIR else None,
        collects=frozenset(collects),
        overlap=1,
    )
    study_id = create_study(plan)
    with write_session() as session:
        session.add(ann := Annotator(name="Ann"))
        session.flush()
        who = ann.id
    of_pair = {"preference": "left"}
    given = of_pair if kind == PAIR else {"scores": {"left": dict.fromkeys(CRITERIA, 3)}}
    while assignment := next_task_id(study_id=study_id, annotator_id=who):
        commands.submit(
            assignment_id=assignment,
            annotator_id=who,
            opening=opened(assignment),
            draft=given,
            active_seconds=3,
            submission_key=f"submission-{assignment}",
        )
    before = exported("One kind")
    (tmp_path / "export.jsonl").write_text("".join(before), newline="")
    empty_tables()

    import_file(tmp_path / "export.jsonl")

    after = stored("One kind")
    assert (after.task_kind, after.pairs_per_case, after.tasks) == (kind, per_case, None)
    assert exported("One kind") == before
