"""How often each error was marked in each model."""

from dataclasses import dataclass

from evalkit.stats.intervals import Estimate
from evalkit.stats.scores import ScoreRow, shares
from evalkit.study.collected import Collected, Tag
from evalkit.study.looks import scores_of_looks, tagged

NO_LOOKS = "Nothing has been looked at for errors yet."


@dataclass(frozen=True, slots=True)
class TagRates:
    """How often one tag was given, per model, overall and by category."""

    tag: Tag
    rows: tuple[ScoreRow, ...]


def tags_report(collected: Collected) -> tuple[TagRates, ...]:
    """Count how often each tag was given, per look of an annotator at a response for errors."""
    return tuple(
        TagRates(tag, _named_rows(shares(scores_of_looks(collected, looks)), NO_LOOKS))
        for tag, looks in zip(collected.tags, tagged(collected), strict=True)
    )


def _named_rows(rows: tuple[ScoreRow, ...], reason: str) -> tuple[ScoreRow, ...]:
    """Say what was not collected where nothing was."""
    return tuple(
        row
        if row.estimate.n
        else ScoreRow(row.model, row.category, Estimate(None, None, None, 0, reason), 0)
        for row in rows
    )
