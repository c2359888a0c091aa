"""Verdicts taken without a person as one JSON document."""

from collections.abc import Sequence
from dataclasses import asdict

from evalkit.reports.acceptance.audit import AuditRow
from evalkit.reports.acceptance.report import AcceptanceReport, AcceptanceRow, Promise
from evalkit.reports.acceptance.sentences import (
    acceptance_verdict,
    audit_in_words,
    promised,
    row_in_words,
)
from evalkit.reports.document import Document, heading
from evalkit.study.accepted import Look
from evalkit.study.collected import Collected
from evalkit.study.subjects import subject_key


def acceptance_document(
    collected: Collected,
    report: AcceptanceReport,
    looks: Sequence[Look] = (),
    audits: Sequence[AuditRow] = (),
) -> Document:
    """Return every judge on everything; the shape is described in docs/reports.md."""
    return {
        **heading(collected),
        "verdict": acceptance_verdict(report),
        "promise": promised(report.promise),
        **asdict(report.promise),
        "judges": [_judge(row, report.promise) for row in report.rows],
        "looks": [asdict(look) | {"looked_at": look.looked_at.isoformat()} for look in looks],
        "accepted": [_audit(row) for row in audits],
    }


def _audit(row: AuditRow) -> Document:
    accepted = row.accepted
    return {
        "judge": accepted.judge,
        "subject": accepted.subject,
        "state": accepted.state,
        "reason": accepted.reason or None,
        "risk": accepted.risk,
        "threshold": accepted.threshold,
        "audit_share": accepted.share,
        "audit_study": accepted.audit_study or None,
        "audit": row.standing,
        "n_verdicts": len(accepted.units),
        "n_cases": row.n_cases,
        "n_drawn": row.n_drawn,
        "n_read": row.n_read,
        "wrong": asdict(row.wrong),
        "sequence": {"low": row.low, "high": row.high},
        "sentence": audit_in_words(row),
    }


def _judge(row: AcceptanceRow, promise: Promise) -> Document:
    test = row.test
    return {
        "judge": row.judge,
        "subject": subject_key(row.subject),
        "is_accepted": row.is_accepted,
        "refusal": row.refusal,
        "sentence": row_in_words(row, promise),
        "threshold": test.threshold if test and row.is_accepted else None,
        "accepted": asdict(test.accepted) if test and row.is_accepted else None,
        "wrong": asdict(test.wrong) if test and row.is_accepted else None,
        "tried": [asdict(tried) for tried in test.tried] if test else [],
        "curve": [asdict(point) for point in row.curve],
        "n_verdicts": row.n_verdicts,
        "n_unclear": row.n_unclear,
        "certainty": row.certainty,
        "n_without_probability": row.n_untold,
        "n_labelled": row.n_labelled,
        "n_dev": row.n_dev,
        "n_certification": row.n_certification,
        "n_least": row.least,
        "n_needed": row.needed,
        "n_taken": row.n_taken,
        "n_looks": row.n_looks,
        "level": row.level,
    }
