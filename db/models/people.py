"""Who is who: annotators, their invitations and what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint
from sqlmodel import Field

from db.columns import (
    DatabaseTable,
    UtcDateTime,
    json_value,
    long_text,
    moment,
    one_of,
    reference,
    row_id,
)
from evalkit.names import name_key
from evalkit.vocabulary import (
    AnnotatorKind,
    Role,
)


def _key_of_name(context: Any) -> str:
    return name_key(context.get_current_parameters()["name"])


class Annotator(DatabaseTable, table=True):
    """Whoever judges: a person (with or without an account) or a judge.

    Without a ``password_hash`` nobody can sign in by password: imported annotators and judges.
    Of kind ``unknown`` or ``merged`` there is one for all people a file does not name, and one for
    all labels that were merged from as many people: ``n_people``, where that is known.
    Raising ``session_epoch`` ends every session of the account.
    """

    __tablename__ = "annotator"
    __table_args__ = (
        UniqueConstraint("kind", "name"),
        Index("ix_annotator_kind_name_key", "kind", "name_key", unique=True),
        one_of("kind", AnnotatorKind),
        one_of("role", Role),
    )

    id: int | None = row_id()
    name: str
    kind: str = AnnotatorKind.HUMAN
    role: str = Role.ANNOTATOR
    password_hash: str | None = None
    session_epoch: int = 0
    n_people: int | None = None
    is_simulated: bool = False
    is_demo: bool = False
    disabled_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()
    #: What names that look alike have in common; whoever shared it before it was kept has another.
    name_key: str | None = Field(
        default=None,
        sa_column=Column(String, nullable=False, default=_key_of_name, server_default=""),
    )


class GroupMember(DatabaseTable, table=True):
    """Somebody is in a group: of those who read German, of those who know medicine."""

    __tablename__ = "group_member"

    annotator_id: int = Field(foreign_key="annotator.id", primary_key=True)
    name: str = Field(primary_key=True, index=True)


class Invitation(DatabaseTable, table=True):
    """A link that lets its holder sign in as one annotator; only its hash is kept."""

    __tablename__ = "invitation"

    id: int | None = row_id()
    token_hash: str = Field(unique=True)
    annotator_id: int = reference("annotator", index=True)
    created_at: datetime = moment()
    expires_at: datetime = Field(sa_column=Column(UtcDateTime(), nullable=False))
    used_at: datetime | None = moment(nullable=True)


class SignInFailure(DatabaseTable, table=True):
    """One wrong password, for whatever name was typed."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_name_at", "name", "at"),)

    id: int | None = row_id()
    name: str
    at: datetime = moment()


class Setting(DatabaseTable, table=True):
    """A value of this installation that must outlive the process, like the cookie key."""

    __tablename__ = "setting"

    key: str = Field(primary_key=True)
    value: str = long_text()


class AuditEvent(DatabaseTable, table=True):
    """Who did what to what; rows are only ever added."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject"),)

    id: int | None = row_id()
    at: datetime = moment()
    actor_id: int | None = reference("annotator", nullable=True)
    action: str
    subject: str
    details: dict[str, Any] | None = json_value()
