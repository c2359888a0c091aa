"""Turn a submission that was checked into rows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.columns import number_of
from db.commands.changes import results_changed
from db.models import (
    Annotation,
    Assignment,
    CheckAnswer,
    CriterionPreference,
    ErrorMark,
    RankedOutput,
    Score,
    Study,
)
from db.prepared import Prepared
from db.queries.annotation.form import definitions, form_of
from db.queries.annotation.shown import shown_outputs
from evalkit.annotation.draft import Draft, ResponseDraft
from evalkit.annotation.marks import MarkedError
from evalkit.vocabulary import AssignmentState

# Made once: it takes several times as long to make a statement as to run it.
_INSERT_ANNOTATION = Prepared(sa.insert(Annotation))
_ID_OF_KEY = Prepared(
    sa.select(col(Annotation.id)).where(col(Annotation.submission_key) == sa.bindparam("key"))
)
_INSERT_SCORES, _INSERT_MARKS = Prepared(sa.insert(Score)), Prepared(sa.insert(ErrorMark))
_INSERT_PREFERENCES = Prepared(sa.insert(CriterionPreference))
_INSERT_PLACES = Prepared(sa.insert(RankedOutput))

#: Of people, who are not asked how probable they hold a score.
NOTHING_SURE: Mapping[str, float] = {}
_INSERT_CHECKS = Prepared(sa.insert(CheckAnswer))


def supersede(session: Session, annotation: Annotation) -> None:
    """Take a revision and all that hangs on it out of the count; the rows stay."""
    annotation.is_superseded = True
    session.add(annotation)
    for table in (Score, CheckAnswer, ErrorMark):
        session.connection().execute(
            sa.update(table)
            .where(col(table.annotation_id) == annotation.id)
            .values(is_superseded=True)
        )
    session.flush()


def store_annotation(
    session: Session,
    study: Study,
    assignment: Assignment,
    content: Draft,
    *,
    revision: int,
    key: str,
    at: datetime,
) -> None:
    """Store an annotation with its scores and marks; the assignment is done with it."""
    annotation = {
        "assignment_id": number_of(assignment),
        "revision": revision,
        "submission_key": key,
        "submitted_at": at,
        "active_seconds": assignment.active_seconds,
        "preference": content.preference,
        "strength": content.strength,
        "certainty": content.certainty,
        "comment": content.comment or None,
        "assertion": content.assertion or None,
        "texts": content.texts or None,
        "offers": [offer.ended().as_json() for offer in content.offers] or None,
        "is_unreadable": False,
        "is_superseded": False,
    }
    _INSERT_ANNOTATION.run(session, annotation)
    annotation_id: int = _ID_OF_KEY.scalar(session, {"key": key})
    assignment.state = AssignmentState.SUBMITTED
    assignment.draft = None
    assignment.skip_reason = assignment.skip_note = None
    assignment.reserved_until = None
    session.add(assignment)
    _INSERT_PREFERENCES.run(session, *_preferences(session, study, content, annotation_id))
    _INSERT_PLACES.run(session, *_places(assignment, content, annotation_id))
    looked = "tags" in form_of(session, study, assignment).collect
    store_responses(session, study, assignment, content, annotation_id, looked=looked)
    results_changed(session, number_of(study))


def store_responses(
    session: Session,
    study: Study,
    assignment: Assignment,
    content: Draft,
    annotation_id: int,
    *,
    looked: bool,
    probabilities: Mapping[str, float] = NOTHING_SURE,
) -> None:
    """Store what was said of single responses; ``looked`` tells that errors were looked for.

    ``probabilities`` are how probable a judge held its scores, by criterion.
    """
    scores = [
        row | {"probability": probabilities.get(key)}
        for key, row in _scores(session, study, assignment, content, annotation_id)
    ]
    _INSERT_SCORES.run(session, *scores)
    _INSERT_CHECKS.run(session, *_checks(assignment, content, annotation_id))
    if looked:
        marks = _error_marks(session, study, assignment, content, annotation_id)
        _INSERT_MARKS.run(session, *marks)


def _preferences(
    session: Session, study: Study, content: Draft, annotation_id: int
) -> Iterable[dict[str, Any]]:
    if not content.preferences:
        return
    ids = definitions(session, study).criterion_ids
    for key, preference in content.preferences.items():
        yield {
            "annotation_id": annotation_id,
            "criterion_id": ids[key],
            "preference": preference,
        }


def _places(assignment: Assignment, content: Draft, annotation_id: int) -> Iterable[dict[str, int]]:
    outputs = shown_outputs(assignment) if content.ranking else {}
    for place, sides in enumerate(content.ranking):
        for side in sides:
            yield {"annotation_id": annotation_id, "output_id": outputs[side], "place": place}


def _scores(
    session: Session, study: Study, assignment: Assignment, content: Draft, annotation_id: int
) -> Iterable[tuple[str, dict[str, Any]]]:
    ids = definitions(session, study).criterion_ids
    for output_id, response in _responses(assignment, content):
        for key, value in response.scores.items():
            yield (
                key,
                {
                    "annotation_id": annotation_id,
                    "output_id": output_id,
                    "criterion_id": ids[key],
                    "value": value,
                    "is_superseded": False,
                },
            )


def _checks(assignment: Assignment, content: Draft, annotation_id: int) -> Iterable[dict[str, Any]]:
    for output_id, response in _responses(assignment, content):
        for item, value in response.checks.items():
            yield {
                "annotation_id": annotation_id,
                "output_id": output_id,
                "item": item,
                "value": value.value,
                "is_superseded": False,
            }


def _error_marks(
    session: Session, study: Study, assignment: Assignment, content: Draft, annotation_id: int
) -> Iterable[dict[str, Any]]:
    """Make a row per marked error, and one without a tag where they were looked for in vain."""
    ids = definitions(session, study).tag_ids
    for output_id, response in _responses(assignment, content):
        about = {"annotation_id": annotation_id, "output_id": output_id, "is_superseded": False}
        whole = (MarkedError(tag, severity) for tag, severity in response.tags.items())
        for mark in (*whole, *response.marks):
            yield about | _error_mark(mark, ids[mark.tag])
        if not (response.tags or response.marks):
            yield about | _error_mark(MarkedError(""), None)


def _error_mark(mark: MarkedError, tag_id: int | None) -> dict[str, Any]:
    return {
        "tag_id": tag_id,
        "severity": mark.severity,
        "start": mark.start,
        "end": mark.end,
        "quote": mark.quote,
        "note": mark.note or None,
        "step": mark.step,
        "is_omission": mark.is_omission,
    }


def _responses(assignment: Assignment, content: Draft) -> Iterable[tuple[int, ResponseDraft]]:
    for side, output_id in shown_outputs(assignment).items():
        yield output_id, content.responses[side]
