"""Scores as one JSON document."""

from evalkit.reports.document import Document, heading, score_entry
from evalkit.reports.errors.document import penalties_entry
from evalkit.reports.production.document import production_entry
from evalkit.reports.production.report import production_report
from evalkit.reports.scores.checklists import checklist_entry, checklist_report
from evalkit.reports.scores.report import CriterionScores, scores_report
from evalkit.reports.scores.trials import trials_entry, trials_report
from evalkit.stats.scores import QUANTILES
from evalkit.study.collected import Collected, Criterion
from evalkit.study.subject_keys import PREFERENCE


def scores_document(collected: Collected) -> Document:
    """Return mean scores per criterion, acceptable responses, trials and error penalties."""
    report = scores_report(collected)
    return {
        **heading(collected),
        "criteria": {
            criterion.criterion.key: _criterion(criterion) for criterion in report.criteria
        },
        "acceptable": [score_entry(row) for row in report.acceptable],
        "acceptable_note": report.acceptable_note,
        "checklists": checklist_entry(checklist_report(collected)),
        "production": production_entry(production_report(collected), without=(PREFERENCE,)),
        "trials": trials_entry(trials_report(collected)),
        "penalties": penalties_entry(collected),
    }


def _criterion(scores: CriterionScores) -> Document:
    return {
        "question": scores.criterion.question,
        "level": str(scores.criterion.level),
        **_scale(scores.criterion),
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
        **_quantiles(scores),
        "reason": scores.reason,
    }


def _scale(criterion: Criterion) -> Document:
    """Return the levels of a criterion, or the ends of its continuous scale."""
    name = "range" if criterion.is_continuous else "scale"
    return {name: list(criterion.values)}


def _quantiles(scores: CriterionScores) -> Document:
    """Return how scores on a continuous scale are spread; nothing is counted by level there."""
    if not scores.criterion.is_continuous:
        return {}
    return {
        "quantiles": [
            {
                "model": row.model,
                "category": row.category,
                "n": row.n,
                "at": list(QUANTILES),
                "values": list(row.values),
            }
            for row in scores.quantiles
        ]
    }
