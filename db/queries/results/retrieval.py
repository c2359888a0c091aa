"""What was retrieved for the responses of a study, as their records say."""

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, Output, VersionCase
from db.queries.records.rows import stream
from db.queries.results.studies import ResultStudy
from evalkit.study.retrieved import Retrieval, RetrievedFor
from evalkit.vocabulary import ContextState


def retrieval(session: Session, study: ResultStudy) -> Retrieval:
    """Return what was retrieved for each output of a study, and the states of its cases."""
    cases = (
        sa.select(col(Case.id), col(Case.details))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(col(VersionCase.version_id) == study.version_id, col(Case.details).is_not(None))
    )
    details = {row.id: row.details or {} for row in stream(session, cases)}
    outputs = (
        sa.select(col(Output.id), col(Output.case_id), col(Output.details))
        .where(
            col(Output.run_id).in_([run.run_id for run in study.runs]),
            col(Output.details).is_not(None),
        )
        .order_by(col(Output.id))
    )
    rows = []
    for row in stream(session, outputs):
        retrieved = (row.details or {}).get("retrieved")
        if retrieved is not None:
            relevant = details.get(row.case_id, {}).get("relevant")
            rows.append(
                RetrievedFor(
                    row.id,
                    tuple(passage["id"] for passage in retrieved),
                    None if relevant is None else frozenset(relevant),
                )
            )
    states = {
        case_id: ContextState(each["context_state"])
        for case_id, each in details.items()
        if "context_state" in each
    }
    return Retrieval(tuple(rows), states)
