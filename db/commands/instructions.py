"""What a study tells its annotators: changed by a lead, read by each of them."""

from contextlib import suppress

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from db.engine import write_session
from db.models import Annotation, AuditEvent, InstructionsRead, Study
from db.queries.annotation.audience import require_part
from db.queries.annotation.instructions import Instructions, digest
from evalkit.errors import NotFoundError, RefusedError

LONGEST_CONTACT = 200


def set_instructions(
    study_id: int, instructions: Instructions, *, actor_id: int | None = None
) -> None:
    """Change what annotators are told; each of them is shown it once more before the next case.

    After which annotation is kept with it: what suggestions do is told of those made while on.
    """
    if len(instructions.contact.strip()) > LONGEST_CONTACT:
        raise RefusedError(f"Say whom to ask in {LONGEST_CONTACT} characters at most.")
    with write_session() as session:
        study = _study(session, study_id)
        study.about = instructions.about.strip()
        study.contact = instructions.contact.strip()
        study.guidelines = instructions.guidelines.strip()
        study.tells_agreement = instructions.tells_agreement
        study.suggests_tags = instructions.suggests_tags
        session.add(study)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="set instructions",
                subject=f"study {study.name}",
                details={
                    "digest": digest(study),
                    "tells agreement": study.tells_agreement,
                    "suggests tags": study.suggests_tags,
                    "after annotation": session.exec(select(func.max(Annotation.id))).one() or 0,
                },
            )
        )


def note_read(study_id: int, *, annotator_id: int, digest: str) -> None:
    """Note that somebody read the instructions that have this digest."""
    read = InstructionsRead(study_id=study_id, annotator_id=annotator_id, digest=digest[:64])
    with suppress(IntegrityError), write_session() as session:  # by another window, just now
        require_part(session, study_id, annotator_id=annotator_id)
        session.merge(read)


def _study(session: Session, study_id: int) -> Study:
    study = session.get(Study, study_id)
    if study is None:
        raise NotFoundError("This study does not exist any more.")
    return study
