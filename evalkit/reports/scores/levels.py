"""How often scores reach a level: the share at or above it, per model and category."""

from dataclasses import dataclass
from typing import Any

from evalkit.errors import RefusedError
from evalkit.reports.document import score_entry
from evalkit.stats.scores import ScoreRow, shares
from evalkit.study.collected import Collected, Criterion, scores_of_criterion


@dataclass(frozen=True, slots=True)
class LevelShares:
    """The share of scores on one criterion that are ``level`` or more."""

    criterion: Criterion
    level: float
    rows: tuple[ScoreRow, ...]


def level_shares(collected: Collected, *, level: float) -> tuple[LevelShares, ...]:
    """Return how often each model reached a level, on every criterion whose scale has it.

    Parameters
    ----------
    collected : Collected
    level : float
        Above the lowest value of a scale, which everything reaches, and up to its highest.

    Raises
    ------
    RefusedError
        Where no criterion has such a level; the message says what the scales are.
    """
    reached = tuple(
        LevelShares(criterion, level, shares(scores_of_criterion(collected, place), at_least=level))
        for place, criterion in enumerate(collected.criteria)
        if criterion.has_mean and min(criterion.values) < level <= max(criterion.values)
    )
    if not reached:
        scales = [
            f"{criterion.key} from {min(criterion.values):g} to {max(criterion.values):g}"
            for criterion in collected.criteria
            if criterion.has_mean
        ]
        raise RefusedError(
            "The level must be above the lowest value of a scale and at most its highest; found "
            f"{level:g}. The scales are: {', '.join(scales) or 'none'}."
        )
    return reached


def level_shares_document(collected: Collected, *, level: float) -> dict[str, Any]:
    """Return the shares by criterion as JSON; see docs/reports.md."""
    reached = level_shares(collected, level=level)
    return {
        "at_least": {
            "level": level,
            "criteria": {of.criterion.key: [score_entry(row) for row in of.rows] for of in reached},
        }
    }
