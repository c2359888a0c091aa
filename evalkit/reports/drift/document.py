"""Checks of anchors as one JSON document."""

from dataclasses import asdict

from evalkit.reports.document import Document, heading
from evalkit.reports.drift.report import DriftReport, DriftRow
from evalkit.reports.drift.sentences import HOW, drift_verdict, row_in_words
from evalkit.study.collected import Collected


def drift_document(collected: Collected, report: DriftReport) -> Document:
    """Return every check; the shape is described in docs/reports.md."""
    return {
        **heading(collected),
        "verdict": drift_verdict(report),
        "how": HOW,
        "checks": [_check(row) for row in report.rows],
    }


def _check(row: DriftRow) -> Document:
    return {
        "judge": row.look.judge,
        "task": str(row.look.task),
        "checked_at": row.look.checked_at.isoformat(),
        "since": row.since.isoformat() if row.since else None,
        "standing": str(row.standing),
        "number": row.number,
        "level": row.level,
        "served_models": list(row.look.served_models),
        "cost_usd": row.look.cost_usd,
        "n_anchors": row.n_anchors,
        "drift": asdict(row.drift) if row.drift else None,
        "right": asdict(row.right),
        "mcnemar": asdict(row.correctness) if row.correctness else None,
        "power": row.power,
        "sentence": row_in_words(row),
    }
