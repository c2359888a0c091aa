"""What the page that compares two models asks for beyond the counts: names of cases, responses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, Output
from db.queries.responses.answers import Answer, Response, answers, makers, responses
from db.queries.results.studies import ResultFilters, ResultStudy

#: Databases take only so many parameters in one statement.
_MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The responses of two models to one case, and everybody's answers about them.

    ``models`` says who made each response to the case in this study, also those of third models;
    ``headings`` also says in which run where one model made several of them.
    """

    responses: tuple[Response, ...]
    models: Mapping[int, str]
    headings: Mapping[int, str]
    answers: tuple[Answer, ...]


def case_keys(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return what cases are called, by their row numbers."""
    wanted, found = sorted(case_ids), dict[int, str]()
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        some = wanted[start : start + _MOST_AT_ONCE]
        statement = sa.select(col(Case.id), col(Case.key)).where(col(Case.id).in_(some))
        found |= {row.id: row.key for row in session.connection().execute(statement)}
    return found


def side_by_side(
    session: Session,
    study: ResultStudy,
    *,
    filters: ResultFilters,
    case_id: int,
    models: tuple[str, ...],
) -> SideBySide:
    """Return what models of the study answered to a case, in the order of ``models``.

    Answers include comparisons with third models: their scores and marks count too.
    """
    model_of_run = {run.run_id: run.model for run in study.runs}
    statement = (
        sa.select(col(Output.id), col(Output.run_id))
        .where(col(Output.case_id) == case_id, col(Output.run_id).in_(list(model_of_run)))
        .order_by(col(Output.run_id))
    )
    made = {row.id: model_of_run[row.run_id] for row in session.connection().execute(statement)}
    output_ids = [output_id for model in models for output_id in made if made[output_id] == model]
    return _shown(session, study, filters, made, output_ids)


def one_response(
    session: Session, study: ResultStudy, *, filters: ResultFilters, output_id: int
) -> SideBySide:
    """Return one response, and everybody's answers about it, also beside others."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    same_case = sa.select(col(Output.case_id)).where(col(Output.id) == output_id)
    statement = sa.select(col(Output.id), col(Output.run_id)).where(
        col(Output.case_id).in_(same_case), col(Output.run_id).in_(list(model_of_run))
    )
    made = {row.id: model_of_run[row.run_id] for row in session.connection().execute(statement)}
    return _shown(session, study, filters, made, [output_id])


def _shown(
    session: Session,
    study: ResultStudy,
    filters: ResultFilters,
    made: Mapping[int, str],
    output_ids: Sequence[int],
) -> SideBySide:
    counted = [one.annotator_id for one in study.counted_annotators(filters)]
    said = answers(
        session,
        output_ids,
        study_ids=[study.study_id],
        annotator_ids=counted,
        judges=filters.judges,
    )
    return SideBySide(
        responses=tuple(responses(session, output_ids)),
        models=made,
        headings=makers(session, made),
        answers=tuple(said),
    )
