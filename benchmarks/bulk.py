"""Write millions of rows: ``executemany`` on SQLite, ``COPY`` on PostgreSQL."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from db.engine import know_tables

_CHUNK = 50_000


def write_rows(connection: Connection, table: str, columns: Mapping[str, Any]) -> None:
    """Write rows given by column: an array or list of all values, or one value for all rows."""
    names = ", ".join(f'"{name}"' for name in columns)
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with raw.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in _rows(columns):
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', _rows(columns))


def prepare(connection: Connection) -> None:
    """Make the connection fit for bulk: moments are in UTC, indexes stay in memory."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TIME ZONE 'UTC'")
    else:
        connection.exec_driver_sql("PRAGMA cache_size = -400000")


def settle(made: Engine, tables: list[str]) -> None:
    """Let the database know its tables, and PostgreSQL number on from the highest id."""
    if made.dialect.name != "postgresql":
        with made.begin() as connection:
            know_tables(connection)
        return
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), "
                f'(SELECT max(id) FROM "{table}"))'
            )
        connection.exec_driver_sql("VACUUM ANALYZE")


def _rows(columns: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    n_rows = max(len(values) for values in columns.values() if _is_column(values))
    for start in range(0, n_rows, _CHUNK):
        stop = min(start + _CHUNK, n_rows)
        yield from zip(
            *(
                _listed(values[start:stop])
                if _is_column(values)
                else itertools.repeat(values, stop - start)
                for values in columns.values()
            ),
            strict=True,
        )


def _is_column(values: Any) -> bool:
    return isinstance(values, np.ndarray | list | range)


def _listed(values: Any) -> Any:
    return values.tolist() if isinstance(values, np.ndarray) else values
