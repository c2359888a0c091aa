"""The order in which annotations put the outputs of a case."""

from collections.abc import Collection
from itertools import groupby

from sqlalchemy import exists, select
from sqlmodel import Session, col

from db.models import Annotation, Output, RankedOutput

#: The ids of runs, best first: places, each with those that share it.
Order = list[list[int]]

#: The condition that an annotation ranked outputs.
IS_RANKED = exists().where(col(RankedOutput.annotation_id) == Annotation.id)


def orders(session: Session, annotation_ids: Collection[int]) -> dict[int, Order]:
    """Return the order of each of the annotations that ranked outputs."""
    statement = (
        select(col(RankedOutput.annotation_id), col(RankedOutput.place), col(Output.run_id))
        .join(Output, col(RankedOutput.output_id) == col(Output.id))
        .where(col(RankedOutput.annotation_id).in_(annotation_ids))
        .order_by(col(RankedOutput.annotation_id), col(RankedOutput.place))
    )
    of_annotations: dict[int, Order] = {}
    for (annotation_id, _), rows in groupby(session.execute(statement), key=lambda row: row[:2]):
        of_annotations.setdefault(annotation_id, []).append([run_id for *_, run_id in rows])
    return of_annotations
