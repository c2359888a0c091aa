"""The order in which annotations put the outputs of a case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, Output, RankedOutput
from db.queries.annotation.shown import shown_outputs
from evalkit.vocabulary import SIDES

#: The ids of runs, best first: places, each with those that share it.
Order = list[list[int]]

#: The condition that an annotation ranked outputs.
IS_RANKED = sa.exists().where(col(RankedOutput.annotation_id) == Annotation.id)


@dataclass(frozen=True, slots=True)
class Ranked:
    """What one annotation put in order; ``sides`` are runs as they stood on the screen, if known.

    What only a file ranked was on no screen, and left and right of its assignment mean nothing.
    """

    order: Order
    sides: Sequence[int]


def rankings(session: Session, annotation_ids: Collection[int]) -> dict[int, Ranked]:
    """Return what each of the annotations that ranked outputs says."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(RankedOutput.annotation_id),
            col(RankedOutput.place),
            col(RankedOutput.output_id),
            col(Output.run_id),
            *(getattr(Assignment, f"{side}_output_id") for side in SIDES),
        )
        .join(Output, col(RankedOutput.output_id) == col(Output.id))
        .join(Annotation, col(RankedOutput.annotation_id) == col(Annotation.id))
        .join(Assignment, col(Annotation.assignment_id) == col(Assignment.id))
        .where(col(RankedOutput.annotation_id).in_(annotation_ids))
        .order_by(col(RankedOutput.annotation_id), col(RankedOutput.place))
    )
    rows = session.connection().execute(statement)
    return {
        annotation_id: _ranked(list(of_annotation))
        for annotation_id, of_annotation in groupby(rows, key=lambda row: row.annotation_id)
    }


def _ranked(rows: Sequence[Any]) -> Ranked:
    order = [[row.run_id for row in tied] for _, tied in groupby(rows, key=lambda row: row.place)]
    run_of = {row.output_id: row.run_id for row in rows}
    outputs = shown_outputs(rows[0]).values() if rows[0].third_output_id is not None else ()
    return Ranked(order, [run_of[output_id] for output_id in outputs])
