"""What a lead reads of a case: responses next to each other, and everybody's answers about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Output
from db.queries.responses.answers import Answer, answers
from db.queries.responses.responses import CaseText, Response, case_text, makers, responses
from db.queries.results.criteria import ResultCriterion
from db.queries.results.studies import ResultFilters, ResultStudy


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A case, responses to it, and everybody's answers about these, also beside third responses.

    ``headings`` says who made each response of all these, and in which run where one model made
    several of them; ``criteria`` are those of the study, if it is one study's.
    """

    case: CaseText
    responses: tuple[Response, ...]
    headings: Mapping[int, str]
    answers: tuple[Answer, ...]
    criteria: tuple[ResultCriterion, ...] = ()


def side_by_side(
    session: Session,
    study: ResultStudy,
    *,
    filters: ResultFilters,
    case_id: int,
    models: Sequence[str],
) -> SideBySide | None:
    """Return what models of the study answered to a case, in the order of ``models``."""
    made = _made(session, study, case_id)
    output_ids = [output_id for model in models for output_id in made if made[output_id] == model]
    return _of_study(session, study, filters, case_id, output_ids, made)


def one_response(
    session: Session, study: ResultStudy, *, filters: ResultFilters, output_id: int
) -> SideBySide | None:
    """Return one response of the study, or None where it has none of this id."""
    case_id = _case_of(session, output_id)
    made = {} if case_id is None else _made(session, study, case_id)
    if case_id is None or output_id not in made:
        return None
    return _of_study(session, study, filters, case_id, [output_id], made)


def some_responses(
    session: Session, study: ResultStudy, *, filters: ResultFilters, output_ids: Sequence[int]
) -> SideBySide | None:
    """Return responses of the study to one case, with the answers that are about all of them.

    None where it has none of these ids. What was said of one of two beside a third is left out.
    """
    case_id = _case_of(session, output_ids[0])
    made = {} if case_id is None else _made(session, study, case_id)
    if case_id is None or not set(output_ids) <= set(made):
        return None
    read = _of_study(session, study, filters, case_id, output_ids, made)
    if read is None:
        return None
    about = tuple(each for each in read.answers if set(output_ids) <= set(each.output_ids))
    return replace(read, answers=about)


def every_response(session: Session, case_id: int) -> SideBySide | None:
    """Return what all models ever answered to a case, and what all annotators said of it."""
    statement = sa.select(col(Output.id)).where(col(Output.case_id) == case_id)
    names = makers(session, list(session.connection().scalars(statement)))
    output_ids = sorted(names, key=lambda output_id: (names[output_id], output_id))
    return _read(session, case_id, output_ids, answers(session, output_ids, judges=True), names)


def of_responses(
    session: Session, output_ids: Sequence[int], *, filters: ResultFilters
) -> SideBySide | None:
    """Return responses of equal cases, with the last one's, and what any study has of them."""
    case_id = _case_of(session, output_ids[-1])
    if case_id is None:
        return None
    who = filters.annotator_ids or None
    judgements = answers(session, output_ids, annotator_ids=who, judges=filters.judges)
    named = {output_id for answer in judgements for output_id in answer.output_ids}
    return _read(session, case_id, output_ids, judgements, named.union(output_ids))


def _case_of(session: Session, output_id: int) -> int | None:
    return session.connection().scalar(
        sa.select(col(Output.case_id)).where(col(Output.id) == output_id)
    )


def _made(session: Session, study: ResultStudy, case_id: int) -> dict[int, str]:
    """Return the model of every response of the study to a case, by run."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    statement = (
        sa.select(col(Output.id), col(Output.run_id))
        .where(col(Output.case_id) == case_id, col(Output.run_id).in_(list(model_of_run)))
        .order_by(col(Output.run_id))
    )
    return {row.id: model_of_run[row.run_id] for row in session.connection().execute(statement)}


def _of_study(
    session: Session,
    study: ResultStudy,
    filters: ResultFilters,
    case_id: int,
    output_ids: Sequence[int],
    made: Collection[int],
) -> SideBySide | None:
    counted = [annotator.annotator_id for annotator in study.counted_annotators(filters)]
    judgements = answers(
        session,
        output_ids,
        study_ids=[study.study_id],
        annotator_ids=counted,
        judges=filters.judges,
    )
    read = _read(session, case_id, output_ids, judgements, made)
    return None if read is None else replace(read, criteria=study.criteria)


def _read(
    session: Session,
    case_id: int,
    output_ids: Sequence[int],
    judgements: Sequence[Answer],
    named: Collection[int],
) -> SideBySide | None:
    case = case_text(session, case_id)
    if case is None:
        return None
    headings = makers(session, named)
    return SideBySide(case, tuple(responses(session, output_ids)), headings, tuple(judgements))
