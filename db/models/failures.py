"""Known failures: what goes wrong, who sees to it, on which cases, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from db.columns import (
    DatabaseTable,
    long_text,
    moment,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import FailureEventKind, FailureState


class KnownFailure(DatabaseTable, table=True):
    """One failure that is followed: a tag of a taxonomy within a scope of an eval set.

    ``taxonomy`` is a name, of all its revisions; ``tag`` the key of a tag as in the version
    ``tag_version``, with all that is nested under it: what became of that tag since is read
    through the changes, whatever else has its key by now.
    Without a ``model_id`` it is of every model, without a ``category`` of all, and ``""`` is that
    of cases without one. Where it is fixed, ``fixed_run_id`` says in which run and ``fixed_at``
    since when. ``key`` is that of the form it was started by: the same again starts nothing.
    """

    __tablename__ = "known_failure"
    __table_args__ = (
        UniqueConstraint("eval_set_id", "title"),
        one_of("state", FailureState),
        CheckConstraint("(state = 'fixed') = (fixed_run_id IS NOT NULL)", name="fixed_in_a_run"),
        CheckConstraint("(fixed_run_id IS NULL) = (fixed_at IS NULL)", name="fixed_at_a_time"),
    )

    id: int | None = row_id()
    eval_set_id: int = reference("eval_set")
    title: str
    taxonomy: str
    tag: str
    tag_version: int | None = None
    model_id: int | None = reference("model", nullable=True)
    category: str | None = None
    owner_id: int | None = reference("annotator", nullable=True)
    state: str = FailureState.OPEN
    fixed_run_id: int | None = reference("run", nullable=True)
    fixed_at: datetime | None = moment(nullable=True)
    key: str | None = Field(default=None, unique=True)
    created_at: datetime = moment()
    created_by_id: int | None = reference("annotator", nullable=True)


class KnownFailureCase(DatabaseTable, table=True):
    """A case of the regression set of a failure, by its content; one that left it stays known."""

    __tablename__ = "known_failure_case"

    failure_id: int = Field(foreign_key="known_failure.id", primary_key=True)
    case_hash: str = Field(primary_key=True)
    is_out: bool = False
    added_at: datetime = moment()


class KnownFailureEvent(DatabaseTable, table=True):
    """What became of a failure, when, by whom and why; rows are only ever added.

    ``before`` and ``after`` are in words, as they were called then.
    """

    __tablename__ = "known_failure_event"
    __table_args__ = (one_of("kind", FailureEventKind),)

    id: int | None = row_id()
    failure_id: int = reference("known_failure", index=True)
    at: datetime = moment()
    actor_id: int | None = reference("annotator", nullable=True)
    kind: str
    before: str | None = long_text(nullable=True)
    after: str | None = long_text(nullable=True)
    reason: str = long_text()
