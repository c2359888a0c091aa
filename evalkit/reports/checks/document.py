"""Checks as one JSON document."""

from dataclasses import asdict

from evalkit.reports.checks.report import CheckRow, ChecksReport
from evalkit.reports.checks.sentences import HOW, agreement_in_words, checks_verdict
from evalkit.reports.document import Document, heading
from evalkit.study.collected import Collected


def checks_document(collected: Collected, report: ChecksReport) -> Document:
    """Return what every check found; the shape is described in docs/reports.md."""
    return {
        **heading(collected),
        "verdict": checks_verdict(report),
        "how": HOW,
        "checks": [_entry(row) for row in report.rows],
    }


def _entry(row: CheckRow) -> Document:
    of = row.agreement
    return {
        "check": row.name,
        "kind": row.kind,
        "revision": row.revision,
        "case": row.case_key,
        "answers": row.answers.document if row.answers else None,
        "n_pass": row.n_pass,
        "n_fail": row.n_fail,
        "n_undefined": row.n_undefined,
        "models": [{"model": name, "pass_rate": asdict(share)} for name, share in row.models],
        "agreement": None
        if of is None
        else {
            "accuracy": asdict(of.accuracy),
            "kappa": asdict(of.kappa),
            "false_pass": asdict(of.false_pass),
            "false_fail": asdict(of.false_fail),
            "n_responses": of.n,
            "sentence": agreement_in_words(row, of),
        },
    }
