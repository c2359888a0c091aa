"""Which kinds of task a study asks for, and of which kind an assignment is."""

from itertools import compress
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from db.models import Assignment
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.vocabulary import TaskKind

#: In SQL, of which kind an assignment is; see `kind_of`.
KIND: sa.ColumnElement[str] = sa.case(
    (col(Assignment.third_output_id).is_not(None), TaskKind.RANK.value),
    (col(Assignment.right_output_id).is_(None), TaskKind.SINGLE.value),
    else_=TaskKind.PAIR.value,
)

#: What annotators can be asked for, and the column of a study that says whether they are.
COLLECTS = {
    "preference": "collects_preference",
    "strength": "collects_strength",
    "certainty": "collects_certainty",
    "preferences": "collects_criterion_preferences",
    "scores": "collects_scores",
    "tags": "collects_tags",
    "comment": "collects_comment",
    "assertion": "collects_assertion",
}
#: Asked several times for every case.
_is_collected = attrgetter(*COLLECTS.values())


def tasks_of(study: Any) -> tuple[StudyTask, ...]:
    """Return the kinds of task of a study, at least one."""
    if study.tasks:
        return tuple(map(StudyTask.of_json, study.tasks))
    kind = TaskKind(study.task_kind)
    return (StudyTask(kind, study.overlap, study.pairs_per_case, collected_by(study)),)


def task_of(study: Any, kind: TaskKind) -> StudyTask | None:
    """Return what a study asks for of a kind of task; None where it asks for none of that kind."""
    return next((task for task in tasks_of(study) if task.kind == kind), None)


def kind_of(assignment: Any) -> TaskKind:
    """Return the kind of task of an assignment: it follows from what is shown."""
    if assignment.third_output_id is not None:
        return TaskKind.RANK
    return TaskKind.SINGLE if assignment.right_output_id is None else TaskKind.PAIR


def collected_by(study: Any) -> tuple[str, ...]:
    """Return what annotators of a study give, in any of its kinds of task."""
    return tuple(compress(COLLECTS, _is_collected(study)))


def collected_of_kind(study: Any, kind: TaskKind) -> tuple[str, ...]:
    """Return what an annotator gives in a kind of task.

    What was imported may be of a kind that a study does not ask for: then all that it collects.
    """
    task = task_of(study, kind)
    return collected_by(study) if task is None else task.collects
