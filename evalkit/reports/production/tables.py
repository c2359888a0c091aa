"""Numbers as collected and weighted to production, beside each other."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import Block, Cell, Section, Table, section, table, words
from evalkit.reports.production.report import (
    ProductionMeasure,
    ProductionReport,
    ProductionRow,
)
from evalkit.reports.production.sentences import NOTHING_HERE, basis, how_to_read, what_changes
from evalkit.stats.intervals import Estimate

TITLE = "Weighted to production"


def production_section(
    report: ProductionReport | None,
    models: Sequence[str],
    *,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Section:
    """Show both numbers of ``models``; nothing where nobody said what production is asked."""
    return section(TITLE, *production_blocks(report, models, only=only, without=without))


def production_blocks(
    report: ProductionReport | None,
    models: Sequence[str],
    *,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
) -> tuple[Block, ...]:
    """Say what changes and by which shares, and give a table per measure; ``only`` are keys."""
    if report is None:
        return ()
    if not report.measures:
        is_asked = bool(report.shares) or not report.no_share
        return (words(*(() if is_asked else (NOTHING_HERE,)), *basis(report)),)
    measures = report.of(only, without)
    if not measures:
        return ()
    is_on_preference = any(of.measure.is_preference for of in measures)
    return (
        words(what_changes(report) if is_on_preference else "", style="lead"),
        words(*basis(report)),
        *(measure_table(of, models) for of in measures),
        words(how_to_read(report), style="note"),
    )


def measure_table(of: ProductionMeasure, models: Sequence[str]) -> Table:
    """Give each model a row: the number as collected, weighted, and on how many cases."""
    name, form = of.measure.number_name, of.measure.form
    strengths = {row.model: row for row in of.strengths}
    rows = []
    by_model = {row.model: row for row in of.rows}
    for model in models:
        row = by_model[model]
        strength = strengths.get(model)
        rows.append(
            [
                Cell(model),
                _cell(row.as_collected, form),
                _cell(row.weighted, form),
                *(
                    (_cell(strength.as_collected), _cell(strength.weighted))
                    if strength is not None
                    else (Cell(""), Cell(""))
                ),
                _cases(row),
            ]
        )
    columns = (
        "Model", f"{name}, as collected", f"{name}, weighted", "Strength, as collected",
        "Strength, weighted", "Effective cases",
    )  # fmt: skip
    return table(f"{name}, {TITLE[:1].lower()}{TITLE[1:]}", columns, rows)


def _cell(estimate: Estimate, form: text.Format = text.number) -> Cell:
    n = (f"n = {estimate.n:,}",) if estimate.value is not None else ()
    return Cell(
        text.estimate(estimate, form) if estimate.value is not None else text.MISSING,
        n,
        number=estimate,
        about=estimate.reason or "",
    )


def _cases(row: ProductionRow) -> Cell:
    if row.weighted.value is None:
        return Cell(text.MISSING)
    return Cell(f"{row.n_effective:,.0f} of {row.n_cases:,}")


def reasons(
    report: ProductionReport | None, *, only: Sequence[str] = (), without: Sequence[str] = ()
) -> list[tuple[str, str | None]]:
    """Return why weighted numbers are missing, by model; ``only`` are keys of measures."""
    return [
        (row.model, row.weighted.reason)
        for of in (report.of(only, without) if report else ())
        for row in of.rows
        if row.weighted.value is None or row.weighted.low is None
    ]
