"""The revisions that error marks are written with: by them an import tells which count."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, ErrorMark
from db.queries.records.annotated import KINDS
from db.queries.records.rows import BATCH, batched
from evalkit.vocabulary import IDENTIFIED

#: An annotator; of people who are not named, whoever was at one assignment.
Who = tuple[int, int | None]


def who_judged(row: Row[Any]) -> Who:
    """Return whose an annotation is, so far as that is known."""
    is_identified = row.annotator_kind in IDENTIFIED
    return row.annotator_id, None if is_identified else row.assignment_id


def mark_revisions(session: Session, study_id: int, wanted: set[int]) -> dict[tuple[Who, int], int]:
    """Return the revision of the marks that count, by annotator and output.

    By the record format only a higher revision supersedes an annotator's marks on an output.
    Here an edit raises the revision of one assignment, and the output may be marked in
    another one as well: what counts is therefore written with one revision, above that of
    all that does not.
    """
    latest: dict[tuple[Who, int], int] = {}
    is_identified = col(Annotator.kind).in_(IDENTIFIED)
    assignment_id = case((is_identified, None), else_=col(Assignment.id))
    for outputs in batched(sorted(wanted), BATCH):
        statement = (
            select(
                col(Assignment.annotator_id),
                assignment_id,
                col(ErrorMark.output_id),
                col(ErrorMark.is_superseded),
                func.max(col(Annotation.revision)),
            )
            .join(Annotation, col(ErrorMark.annotation_id) == col(Annotation.id))
            .join(Assignment, col(Annotation.assignment_id) == col(Assignment.id))
            .join(Annotator, col(Assignment.annotator_id) == col(Annotator.id))
            .where(
                # An expression, so that no index of the study is used: by the outputs a few rows
                # are read, by the study all of them for each batch.
                col(Assignment.study_id) + 0 == study_id,
                col(Assignment.kind).in_(KINDS),
                col(ErrorMark.output_id).in_(outputs),
            )
            .group_by(
                col(Assignment.annotator_id),
                assignment_id,
                col(ErrorMark.output_id),
                col(ErrorMark.is_superseded),
            )
        )
        highest: dict[tuple[Who, int], dict[bool, int]] = defaultdict(dict)
        for *who, output_id, is_superseded, revision in session.execute(statement):
            highest[(who[0], who[1]), output_id][is_superseded] = revision
        for pair, revisions in highest.items():
            if False in revisions:
                latest[pair] = max(revisions[False], revisions.get(True, 0) + 1)
    return latest


def by_revision(
    revision: int, marks: Sequence[Row[Any]], current: dict[int, int | None]
) -> list[tuple[int, Row[Any]]]:
    """Return the marks of an annotation with the revisions they are written with, in order."""
    written = [
        (revision if mark.is_superseded else current[mark.output_id] or revision, mark)
        for mark in marks
    ]
    return sorted(written, key=lambda pair: pair[0])
