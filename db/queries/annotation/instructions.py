"""What a study tells its annotators, and whether somebody has read it as it is now."""

import hashlib
from dataclasses import dataclass

from sqlmodel import Session

from db.models import InstructionsRead, Study
from db.queries.annotation.audience import require_part


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a study is about, whom to ask, and the guidelines (Markdown).

    ``tells_agreement`` says that annotators are told at the end how often they chose as others did,
    ``suggests_tags`` that most are offered a tag for what they type.
    """

    about: str
    contact: str
    guidelines: str
    tells_agreement: bool = False
    suggests_tags: bool = False


@dataclass(frozen=True, slots=True)
class OwnInstructions:
    """The instructions for one annotator; ``digest`` names them as they are now.

    ``seed`` is the study's, for what is drawn by lot among its annotators.
    """

    instructions: Instructions
    digest: str
    is_read: bool
    seed: int = 0


def instructions(session: Session, study_id: int) -> Instructions:
    """Return what a study tells its annotators."""
    return _told(session.get_one(Study, study_id))


def reading(session: Session, study_id: int, *, annotator_id: int) -> OwnInstructions:
    """Return what a study tells somebody, and whether they have read it."""
    require_part(session, study_id, annotator_id=annotator_id)
    study = session.get_one(Study, study_id)
    read = session.get(InstructionsRead, (study_id, annotator_id))
    now = digest(study)
    return OwnInstructions(
        _told(study),
        digest=now,
        is_read=read is not None and read.digest == now,
        seed=study.seed,
    )


def digest(study: Study) -> str:
    """Name what a study tells by its words, its rubric and its taxonomy."""
    words = (study.about, study.contact, study.guidelines, study.rubric_id, study.taxonomy_id)
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def _told(study: Study) -> Instructions:
    return Instructions(
        study.about, study.contact, study.guidelines, study.tells_agreement, study.suggests_tags
    )
