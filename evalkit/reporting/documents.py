"""The reports as JSON documents; their shapes are described in docs/reports.md."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from evalkit.reporting.as_shown import as_shown_document
from evalkit.reporting.collected import Collected, names
from evalkit.reporting.judges import orders_entry
from evalkit.reporting.penalties import no_penalties, penalty_rows, weights_entry
from evalkit.reporting.reports import (
    AgreementOf,
    CriterionScores,
    ModelRow,
    RankingReport,
    agreement_report,
    models_report,
    ranking_report,
    scores_report,
    win_rates,
)
from evalkit.stats.agreement import PairAgreement
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking import RankingRow
from evalkit.stats.scores import ScoreRow
from evalkit.stats.win_rates import PairWinRate, circles

Document = dict[str, Any]

_OF_ESTIMATE = tuple(field.name for field in fields(Estimate))


def heading(collected: Collected) -> Document:
    """Name what shaped the numbers: a number without its filters says too much."""
    return {
        "study": collected.study,
        "categories": list(collected.categories),
        "annotators": list(names(collected)),
        "simulated_annotators": [
            name
            for name, one in zip(names(collected), collected.annotators, strict=True)
            if one.is_simulated
        ],
        "filters": {
            "categories": list(collected.limits.categories),
            "annotators": list(collected.limits.annotators),
            "judges": collected.limits.judges,
        },
    }


def agreement_document(collected: Collected) -> Document:
    """Return agreement on the preference and on each criterion, of all that was collected."""
    report = agreement_report(collected, pooled=True)
    return {
        **heading(collected),
        "preference": {
            **_agreement(report.preference),
            "as_shown": as_shown_document(report.as_shown),
        },
        "criteria": {
            of.criterion.key: {"level": str(of.level), **_agreement(of)}
            for of in report.criteria
            if of.criterion
        },
        "agreement_of": report.who.lower(),
        "judges_with_people": [
            {
                "judge": one.judge,
                "criterion": one.criterion.key if one.criterion else None,
                "kappa": asdict(one.kappa),
                "percent_agreement": asdict(one.percent),
                "both_orders": orders_entry(one.orders) if one.orders else None,
            }
            for one in report.judges
        ],
    }


def ranking_document(collected: Collected) -> Document:
    """Return the strengths, strongest first, and who won how often against whom."""
    report, rates = ranking_report(collected), win_rates(collected)
    return {
        **heading(collected),
        "n_comparisons": report.n_comparisons,
        "n_same_model": report.n_same_model,
        "n_unreadable": report.n_unreadable,
        "models": ranking_entries(report),
        "groups": [[_ranking_row(row) for row in group.rows] for group in report.groups],
        "matrix": _matrix(report, rates),
        "circles": [list(three) for three in circles(rates)],
        "reason": report.reason,
    }


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


def models_document(collected: Collected) -> Document:
    """Return quality, latency, cost, tokens and error tags per model."""
    return {
        **heading(collected),
        "models": [model_entry(row) for row in models_report(collected)],
    }


def _agreement(of: AgreementOf) -> Document:
    return {
        "alpha": asdict(of.alpha),
        "percent_agreement": asdict(of.percent),
        "pairs": [pair_entry(pair) for pair in of.pairs],
    }


def pair_entry(pair: PairAgreement) -> Document:
    """Return how far two annotators agree."""
    kappa, percent, weighted = pair.cohen_kappa, pair.percent_agreement, pair.weighted_cohen_kappa
    return {
        "annotators": list(pair.annotators),
        "cohen_kappa": kappa.value,
        "cohen_kappa_low": kappa.low,
        "cohen_kappa_high": kappa.high,
        "weights": str(pair.weights),
        "weighted_cohen_kappa": weighted.value if weighted else None,
        "weighted_cohen_kappa_low": weighted.low if weighted else None,
        "weighted_cohen_kappa_high": weighted.high if weighted else None,
        "percent_agreement": percent.value,
        "percent_agreement_low": percent.low,
        "percent_agreement_high": percent.high,
        "n": pair.n,
        "reason": kappa.reason or (weighted.reason if weighted else None) or percent.reason,
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
    missing = dict.fromkeys(_ranking_keys(), None)
    return ranked + [
        {**missing, "model": model, "n": _n_compared(report, model), "reason": report.reason}
        for model in left_out
    ]


def _ranking_row(row: RankingRow) -> Document:
    rate = row.win_rate
    values = (
        row.model,
        row.strength,
        row.low,
        row.high,
        rate.value,
        rate.low,
        rate.high,
        row.best_rank,
        row.worst_rank,
        row.probability_best,
        row.n,
        row.reason or rate.reason,
    )
    return dict(zip(_ranking_keys(), values, strict=True))


def _ranking_keys() -> tuple[str, ...]:
    return (
        "model",
        "strength",
        "low",
        "high",
        "win_rate",
        "win_rate_low",
        "win_rate_high",
        "best_rank",
        "worst_rank",
        "probability_best",
        "n",
        "reason",
    )


def _n_compared(report: RankingReport, model: str) -> int:
    return sum(
        counts.wins + counts.losses + counts.ties + counts.both_bad
        for counts in report.matrix[model].values()
    )


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


def score_entry(row: ScoreRow) -> Document:
    """Return one number of one model, overall or of a category."""
    # Not ``asdict``, which copies deeply: pages make thousands of these on every run.
    numbers = {name: getattr(row.estimate, name) for name in _OF_ESTIMATE}
    return {"model": row.model, "category": row.category, **numbers, "n_cases": row.n_cases}


def model_entry(row: ModelRow) -> Document:
    """Return what one model's responses are worth and what they take."""
    return {
        "model": row.model,
        "n_responses": row.n_responses,
        "acceptable": asdict(row.acceptable),
        "latency_ms": {
            "median": asdict(row.latency_median_ms),
            "p95": asdict(row.latency_p95_ms),
        },
        "cost_usd": asdict(row.cost_usd),
        "cost_per_acceptable_usd": asdict(row.cost_per_acceptable_usd),
        "input_tokens": asdict(row.input_tokens),
        "output_tokens": asdict(row.output_tokens),
        "tags": {tag.key: asdict(rate) for tag, rate in row.tags},
    }
