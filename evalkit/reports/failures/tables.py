"""Known failures as blocks: the board, one failure, and tags over the versions of models."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit import text
from evalkit.failures.life import FailureChanged, history_sentences
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Section,
    Table,
    Tone,
    bullets,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import category_name
from evalkit.reports.failures import sentences
from evalkit.reports.failures.fix import FailureStanding, Fix
from evalkit.reports.failures.report import BoardReport, FailureRow
from evalkit.reports.failures.versions import ModelVersion, TagChange, TagTimeline, VersionsReport
from evalkit.stats.intervals import Estimate
from evalkit.text import bare_p, difference, percent, points

BOARD = "Known failures"
_TONES = {FailureStanding.CONFIRMED: Tone.BETTER, FailureStanding.REOPENED: Tone.WORSE}
_RATES = "Share of looks that found it, by version"
_HOW_TO_READ = (
    "Share of looks with the tag, of the cases looked at in every version, with 95 % intervals "
    "clustered by case."
)
_CHANGES = (
    "Cases that show the tag after minus before, in percentage points, paired by case. q: "
    "McNemar's test, Benjamini–Hochberg over all rows with a case that changed; where q is above "
    "0.05 nothing is decided."
)
#: So many changes are shown where no more are asked for.
MOST_CHANGES = 30
# So many failures stand in the report of a study.
_MOST_FAILURES = 10


def opening(report: BoardReport) -> tuple[Block, ...]:
    """Say what costs most and how failures stand; warn of fixes that do not hold."""
    warnings = tuple(words(each, style="warning") for each in sentences.reopenings(report))
    told = words(sentences.costliest(report), style="verdict")
    return (*warnings, told, words(sentences.standings(report), style="lead"))


def board(report: BoardReport) -> Table:
    """Give one row per failure, the most costly first."""
    ordered_by = ("Failure", "Cost", "Rate")
    columns = (*ordered_by, "State", "Owner", "Tag", "Scope", "Weight", "Share", "Cases")
    rows = [
        (
            Cell(row.failure.title),
            value_cell(row.cost, sentences.per_hundred),
            value_cell(row.rate, percent),
            Cell(str(row.standing), tone=_TONES.get(row.standing, Tone.PLAIN)),
            Cell(row.failure.owner or text.MISSING),
            Cell(row.failure.tag_name),
            Cell(row.failure.scope),
            Cell(text.MISSING if row.weight is None else text.number(row.weight)),
            Cell(percent(row.share)),
            Cell(text.whole(len(row.failure.cases))),
        )
        for row in report.rows
    ]
    note = sentences.what_cost_is(report)
    return table(BOARD, columns, rows, left=("State", "Owner", "Tag", "Scope"), note=note)


def failures_section(report: BoardReport) -> Section:
    """Show the costliest failures of a study's eval set, and how all stand; nothing of none."""
    if not report.rows:
        return section(BOARD)
    rest = sentences.left_out(report.rows[_MOST_FAILURES:])
    told = section(
        BOARD,
        words(sentences.costliest(report), sentences.standings(report)),
        bullets(sentences.reopenings(report)),
        _narrow_board(report.rows[:_MOST_FAILURES]),
        words(rest, sentences.what_cost_is(report), style="note"),
    )
    return replace(told, basis=sentences.over_all_studies(report))


def _narrow_board(rows: Sequence[FailureRow]) -> Table:
    """Give the board in as few columns as a printed page or a phone has room for."""
    columns = ("Failure", "Cost", "Rate", "State", "Cases")
    return table(BOARD, columns, [_narrow_row(row) for row in rows], left=("State",))


def _narrow_row(row: FailureRow) -> tuple[Cell, ...]:
    cost = value_cell(row.cost, sentences.per_hundred)
    weight = () if row.weight is None else (f"weight\N{NO-BREAK SPACE}{text.number(row.weight)}",)
    share = f"share\N{NO-BREAK SPACE}{percent(row.share)}"
    return (
        Cell(row.failure.title, (row.failure.tag_name, row.failure.scope)),
        replace(cost, details=(*cost.details, *weight, share)),
        value_cell(row.rate, percent),
        Cell(
            str(row.standing),
            (row.failure.owner or "no owner",),
            tone=_TONES.get(row.standing, Tone.PLAIN),
        ),
        Cell(text.whole(len(row.failure.cases))),
    )


def one_failure(row: FailureRow, history: Sequence[FailureChanged]) -> tuple[Block, ...]:
    """Tell of one failure how it stands, whether its fix holds, and what became of it."""
    keys = [case.key for case in row.failure.cases]
    return (
        *about(row),
        words(f"Cases: {', '.join(keys)}" if keys else "No case shows it yet."),
        Heading("History"),
        bullets(history_sentences(history)),
    )


