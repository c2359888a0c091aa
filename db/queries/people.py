"""Who is who: the account behind a session, and the list of everybody for admins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, exists, func, select

from db.columns import now
from db.models import Annotator, GroupMember, Invitation, Setting, SignInFailure
from db.prepared import Prepared
from evalkit.names import name_key, normal_name
from evalkit.vocabulary import AnnotatorKind, Role

#: Where the key that signs cookies is kept.
COOKIE_KEY = "cookie_key"
#: Makes the names that redaction gives to people.
PEOPLE_KEY = "people_key"

#: Wrong passwords further apart than this do not belong to one streak.
STREAK_GAP = timedelta(minutes=30)
#: So many wrong passwords in a row cost nothing.
FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class User:
    """The person at the other end of a session."""

    id: int
    name: str
    role: Role
    session_epoch: int
    is_demo: bool

    def may(self, role: Role) -> bool:
        """Tell whether this person may do what a role may do."""
        order = list(Role)
        return order.index(self.role) >= order.index(role)


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the list of people."""

    id: int
    name: str
    role: Role
    has_password: bool
    invited_until: datetime | None
    is_simulated: bool
    is_demo: bool
    disabled_at: datetime | None
    created_at: datetime
    groups: frozenset[str]

    @property
    def may_be_invited(self) -> bool:
        """Tell whether somebody could sign in with a new link."""
        return self.disabled_at is None and not self.is_simulated

    @property
    def state(self) -> str:
        """Say in a word or two where the account stands."""
        if self.disabled_at is not None:
            return "disabled"
        if self.is_simulated:
            return "simulated"
        if self.has_password:
            return "active"
        return "invited" if self.invited_until else "no sign-in"


# Asked with every request: made once, for it takes several times as long to make a statement as to
# run it.
_COOKIE_KEY = Prepared(sa.select(col(Setting.value)).where(col(Setting.key) == COOKIE_KEY))
_AT_EPOCH = Prepared(
    sa.select(
        col(Annotator.id), col(Annotator.name), col(Annotator.role), col(Annotator.is_demo)
    ).where(
        col(Annotator.id) == sa.bindparam("annotator_id"),
        col(Annotator.session_epoch) == sa.bindparam("epoch"),
        col(Annotator.disabled_at).is_(None),
        col(Annotator.kind) == AnnotatorKind.HUMAN,
    )
)


def cookie_key(session: Session) -> str | None:
    """Return the key that signs cookies, or None before anybody has asked for one."""
    key: str | None = _COOKIE_KEY.scalar(session, {})
    return key


def user_of_session(session: Session, *, annotator_id: int, epoch: int) -> User | None:
    """Return the person of a session that has not been ended, nor the demo it is of, or None."""
    who = {"annotator_id": annotator_id, "epoch": epoch}
    row = _AT_EPOCH.first(session, who)
    if row is None or (row.is_demo and is_demo_over(session)):
        return None
    return User(row.id, row.name, Role(row.role), epoch, row.is_demo)


def as_user(annotator: Annotator) -> User:
    """Make the record pages work with."""
    assert annotator.id is not None  # it was read from the database
    return User(
        annotator.id,
        annotator.name,
        Role(annotator.role),
        annotator.session_epoch,
        annotator.is_demo,
    )


def person_called(session: Session, name: str) -> Annotator | None:
    """Find the person of a name: as it is written, else one that people would take for it."""
    people = select(Annotator).where(col(Annotator.kind) == AnnotatorKind.HUMAN)
    exact = session.exec(people.where(col(Annotator.name) == normal_name(name))).first()
    return exact or session.exec(people.where(col(Annotator.name_key) == name_key(name))).first()


def is_first_run(session: Session) -> bool:
    """Tell whether nobody can sign in or was ever invited, so that the first admin may be made."""
    has_password = exists().where(col(Annotator.password_hash).is_not(None))
    has_invitation = exists().where(col(Invitation.id).is_not(None))
    return not session.exec(select(has_password | has_invitation)).one()


def groups_of_people(session: Session) -> dict[int, frozenset[str]]:
    """Return the groups of everybody who is in one, by their ids."""
    groups: dict[int, set[str]] = {}
    for annotator_id, name in session.exec(select(GroupMember.annotator_id, GroupMember.name)):
        groups.setdefault(annotator_id, set()).add(name)
    return {annotator_id: frozenset(names) for annotator_id, names in groups.items()}


def accounts(session: Session) -> list[Account]:
    """Return every person by name: the active first, then the simulated, then the disabled."""
    invited = dict(
        session.exec(
            select(Invitation.annotator_id, Invitation.expires_at)
            .where(col(Invitation.used_at).is_(None), col(Invitation.expires_at) > now())
            .order_by(col(Invitation.expires_at))
        ).all()
    )
    groups = groups_of_people(session)
    people = session.exec(
        select(Annotator)
        .where(col(Annotator.kind) == AnnotatorKind.HUMAN)
        .order_by(
            col(Annotator.disabled_at).is_not(None),
            col(Annotator.is_simulated),
            func.lower(Annotator.name),
        )
    ).all()
    return [
        Account(
            id=person.id or 0,
            name=person.name,
            role=Role(person.role),
            has_password=person.password_hash is not None,
            invited_until=invited.get(person.id or 0),
            is_simulated=person.is_simulated,
            is_demo=person.is_demo,
            disabled_at=person.disabled_at,
            created_at=person.created_at,
            groups=groups.get(person.id or 0, frozenset()),
        )
        for person in people
    ]


def is_demo_over(session: Session) -> bool:
    """Tell whether a real admin is here: from then on nobody gets in by the demo's passwords."""
    real_admin = exists().where(
        col(Annotator.role) == Role.ADMIN,
        col(Annotator.is_demo).is_(False),
        col(Annotator.password_hash).is_not(None),
        col(Annotator.disabled_at).is_(None),
    )
    return session.exec(select(real_admin)).one()


def demo_accounts(session: Session) -> list[User]:
    """Return the ready accounts of the demo, the least powerful first; none anywhere else."""
    if is_demo_over(session):
        return []
    people = session.exec(
        select(Annotator).where(
            col(Annotator.is_demo),
            col(Annotator.password_hash).is_not(None),
            col(Annotator.disabled_at).is_(None),
        )
    ).all()
    return sorted(map(as_user, people), key=lambda user: list(Role).index(user.role))


def invited(session: Session, *, token_hash: str) -> Annotator | None:
    """Return whom an invitation that still holds is for, or None."""
    return session.exec(
        select(Annotator)
        .join(Invitation, col(Invitation.annotator_id) == col(Annotator.id))
        .where(
            col(Invitation.token_hash) == token_hash,
            col(Invitation.used_at).is_(None),
            col(Invitation.expires_at) > now(),
            col(Annotator.disabled_at).is_(None),
        )
    ).first()


def sign_in_wait(session: Session, *, name: str) -> timedelta:
    """Return how long this name has to wait before its next try; zero when it need not."""
    failures = session.exec(
        select(SignInFailure.at)
        .where(col(SignInFailure.name) == name)
        .order_by(col(SignInFailure.at).desc())
        .limit(40)  # far past the longest wait
    ).all()
    at = now()
    streak, later = 0, at
    for failed_at in failures:
        if later - failed_at > STREAK_GAP:
            break
        streak, later = streak + 1, failed_at
    if streak < FREE_ATTEMPTS:
        return timedelta(0)
    wait = min(FIRST_WAIT * 2 ** (streak - FREE_ATTEMPTS), LONGEST_WAIT)
    ready_at: datetime = failures[0] + wait
    return max(ready_at - at, timedelta(0))
