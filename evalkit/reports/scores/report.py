"""How models are scored on each criterion, overall and per category."""

from dataclasses import dataclass, replace

from evalkit.reports.errors.report import _named_rows
from evalkit.stats.intervals import cut_off
from evalkit.stats.scores import (
    DistributionRow,
    QuantileRow,
    ScoreRow,
    distributions,
    mean_scores,
    quantiles,
    shares,
)
from evalkit.study.collected import Collected, Criterion, scores_of_criterion
from evalkit.study.looks import acceptable, scores_of_looks

NO_ACCEPTABILITY = (
    "No response has been compared or looked at for what is unsafe yet, and nothing else says "
    "whether it is acceptable."
)


NOT_ASKED = (
    "Acceptability was not asked for in this study: nobody called both responses bad, and nobody "
    "looked for errors with a tag for what is unsafe."
)


NEVER_REFUSED = (
    "Nobody found both responses bad or tagged one as unsafe. Where annotators had no way to say "
    "so, this share means nothing."
)


NO_MEAN = "A nominal criterion has no mean: its values have no order. See how often each was given."


@dataclass(frozen=True, slots=True)
class CriterionScores:
    """The scores on one criterion; no means where ``reason`` says so.

    How they are spread is said by level (``distributions``), on a continuous scale by
    ``quantiles``.
    """

    criterion: Criterion
    means: tuple[ScoreRow, ...]
    distributions: tuple[DistributionRow, ...]
    reason: str | None
    quantiles: tuple[QuantileRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoresReport:
    """Mean scores per criterion, and the share of acceptable responses, overall and by category.

    ``acceptable_note`` is what a reader of that share must know, if anything.
    """

    criteria: tuple[CriterionScores, ...]
    acceptable: tuple[ScoreRow, ...]
    acceptable_note: str | None


def scores_report(collected: Collected) -> ScoresReport:
    """Average the scores on each criterion, and count acceptable responses."""
    looks = acceptable(collected)
    return ScoresReport(
        criteria=tuple(criterion_scores(collected, criterion) for criterion in collected.criteria),
        acceptable=_named_rows(shares(scores_of_looks(collected, looks)), _unknown(collected)),
        acceptable_note=NEVER_REFUSED if len(looks.hit) and looks.hit.all() else None,
    )


def _unknown(collected: Collected) -> str:
    """Say why nothing is known to be acceptable, where nothing is."""
    is_judged = len(collected.preferences.n) or len(collected.marks.output)
    return NOT_ASKED if is_judged and not collected.asks_acceptable else NO_ACCEPTABILITY


def criterion_scores(collected: Collected, criterion: Criterion) -> CriterionScores:
    """Average the scores on one criterion, and count how often each value was given."""
    scores = scores_of_criterion(collected, collected.criteria.index(criterion))
    return CriterionScores(
        criterion=criterion,
        means=_on_scale(mean_scores(scores), criterion) if criterion.has_mean else (),
        distributions=() if criterion.is_continuous else distributions(scores),
        quantiles=quantiles(scores) if criterion.is_continuous else (),
        reason=None if criterion.has_mean else NO_MEAN,
    )


def _on_scale(rows: tuple[ScoreRow, ...], criterion: Criterion) -> tuple[ScoreRow, ...]:
    """End intervals where the scale ends: no mean lies beyond it."""
    ends = min(criterion.values), max(criterion.values)
    return tuple(replace(row, estimate=cut_off(row.estimate, ends)) for row in rows)
