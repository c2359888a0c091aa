"""Responses of a list that hold words: in themselves, in what was asked, or in what was noted.

The database looks, as for cases (`db.queries.case_search`); the list says which responses.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, Case, ErrorMark, Output, Run, StudyRun
from db.queries.case_search import JSON_PARTS, SYNTAX, TEXTS, held_by, held_in_json, said_in
from db.queries.records.rows import BATCH, batched
from db.queries.results.filtering import counted
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.study.subjects import ANY_ERROR
from evalkit.vocabulary import SIDES

#: Databases take only so many parameters in one statement.
_AT_ONCE = 5_000
#: Of no more responses each one's notes are looked up by the index.
_FEW = 1_000
_OWN_JSON = (Output.steps, *JSON_PARTS)


def responses_with(
    session: Session,
    study: ResultStudy,
    *,
    filters: ResultFilters,
    output_ids: tuple[int, ...],
    words: str = "",
    run_id: int | None = None,
) -> frozenset[int]:
    """Return which of these responses hold every word somewhere, and are of the run.

    Words are looked for in the response and its steps, in its case (messages, passages, reference,
    why it exists, tags, id), and in notes and comments on it that count within the filters; small
    and capital letters are the same.
    """
    ids = set(output_ids)
    if run_id is not None:
        ids = _matching(session, ids, col(Output.run_id) == run_id)
    for word in dict.fromkeys(words.split()):
        noted = _noted(session, study, filters, word, ids) if ids else set()
        ids = _holding(session, ids, word) | (noted & ids)
    return frozenset(ids)


def runs_of(session: Session, study: ResultStudy) -> dict[int, str]:
    """Return the runs of a study by name, where a model has several; else nothing."""
    models = [run.own_model for run in study.runs]
    if len(set(models)) == len(models):
        return {}
    statement = (
        sa.select(col(Run.id), col(Run.name))
        .join(StudyRun, col(StudyRun.run_id) == col(Run.id))
        .where(col(StudyRun.study_id) == study.study_id)
    )
    names = {row.id: row.name for row in session.connection().execute(statement)}
    return {run.run_id: f"{run.own_model}, {names[run.run_id]}" for run in study.runs}


def _holding(session: Session, ids: set[int], word: str) -> set[int]:
    """Return which responses hold a word, in themselves or in their case."""
    dialect = session.get_bind().dialect.name
    plain = _matching(session, ids, held_by((Output.content, *TEXTS), word, dialect))
    stored = _matching(session, ids - plain, held_in_json(_OWN_JSON, word, dialect))
    if word.casefold() in SYNTAX:  # a word of JSON too: what it is in is read
        stored = set(_read_again(session, stored, word.casefold()))
    return plain | stored


def _matching(session: Session, ids: set[int], condition: sa.ColumnElement[bool]) -> set[int]:
    """Return of which responses a condition on them and their cases holds."""
    matching: set[int] = set()
    for part in batched(sorted(ids), _AT_ONCE):
        statement = (
            sa.select(col(Output.id))
            .join(Case, col(Case.id) == col(Output.case_id))
            .where(col(Output.id).in_(part), condition)
        )
        matching.update(session.connection().scalars(statement))
    return matching


def _noted(
    session: Session, study: ResultStudy, filters: ResultFilters, word: str, ids: set[int]
) -> set[int]:
    """Return the responses on which a note or a comment that counts holds a word.

    Of few responses their own are looked through; of many all there are, once.
    """
    dialect = session.get_bind().dialect.name
    counts = counted(study, filters, subject=ANY_ERROR.key)
    few = sorted(ids) if len(ids) <= _FEW else None
    notes = sa.select(col(ErrorMark.annotation_id), col(ErrorMark.output_id)).where(
        ~col(ErrorMark.is_superseded),
        held_by((ErrorMark.note,), word, dialect),
        *([] if few is None else [col(ErrorMark.output_id).in_(few)]),
    )
    of_note = notes.subquery()
    statement = (
        sa.select(of_note.c.output_id)
        .join(Annotation, col(Annotation.id) == of_note.c.annotation_id)
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(*counts)
    )
    noted = set(session.connection().scalars(statement))
    sides = [getattr(Assignment, f"{side}_output_id") for side in SIDES]
    commented = sa.select(col(Annotation.assignment_id)).where(
        ~col(Annotation.is_superseded), held_by((Annotation.comment,), word, dialect)
    )
    if few is not None:
        ways = (sa.select(col(Assignment.id)).where(side.in_(few)) for side in sides)
        commented = commented.where(col(Annotation.assignment_id).in_(sa.union_all(*ways)))
    beside = sa.select(*sides).where(col(Assignment.id).in_(commented), *counts)
    for row in session.connection().execute(beside):
        noted.update(output_id for output_id in row if output_id is not None)
    return noted


def _read_again(session: Session, ids: set[int], word: str) -> Iterator[int]:
    for part in batched(sorted(ids), BATCH):
        statement: Any = (
            sa.select(col(Output.id), *(col(value) for value in _OWN_JSON))
            .join(Case, col(Case.id) == col(Output.case_id))
            .where(col(Output.id).in_(part))
        )
        for output_id, *values in session.execute(statement):
            texts = " ".join(text for value in values for text in said_in(value))
            if word in texts.casefold():
                yield output_id
