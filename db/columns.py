"""What the tables are built from: their registry, and the few kinds of column they use."""

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, MetaData, Text
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

#: Every constraint has a name, so that a migration can find it on every database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def number_of(row: Any) -> int:
    """Return the id of a row that has one, for it was read or flushed."""
    number: int | None = row.id
    assert number is not None
    return number


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and given back with its zone on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a moment without a zone: it names no moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the zone back to databases that forget it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class DatabaseTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Base of all tables.

    The registry is its own, so that a reload of the tables by Streamlit does not find them
    already defined.
    """


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """Allow only the values of an enum (and nothing, where the column may be empty)."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def in_unit_range(column: str) -> CheckConstraint:
    """Allow only probabilities above zero."""
    return CheckConstraint(f"{column} IS NULL OR ({column} > 0 AND {column} <= 1)", name=column)


def not_negative(column: str) -> CheckConstraint:
    """Allow only amounts."""
    return CheckConstraint(f"{column} IS NULL OR {column} >= 0", name=column)


def row_id() -> Any:
    """Make the key that numbers the rows."""
    return Field(default=None, primary_key=True)


def new_token() -> str:
    """Make up what nobody can guess."""
    return secrets.token_hex(16)


def count_on() -> None:
    """Let SQLite give no number twice, not even that of a row that is gone, as PostgreSQL does.

    A page that is still open on a discarded study would otherwise write into another one.
    """
    for table in DatabaseTable.metadata.tables.values():
        if list(table.primary_key.columns.keys()) == ["id"]:
            table.dialect_options["sqlite"]["autoincrement"] = True


def reference(target: str, *, index: bool = False, nullable: bool = False) -> Any:
    """Point to a row of another table."""
    how: dict[str, Any] = {"foreign_key": f"{target}.id", "nullable": nullable, "index": index}
    return Field(default=None, **how) if nullable else Field(**how)


def moment(*, nullable: bool = False) -> Any:
    """Hold a moment; by default the present one."""
    how: dict[str, Any] = {"sa_type": UtcDateTime(), "nullable": nullable}
    return Field(default=None, **how) if nullable else Field(default_factory=now, **how)


def long_text(*, nullable: bool = False) -> Any:
    """Hold text of any length."""
    how: dict[str, Any] = {"sa_type": Text, "nullable": nullable}
    return Field(default=None if nullable else "", **how)


def json_value(*, nullable: bool = True) -> Any:
    """Hold what a record says, as JSON."""
    how: dict[str, Any] = {"sa_type": JSON(none_as_null=True), "nullable": nullable}
    return Field(default=None, **how)
