"""Whom a study is for: everybody, unless it names people or groups."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import Annotator, Assignment, GroupMember, Study, StudyGroup, StudyPerson
from db.prepared import Prepared
from evalkit.errors import NotFoundError
from evalkit.vocabulary import AnnotatorKind

NOT_OPEN = (
    "There is no such study open to you. It may be closed, or the link is wrong. "
    "What you began is kept."
)

_THEIRS = col(StudyPerson.annotator_id) == sa.bindparam("annotator_id")
_OWN_GROUPS = select(GroupMember.name).where(
    col(GroupMember.annotator_id) == sa.bindparam("annotator_id")
)
_PERSON = sa.exists().where(col(StudyPerson.study_id) == Study.id)
_GROUP = sa.exists().where(col(StudyGroup.study_id) == Study.id)

#: Tells in SQL whether a study is for the ``annotator_id`` that it is run with.
IS_FOR = sa.or_(
    sa.not_(sa.or_(_PERSON, _GROUP)),
    _PERSON.where(_THEIRS),
    _GROUP.where(col(StudyGroup.name).in_(_OWN_GROUPS)),
)
_IS_FOR_ONE = Prepared(
    sa.select(col(Study.id)).where(col(Study.id) == sa.bindparam("study_id"), IS_FOR)
)


@dataclass(frozen=True, slots=True)
class Audience:
    """The people, by their ids, and the groups that a study is for; without any, everybody."""

    people: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a study can be for."""

    id: int
    name: str


def is_for(session: Session, study_id: int, *, annotator_id: int) -> bool:
    """Tell whether a study is for somebody."""
    asked = {"study_id": study_id, "annotator_id": annotator_id}
    return _IS_FOR_ONE.first(session, asked) is not None


def require_part(session: Session, study_id: int, *, annotator_id: int) -> None:
    """Refuse who has nothing to do with a study: it is not for them, and they began nothing in it.

    Whoever guesses at addresses learns of no study.
    """
    study = session.get(Study, study_id)
    is_open = study is not None and study.is_open
    if is_open and is_for(session, study_id, annotator_id=annotator_id):
        return
    began = select(Assignment.id).where(
        Assignment.annotator_id == annotator_id, Assignment.study_id == study_id
    )
    if session.exec(began.limit(1)).first() is None:
        raise NotFoundError(NOT_OPEN)


def audience(session: Session, study_id: int) -> Audience:
    """Return whom a study names."""
    people = select(StudyPerson.annotator_id).where(StudyPerson.study_id == study_id)
    groups = select(StudyGroup.name).where(StudyGroup.study_id == study_id)
    return Audience(frozenset(session.exec(people)), frozenset(session.exec(groups)))


def people(session: Session) -> list[Person]:
    """Return everybody who could annotate, by name."""
    rows = session.exec(
        select(Annotator.id, Annotator.name)
        .where(
            Annotator.kind == AnnotatorKind.HUMAN,
            col(Annotator.is_simulated).is_(False),
            col(Annotator.disabled_at).is_(None),
        )
        .order_by(col(Annotator.name))
    )
    return [Person(person_id or 0, name) for person_id, name in rows]


def group_names(session: Session) -> list[str]:
    """Return every group that somebody is in or a study is for, by name."""
    names = {*session.exec(select(GroupMember.name)), *session.exec(select(StudyGroup.name))}
    return sorted(names, key=str.casefold)
