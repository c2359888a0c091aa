"""Accounts: made, invited, signed in and out, disabled; every step leaves an audit event."""

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, or_, select, update

from db.columns import now, number_of
from db.engine import read_session, write_session
from db.models import Annotator, AuditEvent, Invitation, Setting, SignInFailure
from db.queries.people import (
    COOKIE_KEY,
    PEOPLE_KEY,
    User,
    as_user,
    invited,
    is_demo_over,
    is_first_run,
    person_called,
    sign_in_wait,
)
from evalkit.errors import NotFoundError, RefusedError, TryLaterError, WrongPasswordError
from evalkit.names import name_key, normal_name
from evalkit.vocabulary import AnnotatorKind, Role

INVITATION_LIFE = timedelta(days=14)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 500
LONGEST_NAME = 80
#: Shown on the sign-in page of the demo, and good for nothing else.
DEMO_PASSWORD = "evalkit-demo"
DEMO_PEOPLE = {"ada": Role.ANNOTATOR, "leo": Role.LEAD, "amira": Role.ADMIN}

_HASHER = PasswordHasher()
#: What an unknown name is checked against, so that it takes as long as a known one: a random
#: password nobody kept, hashed once with the parameters above.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$48qvr0WvBSvN8topu3PlEQ"
    "$L0TURsHq72xXxkUaBQ2XYUUZqe/PdlQmIJQQ3q55iyw"
)
_NO_MATCH = "This name and password do not go together."


def ensure_cookie_key() -> str:
    """Return the key that signs cookies, made once per database."""
    return _ensured(COOKIE_KEY)


def ensure_people_key() -> bytes:
    """Return the key by which redaction names people, made once per database."""
    return _ensured(PEOPLE_KEY).encode()


def _ensured(name: str) -> str:
    """Return a secret of this installation; the first who asks for it makes it."""
    with read_session() as session:
        setting = session.get(Setting, name)
        if setting is not None:
            return setting.value
    try:
        with write_session() as session:
            if session.get(Setting, name) is None:
                session.add(Setting(key=name, value=secrets.token_urlsafe(32)))
    except IntegrityError:
        pass  # another process made it at the same moment
    return _ensured(name)


def make_first_admin(*, name: str, password: str) -> User:
    """Make the admin of a new installation; refused as soon as anybody has an account."""
    name, password_hash = checked_name(name), _hash(password, name=name)
    try:
        with write_session() as session:
            if not is_first_run(session):
                raise RefusedError("This installation has its admin already. Sign in instead.")
            # The key is unique, so of two requests at the same moment one fails.
            session.add(Setting(key="first_admin", value=name))
            session.flush()
            admin = person_called(session, name) or Annotator(name=name)
            admin.role, admin.password_hash = Role.ADMIN, password_hash
            admin.is_simulated = False  # an import may have brought somebody of this name
            session.add(admin)
            session.flush()
            _audit(session, "account.first_admin", admin, actor_id=admin.id)
            return as_user(admin)
    except IntegrityError:
        raise RefusedError("Somebody else has just made the admin. Sign in instead.") from None


def sign_in(*, name: str, password: str, is_demo_open: bool = True) -> User:
    """Return the person whose name and password these are.

    Accounts of the demo get in only where it is open and not over.

    The attempt is written down as wrong before the password is checked and struck out when it
    was right: any number of attempts at the same moment are counted. The check itself is slow on
    purpose and holds no lock.
    """
    if "\0" in name:  # no database stores it, and PostgreSQL is not even to be asked
        raise WrongPasswordError(_NO_MATCH)
    key = name_key(name)
    with write_session() as session:
        _one_at_a_time(session, key)
        wait = sign_in_wait(session, name=key)
        if wait:
            raise TryLaterError(
                f"Too many wrong passwords for this name. Try again in {_in_words(wait)}."
            )
        _forget_old_failures(session)
        session.add(SignInFailure(name=key))
        person = person_called(session, name)
        is_open = person is not None and person.disabled_at is None
        if person is not None and person.is_demo:
            is_open = is_open and is_demo_open and not is_demo_over(session)
        stored = person.password_hash if person and is_open else None
    is_right = _verify(stored or _NOBODY, password) and stored is not None
    if not is_right or person is None:
        raise WrongPasswordError(_NO_MATCH)
    with write_session() as session:
        session.exec(delete(SignInFailure).where(col(SignInFailure.name) == key))
        if _HASHER.check_needs_rehash(stored or ""):
            session.exec(
                update(Annotator)
                .where(col(Annotator.id) == person.id)
                .values(password_hash=_HASHER.hash(password))
            )
        _audit(session, "session.signed_in", person, actor_id=person.id)
    return as_user(person)


