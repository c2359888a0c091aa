"""Say whom a study is for, and who is in which groups."""

from collections.abc import Collection

from sqlmodel import Session, col, delete, select

from db.engine import write_session
from db.models import Annotator, AuditEvent, GroupMember, Study, StudyGroup, StudyPerson
from db.queries.annotation.audience import Audience, group_names
from evalkit.errors import NotFoundError, RefusedError
from evalkit.names import normal_name
from evalkit.vocabulary import AnnotatorKind

LONGEST_GROUP = 60


def set_audience(study_id: int, audience: Audience, *, actor_id: int | None = None) -> None:
    """Give out new cases of a study to these alone; to everybody where none is named.

    What somebody began stays theirs to finish.
    """
    with write_session() as session:
        study = session.get(Study, study_id)
        if study is None:
            raise NotFoundError("This study does not exist any more.")
        people, names = _people(session, audience.people), _groups(session, audience.groups)
        for table in (StudyPerson, StudyGroup):
            session.exec(delete(table).where(col(table.study_id) == study_id))
        session.add_all(
            StudyPerson(study_id=study_id, annotator_id=annotator_id) for annotator_id in people
        )
        session.add_all(StudyGroup(study_id=study_id, name=name) for name in names)
        details = {"people": list(people.values()), "groups": names}
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="set audience",
                subject=f"study {study.name}",
                details=details,
            )
        )


def set_groups(annotator_id: int, groups: Collection[str], *, actor_id: int | None = None) -> None:
    """Put somebody into these groups and into no other; a group is there once somebody is in it."""
    with write_session() as session:
        (person,) = _people(session, [annotator_id]).values()
        names = _groups(session, groups)
        session.exec(delete(GroupMember).where(col(GroupMember.annotator_id) == annotator_id))
        session.add_all(GroupMember(annotator_id=annotator_id, name=name) for name in names)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="set groups",
                subject=f"annotator {person}",
                details={"groups": names},
            )
        )


def _people(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the names of people by their ids; refuse what is nobody's, or a judge's."""
    rows = session.exec(
        select(Annotator.id, Annotator.name)
        .where(col(Annotator.id).in_(ids), Annotator.kind == AnnotatorKind.HUMAN)
        .order_by(col(Annotator.name))
    ).all()
    if len(rows) < len(set(ids)):
        raise NotFoundError("One of these people is not there any more. Reload the page.")
    return {annotator_id or 0: name for annotator_id, name in rows}


def _groups(session: Session, names: Collection[str]) -> list[str]:
    """Return the names as they are stored, each once; in other letters it is the same group."""
    known = {name.casefold(): name for name in group_names(session)}
    groups = {known.setdefault(name.casefold(), name) for name in map(normal_name, names)}
    if not all(1 <= len(name) <= LONGEST_GROUP for name in groups):
        raise RefusedError(
            f"A group is named in 1 to {LONGEST_GROUP} characters, by what its people have in "
            "common, such as German."
        )
    return sorted(groups, key=str.casefold)
