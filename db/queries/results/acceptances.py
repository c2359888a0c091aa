"""Looks at certification labels and verdicts accepted since, as the acceptance of a study needs."""

from dataclasses import replace
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.columns import number_of
from db.models import (
    AcceptedVerdict,
    Annotator,
    CertificationLook,
    ResultsState,
    Study,
    VerdictAcceptance,
)
from db.queries.results.collected import collect
from db.queries.results.odds import presented
from db.queries.results.splits import splits
from db.queries.results.studies import ResultFilters, ResultStudy, result_study
from db.queries.results.sure import sure_answers
from evalkit.reports.acceptance.audit import AcceptanceBasis, AuditRow, audit_row
from evalkit.study.accepted import AcceptedUnit, AcceptedVerdicts, Look
from evalkit.study.collected import Collected
from evalkit.vocabulary import AcceptanceState


def looks(
    session: Session, study: ResultStudy, *, filters: ResultFilters | None = None
) -> tuple[Look, ...]:
    """Return every look at certification labels of a study, the oldest first, within any filter."""
    judge, person = aliased(Annotator), aliased(Annotator)
    rows = session.connection().execute(
        sa.select(
            col(judge.name).label("judge"),
            *(
                col(getattr(CertificationLook, column))
                for column in (
                    *("subject", "inputs", "risk", "confidence", "level"),
                    *("threshold", "looked_at"),
                )
            ),
            sa.func.coalesce(col(person.name), "").label("looked_by"),
        )
        .select_from(CertificationLook)
        .join(judge, col(judge.id) == col(CertificationLook.annotator_id))
        .outerjoin(person, col(person.id) == col(CertificationLook.looked_by_id))
        .where(col(CertificationLook.study_id) == study.study_id)
        .order_by(col(CertificationLook.id))
    )
    return tuple(Look(**row._mapping) for row in rows)


def accepted_verdicts(session: Session, study_id: int) -> tuple[AcceptedVerdicts, ...]:
    """Return what was accepted in a study, stopped or not, the oldest first."""
    rows = session.connection().execute(
        sa.select(VerdictAcceptance, Annotator, Study)
        .join(Annotator, col(Annotator.id) == col(VerdictAcceptance.annotator_id))
        .outerjoin(Study, col(Study.id) == col(VerdictAcceptance.audit_study_id))
        .where(col(VerdictAcceptance.study_id) == study_id)
        .order_by(col(VerdictAcceptance.id))
        .with_only_columns(
            col(VerdictAcceptance.id),
            col(VerdictAcceptance.subject),
            col(VerdictAcceptance.risk),
            col(VerdictAcceptance.confidence),
            col(VerdictAcceptance.threshold),
            col(VerdictAcceptance.audit_share),
            col(VerdictAcceptance.state),
            sa.func.coalesce(col(VerdictAcceptance.reason), "").label("reason"),
            col(Annotator.name).label("judge"),
            sa.func.coalesce(col(Study.name), "").label("audit_study"),
        )
    )
    return tuple(_accepted(session, row) for row in rows.all())


def audits(session: Session, study_id: int) -> tuple[AuditRow, ...]:
    """Return what was accepted in a study, with what people said of what went back to them."""
    return tuple(
        audit_row(accepted, _read_again(session, accepted.audit_study))
        for accepted in accepted_verdicts(session, study_id)
    )


def state_of_audits(session: Session, study_id: int) -> tuple[tuple[object, ...], ...]:
    """Return what changes with whatever the audits of a study rest on."""
    rows = session.connection().execute(
        sa.select(
            col(VerdictAcceptance.id),
            col(VerdictAcceptance.state),
            col(VerdictAcceptance.audit_study_id),
            col(ResultsState.token),
        )
        .outerjoin(
            ResultsState, col(ResultsState.study_id) == col(VerdictAcceptance.audit_study_id)
        )
        .where(col(VerdictAcceptance.study_id) == study_id)
        .order_by(col(VerdictAcceptance.id))
    )
    return tuple(tuple(row) for row in rows)


def acceptance_basis(
    session: Session, study: ResultStudy, *, filters: ResultFilters | None = None
) -> AcceptanceBasis:
    """Return what acceptance rests on within the filters, which leave out no annotator."""
    filters = filters or ResultFilters()
    every = replace(filters, annotator_ids=()).with_all_judges()
    of_judges = replace(filters, every_judge=True)
    return AcceptanceBasis(
        collect(session, study, filters=every) if filters.judges else None,
        collect(session, study, filters=of_judges) if filters.judges else None,
        splits(session, study),
        presented(session, study, filters=every),
        looks(session, study),
        audits(session, study.study_id),
        sure_answers(session, study, filters=every),
    )


def _read_again(session: Session, name: str) -> Collected | None:
    return collect(session, result_study(session, name=name)) if name else None


def _accepted(session: Session, row: Any) -> AcceptedVerdicts:
    verdicts = (
        session.connection()
        .execute(
            sa.select(
                col(AcceptedVerdict.case_id),
                col(AcceptedVerdict.first_output_id),
                col(AcceptedVerdict.second_output_id),
                col(AcceptedVerdict.value),
                col(AcceptedVerdict.certainty),
                col(AcceptedVerdict.inclusion_probability),
            )
            .where(col(AcceptedVerdict.acceptance_id) == number_of(row))
            .order_by(col(AcceptedVerdict.id))
        )
        .all()
    )
    odds = np.array([each[-1] for each in verdicts], dtype=np.float64)
    return AcceptedVerdicts(
        acceptance_id=number_of(row),
        judge=row.judge,
        subject=row.subject,
        risk=row.risk,
        confidence=row.confidence,
        threshold=row.threshold,
        share=row.audit_share,
        state=AcceptanceState(row.state),
        reason=row.reason,
        audit_study=row.audit_study,
        units=tuple(AcceptedUnit(*each[:-1]) for each in verdicts),
        is_drawn=~np.isnan(odds),
        odds=odds,
    )
