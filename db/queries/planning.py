"""What the plan of a study names: the version of an eval set, runs of models, definitions."""

from sqlmodel import Session, col, select

from db.models import (
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Rubric,
    Run,
    Taxonomy,
    VersionCase,
)
from evalkit.errors import NotFoundError, RefusedError


def newest_version(session: Session, eval_set: str) -> int:
    """Return the id of the newest version of an eval set."""
    version_id = session.exec(
        select(EvalSetVersion.id)
        .join(EvalSet, col(EvalSet.id) == EvalSetVersion.eval_set_id)
        .where(EvalSet.name == eval_set)
        .order_by(col(EvalSetVersion.number).desc())
    ).first()
    if version_id is None:
        known = session.exec(select(EvalSet.name).order_by(EvalSet.name)).all()
        raise NotFoundError(
            f"There is no eval set named “{eval_set}”. "
            + (f"There are: {', '.join(known)}." if known else "Import one first.")
        )
    return version_id


def run_of(session: Session, eval_set: str, version_id: int, wanted: str) -> int:
    """Find the run a model (or ``model:run``) names, and see that it answered something."""
    rows = session.exec(
        select(Run.id, Model.name, Run.name)
        .join(Model, col(Model.id) == Run.model_id)
        .join(EvalSet, col(EvalSet.id) == Run.eval_set_id)
        .where(EvalSet.name == eval_set)
        .order_by(Model.name, Run.name)
    ).all()
    exact = [row for row in rows if f"{row[1]}:{row[2]}" == wanted]
    fitting = exact or [row for row in rows if row[1] == wanted]
    if not fitting:
        known = ", ".join(dict.fromkeys(row[1] for row in rows)) or "none yet"
        raise NotFoundError(
            f"“{eval_set}” holds no outputs of a model named “{wanted}”. It holds: {known}."
        )
    if len(fitting) > 1:
        runs = ", ".join(f"{row[1]}:{row[2]}" for row in fitting)
        raise RefusedError(f"“{wanted}” has several runs. Say which one: {runs}.")
    run_id = fitting[0][0]
    has_answered = session.exec(
        select(Output.id)
        .join(VersionCase, col(VersionCase.case_id) == Output.case_id)
        .where(Output.run_id == run_id, VersionCase.version_id == version_id)
        .limit(1)
    ).first()
    if has_answered is None:
        raise RefusedError(f"“{wanted}” has answered no case of the newest version.")
    assert run_id is not None
    return run_id


def stored_definition(
    session: Session, table: type[Rubric] | type[Taxonomy], name: str | None, *, ready: str
) -> int | None:
    """Return the id of the newest version of a rubric or a taxonomy.

    None where none is named, or the ``ready`` one is and was not stored yet.
    """
    if name is None:
        return None
    statement = select(table.id).where(table.name == name).order_by(col(table.version).desc())
    newest = session.exec(statement).first()
    if newest is None and name != ready:
        raise NotFoundError(f"There is no {table.__tablename__} named “{name}”.")
    return newest
