"""A study like another one, for the cases that were drawn for people to label."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from db.commands.derived_studies import blinding_of, take_over
from db.commands.units import count_units
from db.engine import write_session
from db.models import AuditEvent, Study, StudyCase
from db.queries.annotation.tasks import COLLECTS, tasks_of
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.errors import NotFoundError, RefusedError

_MOST_LETTERS = 120
#: What a study has of its own, and does not take from the one it is like.
_OWN = {
    *("task_kind", "pairs_per_case", "tasks", *COLLECTS.values()),
    *("id", "name", "overlap", "seed", "n_drawn", "is_open", "are_units_current", "names"),
    *("leak_policy", "created_by_id", "created_at"),
}


def ask_for_labels(
    *,
    like: int,
    name: str,
    drawn: Mapping[int, float],
    collects: str,
    overlap: int,
    seed: int,
    actor_id: int | None = None,
) -> int:
    """Start a study that asks of drawn cases what another study asks, and return its id.

    Of several kinds of task it asks the first that collects what labels are needed of, of every
    case that was drawn: so the odds of a label are those of its case.

    Parameters
    ----------
    like : int
        The id of the study whose models, rubric, taxonomy and instructions it has.
    name : str
    drawn : mapping of int to float
        Case ids, each with its chance to be drawn: every label given out has it in its own.
    collects : str
        Of what labels are needed: ``preference``, ``scores`` or ``tags``.
    overlap : int
        How many people label each.
    seed : int
        By which the cases were drawn.
    actor_id : int, optional

    Raises
    ------
    RefusedError
        Where the name is empty, too long or taken, no case was drawn, or the other study does not
        ask for such labels.
    NotFoundError
        Where there is no study to be like.
    """
    name = name.strip()
    if not name or len(name) > _MOST_LETTERS:
        raise RefusedError(f"Give the study a name of at most {_MOST_LETTERS} characters.")
    if not drawn or overlap < 1:
        raise RefusedError("Nothing would be labelled: draw at least one case for one person.")
    taken = RefusedError(f"There is already a study named “{name}”. Choose another name.")
    try:
        with write_session() as session:
            source = session.get(Study, like)
            if source is None:
                raise NotFoundError("The study these labels are for is gone.")
            if session.exec(select(Study.id).where(Study.name == name)).first():
                raise taken
            task = next((each for each in tasks_of(source) if collects in each.collects), None)
            if task is None:
                raise RefusedError(
                    f"“{source.name}” does not ask people for this, so it cannot be asked for "
                    "again. Start a study that does."
                )
            task = replace(task, overlap=overlap)
            return _stored(session, source, name, drawn, (task, seed), actor_id)
    except IntegrityError:  # somebody else took the name at the same moment
        raise taken from None


def _stored(
    session: Session,
    source: Study,
    name: str,
    drawn: Mapping[int, float],
    task_and_seed: tuple[StudyTask, int],
    actor_id: int | None,
) -> int:
    task, seed = task_and_seed
    asked: dict[str, Any] = {what: key in task.collects for key, what in COLLECTS.items()}
    study = Study(
        **{field: value for field, value in source.model_dump().items() if field not in _OWN},
        **asked,
        name=name,
        task_kind=task.kind.value,
        overlap=task.overlap,
        pairs_per_case=task.per_case,
        seed=seed,
        n_drawn=len(drawn),
        leak_policy=blinding_of(source),
        created_by_id=actor_id,
    )
    session.add(study)
    session.flush()
    assert study.id is not None  # flushed
    take_over(session, source, study)
    session.add_all(
        StudyCase(study_id=study.id, case_id=case_id, inclusion_probability=chance)
        for case_id, chance in drawn.items()
    )
    session.add(
        AuditEvent(
            actor_id=actor_id,
            action="ask for labels",
            subject=f"study {name}",
            details={"like": source.name, "n_cases": len(drawn), "seed": seed},
        )
    )
    session.flush()
    count_units(session, study)
    return study.id
