"""What if without some annotators: every number of quality beside that of everybody."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evalkit.phrases import counted, joined
from evalkit.reports.agreement.document import agreement_document
from evalkit.reports.agreement.report import AgreementOf, AgreementReport, agreement_report
from evalkit.reports.decision.measures import Measure, available_measures, model_estimates
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.report import RankingReport, ranking_report
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import RankingRow, rank_range
from evalkit.study.collected import Collected
from evalkit.study.main_criteria import main_part

NOTHING_LEFT = "Nobody who remains gave anything for this."


@dataclass(frozen=True, slots=True)
class Results:
    """What a choice of annotators comes to."""

    ranking: RankingReport
    agreement: AgreementReport
    quality: tuple[tuple[Measure, dict[str, Estimate]], ...]


@dataclass(frozen=True, slots=True)
class QualityChange:
    """One number of a model, of everybody and without those left out."""

    measure: Measure
    model: str
    full: Estimate
    rest: Estimate


@dataclass(frozen=True, slots=True)
class Without:
    """The results of everybody, and without the annotators named."""

    left_out: tuple[str, ...]
    full: Results
    rest: Results


def without_report(full: Collected, rest: Collected, *, left_out: Sequence[str]) -> Without:
    """Compute everything twice: of all, and of those who remain."""
    full, rest = main_part(full), main_part(rest, as_of=full)
    return Without(tuple(left_out), _results(full), _results(rest))


def without_sentences(report: Without, verdict: str) -> list[str]:
    """Say what leaving the annotators out changes, and what it costs.

    ``verdict`` is what the ranking says of those who remain.
    """
    full, rest = report.full.ranking, report.rest.ranking
    n_lost = full.n_comparisons - rest.n_comparisons
    sentences = []
    if full.ranking is not None and rest.ranking is not None:
        is_same = _front(full) == _front(rest) and _leader(full) == _leader(rest)
        who = joined(report.left_out)
        sentences.append(
            f"Without {who} the verdict stays the same."
            if is_same
            else f"Without {who} the verdict changes: {verdict}"
        )
        moved = _moved(full.ranking.rows, rest.ranking.rows)
        if moved:
            sentences.append(f"Other possible ranks: {'; '.join(moved)}.")
    elif rest.ranking is None:
        sentences.append(rest.reason or "")
    if n_lost:
        sentences.append(
            f"{counted(n_lost, 'comparison')} of {full.n_comparisons:,} would be left out."
        )
    return sentences


def agreement_pairs(report: Without) -> list[tuple[AgreementOf, AgreementOf]]:
    """Return what was judged, of everybody and without; the preference first."""
    full, rest = report.full.agreement, report.rest.agreement
    pairs = zip((full.preference, *full.criteria), (rest.preference, *rest.criteria), strict=True)
    # Where only those left out checked anything, nothing of it is left.
    checks = zip(full.checks, rest.checks, strict=False)
    return [(full, other) for full, other in (*pairs, *checks) if full.alpha.n_units]


def quality_changes(report: Without) -> list[QualityChange]:
    """Return scores, acceptable shares and error weights, of everybody and without."""
    rest = {measure.key: numbers for measure, numbers in report.rest.quality}
    # What nobody else gave, such as errors, is not there without them.
    nothing = Estimate(None, None, None, 0, NOTHING_LEFT)
    return [
        QualityChange(measure, model, number, rest.get(measure.key, {}).get(model, nothing))
        for measure, numbers in report.full.quality
        for model, number in numbers.items()
        if number.n
    ]


def without_document(full: Collected, rest: Collected, *, left_out: Collection[str]) -> Any:
    """Return what all results come to with and without the annotators named."""
    return {
        "left_out": list(left_out),
        "ranking": {"all": _ranking(full), "rest": _ranking(rest)},
        "agreement": {"all": _agreement(full), "rest": _agreement(rest)},
        "quality": {"all": _entries(full), "rest": _entries(rest)},
    }


def _results(collected: Collected) -> Results:
    return Results(ranking_report(collected), agreement_report(collected), _quality(collected))


def _quality(collected: Collected) -> tuple[tuple[Measure, dict[str, Estimate]], ...]:
    """Return what every model gets on all that quality is measured by; win rates are ranked."""
    return tuple(
        (measure, model_estimates(collected, measure))
        for measure in available_measures(collected)
        if not measure.is_preference
    )


def _entries(collected: Collected) -> Any:
    return [
        {"on": measure.key, "model": model, **asdict(number)}
        for measure, numbers in _quality(collected)
        for model, number in numbers.items()
    ]


def _ranking(collected: Collected) -> Any:
    document = ranking_document(collected)
    return {key: document[key] for key in ("n_comparisons", "models", "reason")}


def _agreement(collected: Collected) -> Any:
    document = agreement_document(collected)
    return {
        "preference": document["preference"]["alpha"],
        "criteria": {key: entry["alpha"] for key, entry in document["criteria"].items()},
    }


def _front(report: RankingReport) -> set[str]:
    """Return the models that may be the best."""
    rows = report.ranking.rows if report.ranking else ()
    return {row.model for row in rows if row.best_rank == 1}


def _leader(report: RankingReport) -> str | None:
    return report.ranking.rows[0].model if report.ranking else None


def _moved(full: Sequence[RankingRow], rest: Sequence[RankingRow]) -> list[str]:
    """Name the models whose possible ranks change."""
    before = {row.model: row for row in full}
    return [
        f"{row.model} {rank_range(row)} instead of {rank_range(before[row.model])}"
        for row in rest
        if row.model in before and rank_range(row) != rank_range(before[row.model])
    ]


def ranked_rows(results: Results) -> dict[str, tuple[str, Estimate]]:
    """Return the possible ranks and the win rate of each model, strongest first."""
    rows = results.ranking.ranking.rows if results.ranking.ranking else ()
    return {row.model: (rank_range(row), row.win_rate) for row in rows}
