"""What a study that is made of another one takes over: its models, its people and its blinding."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Session, col, select

from db.columns import number_of
from db.models import Study, StudyCase, StudyGroup, StudyPerson, StudyRun
from db.queries.annotation.tasks import COLLECTS
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.vocabulary import LeakPolicy

MOST_LETTERS = 120
#: What a study has of its own, and does not take from the one it is like.
_OWN = {
    *("task_kind", "pairs_per_case", "tasks", *COLLECTS.values()),
    *("id", "name", "overlap", "seed", "n_drawn", "is_open", "are_units_current", "names"),
    *("leak_policy", "created_by_id", "created_at"),
}


def add_study_like(
    session: Session,
    source: Study,
    *,
    name: str,
    task: StudyTask,
    chances: Mapping[int, float],
    seed: int,
    run_ids: Collection[int] | None = None,
    actor_id: int | None,
) -> Study:
    """Add a study, flushed, that asks one kind of task of some cases as another study does.

    ``chances`` are those of the cases to be among them. With ``run_ids`` it compares these runs
    alone. Its units are left to be counted.
    """
    asked: dict[str, Any] = {what: key in task.collects for key, what in COLLECTS.items()}
    study = Study(
        **{field: value for field, value in source.model_dump().items() if field not in _OWN},
        **asked,
        name=name,
        task_kind=task.kind.value,
        overlap=task.overlap,
        pairs_per_case=task.per_case,
        seed=seed,
        n_drawn=len(chances),
        leak_policy=blinding_of(source),
        created_by_id=actor_id,
    )
    session.add(study)
    session.flush()
    take_over(session, source, study, run_ids=run_ids)
    session.add_all(
        StudyCase(study_id=number_of(study), case_id=case_id, inclusion_probability=chance)
        for case_id, chance in chances.items()
    )
    return study


def take_over(
    session: Session, source: Study, study: Study, *, run_ids: Collection[int] | None = None
) -> None:
    """Let a study, flushed, compare what its source compares and be for whom its source is for.

    With ``run_ids`` it compares these of its source's runs alone.
    """
    study_id = number_of(study)
    runs = select(StudyRun.run_id).where(col(StudyRun.study_id) == source.id)
    if run_ids is not None:
        runs = runs.where(col(StudyRun.run_id).in_(run_ids))
    people = select(StudyPerson.annotator_id).where(col(StudyPerson.study_id) == source.id)
    groups = select(StudyGroup.name).where(col(StudyGroup.study_id) == source.id)
    session.add_all(StudyRun(study_id=study_id, run_id=each) for each in session.exec(runs).all())
    session.add_all(
        StudyPerson(study_id=study_id, annotator_id=each) for each in session.exec(people).all()
    )
    session.add_all(StudyGroup(study_id=study_id, name=each) for each in session.exec(groups).all())


def blinding_of(source: Study) -> LeakPolicy:
    """Return what such a study does with responses that name their maker: never show them.

    That one study shows them was chosen for that one.
    """
    policy = LeakPolicy(source.leak_policy)
    return LeakPolicy.MASK if policy is LeakPolicy.SHOW else policy
