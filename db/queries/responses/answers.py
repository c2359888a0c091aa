"""Everything annotators said of responses, unblinded; for leads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    CheckAnswer,
    Criterion,
    ErrorMark,
    RankedOutput,
    Score,
    Tag,
    Taxonomy,
)
from db.queries.annotation.shown import shown_outputs
from db.queries.results.studies import COUNTED_KINDS
from db.queries.tags_now import tags_now
from db.queries.taxonomies import counted_tag, has_recoded
from evalkit.severity import Severity, gravity, read_severities, severity_name
from evalkit.vocabulary import SIDES, AnnotatorKind, CheckValue, Preference


@dataclass(frozen=True, slots=True)
class GivenScore:
    """One value on one criterion for one response."""

    output_id: int
    criterion: str
    value: float
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class GivenMark:
    """One error marked in one response; without a tag: looked, and found none.

    ``tag`` is what it counts as by now, as results call it.
    ``severity`` is its name; ``gravity`` runs from 0, the mildest of its taxonomy, to 1.
    """

    mark_id: int
    output_id: int
    tag: str | None
    severity: str | None
    gravity: float
    start: int | None
    end: int | None
    quote: str | None
    note: str | None
    step: int | None
    is_omission: bool


@dataclass(frozen=True, slots=True)
class GivenCheck:
    """What was said of one item of a checklist for one response."""

    output_id: int
    item: str
    value: CheckValue


@dataclass(frozen=True, slots=True)
class Answer:
    """What one annotator said at one sitting; ``preferred`` is the id of a response, if one was.

    ``output_ids`` are of the responses that were shown, in the order of the screen; ``texts`` are
    what was written of them, in the same order, by question. ``ranking`` has the ids of those
    that were ranked, best first, each place with those that share it. ``probability`` is how
    probable a judge held its preference, ``rationale`` its reasons for all that it said.
    """

    annotator_id: int
    annotator: str
    is_judge: bool
    is_simulated: bool
    output_ids: tuple[int, ...]
    preference: Preference | None
    preferred: int | None
    is_unreadable: bool
    scores: tuple[GivenScore, ...]
    marks: tuple[GivenMark, ...]
    comment: str
    texts: tuple[Mapping[str, str], ...] = ()
    ranking: tuple[tuple[int, ...], ...] = ()
    checks: tuple[GivenCheck, ...] = ()
    probability: float | None = None
    rationale: str = ""


def answers(
    session: Session,
    output_ids: Collection[int],
    *,
    study_ids: Collection[int] | None = None,
    annotator_ids: Collection[int] | None = None,
    judges: bool = False,
) -> list[Answer]:
    """Return all that counts of what was said of these responses, people first, by name."""
    columns = ["annotator_id", *(f"{side}_output_id" for side in SIDES)]
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Annotation.id).label("annotation_id"),
            col(Annotation.preference),
            col(Annotation.is_unreadable),
            col(Annotation.probability),
            col(Annotation.is_superseded),
            col(Annotation.comment),
            col(Annotation.texts),
            col(Annotation.details),
            *(getattr(Assignment, name) for name in columns),
            col(Annotator.name),
            col(Annotator.kind),
            col(Annotator.is_simulated),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            col(Assignment.id).in_(_about(output_ids)),
            col(Assignment.kind).in_(COUNTED_KINDS),
            *([] if judges else [col(Annotator.kind) != AnnotatorKind.JUDGE]),
            *([] if study_ids is None else [col(Assignment.study_id).in_(study_ids)]),
            *([] if annotator_ids is None else [col(Annotator.id).in_(annotator_ids)]),
        )
        .order_by(col(Annotation.id))
    )
    rows = session.connection().execute(statement).all()
    annotation_ids = [row.annotation_id for row in rows]
    scores = _scores(session, annotation_ids, output_ids)
    marks = _marks(session, annotation_ids, output_ids)
    checks = _checks(session, annotation_ids, output_ids)
    rankings = _rankings(session, annotation_ids)
    # Of a sitting that was revised only what still counts is read.
    still = scores.keys() | marks.keys() | checks.keys()
    counted = [
        _answer(row, scores, marks, checks, rankings.get(row.annotation_id, ()))
        for row in rows
        if not row.is_superseded or row.annotation_id in still
    ]
    return sorted(counted, key=lambda answer: (answer.is_judge, answer.annotator))


def _about(output_ids: Collection[int]) -> sa.CompoundSelect[Any]:
    """Select the assignments that show or rank one of these responses, each way by its index."""
    ways = [getattr(Assignment, f"{side}_output_id").in_(output_ids) for side in SIDES]
    ranked = (
        sa.select(col(Annotation.assignment_id))
        .join(RankedOutput, col(RankedOutput.annotation_id) == col(Annotation.id))
        .where(col(RankedOutput.output_id).in_(output_ids))
    )
    return sa.union_all(*(sa.select(col(Assignment.id)).where(way) for way in ways), ranked)


def _answer(
    row: Any,
    scores: Mapping[int, Sequence[GivenScore]],
    marks: Mapping[int, Sequence[GivenMark]],
    checks: Mapping[int, Sequence[GivenCheck]],
    ranking: tuple[tuple[int, ...], ...],
) -> Answer:
    preference = None if row.preference is None or row.is_superseded else Preference(row.preference)
    sides = {Preference.LEFT: row.left_output_id, Preference.RIGHT: row.right_output_id}
    outputs = shown_outputs(row)
    texts = {} if row.is_superseded else row.texts or {}
    ranked = tuple(output_id for place in ranking for output_id in place)
    return Answer(
        annotator_id=row.annotator_id,
        annotator=row.name,
        is_judge=row.kind == AnnotatorKind.JUDGE,
        is_simulated=row.is_simulated,
        output_ids=ranked if len(ranked) > len(outputs) else tuple(outputs.values()),
        preference=preference,
        preferred=None if preference is None else sides.get(preference),
        is_unreadable=row.is_unreadable,
        scores=tuple(scores.get(row.annotation_id, ())),
        marks=tuple(marks.get(row.annotation_id, ())),
        comment="" if row.is_superseded else row.comment or "",
        texts=tuple(texts.get(side, {}) for side in outputs),
        ranking=() if row.is_superseded else ranking,
        checks=tuple(checks.get(row.annotation_id, ())),
        probability=None if row.is_superseded else row.probability,
        rationale=_rationale(row.details),
    )


def _rationale(details: Mapping[str, Any] | None) -> str:
    """Return a judge's reasons; files bring them, so they may be anything."""
    rationale = (details or {}).get("rationale")
    return rationale if isinstance(rationale, str) else ""


