"""Scores as one JSON document."""

from evalkit.reports.document import Document, heading, score_entry
from evalkit.reports.errors.penalties import no_penalties, penalty_rows, weights_entry
from evalkit.reports.scores.report import CriterionScores, scores_report
from evalkit.study.collected import Collected


def scores_document(collected: Collected) -> Document:
    """Return mean scores per criterion, the share of acceptable responses, and error penalties."""
    report, penalties = scores_report(collected), penalty_rows(collected)
    return {
        **heading(collected),
        "criteria": {one.criterion.key: _criterion(one) for one in report.criteria},
        "acceptable": [score_entry(row) for row in report.acceptable],
        "acceptable_note": report.acceptable_note,
        "penalties": {
            "weights": weights_entry(collected.weights),
            "means": [score_entry(row) for row in penalties],
            "reason": None if penalties else no_penalties(collected),
        },
    }


def _criterion(one: CriterionScores) -> Document:
    return {
        "question": one.criterion.question,
        "level": str(one.criterion.level),
        "scale": list(one.criterion.values),
        "means": [score_entry(row) for row in one.means],
        "distributions": [
            {
                "model": row.model,
                "category": row.category,
                "values": list(row.values),
                "counts": list(row.counts),
            }
            for row in one.distributions
        ],
        "reason": one.reason,
    }
