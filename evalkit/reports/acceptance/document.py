"""Verdicts taken without a person as one JSON document."""

from dataclasses import asdict

from evalkit.reports.acceptance.report import AcceptanceReport, AcceptanceRow, Promise
from evalkit.reports.acceptance.sentences import acceptance_verdict, promised, row_in_words
from evalkit.reports.document import Document, heading
from evalkit.study.collected import Collected
from evalkit.study.subjects import subject_key


def acceptance_document(collected: Collected, report: AcceptanceReport) -> Document:
    """Return every judge on everything; the shape is described in docs/reports.md."""
    return {
        **heading(collected),
        "verdict": acceptance_verdict(report),
        "promise": promised(report.promise),
        **asdict(report.promise),
        "judges": [_judge(row, report.promise) for row in report.rows],
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
        "n_labelled": row.n_labelled,
        "n_dev": row.n_dev,
        "n_certification": row.n_certification,
        "n_least": row.least,
        "n_needed": row.needed,
        "n_taken": row.n_taken,
    }
