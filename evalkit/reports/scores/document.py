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
        "criteria": {
            criterion.criterion.key: _criterion(criterion) for criterion in report.criteria
        },
        "acceptable": [score_entry(row) for row in report.acceptable],
        "acceptable_note": report.acceptable_note,
        "penalties": {
            "weights": weights_entry(collected.weights),
            "means": [score_entry(row) for row in penalties],
            "reason": None if penalties else no_penalties(collected),
        },
    }


def _criterion(scores: CriterionScores) -> Document:
    return {
        "question": scores.criterion.question,
        "level": str(scores.criterion.level),
        "scale": list(scores.criterion.values),
        "means": [score_entry(row) for row in scores.means],
        "distributions": [
            {
                "model": row.model,
                "category": row.category,
                "values": list(row.values),
                "counts": list(row.counts),
            }
            for row in scores.distributions
        ],
        "reason": scores.reason,
    }