def sign_out(*, annotator_id: int) -> None:
    """End every session of an account, wherever it is open."""
    with write_session() as session:
        person = _by_id(session, annotator_id)
        person.session_epoch += 1
        _audit(session, "session.signed_out", person, actor_id=annotator_id)


def add_account(*, name: str, role: Role, actor_id: int | None = None) -> str:
    """Add a person and return the token of the invitation that lets them in."""
    name = checked_name(name)
    try:
        with write_session() as session:
            if known := person_called(session, name):
                raise RefusedError(
                    f"There is somebody called {known.name} already. Use another name."
                )
            person = Annotator(name=name, role=role)
            session.add(person)
            session.flush()
            _audit(session, "account.added", person, actor_id=actor_id, role=role.value)
            return _invite(session, person, actor_id=actor_id)
    except IntegrityError:
        raise RefusedError(f"There is somebody called {name} already. Use another name.") from None


def invite(*, annotator_id: int, actor_id: int | None = None) -> str:
    """Return the token of a new invitation; the ones before it stop working."""
    with write_session() as session:
        person = _by_id(session, annotator_id)
        if person.disabled_at is not None:
            raise RefusedError(f"{person.name} is disabled. Enable the account first.")
        if person.is_simulated:
            raise RefusedError(f"{person.name} is simulated: nobody signs in as them.")
        if person.is_demo and is_demo_over(session):
            raise RefusedError(
                f"{person.name} is an account of the demo, which is over. Add the person anew, "
                "under another name."
            )
        return _invite(session, person, actor_id=actor_id)


def accept_invitation(*, token: str, password: str | None) -> User:
    """Use an invitation up: set the password, or with None sign in this once without one."""
    with read_session() as session:
        person = invited(session, token_hash=token_hash(token))
    if person is None:
        raise RefusedError("This invitation has been used, replaced or has run out.")
    password_hash = _hash(password, name=person.name) if password is not None else None
    with write_session() as session:
        used = session.exec(
            update(Invitation)
            .where(
                col(Invitation.token_hash) == token_hash(token),
                col(Invitation.used_at).is_(None),
            )
            .values(used_at=now())
        )
        if used.rowcount != 1:
            raise RefusedError("This invitation has been used, replaced or has run out.")
        person = _by_id(session, number_of(person))
        if password_hash is not None:
            person.password_hash = password_hash
            person.session_epoch += 1
            session.exec(
                delete(SignInFailure).where(col(SignInFailure.name) == name_key(person.name))
            )
        action = "session.signed_in_by_link" if password is None else "account.password_set"
        _audit(session, action, person, actor_id=person.id)
        return as_user(person)


def set_disabled(*, annotator_id: int, disabled: bool, actor_id: int | None = None) -> None:
    """Close an account and end its sessions, or open it again; what it stored stays."""
    with write_session() as session:
        person = _by_id(session, annotator_id)
        if (person.disabled_at is not None) == disabled:
            return
        if disabled and person.role == Role.ADMIN and not _has_other_admin(session, person):
            raise RefusedError(f"{person.name} is the only admin. Make another admin first.")
        person.disabled_at = now() if disabled else None
        person.session_epoch += 1
        session.exec(
            delete(Invitation).where(
                col(Invitation.annotator_id) == annotator_id, col(Invitation.used_at).is_(None)
            )
        )
        _audit(
            session,
            "account.disabled" if disabled else "account.enabled",
            person,
            actor_id=actor_id,
        )


