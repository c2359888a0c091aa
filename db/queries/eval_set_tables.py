"""What is in an eval set, as tables: its versions, its runs, the cases of a version."""

from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, func

from db.models import Case, EvalSetVersion, Model, Output, Run, VersionCase
from evalkit.vocabulary import TextPlace


def versions(session: Session, *, eval_set_id: int) -> pd.DataFrame:
    """Return one row per version, newest first: its id, number, content_hash, n_cases and so on."""
    parent = sa.alias(sa.inspect(EvalSetVersion).local_table)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(EvalSetVersion.id),
            col(EvalSetVersion.number),
            col(EvalSetVersion.content_hash),
            func.count(col(VersionCase.case_id)).label("n_cases"),
            parent.c.number,
            sa.func.coalesce(col(EvalSetVersion.author), ""),
            col(EvalSetVersion.note),
            col(EvalSetVersion.created_at),
        )
        .join(VersionCase, col(VersionCase.version_id) == col(EvalSetVersion.id), isouter=True)
        .join(parent, parent.c.id == col(EvalSetVersion.parent_id), isouter=True)
        .where(col(EvalSetVersion.eval_set_id) == eval_set_id)
        .group_by(col(EvalSetVersion.id), parent.c.number)
        .order_by(col(EvalSetVersion.number).desc())
    )
    columns = ["version_id", "number", "content_hash", "n_cases"]
    columns += ["parent", "author", "note", "created_at"]
    return pd.DataFrame(session.connection().execute(statement).all(), columns=columns)


def runs(session: Session, *, eval_set_id: int) -> pd.DataFrame:
    """Return one row per run: run_id, model, run, n_outputs, n_empty, n_errors, n_elsewhere.

    A failed output counts as an error, whether anything came of it or not; one whose
    text is elsewhere is not empty.
    """
    is_elsewhere = col(Output.text_place).is_not_distinct_from(TextPlace.ELSEWHERE)
    is_empty = sa.and_(
        col(Output.content) == "", col(Output.error).is_(None), sa.not_(is_elsewhere)
    )
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Run.id).label("run_id"),
            col(Model.name).label("model"),
            col(Run.name).label("run"),
            func.count(col(Output.id)).label("n_outputs"),
            func.sum(sa.case((is_empty, 1), else_=0)).label("n_empty"),
            func.count(col(Output.error)).label("n_errors"),
            func.sum(sa.case((is_elsewhere, 1), else_=0)).label("n_elsewhere"),
        )
        .join(Model, col(Model.id) == Run.model_id)
        .join(Output, col(Output.run_id) == Run.id)
        .where(col(Run.eval_set_id) == eval_set_id)
        .group_by(col(Run.id), col(Model.name), col(Run.name))
        .order_by(col(Model.name), col(Run.name))
    )
    columns = ["run_id", "model", "run", "n_outputs", "n_empty", "n_errors", "n_elsewhere"]
    return pd.DataFrame(session.connection().execute(statement).all(), columns=columns)


def cases(session: Session, *, version_id: int) -> pd.DataFrame:
    """Return one row per case of a version: case_id, key, category, source, status, note, repeats.

    ``repeats`` names the first case of the same content, where there is one before it by name.
    """
    statement = (
        sa.select(
            col(Case.id),
            col(Case.key),
            col(Case.category),
            col(Case.source),
            col(Case.status),
            col(Case.note),
            col(Case.case_hash),
        )
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(col(VersionCase.version_id) == version_id)
        .order_by(col(Case.category), col(Case.key))
    )
    columns = ["case_id", "key", "category", "source", "status", "note", "case_hash"]
    rows = session.connection().execute(statement).all()
    # A column at a time: of a hundred thousand rows pandas else takes longer than the database.
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    frame = pd.DataFrame(dict(zip(columns, values, strict=True)))
    first = frame.groupby("case_hash")["key"].transform("min")
    return frame.assign(repeats=first.where(first != frame["key"])).drop(columns="case_hash")
