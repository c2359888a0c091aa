"""A database of any schema there ever was becomes one of today with every row it held.

The database climbs from the first schema to the newest, one at a time. In each there is a row in
every table that came with it, and a row that fills every column that came with it; of every step
it is told whether it changed any row of before. So what was stored under any schema is followed
through all that came after it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError

from db import revisions, schema
from db.engine import engine

THEN = datetime(2026, 1, 1, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]
OWN = {"alembic_version", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}
#: What is counted anew after a step, from rows that are still there.
COUNTED = {"work_count", "unit", "unit_pair"}
ALL = "*"
#: What a step may change, and why.
CHANGES: dict[str, dict[str, set[str]]] = {
    # The same rows are in asked_verdict: see test_migrations.py.
    "0030": {"asked_pair": {ALL}},
    "0034": {table: {ALL} for table in COUNTED} | {"study": {"are_units_current"}},
    # Names are compared without spelling and maker by then: the key is made of the name.
    "0042": {"public_score": {"model_key"}},
}
#: What cannot be told of a column by itself: a constraint holds over several.
TOGETHER: dict[str, dict[str, Any]] = {
    "annotation": {"preference": "left", "strength": "much", "certainty": "sure"},
    "assignment": {"skip_reason": None, "skip_note": None},
    "known_failure": {"state": "fixed"},
}
#: Columns that hold lists; other JSON is a mapping.
LISTS = {"input", "scale", "tags", "severities"}
TYPICAL: tuple[tuple[Any, Any], ...] = (
    (sa.Boolean, False),
    (sa.DateTime, THEN),
    (sa.Date, THEN.date()),
    (sa.Integer, 1),
    (sa.Float, 0.5),
    (sa.LargeBinary, b"x"),
)
#: Columns that no row here fills: nothing is skipped.
EMPTY = {("assignment", "skip_reason"), ("assignment", "skip_note")}


class Climber:
    """A database that goes up one schema at a time."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        #: The columns of each table that have a value in some row.
        self.filled: dict[str, set[str]] = {}
        self.columns: dict[str, set[str]] = {}
        self._n_values = 0

    def climb(self, step: str) -> None:
        command.upgrade(schema.config(self.connection), step)

    def rows(self) -> Rows:
        """Return every row of every table as the database gives it."""
        tables = set(sa.inspect(self.connection).get_table_names()) - OWN
        return {
            name: [dict(row) for row in self._all(f'SELECT * FROM "{name}"').mappings()]
            for name in sorted(tables)
        }

    def fill(self) -> None:
        """Put two rows into every table that is new, and one into those that have new columns."""
        inspector = sa.inspect(self.connection)
        for name in [each for each, _ in inspector.get_sorted_table_and_fkc_names() if each]:
            columns = set(self._all(f'SELECT * FROM "{name}" LIMIT 0').keys())
            new = columns - self.columns.get(name, set())
            if new and name not in OWN:
                table = sa.Table(name, sa.MetaData(), autoload_with=inspector, resolve_fks=False)
                allowed = self._allowed(inspector, table)
                for nth in range(1 if name in self.columns else 2):
                    self._insert(table, allowed, new, nth=nth)
            self.columns[name] = columns

    def _all(self, statement: str) -> sa.CursorResult[Any]:
        return self.connection.exec_driver_sql(statement)

    def _insert(self, table: sa.Table, allowed: dict[str, str], new: set[str], *, nth: int) -> None:
        """Insert a row that fills all columns, else the new ones, else what has to be filled."""
        whole = {column.name: self._value(column, allowed, nth) for column in table.columns}
        whole |= {n: v for n, v in TOGETHER.get(table.name, {}).items() if n in whole}
        least = {n: v for n, v in whole.items() if not table.columns[n].nullable}
        fresh = {name: whole[name] for name in new}
        key = next(iter(table.primary_key.columns))
        first = sa.select(sa.func.min(key)).scalar_subquery()
        for row in (whole, least | fresh, least):
            if self._does(table.insert().values(row), table.name, row):
                return
        self._does(table.update().where(key == first).values(fresh), table.name, fresh)

    def _does(self, statement: sa.Insert | sa.Update, name: str, row: dict[str, Any]) -> bool:
        try:
            with self.connection.begin_nested():
                self.connection.execute(statement)
        except IntegrityError:
            return False
        self.filled.setdefault(name, set()).update(n for n, v in row.items() if v is not None)
        return True

    def _value(self, column: sa.Column[Any], allowed: dict[str, str], nth: int) -> Any:
        self._n_values += 1
        for key in column.foreign_keys:
            table, _, name = key.target_fullname.partition(".")
            newest = f'SELECT {name} FROM "{table}" ORDER BY {name} DESC LIMIT 2'
            ids = self._all(newest).scalars().all()
            # The second row is of others than the first, and the right one is not the left one.
            is_other = nth ^ column.name.startswith(("right", "second"))
            return ids[-is_other] if ids else None
        if column.primary_key and isinstance(column.type, sa.Integer):
            return 1000 + self._n_values
        if isinstance(column.type, sa.JSON):
            return [] if column.name in LISTS else {}
        values = (value for kind, value in TYPICAL if isinstance(column.type, kind))
        return allowed.get(column.name, next(values, f"{column.name} {self._n_values}"))

    @staticmethod
    def _allowed(inspector: Any, table: sa.Table) -> dict[str, str]:
        """Return the first of the words that a constraint lists for a column."""
        checks = [check["sqltext"] for check in inspector.get_check_constraints(table.name)]
        return {
            column.name: listed[1]
            for column in table.columns
            for check in checks
            if (listed := re.search(rf"^\W*{column.name}\b.*?'(\w+)'", check))
        }


@pytest.fixture(params=["sqlite", "postgres"])
def climber(request: Any, tmp_path: Any, monkeypatch: Any) -> Iterator[Climber]:
    if request.param == "sqlite":
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'old.db'}")
    else:
        request.getfixturevalue("postgres_database")
        with engine().begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
    with schema._rebuilding(None) as connection:
        yield Climber(connection)
    engine().dispose()


def changed(before: list[dict[str, Any]], after: list[dict[str, Any]], may: set[str]) -> list[Any]:
    """Return which rows of before are not among those after, but for what a step may change."""
    if ALL in may:
        return []
    names = set(before[0]) - may if before else set()
    left = [{name: row.get(name, "no column") for name in names} for row in after]
    return [row for row in before if {name: row[name] for name in names} not in left]


@pytest.mark.slow
def test_no_step_from_the_first_schema_to_the_newest_loses_or_changes_a_row(climber):
    script = ScriptDirectory(str(revisions.MIGRATIONS))
    lost = {}
    for step in [step.revision for step in script.walk_revisions()][::-1]:
        before = climber.rows()
        climber.climb(step)
        after = climber.rows()
        for name, rows in before.items():
            may = CHANGES.get(step, {}).get(name, set())
            lost[step, name] = changed(rows, after.get(name, []), may)
        climber.fill()

    assert {place: rows for place, rows in lost.items() if rows} == {}
    empty = {
        (name, column)
        for name, columns in climber.columns.items()
        for column in columns - climber.filled.get(name, set())
        if name not in OWN
    }
    assert empty == EMPTY
    assert schema._broken_references(climber.connection) == set()