def set_role(*, annotator_id: int, role: Role, actor_id: int | None = None) -> None:
    """Give an account another role, from the next click on."""
    with write_session() as session:
        person = _by_id(session, annotator_id)
        if person.role == role:
            return
        if (
            person.role == Role.ADMIN
            and person.disabled_at is None
            and not _has_other_admin(session, person)
        ):
            raise RefusedError(f"{person.name} is the only admin. Make another admin first.")
        _audit(session, "account.role", person, actor_id=actor_id, was=person.role, now=role.value)
        person.role = role


def add_demo_accounts() -> list[User]:
    """Make the ready accounts of the demo, or return those there are."""
    hashes = {name: _HASHER.hash(DEMO_PASSWORD) for name in DEMO_PEOPLE}
    with write_session() as session:
        made = []
        for name, role in DEMO_PEOPLE.items():
            person = person_called(session, name)
            if person is None:
                person = Annotator(name=name, role=role, is_demo=True, password_hash=hashes[name])
                session.add(person)
                session.flush()
                _audit(session, "account.added", person, actor_id=None, role=role.value)
            made.append(as_user(person))
        return made


def token_hash(token: str) -> str:
    """Return what is kept of an invitation: enough to know it again, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def checked_name(name: str) -> str:
    """Return a name as it is stored, or refuse it."""
    name = normal_name(name)
    if not name_key(name):
        raise RefusedError("The name is empty. Type the name this person is known by.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise RefusedError(f"A name is up to {LONGEST_NAME} ordinary characters long.")
    return name


def _hash(password: str, *, name: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise RefusedError(
            f"The password has {len(password)} characters. Use at least {SHORTEST_PASSWORD}; "
            "four or five words are easy to keep in mind."
        )
    if len(password) > LONGEST_PASSWORD:
        raise RefusedError(f"A password is at most {LONGEST_PASSWORD} characters long.")
    if password.casefold() == name.casefold():
        raise RefusedError("The password is the name. Choose another one.")
    return _HASHER.hash(password)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


def _invite(session: Session, person: Annotator, *, actor_id: int | None) -> str:
    token = secrets.token_urlsafe(24)
    session.exec(
        delete(Invitation).where(
            col(Invitation.annotator_id) == person.id, col(Invitation.used_at).is_(None)
        )
    )
    session.add(
        Invitation(
            token_hash=token_hash(token),
            annotator_id=number_of(person),
            expires_at=now() + INVITATION_LIFE,
        )
    )
    _audit(session, "account.invited", person, actor_id=actor_id)
    return token


def _by_id(session: Session, annotator_id: int) -> Annotator:
    person = session.get(Annotator, annotator_id)
    if person is None or person.kind != AnnotatorKind.HUMAN:
        raise NotFoundError("There is no such person.")
    return person


def _has_other_admin(session: Session, person: Annotator) -> bool:
    """Tell whether somebody else can look after people; the admins are held until the end."""
    others = session.exec(
        select(Annotator.id)
        .where(
            col(Annotator.id) != person.id,
            col(Annotator.role) == Role.ADMIN,
            col(Annotator.disabled_at).is_(None),
            # Whoever was only invited may never come, and then nobody could let people in.
            col(Annotator.password_hash).is_not(None),
            # Without a real admin the demo would open again, with its well-known passwords.
            or_(col(Annotator.is_demo).is_(False), person.is_demo),
        )
        .with_for_update()
    )
    return bool(others.all())


def _one_at_a_time(session: Session, name: str) -> None:
    """Let sign-ins of one name wait for each other; on SQLite every write does anyway."""
    if session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))").bindparams(name=name)
        session.connection().execute(lock)


def _forget_old_failures(session: Session) -> None:
    long_ago = now() - timedelta(days=1)
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) < long_ago))


def _audit(
    session: Session, action: str, person: Annotator, *, actor_id: int | None, **details: str
) -> None:
    session.add(
        AuditEvent(
            actor_id=actor_id,
            action=action,
            subject=f"annotator:{person.id}",
            details={"name": person.name, **details},
        )
    )


def _in_words(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
