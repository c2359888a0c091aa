"""The right answers of a study as the integer tables that annotators are held against."""

from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import GoldAnswer
from db.queries.results.reading import places_among
from db.queries.results.studies import ResultStudy
from evalkit.stats.counts import IntArray
from evalkit.study.collected import NO_TAG
from evalkit.study.gold import NO_GOLD, Gold, toward_lower
from evalkit.vocabulary import PREFERENCE_CODES, Preference


def gold_of(session: Session, study: ResultStudy, output_ids: IntArray) -> Gold:
    """Return what is known to be right of these outputs, on the study's criteria and tags."""
    statement: sa.Select[*tuple[Any, ...]] = sa.select(
        col(GoldAnswer.left_output_id),
        sa.func.coalesce(col(GoldAnswer.right_output_id), col(GoldAnswer.left_output_id)),
        col(GoldAnswer.preference),
        col(GoldAnswer.criterion_id),
        col(GoldAnswer.value),
        col(GoldAnswer.tag_id),
    ).where(col(GoldAnswer.study_id) == study.study_id)
    known = set(output_ids.tolist())
    rows = [row for row in session.connection().execute(statement) if {row[0], row[1]} <= known]
    if not rows:
        return NO_GOLD
    pairs = [row for row in rows if row.preference is not None]
    criteria = [criterion.criterion_id for criterion in study.criteria]
    scores = [row for row in rows if row.criterion_id in criteria]
    tags: dict[Any, int] = {**study.tag_places, None: NO_TAG}
    errors = [
        row
        for row in rows
        if row.preference is None and row.criterion_id is None and row.tag_id in tags
    ]

    def outputs(of: list[Any], side: int = 0) -> IntArray:
        return places_among(np.array([row[side] for row in of], dtype=np.int64), output_ids)

    left, right = outputs(pairs), outputs(pairs, 1)
    preference = [PREFERENCE_CODES[Preference(row.preference)] for row in pairs]
    return Gold(
        left=np.minimum(left, right),
        right=np.maximum(left, right),
        preference=toward_lower(left, right, np.array(preference, dtype=np.int64)),
        scored=outputs(scores),
        criterion=np.array([criteria.index(row.criterion_id) for row in scores], dtype=np.int64),
        value=np.array([row.value for row in scores], dtype=np.float64),
        looked_at=outputs(errors),
        tag=np.array([tags[row.tag_id] for row in errors], dtype=np.int64),
    )
