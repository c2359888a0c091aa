"""A regression as blocks: what broke and was repaired, overall and by category, on which cases."""

from evalkit import text
from evalkit.reports.blocks import (
    Axis,
    Block,
    Bullets,
    Cell,
    IntervalRow,
    Intervals,
    Table,
    Tone,
    Words,
    bullets,
    table,
    words,
)
from evalkit.reports.by_model import category_name
from evalkit.reports.pair.significance import SIGNIFICANT
from evalkit.reports.regression import sentences
from evalkit.reports.regression.report import CategoryRow, Change, RegressionReport
from evalkit.study.passing import Verdict
from evalkit.text import bare_p, difference, p_value, points

#: What the lists of cases are called, in the order they are read.
LISTS = {
    "broke": "Broke",
    "repaired": "Repaired",
    "new": "New",
    "removed": "Removed",
    "still_fails": "Still fail",
    "still_passes": "Still pass",
    "unjudged": "Not judged on both sides",
}
_HOW_TO_READ = (
    "Share of cases that passes after minus before, in percentage points, with 95 % intervals. In "
    "colour: McNemar's test, categories corrected by Benjamini–Hochberg; grey: undecided."
)
_AXIS = Axis(
    -1.0, 1.0, ((-1.0, "← more broke"), (0.0, "0"), (1.0, "more repaired →")), ((0.0, ""),)
)


def opening(report: RegressionReport) -> tuple[Words, ...]:
    """Say whether the change broke more than it repaired, and on which cases that rests."""
    return (
        words(sentences.regression_verdict(report), style="verdict"),
        words(sentences.regression_basis(report), style="lead"),
    )


def changes(report: RegressionReport) -> tuple[Block, ...]:
    """Draw the share that passes after minus before, of all cases and of each category."""
    rows = tuple(_drawn(row) for row in report.rows)
    return Intervals("Passes after minus before", rows, _AXIS), words(_HOW_TO_READ, style="note")


def transitions(report: RegressionReport) -> Table:
    """Count how many cases judged on both sides went which way."""
    ways = (
        ("Passed before", Change.STILL_PASSES, Change.BROKE),
        ("Failed before", Change.REPAIRED, Change.STILL_FAILS),
    )
    rows = [[Cell(name), *(_counted(report, change) for change in of)] for name, *of in ways]
    title = "Cases judged on both sides"
    return table(title, ("", "Passes after", "Fails after"), rows, is_map=True)


def findings(report: RegressionReport) -> Bullets:
    """Say in which categories the change holds, and how many cases it would take."""
    return bullets([*sentences.regression_findings(report), sentences.regression_power(report)])


def by_category(report: RegressionReport) -> Table:
    """Give one row for all cases, then one per category, with McNemar's p values."""
    columns = (
        "Category", "Passed before", "Passes after", "Broke", "Repaired", "Difference", "p mid",
        "p exact", "p adjusted", "Cases",
    )  # fmt: skip
    cells = [
        (
            Cell(name_of(row)),
            Cell(f"{row.test.n_before:,} of {row.test.n_cases:,}"),
            Cell(f"{row.test.n_after:,} of {row.test.n_cases:,}"),
            Cell(text.whole(row.test.test.only_first)),
            Cell(text.whole(row.test.test.only_second)),
            Cell(difference(row.difference, points), number=row.difference),
            Cell(bare_p(row.test.test.p_mid)),
            Cell(bare_p(row.test.test.p_exact)),
            Cell(bare_p(row.test.p_adjusted)),
            Cell(text.whole(row.test.n_cases)),
        )
        for row in report.rows
    ]
    return table("What broke and was repaired", columns, cells)


def cases(report: RegressionReport, name: str) -> Table:
    """Give one row per case of a list: how many of those who judged let it pass, on each side."""
    if name in ("new", "removed"):
        lone = report.new if name == "new" else report.removed
        columns = ("Case", "Category", "Passes", "Same name on the other side")
        rows = [
            (
                case.key,
                category_name(case.category),
                _judged(case.verdict),
                "with other content" if case.is_changed else text.MISSING,
            )
            for case in lone
        ]
    else:
        columns = ("Case", "Category", "Passes before", "Passes after")
        rows = [
            (case.name, category_name(case.category), _judged(case.before), _judged(case.after))
            for case in report.of(Change(name))
        ]
    return table(LISTS[name], columns, rows, left=("Category",))


def name_of(row: CategoryRow) -> str:
    """Name what a row is about."""
    return "All cases" if row.test.category is None else category_name(row.test.category)


def _drawn(row: CategoryRow) -> IntervalRow:
    test = row.test
    is_decided = test.p_adjusted <= SIGNIFICANT
    tone = Tone.BETTER if (row.difference.value or 0.0) > 0 else Tone.WORSE
    counts = f"{test.test.only_first:,} broke, {test.test.only_second:,} repaired"
    return IntervalRow(
        name_of(row),
        row.difference,
        points,
        note=f"{counts}, n = {test.n_cases:,}",
        is_settled=is_decided,
        whose=tone if is_decided else Tone.OPEN,
        about=p_value(test.p_adjusted),
        is_difference=True,
    )


def _counted(report: RegressionReport, change: Change) -> Cell:
    n, of = len(report.of(change)), report.n_judged
    share = text.percent(n / of) if of else ""
    return Cell(
        text.whole(n),
        (LISTS[change].lower(), *filter(None, [share])),
        tint=n / of if of else 0.0,
        about=f"{n:,} of {of:,}",
    )


def _judged(verdict: Verdict | None) -> str:
    return "not judged" if verdict is None else f"{verdict.n_passed:,} of {verdict.n_said:,}"
