"""Statements of the annotation screen, compiled once and run by the driver itself.

SQLAlchemy takes ten times as long to run a small statement as the database does, and a case of
the screen takes twenty. What is written is still SQLAlchemy's, with its types; only the way to the
driver is shorter: no events, no results that are fetched as they are read, and what the session
has not flushed is not seen.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session

from db.columns import DatabaseTable

Values = Mapping[str, Any]
_Processor = Callable[[Any], Any]
_Table = TypeVar("_Table", bound=DatabaseTable)

#: Where a session keeps the connection of the transaction that it is from its begin to its end.
CONNECTION = "connection"


class Prepared:
    """A statement; what it asks for by name is given when it is run."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def all(self, session: Session, asked: Values) -> list[Any]:
        """Return the rows, whose values have the names of the columns."""
        return self._run(session, [asked], is_read=True)

    def first(self, session: Session, asked: Values) -> Any | None:
        """Return the first row, or None."""
        return next(iter(self.all(session, asked)), None)

    def objects(self, session: Session, asked: Values, table: type[_Table]) -> list[_Table]:
        """Return the rows of a table, all columns of it, as the session's own objects.

        What the session has already it keeps as it is there, changed or not, as its own queries do.
        """
        return [_object(session, table, row) for row in self.all(session, asked)]

    def scalar(self, session: Session, asked: Values) -> Any:
        """Return the first value of the first row, or None."""
        row = self.first(session, asked)
        return None if row is None else row[0]

    def run(self, session: Session, *rows: Values) -> None:
        """Write each of the rows; they name the same columns."""
        if rows:
            self._run(session, rows, is_read=False)

    def _run(self, session: Session, rows: Sequence[Values], *, is_read: bool) -> list[Any]:
        connection = session.info.get(CONNECTION)
        if connection is None or not connection.in_transaction():
            connection = session.connection()
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect, rows[0])
        cursor = connection.connection.cursor()
        try:
            if len(rows) == 1:
                cursor.execute(compiled.sql, compiled.bound(rows[0]))
            else:
                cursor.executemany(compiled.sql, [compiled.bound(row) for row in rows])
            return compiled.read(cursor) if is_read else []
        except dialect.loaded_dbapi.Error as error:
            raise exc.DBAPIError.instance(
                compiled.sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect
            ) from error
        finally:
            cursor.close()


def columns_of(table: type[DatabaseTable]) -> list[sa.Column[Any]]:
    """Return the columns of a table, to read its rows as they are."""
    return list(DatabaseTable.metadata.tables[str(table.__tablename__)].columns)


def _object(session: Session, table: type[_Table], row: Any) -> _Table:
    mapper = sa.inspect(table)
    known: _Table | None = session.identity_map.get(mapper.identity_key_from_primary_key((row.id,)))
    if known is not None:
        return known
    made: _Table = mapper.class_manager.new_instance()
    made.__dict__.update(row._asdict())
    make_transient_to_detached(made)
    session.add(made)
    return made


@dataclass(slots=True)
class _Compiled:
    """A statement in the words of one kind of database.

    ``names`` are in the order of the places, where the driver takes values by their places.
    """

    sql: str
    constants: Values
    binds: Mapping[str, _Processor]
    names: Sequence[str] | None
    row: Callable[..., Any]
    types: Sequence[Any]
    dialect: Dialect
    results: Sequence[tuple[int, _Processor]] | None = None

    def bound(self, asked: Values) -> Any:
        values = {**self.constants, **asked}
        for name, process in self.binds.items():
            values[name] = process(values[name])
        return values if self.names is None else [values[name] for name in self.names]

    def read(self, cursor: Any) -> list[Any]:
        results = self.results
        if results is None:  # some drivers tell what they give only with the first answer
            processors = [
                (place, kind.result_processor(self.dialect, told[1]))
                for place, (kind, told) in enumerate(
                    zip(self.types, cursor.description, strict=True)
                )
            ]
            results = self.results = [entry for entry in processors if entry[1] is not None]
        rows: Sequence[Any] = cursor.fetchall()
        if results:
            rows = [list(row) for row in rows]
            for place, process in results:
                for row in rows:
                    row[place] = process(row[place])
        return [self.row(*row) for row in rows]


def _compile(statement: Any, dialect: Dialect, asked: Values) -> _Compiled:
    columns = list(statement.selected_columns) if isinstance(statement, sa.SelectBase) else []
    # What is said to be for many rows is written without being read back.
    compiled = statement.compile(dialect=dialect, column_keys=[*asked], for_executemany=True)
    expanded = compiled.construct_expanded_state(asked)
    binds = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
        if name in expanded.parameters
    }
    keys = [str(column.key) for column in columns]
    return _Compiled(
        sql=expanded.statement,
        constants={name: expanded.parameters[name] for name in expanded.parameters.keys() - asked},
        binds={name: process for name, process in binds.items() if process is not None},
        names=expanded.positiontup,
        row=namedtuple("Row", keys, rename=True),
        types=[column.type.dialect_impl(dialect) for column in columns],
        dialect=dialect,
    )
