"""What more annotations would buy: pairs to tell apart, intervals to narrow, cases or overlap."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evalkit.errors import RefusedError, UndefinedStatisticError
from evalkit.reports.document import heading
from evalkit.reports.power.scores import score_entry, score_power
from evalkit.reports.ranking.report import RankingReport, ranking_report
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import (
    Estimate,
    clustered_means,
    cut_off,
    mean_estimate,
    share_estimate,
)
from evalkit.stats.power import (
    POWER,
    MoreLabels,
    SpreadOfScores,
    cases_for_interval,
    comparisons_for_pair,
    more_labels,
    spread_of_scores,
)
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.study.collected import Collected, Criterion, comparisons, scores_of_criterion
from evalkit.study.main_criteria import main_part
from evalkit.study.subjects import PREFERRED, Scaled
from evalkit.study.who import identified

#: Half the width wanted where nobody says otherwise, as a share of the scale.
HALF_WIDTH = 0.05

#: Beyond this many times what is in hand, two models are as good as equal.
HOPELESS = 100


@dataclass(frozen=True, slots=True)
class PairPower:
    """What it takes to tell two models apart: counts in all, those in hand included.

    ``n_cases_needed`` is at as many comparisons per case as now. None where it cannot be had,
    and where the two are told apart already, which ``is_settled`` says.
    """

    model: str
    other: str
    gap: Estimate
    is_settled: bool
    n_now: int
    n_needed: int | None
    n_cases_now: int
    n_cases_needed: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class IntervalPower:
    """What it takes to know one number of one model to ± ``half_width``.

    Attributes
    ----------
    subject : Preferred or Criterion
        Of the preference it is the win rate.
    half_width : float
        Wanted, in the unit of ``estimate``.
    n_cases_needed : int or None
        In all, each annotated as often as now.
    per_case_now : float
        Annotations of an average case.
    per_case_needed : int or None
        On the cases in hand; None where no overlap is enough, for the cases differ too much, or
        ``reason`` says why.
    more : MoreLabels or None
        What twice as many annotations do to the interval, as new cases and as more overlap.
    """

    subject: Scaled
    model: str
    estimate: Estimate
    half_width: float
    n_cases_now: int
    n_cases_needed: int | None
    per_case_now: float
    per_case_needed: int | None
    more: MoreLabels | None
    spread: SpreadOfScores | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PowerReport:
    """Pairs in the order of the ranking, then numbers by criterion and model.

    ``per_annotator`` is how many comparisons the typical annotator has made so far: the median.
    """

    pairs: tuple[PairPower, ...]
    intervals: tuple[IntervalPower, ...]
    half_width: float
    per_annotator: float
    reason: str | None


def power_report(
    collected: Collected,
    *,
    half_width: float = HALF_WIDTH,
    ranking: RankingReport | None = None,
) -> PowerReport:
    """Plan further annotations from the spread of those in hand.

    Parameters
    ----------
    collected : Collected
    half_width : float
        Half the width wanted as a share of the scale: 0.05 is ± 5 points of a win rate, and
        ± 0.2 on a scale from 1 to 5.
    ranking : RankingReport, optional
        Of the same, where it has been made already.

    Raises
    ------
    RefusedError
        For a half-width that is not above 0 and below 0.5.

    Notes
    -----
    All needs assume that new cases and annotators are like those so far, that a difference is
    as large as it seems, and ask for a chance of four in five to find it.
    """
    if not 0 < half_width < 0.5:
        raise RefusedError(
            "The half-width is a share of the scale, above 0 and below 0.5 (0.05 is ± 5 points); "
            f"found {half_width:g}."
        )
    ranking = ranking or ranking_report(collected)
    preferences = identified(collected).preferences
    by_annotator = np.bincount(preferences.annotator, preferences.n)
    by_annotator = by_annotator[by_annotator > 0]
    return PowerReport(
        pairs=_pairs(ranking),
        intervals=(
            *_win_rates(collected, half_width),
            *(
                mean
                for place, criterion in enumerate(collected.criteria)
                if criterion.has_mean
                for mean in _means(collected, place, half_width)
            ),
        ),
        half_width=half_width,
        per_annotator=float(np.median(by_annotator)) if len(by_annotator) else 0.0,
        reason=ranking.reason,
    )


def shown_power(
    collected: Collected, *, half_width: float, criterion: Criterion | None
) -> PowerReport:
    """Plan for what a page shows: of many criteria the main ones, and the one asked for."""
    return power_report(main_part(collected, also=criterion), half_width=half_width)


def power_document(collected: Collected, *, half_width: float = HALF_WIDTH) -> dict[str, Any]:
    """Return the plan as JSON; see docs/reports.md."""
    report = power_report(collected, half_width=half_width)
    return {
        **heading(collected),
        "half_width": report.half_width,
        "power": POWER,
        "comparisons_per_annotator": report.per_annotator,
        "pairs": [pair_entry(pair) for pair in report.pairs],
        "score_pairs": [
            score_entry(power)
            for place in np.unique(collected.values.criterion).tolist()
            if collected.criteria[place].has_mean
            for power in score_power(collected, collected.criteria[place])
        ],
        "intervals": [interval_entry(interval) for interval in report.intervals],
        "reason": report.reason,
    }


def interval_entry(power: IntervalPower) -> dict[str, Any]:
    """Return what one number needs."""
    return {
        "criterion": None if power.subject == PREFERRED else power.subject.key,
        "model": power.model,
        **{key: asdict(power.estimate)[key] for key in ("value", "low", "high", "n")},
        "half_width": power.half_width,
        "n_cases_now": power.n_cases_now,
        "n_cases_needed": power.n_cases_needed,
        "per_case_now": power.per_case_now,
        "per_case_needed": power.per_case_needed,
        "intraclass": power.spread.intraclass if power.spread else None,
        "doubled": None if power.more is None else asdict(power.more),
        "reason": power.reason,
    }


def pair_entry(power: PairPower) -> dict[str, Any]:
    """Return what it takes to tell two ranked models apart."""
    gap = power.gap
    return {
        "model": power.model,
        "other": power.other,
        "difference": gap.value,
        "low": gap.low,
        "high": gap.high,
        "n": gap.n,
        "is_settled": power.is_settled,
        "n_comparisons_now": power.n_now,
        "n_comparisons_needed": power.n_needed,
        "n_cases_now": power.n_cases_now,
        "n_cases_needed": power.n_cases_needed,
        "reason": power.reason,
    }


def _pairs(report: RankingReport) -> tuple[PairPower, ...]:
    ranking = report.ranking
    if ranking is None:
        return ()
    pairs = []
    for place, row in enumerate(ranking.rows):
        for rival in ranking.rows[place + 1 :]:
            gap = ranking.difference(row.model, rival.model)
            settled = ranking.is_separated(row.model, rival.model)
            needed, reason = None, gap.reason
            if not settled:
                try:
                    needed = comparisons_for_pair(
                        gap, n_comparisons=ranking.n_comparisons, n_cases=ranking.n_cases
                    ).n_needed
                except UndefinedStatisticError as undefined:
                    reason = str(undefined)
            now, n_cases = ranking.n_comparisons, ranking.n_cases
            pairs.append(
                PairPower(
                    model=row.model,
                    other=rival.model,
                    gap=gap,
                    is_settled=settled,
                    n_now=now,
                    # A pair that differs alone, but not yet with all pairs considered at once.
                    n_needed=None if needed is None else max(needed, now),
                    n_cases_now=n_cases,
                    n_cases_needed=None
                    if needed is None
                    else max(math.ceil(needed * n_cases / now), n_cases),
                    reason=reason,
                )
            )
    return tuple(pairs)


def _win_rates(collected: Collected, half_width: float) -> list[IntervalPower]:
    compared = comparisons(collected)
    other = compared.left != compared.right
    share = LEFT_SHARE[compared.preference[other]]
    n, case = compared.n[other], compared.case[other]
    plans = []
    for place, model in enumerate(collected.models):
        left, right = compared.left[other] == place, compared.right[other] == place
        own = left | right
        if own.any():
            value = np.where(left, share, 1 - share)[own]
            plans.append(_plan(PREFERRED, model, value, case[own], n[own], half_width))
    return plans


def _means(collected: Collected, place: int, half_width: float) -> list[IntervalPower]:
    criterion, scores = collected.criteria[place], scores_of_criterion(collected, place)
    width = half_width * (max(criterion.values) - min(criterion.values))
    plans = []
    for code, model in enumerate(collected.models):
        own = scores.model == code
        if own.any():
            plans.append(
                _plan(criterion, model, scores.value[own], scores.case[own], scores.n[own], width)
            )
    return plans


def _plan(
    subject: Scaled,
    model: str,
    value: FloatArray,
    case: IntArray,
    n: IntArray,
    half_width: float,
) -> IntervalPower:
    group = np.zeros(len(value), dtype=np.int64)
    means = clustered_means(group, case=case, value=value, n=n, n_groups=1)
    estimate = share_estimate(means) if subject == PREFERRED else mean_estimate(means)
    n_cases = int(means.n_cases[0])
    ends = min(subject.values), max(subject.values)
    needed, overlap, more, spread, reason = None, None, None, None, estimate.reason
    try:
        needed = cases_for_interval(estimate, n_cases=n_cases, half_width=half_width).n_needed
        spread = spread_of_scores(np.repeat(value, n), case=np.repeat(case, n))
        overlap = _overlap(spread, half_width, estimate)
        more = more_labels(spread)
    except UndefinedStatisticError as undefined:
        reason = str(undefined)
    return IntervalPower(
        subject=subject,
        model=model,
        # What more would buy is reckoned from the whole interval, which is symmetric.
        estimate=cut_off(estimate, ends),
        half_width=half_width,
        n_cases_now=n_cases,
        n_cases_needed=needed,
        per_case_now=float(means.n[0]) / n_cases,
        per_case_needed=overlap,
        more=more,
        spread=spread,
        reason=reason,
    )


def _overlap(spread: SpreadOfScores, half_width: float, estimate: Estimate) -> int | None:
    """Return the annotations per case that suffice on the cases in hand; None if none can be said.

    Solves ``half² = c (between/G + within/(G m))`` for m, where c makes the interval in hand what
    it is: with it, overlap and new cases never contradict each other.
    """
    if estimate.low is None or estimate.high is None:
        return None
    total = spread.between + spread.within / spread.per_case
    if total <= 0:  # All values are equal: what is open is the number of cases alone.
        return None
    wanted = total * (2 * half_width / (estimate.high - estimate.low)) ** 2
    room = wanted - spread.between
    if room <= 1e-12 * total:
        return None
    return max(1, math.ceil(spread.within / room - 1e-9))