def about(row: FailureRow) -> tuple[Block, ...]:
    """Tell how a failure stands, what it is, how often it happens, and whether its fix holds."""
    failure = row.failure
    owner = f"Owner: {failure.owner}." if failure.owner else "Nobody sees to it yet."
    of = f"{failure.tag_name} ({failure.taxonomy}); {failure.scope}. {owner}"
    return (
        words(f"{failure.title}: {row.standing}", style="verdict"),
        words(of, sentences.rate_in_words(row), style="lead"),
        *fix_blocks(row),
    )


def fix_blocks(row: FailureRow) -> tuple[Block, ...]:
    """Say whether a fix holds, with its numbers and the rule; nothing where none is said."""
    if row.fix is None:
        return ()
    return (
        words(sentences.fix_sentence(row)),
        *((sides(row.fix),) if row.fix.before.n or row.fix.after.n else ()),
        words(sentences.RULE, sentences.CAVEAT, style="note"),
    )


def sides(fix: Fix) -> Table:
    """Give the rate before and after a fix, and the difference by case."""
    rows = (
        (Cell("Before the fix"), value_cell(fix.before, percent)),
        (Cell("Judged since"), value_cell(fix.after, percent)),
        (
            Cell("Cases that show it, since minus before"),
            Cell(
                difference(fix.difference, points),
                (f"n = {fix.difference.n:,}",),
                number=fix.difference,
            ),
        ),
    )
    return table("Before and after the fix", ("", "Found"), rows)


def versions_opening(report: VersionsReport) -> tuple[Block, ...]:
    """Say whether anything changed beyond chance, and which versions are read."""
    return (
        words(sentences.versions_verdict(report), style="verdict"),
        words(sentences.span(report), style="lead"),
    )


def timeline(line: TagTimeline, versions: Sequence[ModelVersion]) -> Intervals:
    """Draw how often one tag was found in each version, in their order."""
    rows = tuple(
        IntervalRow(
            version.name,
            rate,
            percent,
            note=f"{version.when:%Y-%m-%d}, n = {rate.n:,}",
            whose=version.model,
        )
        for version, rate in zip(versions, line.rates, strict=True)
    )
    return Intervals(f"{line.name}: {_RATES.lower()}", rows, _axis(line.rates))


def _axis(rates: Sequence[Estimate]) -> Axis:
    """Return an axis from 0 to a round share with room for every interval."""
    most = max((end for of in rates for end in (of.value, of.high) if end is not None), default=0.0)
    top = next((end for end in (0.1, 0.25, 0.5) if most <= end), 1.0)
    return Axis(0.0, top, ((0.0, "0"), (top / 2, percent(top / 2)), (top, percent(top))))


def timelines(report: VersionsReport) -> Table:
    """Give one row per tag, one column per version, on the same cases."""
    columns = ("Tag", *(version.name for version in report.versions))
    rows = [
        (Cell(line.name), *(value_cell(rate, percent) for rate in line.rates))
        for line in report.timelines
    ]
    title = "How often each tag was found, by version"
    return table(title, columns, rows, is_map=True, note=_HOW_TO_READ)


def changes(report: VersionsReport, *, most: int | None = MOST_CHANGES) -> Table:
    """Give the changes from version to version, the surest first; all where ``most`` is None."""
    ordered = sorted(
        (change for change in report.changes if change.q_value is not None or most is None),
        key=lambda change: (
            1.0 if change.q_value is None else change.q_value,
            change.test.p_value,
            change.category is not None,
        ),
    )
    columns = ("Tag", "Category", "Before", "After", "Appeared", "Gone", "Change", "q", "Cases")
    rows = [_change(change) for change in ordered[:most]]
    left = len(ordered) - len(rows)
    note = f"{_CHANGES} {left:,} more changes are not shown." if left else _CHANGES
    title = "What changed from version to version"
    return table(title, columns, rows, left=("Category", "Before", "After"), note=note)


def _change(change: TagChange) -> tuple[Cell, ...]:
    tone = Tone.OPEN
    if sentences.is_decided(change):
        tone = Tone.WORSE if (change.difference.value or 0.0) > 0 else Tone.BETTER
    return (
        Cell(change.of.name),
        Cell(category_name(change.category)),
        Cell(change.before),
        Cell(change.after),
        Cell(text.whole(change.test.only_second)),
        Cell(text.whole(change.test.only_first)),
        Cell(difference(change.difference, points), number=change.difference, tone=tone),
        Cell(bare_p(change.q_value)),
        Cell(text.whole(change.difference.n)),
    )