def _rankings(
    session: Session, annotation_ids: Sequence[int]
) -> dict[int, tuple[tuple[int, ...], ...]]:
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(RankedOutput.annotation_id), col(RankedOutput.place), col(RankedOutput.output_id)
        )
        .where(col(RankedOutput.annotation_id).in_(annotation_ids))
        .order_by(col(RankedOutput.annotation_id), col(RankedOutput.place))
    )
    rankings: dict[int, tuple[tuple[int, ...], ...]] = {}
    rows = session.connection().execute(statement)
    for (annotation_id, _), tied in groupby(rows, key=lambda row: row[:2]):
        place = tuple(output_id for *_, output_id in tied)
        rankings[annotation_id] = (*rankings.get(annotation_id, ()), place)
    return rankings


def _scores(
    session: Session, annotation_ids: Sequence[int], output_ids: Collection[int]
) -> dict[int, list[GivenScore]]:
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Score.annotation_id),
            col(Score.output_id),
            col(Criterion.key),
            col(Score.value),
            col(Score.probability),
        )
        .join(Criterion, col(Criterion.id) == col(Score.criterion_id))
        .where(
            col(Score.annotation_id).in_(annotation_ids),
            col(Score.output_id).in_(output_ids),
            ~col(Score.is_superseded),
        )
        .order_by(col(Criterion.position), col(Score.id))
    )
    scores: dict[int, list[GivenScore]] = {}
    for annotation_id, *score in session.connection().execute(statement):
        scores.setdefault(annotation_id, []).append(GivenScore(*score))
    return scores


def _checks(
    session: Session, annotation_ids: Sequence[int], output_ids: Collection[int]
) -> dict[int, list[GivenCheck]]:
    statement = (
        sa.select(
            col(CheckAnswer.annotation_id),
            col(CheckAnswer.output_id),
            col(CheckAnswer.item),
            col(CheckAnswer.value),
        )
        .where(
            col(CheckAnswer.annotation_id).in_(annotation_ids),
            col(CheckAnswer.output_id).in_(output_ids),
            ~col(CheckAnswer.is_superseded),
        )
        .order_by(col(CheckAnswer.id))
    )
    checks: dict[int, list[GivenCheck]] = {}
    for annotation_id, output_id, item, value in session.connection().execute(statement):
        check = GivenCheck(output_id, item, CheckValue(value))
        checks.setdefault(annotation_id, []).append(check)
    return checks


def _marks(
    session: Session, annotation_ids: Sequence[int], output_ids: Collection[int]
) -> dict[int, list[GivenMark]]:
    counted = counted_tag() if has_recoded(session) else col(ErrorMark.tag_id)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(ErrorMark.annotation_id),
            col(ErrorMark.id),
            col(ErrorMark.output_id),
            counted,
            col(ErrorMark.severity),
            col(Tag.taxonomy_id),
            col(ErrorMark.start),
            col(ErrorMark.end),
            col(ErrorMark.quote),
            col(ErrorMark.note),
            col(ErrorMark.step),
            col(ErrorMark.is_omission),
        )
        .join(Tag, col(Tag.id) == col(ErrorMark.tag_id), isouter=True)
        .where(
            col(ErrorMark.annotation_id).in_(annotation_ids),
            col(ErrorMark.output_id).in_(output_ids),
            ~col(ErrorMark.is_superseded),
        )
        .order_by(col(ErrorMark.start), col(ErrorMark.id))
    )
    rows = session.connection().execute(statement).all()
    severities = _severities(session, {row.taxonomy_id for row in rows})
    now = tags_now(session, {row[3] for row in rows} - {None})
    marks: dict[int, list[GivenMark]] = {}
    for annotation_id, mark_id, output_id, tag_id, key, taxonomy_id, *where in rows:
        tag = None if tag_id is None else now[tag_id].called
        of_taxonomy = severities.get(taxonomy_id, ())
        name = severity_name(of_taxonomy, key) if key else None
        mark = GivenMark(mark_id, output_id, tag, name, gravity(of_taxonomy, key), *where)
        marks.setdefault(annotation_id, []).append(mark)
    return marks


def _severities(session: Session, taxonomy_ids: set[int]) -> dict[int, tuple[Severity, ...]]:
    statement = sa.select(col(Taxonomy.id), col(Taxonomy.severities)).where(
        col(Taxonomy.id).in_(taxonomy_ids - {None})
    )
    rows = session.connection().execute(statement)
    return {taxonomy_id: read_severities(severities) for taxonomy_id, severities in rows}
