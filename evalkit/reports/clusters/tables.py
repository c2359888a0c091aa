"""Groups of notes as blocks: how large each is, how well it holds, in whose responses."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit import text
from evalkit.reports.blocks import (
    Cell,
    Heading,
    Section,
    Table,
    Tone,
    bullets,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import readable
from evalkit.reports.clusters.report import ClustersReport, NamedRow, NotedRate
from evalkit.reports.clusters.sentences import (
    FOUND_AT,
    HOLDS,
    NAMED,
    RATE,
    SUGGESTED,
    clusters_verdict,
    how_grouped,
)

#: A q below it is written as less than it.
LEAST_Q = 0.001
#: A group that so many responses with a note have is common: less is not tinted fully.
_COMMON = 0.3
#: So much of a note stands in a table.
_SHORT = 160


def clusters_section(report: ClustersReport, order: Sequence[str]) -> Section:
    """Show the groups of notes, the largest first, and how often each is met in each model."""
    if not report.rows:
        return section("Clusters", words(clusters_verdict(report), *how_grouped(report)))
    by_model = rates_table(report, order)
    return section(
        "Clusters",
        words(clusters_verdict(report), style="verdict"),
        bullets(how_grouped(report)),
        clusters_table(report),
        Heading(by_model.title),
        readable(by_model),
        words(SUGGESTED, style="note"),
    )


def clusters_table(report: ClustersReport) -> Table:
    """Give a row per group: its size, how well it holds, and what is typically noted."""
    rows: list[tuple[str | Cell, ...]] = [
        (
            row.cluster.name,
            text.whole(len(row.cluster.places)),
            Cell(text.estimate(row.share, text.percent), number=row.share),
            text.number(row.cluster.stability),
            text.whole(row.n_responses),
            " · ".join(shortened(note.text) for note in row.typical),
        )
        for row in report.rows
    ]
    columns = ("Group", "Notes", "Share of notes", "Holds", "Responses", "Typical notes")
    return table("Groups of notes", columns, rows, left=("Typical notes",), note=HOLDS)


def rates_table(report: ClustersReport, order: Sequence[str]) -> Table:
    """Tint how many of each model's responses with a note have one of each group."""
    rates = [rate for row in report.rows for rate in row.rates]
    reach = max([_COMMON, *(rate.estimate.value or 0.0 for rate in rates)])
    rows = [
        [Cell(row.cluster.name), *_cells(row.cluster.name, row.rates, order, reach)]
        for row in report.rows
    ]
    return table("Responses with a note of the group", ("", *order), rows, is_map=True, note=RATE)


def named_table(rows: Sequence[NamedRow], order: Sequence[str]) -> Table:
    """Tint how many of each model's responses with a note have one that was given each tag."""
    rates = [rate for row in rows for rate in row.rates]
    reach = max([_COMMON, *(rate.estimate.value or 0.0 for rate in rates)])
    cells = [
        [Cell(row.name), Cell(text.whole(row.n_notes)), *_cells(row.name, row.rates, order, reach)]
        for row in rows
    ]
    return table("Notes that were named", ("", "Notes", *order), cells, is_map=True, note=NAMED)


def _cells(name: str, rates: Sequence[NotedRate], order: Sequence[str], reach: float) -> list[Cell]:
    of = {rate.model: rate for rate in rates}
    return [_cell(name, of[model], reach) for model in order]


def _cell(name: str, rate: NotedRate, reach: float) -> Cell:
    about = f"{name}, {rate.model}: {text.estimate(rate.estimate, text.percent)}"
    tint = -(rate.estimate.value or 0.0) / reach
    cell = value_cell(rate.estimate, text.percent, tint=tint, about=about)
    if rate.q is None or rate.estimate.value is None:
        return cell
    tone = Tone.PLAIN if rate.q <= FOUND_AT else Tone.OPEN
    q = f"q {'' if rate.q < LEAST_Q else '= '}{text.bare_p(rate.q)}"
    return replace(cell, details=(*cell.details, q), tone=tone)


def shortened(note: str) -> str:
    """Return a note on one line, cut where it is long."""
    line = " ".join(note.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1].rstrip()}…"
