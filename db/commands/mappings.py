"""Keep a mapping by its name, and find it again."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from db.engine import read_session, write_session
from db.models import KeptMapping
from evalkit.errors import NotFoundError, RefusedError
from evalkit.formats.read.columns import ColumnMapping, read_mapping

COLUMNS = "columns"
NAMES = "names"
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
    _keep(COLUMNS, name, mapping.pairs, actor_id)
    return mapping


def kept_columns(name: str) -> ColumnMapping:
    """Return a mapping that was kept.

    Raises
    ------
    NotFoundError
        Where none has the name: those that there are.
    """
    with read_session() as session:
        row = _row(session, COLUMNS, name)
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


def keep_names(names: Mapping[str, str], *, actor_id: int | None = None) -> None:
    """Keep which model of ours a name of a leaderboard is, beside those kept before."""
    _keep(NAMES, NAMES, sorted({**kept_names(), **names}.items()), actor_id)


def kept_names() -> dict[str, str]:
    """Return which model of ours a name of a leaderboard is."""
    with read_session() as session:
        row = _row(session, NAMES, NAMES)
        return {} if row is None else dict(row.pairs)


def _keep(kind: str, name: str, pairs: Sequence[object], actor_id: int | None) -> None:
    with write_session() as session:
        row = _row(session, kind, name)
        if row is None:
            row = KeptMapping(kind=kind, name=name, pairs=list(pairs), created_by=actor_id)
        row.pairs = [list(pair) if isinstance(pair, tuple) else pair for pair in pairs]
        session.add(row)


def _row(session: Session, kind: str, name: str) -> KeptMapping | None:
    statement = select(KeptMapping).where(
        col(KeptMapping.kind) == kind, col(KeptMapping.name) == name
    )
    return session.exec(statement).first()
