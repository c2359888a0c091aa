"""The error marks of a study as numbers: who marked what, where and how, and what that weighs."""

from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, ErrorMark
from db.queries.results.reading import numbers_of, of_annotators, places_among
from db.queries.results.studies import ResultStudy
from db.queries.taxonomies import counted_tag
from evalkit.stats.counts import BoolArray, FloatArray, IntArray, sum_by
from evalkit.study.collected import NO_TAG, Marks, Penalties
from evalkit.study.marked_words import MarkCounts, PlacedMarks

# Stands for a place that a mark does not have.
_UNKNOWN = -1


def marks_of(
    session: Session,
    study: ResultStudy,
    conditions: list[sa.ColumnElement[bool]],
    output_ids: IntArray,
    annotator_ids: IntArray,
) -> tuple[Marks, PlacedMarks, MarkCounts, Penalties | None]:
    """Return the marks, those with a place, how they were made, and what each look's weigh.

    The last is None if none has a severity.
    """
    n_codes = len(study.severities) + 1
    read = numbers_of(session, _marks(study, conditions))
    table = of_annotators(read, annotator_ids, column=1)
    if (table[1:, 4] < table[:-1, 4]).any():
        table = table[np.argsort(table[:, 4], kind="stable")]
    tagged = table[:, 2] != NO_TAG
    tag = np.full(len(table), NO_TAG, dtype=np.int64)
    stored = np.array(list(study.tag_places), dtype=np.int64)
    place_of = np.array(list(study.tag_places.values()), dtype=np.int64)
    tag[tagged] = place_of[places_among(table[tagged, 2], stored)]
    output = places_among(table[:, 0], output_ids)
    severity_code = table[:, 3] % n_codes
    who, look = places_among(table[:, 1], annotator_ids), table[:, 4].copy()
    marks = Marks(output, who, tag, look, severity_code)
    placed = tagged & (table[:, 6] != _UNKNOWN)
    marked_words = PlacedMarks(
        *(column[placed] for column in (output, marks.annotator, tag, *table[:, 5:].T))
    )
    counts = _mark_counts(
        (len(study.tags), n_codes),
        *(column[tagged] for column in (tag, severity_code, table[:, 3] >= n_codes)),
        *table[tagged, 5:].T,
    )
    weight = _weight_of_errors(study)[tag, severity_code]
    is_weighed = bool((severity_code != len(study.severities)).any())
    penalties = _penalties(output, table[:, 4], weight) if is_weighed else None
    return marks, marked_words, counts, penalties


def _marks(
    study: ResultStudy, conditions: list[sa.ColumnElement[bool]]
) -> sa.Select[*tuple[Any, ...]]:
    """Read output, annotator, tag, severity with note, annotation, step, start and end."""
    codes = {severity.key: code for code, severity in enumerate(study.severities)}
    severity = sa.case(codes, value=col(ErrorMark.severity), else_=len(codes))
    has_note = sa.case((col(ErrorMark.note) != "", len(codes) + 1), else_=0)
    missing = sa.case((col(ErrorMark.is_omission), 0), else_=_UNKNOWN)
    return (
        sa.select(
            col(ErrorMark.output_id),
            col(Assignment.annotator_id),
            sa.func.coalesce(counted_tag() if study.has_recoded else col(ErrorMark.tag_id), NO_TAG),
            severity + has_note,  # one number: each column takes time for every one of a million
            col(ErrorMark.annotation_id),
            sa.func.coalesce(col(ErrorMark.step), _UNKNOWN),
            sa.func.coalesce(col(ErrorMark.start), missing),
            sa.func.coalesce(col(ErrorMark.end), missing),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .where(*conditions, ~col(ErrorMark.is_superseded))
    )


def _mark_counts(
    shape: tuple[int, int],
    tag: IntArray,
    severity: IntArray,
    has_note: BoolArray,
    step: IntArray,
    start: IntArray,
    end: IntArray,
) -> MarkCounts:
    n_tags, n_codes = shape
    by_severity = np.bincount(tag * n_codes + severity, minlength=n_tags * n_codes)
    is_placed = start != _UNKNOWN
    ways = (end > start, ~is_placed, is_placed & (end <= start), step != _UNKNOWN, has_note)
    return MarkCounts(
        by_severity.reshape(shape),
        *(np.bincount(tag[way], minlength=n_tags) for way in ways),
    )


def _weight_of_errors(study: ResultStudy) -> FloatArray:
    """Return what an error weighs by tag and severity; the last of each is that none was named."""
    severities = [*(severity.key for severity in study.severities), None]
    table = [[study.weights.of(tag.key, severity) for severity in severities] for tag in study.tags]
    return np.array([*table, [0.0] * len(severities)], dtype=np.float64)


def _penalties(output: IntArray, annotation: IntArray, weight: FloatArray) -> Penalties:
    """Return what the errors found in each look weigh together."""
    look = annotation * (int(output.max(initial=0)) + 1) + output
    _, first, place = np.unique(look, return_index=True, return_inverse=True)
    return Penalties(output[first], sum_by(place, weight, n_codes=len(first)))
