"""What more annotations would buy as blocks: intervals wanted, and every pair of models."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.blocks import Block, Cell, Section, Table, Tone, bullets, section, table, words
from evalkit.reports.power import sentences
from evalkit.reports.power.report import IntervalPower, PowerReport
from evalkit.reports.power.scores import ScorePower
from evalkit.study.subjects import PREFERRED, subject_title
from evalkit.text import difference


def power_section(
    report: PowerReport, intervals: Sequence[IntervalPower], pairs: Table, *, name: str
) -> Section:
    """Say what more annotations would buy: how narrow numbers get, which pairs it settles.

    ``intervals`` are of the models on what quality is measured by, which ``name`` names.
    """
    is_preference = all(interval.subject == PREFERRED for interval in intervals)
    advice = sentences.power_sentences(report) if is_preference else []
    return section(
        "What more annotations would buy",
        bullets(advice or [sentences.where_to_spend(report)]),
        wanted(intervals, name=name),
        pairs,
        words(sentences.ASSUMPTIONS, style="note"),
    )


def power_blocks(report: PowerReport, order: Sequence[str]) -> tuple[Block, ...]:
    """Say what more annotations would buy of everything that was judged, models in an order."""
    judged = dict.fromkeys(interval.subject for interval in report.intervals)
    intervals = sorted(report.intervals, key=lambda interval: order.index(interval.model))
    return (
        bullets(sentences.power_sentences(report)),
        every_pair(report),
        *(
            wanted(
                [interval for interval in intervals if interval.subject == subject],
                name="Raw win rate" if subject == PREFERRED else subject_title(subject),
            )
            for subject in judged
        ),
        words(sentences.ASSUMPTIONS, style="note"),
    )


def wanted(intervals: Sequence[IntervalPower], *, name: str) -> Table:
    """Show for each model what is known, and what the interval asked for takes."""
    if not intervals:
        return table("", (), ())
    half, is_share = intervals[0].half_width, intervals[0].subject == PREFERRED
    width = f"± {100 * half:.0f} points" if is_share else f"± {text.number(half)}"
    form = text.percent if is_share else text.number
    columns = ("Model", name, f"New cases for {width}", "Or annotations of the same")
    rows = [
        (
            Cell(interval.model),
            Cell(
                text.estimate(interval.estimate, form),
                (f"n = {interval.estimate.n:,}", counted(interval.n_cases_now, "case")),
                number=interval.estimate,
                about=interval.estimate.reason or "",
            ),
            *_needs(interval),
        )
        for interval in intervals
    ]
    return table(f"What {width} on {name} takes", columns, rows)


def _needs(power: IntervalPower) -> tuple[Cell, Cell]:
    missing = Cell(text.MISSING, about=power.reason or "")
    if power.n_cases_needed is None:
        return missing, Cell(text.MISSING)
    if power.n_cases_needed <= power.n_cases_now:
        return Cell("known already"), Cell(text.MISSING)
    more = Cell(f"{counted(power.n_cases_needed - power.n_cases_now, 'case')} more")
    if power.more is None:
        return more, missing
    now = f"now {power.per_case_now:.1f}"
    if power.per_case_needed is None:
        return more, Cell("never enough", (now,), tone=Tone.OPEN)
    return more, Cell(f"{power.per_case_needed:,} a case", (now,))


def every_pair(report: PowerReport) -> Table:
    """Show what it takes to tell every two models apart by the preference."""
    rows = [
        (
            Cell(f"{pair.model} – {pair.other}"),
            Cell(text.estimate(pair.gap), number=pair.gap, about=pair.gap.reason or ""),
            Cell(sentences.pair_sentence(report, pair)),
        )
        for pair in report.pairs
    ]
    columns = ("Pair", "Difference in log-odds", "What it takes")
    return table("Every pair", columns, rows, left=("What it takes",))


def every_scored_pair(pairs: Sequence[ScorePower]) -> Table:
    """Show what it takes to tell every two models apart by a criterion."""
    rows = [
        (
            Cell(f"{pair.model} – {pair.other}"),
            Cell(
                difference(pair.difference),
                (counted(pair.difference.n, "case"),),
                number=pair.difference,
            ),
            Cell(sentences.score_sentence(pair)),
        )
        for pair in pairs
    ]
    columns = ("Pair", "Difference", "What it takes")
    return table("Every pair", columns, rows, left=("What it takes",))
