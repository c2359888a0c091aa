"""The ranking as one JSON document."""

from collections.abc import Sequence
from dataclasses import asdict

from evalkit.reports.by_criterion.report import criterion_document, criterion_report
from evalkit.reports.document import Document, heading, spread
from evalkit.reports.production.document import production_entry
from evalkit.reports.production.report import production_report
from evalkit.reports.ranking.lead import report_lead
from evalkit.reports.ranking.report import RankingReport, ranking_report, win_rates
from evalkit.reports.ranking.sentences import verdict
from evalkit.reports.ranking.style import StyleReport, carried_style, standing_entry
from evalkit.reports.rules.document import rules_document
from evalkit.reports.rules.report import other_rules, rules_report
from evalkit.reports.strength.report import strength_document, strength_report
from evalkit.stats.ranking.ranking import RankingRow
from evalkit.stats.ranking.win_rates import PairWinRate, circles
from evalkit.study.collected import Collected
from evalkit.study.subject_keys import PREFERENCE

_KEYS = (
    *("model", "strength", "low", "high"),
    *("win_rate", "win_rate_low", "win_rate_high"),
    *("raw_win_rate", "raw_win_rate_low", "raw_win_rate_high"),
    *("best_rank", "worst_rank", "probability_best", "n", "reason"),
)


def ranking_document(collected: Collected, style: StyleReport | None = None) -> Document:
    """Return the strengths, strongest first, and who won how often against whom.

    With ``style`` the verdict says whether it holds with style held equal.
    """
    report, rates = ranking_report(collected), win_rates(collected)
    lead = report_lead(report)
    return {
        **heading(collected),
        "verdict": " ".join(filter(None, (verdict(report), carried_style(style, lead)))),
        "lead": None if lead is None else asdict(lead),
        "style_held_equal": standing_entry(style, lead),
        "n_comparisons": report.n_comparisons,
        "n_same_model": report.n_same_model,
        "n_unreadable": report.n_unreadable,
        "models": ranking_entries(report),
        "groups": [[_ranking_row(row) for row in group.rows] for group in report.groups],
        "matrix": _matrix(report, rates),
        "circles": [list(three) for three in circles(rates)],
        "by_criterion": criterion_document(criterion_report(collected)),
        "by_strength": strength_document(strength_report(collected)),
        "by_other_rules": rules_document(rules_report(other_rules(collected), report, style)),
        "production": production_entry(production_report(collected), only=(PREFERENCE,)),
        "reason": report.reason,
    }


def _matrix(report: RankingReport, rates: Sequence[PairWinRate]) -> Document:
    """Return for every two models who won how often, and the share won with its interval."""
    of_pair = {(rate.model, rate.other): asdict(rate.estimate) for rate in rates}
    return {
        model: {
            other: {**asdict(counts), "win_rate": of_pair[model, other]}
            for other, counts in others.items()
        }
        for model, others in report.matrix.items()
    }


def ranking_entries(report: RankingReport) -> list[Document]:
    """Return every model of the study: the ranked ones strongest first, then those without rank."""
    ranked = [_ranking_row(row) for row in report.ranking.rows] if report.ranking else []
    left_out = report.ranking.unranked if report.ranking else report.models
    missing = dict.fromkeys(_KEYS)
    return ranked + [
        {**missing, "model": model, "n": _n_compared(report, model), "reason": report.reason}
        for model in left_out
    ]


def _ranking_row(row: RankingRow) -> Document:
    entry = {key: getattr(row, key, None) for key in _KEYS}
    return {
        **entry,
        **spread("win_rate", row.win_rate),
        **spread("raw_win_rate", row.raw_win_rate),
        "reason": row.reason or row.win_rate.reason,
    }


def _n_compared(report: RankingReport, model: str) -> int:
    return sum(
        counts.wins + counts.losses + counts.ties + counts.both_bad
        for counts in report.matrix[model].values()
    )
