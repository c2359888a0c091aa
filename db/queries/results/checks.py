"""The checks of a study as the integer table reports are computed from."""

from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, CheckAnswer
from evalkit.stats.counts import IntArray
from evalkit.study.checklists import NO_CHECKS, VALUES, Checks

_CODES = {str(value): code for code, value in enumerate(VALUES)}


def checks_of(
    session: Session,
    conditions: list[sa.ColumnElement[bool]],
    output_ids: IntArray,
    annotator_ids: IntArray,
) -> Checks:
    """Return the checks that count, within the conditions of the filters."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(CheckAnswer.output_id),
            col(Assignment.annotator_id),
            col(CheckAnswer.annotation_id),
            sa.case(_CODES, value=col(CheckAnswer.value)),
            col(CheckAnswer.item),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(CheckAnswer, col(CheckAnswer.annotation_id) == col(Annotation.id))
        .where(*conditions, ~col(CheckAnswer.is_superseded))
    )
    rows = session.connection().execute(statement).all()
    if not rows:
        return NO_CHECKS
    numbers = np.array([row[:4] for row in rows], dtype=np.int64)
    # Who annotated here for the first time after the study was read is left out.
    known = np.isin(numbers[:, 1], annotator_ids)
    items = np.array([row[4] for row in rows], dtype=object)[known]
    numbers = numbers[known]
    _, item = np.unique(items.astype(str), return_inverse=True)
    unit = numbers[:, 0] * (int(item.max(initial=0)) + 1) + item.reshape(-1)
    return Checks(
        output=_places(numbers[:, 0], output_ids),
        annotator=_places(numbers[:, 1], annotator_ids),
        item=np.unique(unit, return_inverse=True)[1].reshape(-1),
        look=numbers[:, 2],
        value=numbers[:, 3],
    )


def _places(ids: IntArray, known: IntArray) -> IntArray:
    """Return the place of each id among the known ones."""
    order = np.argsort(known, kind="stable")
    place: IntArray = order[np.searchsorted(known, ids, sorter=order)]
    return place
