"""How often each error was marked in each model."""

from dataclasses import dataclass

from evalkit.severity import Severity
from evalkit.stats.counts import IntArray
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


@dataclass(frozen=True, slots=True)
class TagMarks:
    """How the marks of one tag were made; ``counts`` by what is counted, marks each.

    ``by_severity`` are those of each severity, the mildest first; those without one are among
    ``counts``.
    """

    tag: Tag
    counts: dict[str, int]
    by_severity: dict[Severity, int]


def mark_counts(collected: Collected) -> tuple[TagMarks, ...]:
    """Count the marks of each tag: how severe, at words or not, on a step, with a note.

    Tags that nobody marked are left out, the others are in the order of the taxonomy.
    """
    of = collected.mark_counts
    severities = collected.weights.severities
    columns: dict[str, IntArray] = {
        "marks": of.severity.sum(axis=1),
        "without_severity": of.severity[:, -1:].sum(axis=1),
        "at_words": of.at_words,
        "whole": of.whole,
        "missing": of.missing,
        "on_steps": of.on_steps,
        "with_note": of.with_note,
    }
    return tuple(
        TagMarks(
            tag,
            {name: int(column[place]) for name, column in columns.items()},
            {severity: int(n) for severity, n in zip(severities, of.severity[place], strict=False)},
        )
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
