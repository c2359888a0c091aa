"""How often each error was marked in each model."""

from dataclasses import dataclass

from evalkit.stats.counts import IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.scores import ScoreRow, shares
from evalkit.study.collected import Collected, Tag
from evalkit.study.looks import scores_of_looks, tagged
from evalkit.vocabulary import Severity

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


@dataclass(frozen=True, slots=True)
class TagMarks:
    """How the marks of one tag were made; ``counts`` by what is counted, marks each."""

    tag: Tag
    counts: dict[str, int]


def mark_counts(collected: Collected) -> tuple[TagMarks, ...]:
    """Count the marks of each tag: how severe, at words or not, on a step, with a note.

    Tags that nobody marked are left out, the others are in the order of the taxonomy.
    """
    of = collected.mark_counts
    severities = (*(severity.value for severity in Severity), "without_severity")
    columns: dict[str, IntArray] = {
        "marks": of.severity.sum(axis=1),
        **dict(zip(severities, of.severity.T, strict=False)),
        "at_words": of.at_words,
        "whole": of.whole,
        "missing": of.missing,
        "on_steps": of.on_steps,
        "with_note": of.with_note,
    }
    return tuple(
        TagMarks(tag, {name: int(column[place]) for name, column in columns.items()})
        for place, tag in enumerate(collected.tags[: len(of.at_words)])
        if columns["marks"][place]
    )


def _named_rows(rows: tuple[ScoreRow, ...], reason: str) -> tuple[ScoreRow, ...]:
    """Say what was not collected where nothing was."""
    return tuple(
        row
        if row.estimate.n
        else ScoreRow(row.model, row.category, Estimate(None, None, None, 0, reason), 0)
        for row in rows
    )
