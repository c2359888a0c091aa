"""What if without some annotators: every number of quality beside that of everybody."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from evalkit.reporting import documents, text
from evalkit.reporting.collected import Collected
from evalkit.reporting.penalties import penalty_rows
from evalkit.reporting.reports import (
    AgreementOf,
    AgreementReport,
    RankingReport,
    agreement_report,
    ranking_report,
    scores_report,
)
from evalkit.reporting.sentences import counted, joined, verdict
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking import RankingRow, rank_range

NOTHING_LEFT = "Nobody who remains gave anything for this."


@dataclass(frozen=True, slots=True)
class Results:
    """What a choice of annotators comes to."""

    ranking: RankingReport
    agreement: AgreementReport
    quality: tuple["Quality", ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """One number of a model: its mean on a criterion, what is acceptable, what its errors weigh."""

    on: str
    model: str
    estimate: Estimate
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Without:
    """The results of everybody, and without the annotators named."""

    left_out: tuple[str, ...]
    full: Results
    rest: Results


def without_report(full: Collected, rest: Collected, *, left_out: Sequence[str]) -> Without:
    """Compute everything twice: of all, and of those who remain."""
    return Without(tuple(left_out), _results(full), _results(rest))


def without_sentences(report: Without) -> list[str]:
    """Say what leaving the annotators out changes, and what it costs."""
    full, rest = report.full.ranking, report.rest.ranking
    n_lost = full.n_comparisons - rest.n_comparisons
    said = []
    if full.ranking is not None and rest.ranking is not None:
        is_same = _front(full) == _front(rest) and _leader(full) == _leader(rest)
        who = joined(report.left_out)
        said.append(
            f"Without {who} the verdict stays the same."
            if is_same
            else f"Without {who} the verdict changes: {verdict(rest)}"
        )
        moved = _moved(full.ranking.rows, rest.ranking.rows)
        if moved:
            said.append(f"Other possible ranks: {'; '.join(moved)}.")
    elif rest.ranking is None:
        said.append(rest.reason or "")
    if n_lost:
        said.append(f"{counted(n_lost, 'comparison')} of {full.n_comparisons:,} would be left out.")
    return said


def agreement_pairs(report: Without) -> list[tuple[AgreementOf, AgreementOf]]:
    """Return what was judged, of everybody and without; the preference first."""
    full, rest = report.full.agreement, report.rest.agreement
    pairs = zip((full.preference, *full.criteria), (rest.preference, *rest.criteria), strict=True)
    return [(one, other) for one, other in pairs if one.alpha.n_units]


def quality_pairs(report: Without) -> list[tuple[Quality, Quality]]:
    """Return scores, acceptable shares and error weights, of everybody and without."""
    # A criterion may have the name of what is counted here of all criteria: the kind is compared.
    rest = {(one.on, one.model, one.is_share): one for one in report.rest.quality}
    pairs = [(one, rest.get((one.on, one.model, one.is_share))) for one in report.full.quality]
    # What nobody else gave, such as errors, is not there without them.
    return [
        (one, other or replace(one, estimate=Estimate(None, None, None, 0, NOTHING_LEFT)))
        for one, other in pairs
        if one.estimate.n
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


def _quality(collected: Collected) -> tuple[Quality, ...]:
    report = scores_report(collected)
    scores = [(one.criterion.key, one.means, False) for one in report.criteria]
    found = [
        *scores,
        ("acceptable", report.acceptable, True),
        ("error penalty", penalty_rows(collected), False),
    ]
    return tuple(
        Quality(on, row.model, row.estimate, is_share)
        for on, rows, is_share in found
        for row in rows
        if row.category is None
    )


def _entries(collected: Collected) -> Any:
    return [
        {"on": one.on, "model": one.model, **asdict(one.estimate)} for one in _quality(collected)
    ]


def _ranking(collected: Collected) -> Any:
    document = documents.ranking_document(collected)
    return {key: document[key] for key in ("n_comparisons", "models", "reason")}


def _agreement(collected: Collected) -> Any:
    document = documents.agreement_document(collected)
    return {
        "preference": document["preference"]["alpha"],
        "criteria": {key: one["alpha"] for key, one in document["criteria"].items()},
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


def ranking_change(report: Without, model: str) -> tuple[str, str, str, str]:
    """Return a model's rank and win rate, of everybody and without."""
    cells: list[str] = []
    for results in (report.full, report.rest):
        rows = results.ranking.ranking.rows if results.ranking.ranking else ()
        row = next((row for row in rows if row.model == model), None)
        cells += (
            [text.MISSING, text.MISSING]
            if row is None
            else [rank_range(row), text.estimate(row.win_rate, text.percent)]
        )
    return cells[0], cells[1], cells[2], cells[3]
