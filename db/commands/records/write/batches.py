"""What all parts of writing an import share: batches, ids reserved in advance, progress."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, inspect, literal, select, text
from sqlmodel import Session, SQLModel

from db.commands.records.staging import Staging
from db.engine import write_session
from db.models import VersionCase
from db.queries.records.rows import batched

#: Rows sent to the database at once.
BATCH = 2_000


@dataclass(slots=True)
class Writing:
    """One import being written: where from, where to, and the ids given out so far.

    ``first`` holds, by table, the id of the first new row; the others follow in their places.
    ``runs``, ``annotators``, ``criteria`` and ``tags`` translate staged numbers into ids.
    """

    session: Session
    staging: Staging
    progress: Callable[[str, int, int], None]
    eval_set_id: int = 0
    first: dict[str, int] = field(default_factory=dict)
    runs: dict[int, int] = field(default_factory=dict)
    annotators: dict[int, int] = field(default_factory=dict)
    criteria: dict[int, int] = field(default_factory=dict)
    tags: dict[int, int] = field(default_factory=dict)
    n_done: int = 0
    n_total: int = 0

    def insert(self, model: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows in batches; every row has the same fields."""
        statement = insert(table_of(model))
        for batch in batched(rows, BATCH):
            self.session.connection().execute(statement, batch)
            self.n_done += len(batch)
            self.progress("Storing", min(self.n_done, self.n_total), self.n_total)

    def copy_version(self, old_id: int, new_id: int) -> None:
        """Give a version the cases of another, with how they came to be in it."""
        held = table_of(VersionCase)
        fields = ("case_id", "stratum", "inclusion_probability")
        columns = [held.c[name] for name in fields]
        old = select(literal(new_id), *columns).where(held.c.version_id == old_id)
        self.session.connection().execute(insert(held).from_select(["version_id", *fields], old))

    def reserve(self, model: type[SQLModel], staged: str) -> None:
        """Reserve ids for the new rows of a staged table."""
        n_new = self.staging.count(f'SELECT COUNT(*) FROM "{staged}" WHERE db_id IS NULL')
        self.first[staged] = _reserved(self.session, model, n_new)
        self.n_total += n_new

    def new_rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """Read staged rows with a cursor of its own, for as long as it takes to write them."""
        yield from self.staging.db.cursor().execute(statement)


def table_of(model: type[SQLModel]) -> Any:
    """Return the table behind a model, for statements that make no objects."""
    return inspect(model).local_table


def _reserved(session: Session, model: type[SQLModel], n_rows: int) -> int:
    """Return the first of ``n_rows`` consecutive ids that nobody else will get."""
    table = table_of(model)
    if session.get_bind().dialect.name != "postgresql":
        # The write lock is ours: nobody can take these before we do. SQLite remembers the last
        # number of rows that are gone, too.
        last_given = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        last = session.scalar(last_given, {"table": table.name})
        return int(last or 0) + 1
    # The lock keeps others from drawing ids for as long as this short transaction takes;
    # ids that are not used after all leave a gap, which is harmless.
    quoted = f'"{table.name}"'
    with write_session() as own:
        own.execute(text(f"LOCK TABLE {quoted} IN SHARE ROW EXCLUSIVE MODE"))
        sequence = own.scalar(
            text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": quoted}
        )
        first = int(own.scalar(text("SELECT nextval(:sequence)"), {"sequence": sequence}) or 0)
        last = first + max(n_rows, 1) - 1
        own.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
    return first
