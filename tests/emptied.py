"""A PostgreSQL database that is emptied between tests: making one and connecting takes longer."""

import uuid
from collections.abc import Callable
from typing import Any

import psycopg

from db.columns import DatabaseTable
from db.engine import engine
from db.queries.annotation import form, leaks, naming

#: The rows of every table as PostgreSQL copies them, and how far each sequence of ids is.
Content = tuple[dict[str, bytes], list[Any]]

#: What any change of the schema changes, be it of one column.
_STATE = """
    SELECT (SELECT version_num FROM alembic_version), count(*), sum(xmin::text::bigint) FROM (
        SELECT xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT xmin FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT a.xmin FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT t.xmin FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relnamespace = 'public'::regnamespace
    ) AS rows_of_the_schema
"""
_SEQUENCES_BACK = """
    SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE last_value IS NOT NULL
"""


class EmptiedDatabase:
    """One database for the tests of a file, as its template is whenever it is asked for."""

    def __init__(self, server: str, admin: Callable[[str], object], template: str) -> None:
        self._server, self._admin, self._template = server, admin, template
        self._name = ""
        self._connection: psycopg.Connection[Any] | None = None

    def url(self) -> str:
        """Return the URL of the database, emptied, or of a new one where that cannot be done."""
        # What a process remembers of rows that never change in one database.
        for remembered in (form._READ, leaks._FOUND, naming._CASES):
            remembered.clear()
        if not self._empty():
            self.drop()
            self._make()
        return self._url

    def drop(self) -> None:
        """Drop the database, with whatever is connected."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            engine(self._url).dispose()
            self._admin(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    @property
    def _url(self) -> str:
        return f"{self._server}/{self._name}"

    def _make(self) -> None:
        self._name = f"test_{uuid.uuid4().hex}"
        self._admin(f'CREATE DATABASE "{self._name}" TEMPLATE {self._template}')
        self._connection = psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True)
        # Whoever holds rows of a test that is over is not waited for.
        self._connection.execute("SET lock_timeout = '1s'")
        self._connection.execute("SET session_replication_role = replica")
        self._state = self._connection.execute(_STATE).fetchone()
        self._content = rows(self._connection.cursor())

    def _empty(self) -> bool:
        """Put every table and sequence back; tell whether that could be done."""
        if self._connection is None:
            return False
        try:
            if self._connection.execute(_STATE).fetchone() != self._state:
                return False
            with self._connection.transaction():
                put_rows(self._connection.cursor(), self._content)
        except psycopg.Error:
            return False
        return True


def rows(cursor: Any) -> Content:
    """Read every table of a database, and how far each sequence of ids is."""
    tables = {}
    for table in DatabaseTable.metadata.tables:
        with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
            tables[table] = b"".join(copy)
    cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value > 0")
    return tables, cursor.fetchall()


def put_rows(cursor: Any, content: Content) -> None:
    """Put rows in the place of all there are.

    The rows refer to one another as they did: nobody has to look at that again, so that the
    session is a replica's.
    """
    tables, sequences = content
    # Most are empty: looking takes less than deleting.
    looks = (f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables)
    filled = [row[0] for row in cursor.execute(" UNION ALL ".join(looks), prepare=True)]
    if filled:
        cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in filled))
    for table in filter(tables.get, tables):
        with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
            copy.write(tables[table])
    cursor.execute(_SEQUENCES_BACK)
    if sequences:
        cursor.executemany("SELECT setval(%s::regclass, %s)", sequences)
