"""How the tables of a database differ from those of this code, and what of it can be mended."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex, CreateTable

import db.models  # noqa: F401  (fills the registry)
from db.columns import DatabaseTable

Mend = Callable[[sa.Connection], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be, in words; ``mend`` is None where it takes a person."""

    what: str
    mend: Mend | None = None


def differences(connection: sa.Connection) -> list[Difference]:
    """Compare a database of the newest schema version with what that version makes.

    Compared are tables, columns with their types, indexes, and the constraints by name; of the
    values a constraint lists, which they are. Tables and indexes of somebody else are left alone.
    """
    context = MigrationContext.configure(connection, opts={"render_as_batch": True})
    differing: list[Difference] = []
    for step in compare_metadata(context, DatabaseTable.metadata):
        for change in step if isinstance(step, list) else [step]:
            differing.extend(_in_words(connection, change))
    tables = set(sa.inspect(connection).get_table_names())
    for table in DatabaseTable.metadata.sorted_tables:
        if table.name in tables:
            differing.extend(_checks(connection, table))
            differing.extend(_counting(connection, table))
    return differing


def mend(connection: sa.Connection) -> tuple[list[str], list[str]]:
    """Make what is missing, as far as that loses nothing; say what was made and what is left."""
    mended: list[str] = []
    while True:  # a table comes without its indexes, a column without its constraints
        differing = differences(connection)
        next_one = next((each for each in differing if each.mend and each.what not in mended), None)
        if next_one is None or next_one.mend is None:
            return mended, [difference.what for difference in differing]
        next_one.mend(connection)
        mended.append(next_one.what)


def _in_words(connection: sa.Connection, change: tuple[Any, ...]) -> Iterator[Difference]:
    """Say one step of Alembic's comparison."""
    kind, *about = change
    subject = about[-1]
    if kind == "add_table":
        yield Difference(f"the table {subject.name} is missing", _executing(CreateTable(subject)))
    elif kind == "add_column":
        yield Difference(
            f"the column {subject.name} of {about[1]} is missing", _adding_column(subject)
        )
    elif kind == "remove_column":
        yield Difference(f"the column {subject.name} of {about[1]} is not known to this evalkit")
    elif kind == "add_index":
        yield Difference(f"the index {subject.name} is missing", _executing(CreateIndex(subject)))
    elif kind in ("add_constraint", "add_fk"):
        yield _missing_constraint(connection, subject)
    elif kind in ("remove_constraint", "remove_fk"):
        yield Difference(
            f"the constraint {subject.name} of {subject.table.name} is not known to this evalkit"
        )
    elif kind.startswith("modify_"):
        _, table, column, *_ = about
        yield Difference(f"the {kind.removeprefix('modify_')} of {table}.{column} is another")


def _checks(connection: sa.Connection, table: sa.Table) -> Iterator[Difference]:
    """Compare the checks, which Alembic does not."""
    checks = {
        check["name"]: check["sqltext"]
        for check in sa.inspect(connection).get_check_constraints(table.name)
    }
    wanted = {
        str(check.name): check
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }
    for name, check in sorted(wanted.items()):
        if name not in checks:
            yield _missing_constraint(connection, check)
        elif _listed(checks[name]) != _listed(str(check.sqltext)):
            yield Difference(f"the constraint {name} of {table.name} allows other values")
    for name in sorted(str(name) for name in checks.keys() - wanted.keys()):
        yield Difference(f"the constraint {name} of {table.name} is not known to this evalkit")


def _listed(condition: str) -> set[str]:
    return set(re.findall(r"'((?:[^']|'')*)'", condition))


def _counting(connection: sa.Connection, table: sa.Table) -> Iterator[Difference]:
    """Find tables of SQLite whose numbers could be given twice."""
    if connection.dialect.name != "sqlite" or list(table.primary_key.columns.keys()) != ["id"]:
        return
    definition = connection.scalar(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"),
        {"name": table.name},
    )
    if "AUTOINCREMENT" not in str(definition).upper():
        yield Difference(f"the numbers of {table.name} can be given twice")


def _missing_constraint(connection: sa.Connection, constraint: Any) -> Difference:
    # SQLite knows constraints only from the moment a table is made.
    can_add = connection.dialect.name != "sqlite"
    return Difference(
        f"the constraint {constraint.name} of {constraint.table.name} is missing",
        _executing(AddConstraint(constraint)) if can_add else None,
    )


def _executing(statement: sa.Executable) -> Mend:
    def run(connection: sa.Connection) -> None:
        connection.execute(statement)

    return run


def _adding_column(column: sa.Column[Any]) -> Mend | None:
    """Add a column with what its rows have by default; None where they would need a value."""
    default = _default(column)
    if not column.nullable and default is None:
        return None

    def run(connection: sa.Connection) -> None:
        quoted = connection.dialect.identifier_preparer.format_table
        words = str(CreateColumn(column).compile(dialect=connection.dialect))
        if not column.nullable:
            words += f" DEFAULT {default}"
        for key in column.foreign_keys:
            target = quoted(key.column.table)
            words += f" CONSTRAINT {key.name} REFERENCES {target} ({key.column.name})"
        table = quoted(column.table)
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {words}")

    return run


def _default(column: sa.Column[Any]) -> str | None:
    """Return what the model puts into a column unasked, as SQL, or None if that is no constant."""
    for mapper in DatabaseTable._sa_registry.mappers:
        if mapper.local_table is column.table:
            value = mapper.class_.model_fields[column.key].default
            if isinstance(value, bool):
                return str(value).lower()
            if isinstance(value, int | float):
                return str(value)
            if isinstance(value, str):
                return "'" + value.replace("'", "''") + "'"
    return None
