"""What errors weigh, read again with weights of one's own."""

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, ErrorMark
from db.queries.results.filtering import counted
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.errors import NotFoundError
from evalkit.reporting.collected import Collected, Penalties
from evalkit.stats.penalties import ErrorWeights
from evalkit.vocabulary import Severity


def penalties(
    session: Session,
    study: ResultStudy,
    collected: Collected,
    *,
    filters: ResultFilters,
    weights: ErrorWeights,
) -> Penalties | None:
    """Return what the errors found in each look weigh; None where none has a severity.

    ``collected`` is what ``collect`` returned for the same study and filters. A weight for a tag
    the taxonomy does not have is refused.
    """
    tag_ids = {one.key: one.tag_id for one in study.tags}
    if unknown := sorted({tag for tag, _ in weights.tags} - set(tag_ids)):
        raise NotFoundError(
            f"“{study.name}” has no tag “{unknown[0]}” to weigh. It has: {', '.join(tag_ids)}."
        )
    mark = col(ErrorMark.tag_id)
    severity = sa.func.coalesce(col(ErrorMark.severity), Severity.MINOR.value)
    weight = sa.case(
        (mark.is_(None), 0.0),
        *(
            (sa.and_(mark == tag_ids[tag], severity == of.value), float(number))
            for (tag, of), number in weights.tags.items()
        ),
        *((severity == of.value, float(number)) for of, number in weights.severities.items()),
        else_=0.0,
    )
    statement = (
        sa.select(
            col(ErrorMark.output_id), sa.func.sum(weight), sa.func.count(col(ErrorMark.severity))
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .where(*counted(study, filters), ~col(ErrorMark.is_superseded))
        .group_by(col(ErrorMark.annotation_id), col(ErrorMark.output_id))
        .order_by(col(ErrorMark.annotation_id), col(ErrorMark.output_id))
    )
    rows = session.connection().execute(statement).all()
    if not any(n_severities for _, _, n_severities in rows):
        return None
    place = {output_id: place for place, output_id in enumerate(collected.outputs.id.tolist())}
    return Penalties(
        output=np.array([place[output_id] for output_id, _, _ in rows], dtype=np.int64),
        weight=np.array([weight for _, weight, _ in rows], dtype=np.float64),
    )
