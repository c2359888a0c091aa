"""With which chance everything in a study was, or is to be, shown to people, as numbers."""

from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotator, Assignment, Study, Unit
from db.queries.annotation.tasks import task_of
from db.queries.records.annotated import IMPORTED_POLICY, SIDES_UNKNOWN_POLICY
from db.queries.results.filtering import counted
from db.queries.results.reading import numbers_of
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.study.odds import SAMPLINGS, Presented
from evalkit.vocabulary import SIDES, AnnotatorKind, AssignmentState, Sampling, TaskKind

# Stands for what was not recorded while it is read.
_NONE = -1


def presented(
    session: Session, study: ResultStudy, *, filters: ResultFilters | None = None
) -> Presented:
    """Return what people judged in a study within the filters, and what they are still to judge.

    Judges are not asked by lot, so theirs is not among it. It is read for who needs it alone: as
    long a table as all that was collected.
    """
    judged = numbers_of(session, _judged(study, filters or ResultFilters()), dtype=np.float64)
    planned, kind, shown_per_case, is_drawn = _planned(session, study)
    sampling = SAMPLINGS.index(Sampling.STRATIFIED if is_drawn else Sampling.RANDOM)
    n_planned, n_sides = len(planned), len(SIDES)
    output = np.full((n_planned, n_sides), _NONE, dtype=np.int64)
    output[:, :2] = planned[:, :2]
    output[planned[:, 0] == planned[:, 1], 1] = _NONE  # a response alone
    odds = np.concatenate([judged[:, n_sides], planned[:, 2]])
    return Presented(
        output=np.concatenate([judged[:, :n_sides].astype(np.int64), output]),
        odds=np.where(odds > 0.0, odds, np.nan),
        sampling=np.concatenate(
            [judged[:, n_sides + 1].astype(np.int64), np.full(n_planned, sampling)]
        ),
        is_dealt=np.concatenate([judged[:, n_sides + 2] == 1, np.ones(n_planned, np.bool_)]),
        kind=kind,
        shown_per_case=shown_per_case,
    )


def _judged(study: ResultStudy, filters: ResultFilters) -> sa.Select[*tuple[Any, ...]]:
    sides = [
        sa.func.coalesce(col(getattr(Assignment, f"{side}_output_id")), _NONE) for side in SIDES
    ]
    sampling = sa.case(
        *(
            (col(Assignment.sampling) == name.value, sa.literal_column(str(code)))
            for code, name in enumerate(Sampling)
        ),
        else_=sa.literal_column(str(len(Sampling))),
    )
    is_imported = col(Assignment.policy).in_((IMPORTED_POLICY, SIDES_UNKNOWN_POLICY))
    return (
        sa.select(
            *sides,
            sa.func.coalesce(col(Assignment.inclusion_probability), _NONE),
            sampling,
            sa.case((is_imported, 0), else_=1),
        )
        .select_from(Assignment)
        .where(
            *counted(study, filters),
            col(Assignment.state) == AssignmentState.SUBMITTED,
            col(Assignment.annotator_id).not_in(
                sa.select(col(Annotator.id)).where(col(Annotator.kind) == AnnotatorKind.JUDGE)
            ),
        )
    )


def _planned(session: Session, study: ResultStudy) -> tuple[Any, TaskKind, int, bool]:
    """Return the units a study gives out: two outputs and their odds; and how it shows them.

    Rankings are left out: their odds are those of what was ranked.
    """
    of_study = session.get_one(Study, study.study_id)
    statement = sa.select(
        col(Unit.first_output_id), col(Unit.second_output_id), col(Unit.inclusion_probability)
    ).where(
        col(Unit.study_id) == study.study_id,
        col(Unit.is_offered),
        col(Unit.kind) != TaskKind.RANK,
    )
    units = numbers_of(session, statement, dtype=np.float64)
    is_drawn = of_study.n_drawn is not None
    pairs = task_of(of_study, TaskKind.PAIR)
    per_case = of_study.pairs_per_case if pairs is None else pairs.per_case
    return units, TaskKind(of_study.task_kind), per_case, is_drawn
