"""An eval set beside a new log, as blocks."""

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Block, Cell, Heading, Table, Tone, table, words
from evalkit.reports.coverage import sentences
from evalkit.reports.coverage.report import CoverageReport, FarGroup


def opening(report: CoverageReport) -> tuple[Block, ...]:
    """Say what drifted, and on what that rests."""
    return (
        words(
            sentences.coverage_verdict(report),
            sentences.mix_verdict(report),
            style="verdict",
        ),
        words(*sentences.coverage_basis(report), style="lead"),
    )


def mix_table(report: CoverageReport) -> Table:
    """Give a row per category: its share of the log, of the set, and the difference."""
    rows = [
        (
            sentences.mix_name(row),
            number_cell(row.log, text.percent, has_n=True),
            number_cell(row.eval_set, text.percent, has_n=bool(row.eval_set.n)),
            Cell(
                text.difference(row.difference, text.points),
                number=row.difference,
                tone=Tone.PLAIN if row.is_changed else Tone.OPEN,
            ),
            text.bare_p(row.p_adjusted),
        )
        for row in report.mix
    ]
    columns = ("Category", "Of the log", "Of the eval set", "Difference", "p adjusted")
    return table("What is asked", columns, rows, note=sentences.HOW_MIX)


def distance_table(report: CoverageReport) -> Table:
    """Show how far lines are from the nearest case, beside how far cases are from one another."""
    rows = [
        (f"{low:.1f} to {high:.1f}", text.small_percent(log), text.small_percent(own))
        for low, high, own, log in report.steps
        if own or log
    ]
    columns = ("Distance", "Of the different lines", "Of the cases")
    return table("How far the nearest case is", columns, rows, note=sentences.HOW_FAR)


def group_table(report: CoverageReport) -> Table:
    """List what is unlike any case in groups, the most lines first, with two lines of each."""
    rows = [
        (
            ", ".join(group.words) or "One line",
            f"{group.n_lines:,}",
            f"{group.n_different:,}",
            f"{group.distance:.2f}",
            "yes" if sentences.is_tight(group) else "no",
            *_typical(group),
        )
        for group in report.groups
    ]
    columns = (
        "Typical words",
        "Lines",
        "Different",
        "Distance",
        "About one thing",
        "A line",
        "Another line",
    )
    return table(
        "What no case is like", columns, rows, left=("About one thing", "A line", "Another line")
    )


def _typical(group: FarGroup) -> tuple[str, str]:
    first, *others = (f"{line.key}: {line.text}" for line in group.typical)
    return first, others[0] if others else ""


def coverage_blocks(report: CoverageReport) -> list[Block]:
    """Return all there is to say."""
    groups: list[Block] = [Heading("What no case is like"), group_table(report)]
    return [
        *opening(report),
        Heading("What is asked"),
        mix_table(report),
        Heading("How far the nearest case is"),
        distance_table(report),
        *(groups if report.groups else []),
        words(*sentences.feeding(report)),
    ]
