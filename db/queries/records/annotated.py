"""Annotations with their assignments: where they come from, and how they came about."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, Case, Output
from evalkit.records.schema import OF_JUDGES
from evalkit.vocabulary import AssignmentKind, AssignmentState, SidesOf

#: Presentations of imported annotations that had no ``assignment`` of their own start so.
IMPORTED = "import:"

#: The policy of what was imported: who stood on which side was not decided here.
IMPORTED_POLICY = "imported"

#: The policy of what was imported from a file that says its sides were dealt evenly.
DEALT_POLICY = "imported, sides dealt"

#: The policy of what was imported from a file that does not know who saw what on which side.
SIDES_UNKNOWN_POLICY = "imported, sides unknown"

#: What is done with the sides of an import, by what its header says of them.
SIDES_POLICIES: dict[str | None, str] = {
    None: IMPORTED_POLICY,
    SidesOf.DEALT: DEALT_POLICY,
    SidesOf.UNKNOWN: SIDES_UNKNOWN_POLICY,
}

#: Stands in an imported presentation before the number of a look after the first.
LOOK = "~"

#: The same before the number of whoever is not named, after the first.
PERSON = "#"

#: The study's own data; the other kinds teach and check.
KINDS = (AssignmentKind.WORK, AssignmentKind.REPEAT)


_TOLD_ONCE = ("seconds", "comment", "assertion", "texts", *OF_JUDGES)


def pair_presentation(left_id: int, right_id: int, look: int = 1) -> str:
    """Return what names two outputs in their order, that a record without ``assignment`` is about.

    ``look`` counts how often its annotator judged them so.
    """
    return f"{IMPORTED}pair:{left_id}>{right_id}" + (f"{LOOK}{look}" if look > 1 else "")


def single_presentation(output_id: int, look: int = 1) -> str:
    """Return what names one output, in the same way."""
    return f"{IMPORTED}single:{output_id}" + (f"{LOOK}{look}" if look > 1 else "")


def assignment_name(key: str | None, presentation: str) -> str | None:
    """Return the ``assignment`` of a record: its own, or what names work given out here."""
    if key is not None or presentation.startswith(IMPORTED):
        return key
    return presentation


def inherited_extras(extras: dict[str, Any]) -> dict[str, Any]:
    """Return what holds for every label of an annotation: time, cost and words are told once."""
    return {key: value for key, value in extras.items() if key not in _TOLD_ONCE}


def annotation_extras(row: Row[Any]) -> dict[str, Any]:
    """Return how an annotation came about, as the optional fields of its first record."""
    is_ours = row.submission_key is not None
    written = row.submitted_at.isoformat() if is_ours and row.created_at is None else row.created_at
    extras = {
        "seconds": row.active_seconds,
        "comment": row.comment or None if is_ours else row.comment,
        "assertion": row.assertion,
        "texts": row.texts,
        "created_at": written,
        "inclusion_probability": row.inclusion_probability,
        "sampling": row.sampling,
        **(row.details or {}),
    }
    return {key: value for key, value in extras.items() if value is not None}


def label_extras(
    details: dict[str, Any] | None, annotation: dict[str, Any], is_first: bool
) -> dict[str, Any]:
    """Return how a label came about: as it says itself, else as its annotation does."""
    if details is not None:
        return details
    return annotation if is_first else inherited_extras(annotation)


def study_annotators(session: Session, *, study_id: int) -> list[tuple[str, str]]:
    """Return kind and name of everybody who was given work in a study, people first."""
    statement = (
        select(col(Annotator.kind), col(Annotator.name))
        .where(
            col(Annotator.id).in_(
                select(col(Assignment.annotator_id)).where(
                    col(Assignment.study_id) == study_id,
                    col(Assignment.kind).in_(KINDS),
                    col(Assignment.state) == AssignmentState.SUBMITTED,
                )
            )
        )
        .order_by(col(Annotator.kind), col(Annotator.name))
    )
    return [(kind, name) for kind, name in session.execute(statement)]


def annotation_rows(study_id: int, *, by_case: bool) -> Any:
    """Select the annotations of a study in the order they were stored, or first by case."""
    left, right = aliased(Output), aliased(Output)
    return (
        select(
            col(Annotation.id),
            col(Annotation.assignment_id),
            col(Annotation.revision),
            col(Annotation.submission_key),
            col(Annotation.submitted_at),
            col(Annotation.active_seconds),
            col(Annotation.preference),
            col(Annotation.strength),
            col(Annotation.certainty),
            col(Annotation.probability),
            col(Annotation.is_unreadable),
            col(Annotation.comment),
            col(Annotation.assertion),
            col(Annotation.texts),
            col(Annotation.is_superseded),
            col(Annotation.created_at),
            col(Annotation.details),
            col(Assignment.presentation),
            col(Assignment.key),
            col(Assignment.sampling),
            col(Assignment.inclusion_probability),
            col(Assignment.annotator_id),
            col(Annotator.name).label("annotator"),
            col(Annotator.kind).label("annotator_kind"),
            col(Annotator.n_people),
            col(Annotator.is_simulated),
            col(Case.id).label("case_id"),
            col(Case.key).label("case_key"),
            col(Case.category),
            col(left.run_id).label("left_run_id"),
            col(right.run_id).label("right_run_id"),
        )
        .join(Assignment, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Annotator, col(Assignment.annotator_id) == col(Annotator.id))
        .join(Case, col(Assignment.case_id) == col(Case.id))
        .join(left, col(left.id) == col(Assignment.left_output_id))
        .outerjoin(right, col(right.id) == col(Assignment.right_output_id))
        .where(col(Assignment.study_id) == study_id, col(Assignment.kind).in_(KINDS))
        .order_by(*([col(Assignment.case_id)] if by_case else []), col(Annotation.id))
    )
