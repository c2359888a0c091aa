"""By how much, as a table and sentences: page, file and terminal show them."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.blocks import Block, Cell, Section, bullets, section, table, words
from evalkit.reports.strength.report import ModelStrength, StrengthReport
from evalkit.stats.intervals import Estimate

TITLE = "By how much"
_HOW_TO_READ = (
    "Mean preference: from −2, much worse, over 0, equally good or both bad, to 2, much better, "
    "over the comparisons where that was asked; raw, so it hangs on whom a model met. "
    "The ranking goes by who was better alone. Intervals are 95 %, clustered by case."
)


def strength_section(report: StrengthReport, order: Sequence[str]) -> Section:
    """Show by how much each model was preferred; nothing where nobody said."""
    return section(TITLE, *strength_blocks(report, order))


def strength_blocks(report: StrengthReport, order: Sequence[str]) -> tuple[Block, ...]:
    """Say by how much each model was preferred, and how sure annotators were."""
    blocks: list[Block] = []
    if report.models:
        blocks += [strengths(report, order), words(_HOW_TO_READ, style="note")]
    if report.unsure.n:
        blocks.append(words(doubt(report)))
    return tuple(blocks)


def strengths(report: StrengthReport, order: Sequence[str]) -> Block:
    """Give a row per model: its mean preference, and what was by much of what it won and lost."""
    of_model = {row.model: row for row in report.models}
    rows = [
        (
            row.model,
            _number(row.mean, text.number),
            _number(row.much_better, text.percent),
            _number(row.much_worse, text.percent),
            text.whole(row.mean.n),
        )
        for row in (of_model[name] for name in order if name in of_model)
    ]
    columns = ("Model", "Mean preference", "Won by much", "Lost by much", "Comparisons")
    return table(TITLE, columns, rows)


def two_blocks(report: StrengthReport) -> tuple[Block, ...]:
    """Say of two models by how much each beat the other, and how sure annotators were."""
    if not report.models:
        return (words(doubt(report)),) if report.unsure.n else ()
    first = report.models[0]
    mean = f"Mean preference for {first.model}, from −2 to 2: {text.estimate(first.mean)}"
    return (
        bullets(
            (
                *(_won(row) for row in report.models),
                f"{mean}, n = {first.mean.n:,}. {first.mean.reason or ''}".rstrip(),
                doubt(report) if report.unsure.n else "",
            )
        ),
    )


def doubt(report: StrengthReport) -> str:
    """Say how often annotators were not sure."""
    unsure = report.unsure
    share = text.estimate(unsure, text.percent)
    return f"Annotators were not sure in {share} of {counted(unsure.n, 'comparison')}."


def _won(row: ModelStrength) -> str:
    won = row.much_better
    if won.value is None:
        return f"{row.model} won none of them."
    n = round(won.value * won.n)
    return (
        f"Of {counted(won.n, 'win')} of {row.model}, {n:,} {'was' if n == 1 else 'were'} by much: "
        f"{text.estimate(won, text.percent)}."
    )


def _number(estimate: Estimate, form: text.Format) -> Cell:
    if estimate.value is None:
        return Cell(text.MISSING, about=estimate.reason or "")
    written = text.estimate(estimate, form)
    return Cell(written, (f"n = {estimate.n:,}",), number=estimate, about=estimate.reason or "")
