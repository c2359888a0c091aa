"""A study like another one, for the cases that were drawn for people to label."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from db.columns import number_of
from db.commands.derived_studies import MOST_LETTERS, add_study_like
from db.commands.units import count_units
from db.engine import write_session
from db.models import AuditEvent, Study
from db.queries.annotation.tasks import tasks_of
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.errors import NotFoundError, RefusedError


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
    if not name or len(name) > MOST_LETTERS:
        raise RefusedError(f"Give the study a name of at most {MOST_LETTERS} characters.")
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
    study = add_study_like(
        session, source, name=name, task=task, chances=drawn, seed=seed, actor_id=actor_id
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
    return number_of(study)
