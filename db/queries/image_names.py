"""What images of an eval set are called, what became of them, and who looked at one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Annotator,
    AskedCase,
    Assignment,
    AuditEvent,
    Case,
    Image,
    NamedImage,
    Output,
    Run,
    Study,
)
from db.queries.records.annotated import SIDES_POLICIES
from evalkit.images.references import references
from evalkit.phrases import counted, joined
from evalkit.vocabulary import SIDES, AskedState, AssignmentState

#: What is said in the log of an image whose name has another one now, or none.
REPLACED, REMOVED = "replace image", "remove image"
#: How many characters of a hash tell images apart.
_SHOWN = 12
_ASKED = (AskedState.ASKED, AskedState.ANSWERED)


@dataclass(frozen=True, slots=True)
class ImageChanged:
    """One time that a name got another image, or none (``now`` is None then); both by hash."""

    name: str
    former: str
    now: str | None
    by: str
    at: datetime

    @property
    def sentence(self) -> str:
        """Say who changed what, when, and which image it was before."""
        done = "removed" if self.now is None else f"replaced by {self.now[:_SHOWN]}"
        by = f" by {self.by}" if self.by else ""
        when = f"{self.at:%Y-%m-%d %H:%M} UTC"
        return f"{self.name}, which was {self.former[:_SHOWN]}: {done} on {when}{by}."


@dataclass(frozen=True, slots=True)
class WhereShown:
    """The cases and outputs of an eval set whose records refer to a name."""

    case_ids: frozenset[int]
    output_ids: frozenset[int]


def named_images(session: Session, eval_set_id: int) -> dict[str, str]:
    """Return the hashes of the images of an eval set by what they are called there, in order."""
    statement = (
        sa.select(col(NamedImage.name), col(Image.content_hash))
        .join(Image, col(Image.id) == col(NamedImage.image_id))
        .where(col(NamedImage.eval_set_id) == eval_set_id)
        .order_by(col(NamedImage.name))
    )
    return {row.name: row.content_hash for row in session.connection().execute(statement)}


def image_changes(session: Session, eval_set_id: int) -> list[ImageChanged]:
    """Return what became of the images of an eval set, the latest first."""
    statement = (
        sa.select(col(AuditEvent.details), col(Annotator.name), col(AuditEvent.at))
        .join(Annotator, col(Annotator.id) == col(AuditEvent.actor_id), isouter=True)
        .where(
            col(AuditEvent.subject) == f"eval_set:{eval_set_id}",
            col(AuditEvent.action).in_((REPLACED, REMOVED)),
        )
        .order_by(col(AuditEvent.id).desc())
    )
    return [
        ImageChanged(details["name"], details["former"], details["now"], by or "", at)
        for details, by, at in session.connection().execute(statement)
    ]


def where_shown(session: Session, eval_set_id: int, name: str) -> WhereShown:
    """Return where a name is referred to. It reads all records: never while an annotator waits."""
    cases = sa.select(col(Case.id), col(Case.input)).where(col(Case.eval_set_id) == eval_set_id)
    outputs = (
        sa.select(col(Output.id), col(Output.steps))
        .join(Run, col(Run.id) == col(Output.run_id))
        .where(col(Run.eval_set_id) == eval_set_id, col(Output.steps).is_not(None))
    )
    in_cases, in_outputs = (
        frozenset(
            row_id
            for row_id, messages in session.connection().execute(
                statement,
                # Of the statement, not of the connection: that goes on to write.
                execution_options={"yield_per": 500},
            )
            if any(each.name == name for each in references(messages))
        )
        for statement in (cases, outputs)
    )
    return WhereShown(in_cases, in_outputs)


def who_looked(session: Session, where: WhereShown) -> str:
    """Say which annotations, and which responses of models that were run here, saw an image.

    Empty where nobody did. What was imported was judged elsewhere, by whatever was shown there.
    """
    by_study: dict[str, set[int | None]] = {}
    for condition in assignments_that_show(where):
        statement = (
            sa.select(col(Study.name), col(Assignment.id))
            .select_from(Assignment)
            .join(Study, col(Study.id) == col(Assignment.study_id))
            .where(
                condition,
                col(Assignment.state) == AssignmentState.SUBMITTED,
                col(Assignment.policy).not_in(SIDES_POLICIES.values()),
            )
        )
        for study, assignment_id in session.connection().execute(statement):
            by_study.setdefault(study, set()).add(assignment_id)
    asked = 0
    for some in _slices(where.case_ids):
        answered = sa.select(sa.func.count()).where(
            col(AskedCase.case_id).in_(some),
            col(AskedCase.state).in_(_ASKED),
        )
        asked += session.connection().scalar(answered) or 0
    answers = [f"{counted(asked, 'answer')} of models"] if asked else []
    return joined([*_in_words(by_study), *answers])


def assignments_that_show(where: WhereShown) -> list[sa.ColumnElement[bool]]:
    """Return conditions, of which each assignment that shows the image meets at least one."""
    conditions: list[sa.ColumnElement[bool]] = [
        col(Assignment.case_id).in_(some) for some in _slices(where.case_ids)
    ]
    for some in _slices(where.output_ids):
        sides: list[Any] = [getattr(Assignment, f"{side}_output_id") for side in SIDES]
        conditions.append(sa.or_(*(col(side).in_(some) for side in sides)))
    return conditions


def _in_words(by_study: Mapping[str, set[int | None]]) -> list[str]:
    return [
        f"{counted(len(looked), 'annotation')} in “{study}”"
        for study, looked in sorted(by_study.items())
    ]


def _slices(ids: frozenset[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + 500] for start in range(0, len(ordered), 500)]
