"""The differences of two models, and of all pairs of them, as JSON documents."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from evalkit.reports.by_criterion.report import criterion_report, pair_entry_by_criterion
from evalkit.reports.document import heading
from evalkit.reports.pair.analyses import analyses_of, two_analyses
from evalkit.reports.pair.daily import daily_win_rate
from evalkit.reports.pair.report import PairReport, SubjectDifference
from evalkit.reports.pair.sentences import pair_verdict
from evalkit.reports.pair.significance import (
    SIGNIFICANT,
    SubjectDifferences,
    difference_entry,
    largest_difference,
    significance_report,
)
from evalkit.reports.ranking.report import RankingReport, ranking_report
from evalkit.reports.strength.report import strength_document, strength_report
from evalkit.stats.differences import PairedDifference
from evalkit.study.collected import Collected
from evalkit.study.subjects import PREFERRED, subject_key


def significance_document(collected: Collected) -> dict[str, Any]:
    """Return the differences of all pairs as JSON; see docs/reports.md."""
    preference, *criteria = significance_report(collected, with_bootstrap=True)
    ranking = ranking_report(collected)
    entries = _entries(preference)
    for entry, pair in zip(entries["pairs"], preference.pairs, strict=True):
        entry["indirect"] = _indirect(ranking, pair)
    return {
        **heading(collected),
        "level": SIGNIFICANT,
        "preference": {"reach": largest_difference(PREFERRED), **entries},
        "criteria": {
            scored.subject.key: {"reach": largest_difference(scored.subject), **_entries(scored)}
            for scored in criteria
        },
    }


def pair_document(collected: Collected, report: PairReport) -> dict[str, Any]:
    """Return all that is known of two models as JSON; see docs/reports.md."""
    analyses = analyses_of(report, ranking_report(collected))
    return {
        **heading(collected),
        "level": SIGNIFICANT,
        "model": report.model,
        "other": report.other,
        "verdict": pair_verdict(report, analyses),
        "daily": asdict(daily_win_rate(collected, model=report.model, other=report.other)),
        "overall": difference_entries(report.overall),
        "by_category": difference_entries(report.by_category),
        "strength": strength_document(
            strength_report(collected, model=report.model, other=report.other)
        ),
        "by_criterion": pair_entry_by_criterion(
            criterion_report(collected, model=report.model, other=report.other), report.model
        ),
        "errors": [
            {
                "tag": error.tag.key,
                "n_only_model": error.n_only_model,
                "n_only_other": error.n_only_other,
                "n_both": error.n_both,
                **difference_entry(error.difference),
            }
            for error in report.errors
        ],
        "taken": {
            of.what: {"model": of.model, "other": of.other, "ratio": asdict(of.ratio)}
            for of in report.taken
        },
    }


def difference_entries(rows: Sequence[SubjectDifference]) -> list[dict[str, Any]]:
    """Return differences of two models with all their numbers, and on what each is."""
    return [{"on": subject_key(row.subject), **difference_entry(row.difference)} for row in rows]


def _indirect(ranking: RankingReport, pair: PairedDifference) -> dict[str, Any] | None:
    """Return how far the first of two that never met is ahead by strength (log-odds)."""
    if pair.estimate.n or ranking.ranking is None or two_analyses(ranking, pair) is None:
        return None
    return asdict(ranking.ranking.difference(pair.model, pair.other))


def _entries(differences: SubjectDifferences) -> dict[str, Any]:
    pairs = [
        difference_entry(pair)
        | {
            "bootstrap_low": pair.bootstrap.low if pair.bootstrap else None,
            "bootstrap_high": pair.bootstrap.high if pair.bootstrap else None,
        }
        for pair in differences.pairs
    ]
    return {"pairs": pairs, "reason": differences.reason}
