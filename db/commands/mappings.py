"""Keep a mapping by its name, and find it again."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from db.engine import read_session, write_session
from db.models import KeptMapping
from db.queries.leaderboards import MODELS
from evalkit.errors import NotFoundError, RefusedError
from evalkit.formats.read.mapping import ColumnMapping, read_mapping

COLUMNS = "columns"
_MAX_NAME = 200


def keep_columns(pairs: Sequence[str], *, name: str, actor_id: int | None = None) -> ColumnMapping:
    """Keep a mapping of columns under a name, in place of one that has it already.

    Raises
    ------
    RefusedError
        Where it is no mapping, or the name is empty or too long.
    """
    name = name.strip()
    if not 1 <= len(name) <= _MAX_NAME:
        raise RefusedError(f"The name of a mapping has 1 to {_MAX_NAME} characters.")
    mapping = read_mapping(pairs, name=name)
    with write_session() as session:
        row = _row(session, name) or KeptMapping(kind=COLUMNS, name=name, created_by=actor_id)
        row.pairs = mapping.pairs
        session.add(row)
    return mapping


def keep_models(
    matches: Mapping[str, str | None], *, name: str, actor_id: int | None = None
) -> None:
    """Keep what our models are called elsewhere, under the name of where, in place of before."""
    with write_session() as session:
        row = _row(session, name, kind=MODELS)
        row = row or KeptMapping(kind=MODELS, name=name, created_by=actor_id)
        row.pairs = dict(matches)
        session.add(row)


def kept_columns(name: str) -> ColumnMapping:
    """Return a mapping that was kept.

    Raises
    ------
    NotFoundError
        Where none has the name: those that there are.
    """
    with read_session() as session:
        row = _row(session, name)
        if row is None:
            names = ", ".join(_names(session)) or "none"
            raise NotFoundError(f"There is no mapping {name!r}. There are: {names}.")
        return read_mapping(row.pairs, name=row.name)


def names_of_columns() -> list[str]:
    """Return the names of the mappings of columns that were kept."""
    with read_session() as session:
        return _names(session)


def _names(session: Session) -> list[str]:
    statement = (
        select(KeptMapping.name)
        .where(col(KeptMapping.kind) == COLUMNS)
        .order_by(col(KeptMapping.name))
    )
    return list(session.exec(statement))


def _row(session: Session, name: str, *, kind: str = COLUMNS) -> KeptMapping | None:
    statement = select(KeptMapping).where(
        col(KeptMapping.kind) == kind, col(KeptMapping.name) == name
    )
    return session.exec(statement).first()
