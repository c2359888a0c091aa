"""In which other studies judges judged the responses of a study."""

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotator, Assignment, Study, StudyRun
from db.queries.results.collected import collect
from db.queries.results.studies import ResultFilters, ResultStudy, result_study
from evalkit.study.collected import Collected
from evalkit.vocabulary import AnnotatorKind


def studies_with_verdicts(session: Session, study: ResultStudy) -> tuple[str, ...]:
    """Return the names of other studies of the same runs in which a judge judged, oldest first."""
    of_runs = sa.select(col(StudyRun.study_id)).where(
        col(StudyRun.run_id).in_([run.run_id for run in study.runs]),
        col(StudyRun.study_id) != study.study_id,
    )
    # Asked judge by judge, by the index of an annotator's work: a study has far more assignments.
    judged = (
        sa.select(1)
        .select_from(Annotator)
        .where(
            col(Annotator.kind) == AnnotatorKind.JUDGE,
            sa.exists()
            .where(
                col(Assignment.annotator_id) == col(Annotator.id),
                col(Assignment.study_id) == col(Study.id),
            )
            .correlate(Annotator, Study),
        )
    )
    statement = (
        sa.select(col(Study.name))
        .where(col(Study.id).in_(of_runs), judged.exists().correlate(Study))
        .order_by(col(Study.id))
    )
    return tuple(session.connection().scalars(statement))


def judged_elsewhere(session: Session, study: ResultStudy) -> tuple[ResultStudy, ...]:
    """Return those studies."""
    return tuple(result_study(session, name=name) for name in studies_with_verdicts(session, study))


def verdicts_elsewhere(session: Session, study: ResultStudy) -> tuple[Collected, ...]:
    """Return what those studies collected, judges included."""
    every = ResultFilters().with_all_judges()
    return tuple(
        collect(session, other, filters=every) for other in judged_elsewhere(session, study)
    )
