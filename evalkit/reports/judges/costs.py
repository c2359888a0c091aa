"""What a label of a judge takes: cost, tokens and time, as the records say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Cell, Table, table
from evalkit.reports.document import Document
from evalkit.stats.intervals import Estimate, amount_estimate, clustered_means
from evalkit.study.spent import MEASURES, Spent

_NOT_TOLD = "No label says it."


@dataclass(frozen=True, slots=True)
class JudgeCost:
    """What one label of a judge takes on average, by measure, and all of its cost in dollars.

    ``total_usd`` is None where no label says what it cost.
    """

    judge: str
    # No part of the hash, which a dict has not: what was made of the same costs is kept by them.
    per_label: dict[str, Estimate] = field(hash=False)
    total_usd: float | None


def judge_cost_rows(spent: Spent) -> tuple[JudgeCost, ...]:
    """Return what labels of each judge take: means per label, intervals clustered by case."""
    return tuple(_row(spent, judge) for judge in sorted(set(spent.judge)))


def _row(spent: Spent, judge: str) -> JudgeCost:
    own = np.array([name == judge for name in spent.judge], dtype=np.bool_)
    per_label = {}
    for column, measure in enumerate(MEASURES):
        here = own & ~np.isnan(spent.totals[:, column])
        means = clustered_means(
            np.zeros(int(here.sum()), dtype=np.int64),
            case=spent.case[here],
            value=spent.totals[here, column] / spent.n[here],
            n=spent.n[here],
            n_groups=1,
        )
        per_label[measure] = text.because(amount_estimate(means), _NOT_TOLD)
    cost = spent.totals[own, 0]
    total = None if np.isnan(cost).all() else float(np.nansum(cost))
    return JudgeCost(judge, per_label, total)


def cost_table(rows: Sequence[JudgeCost]) -> Table:
    """Give a row per judge: what a label takes, and what all have cost."""
    columns = ("Judge", "Cost per label", "Input tokens", "Output tokens", "Latency", "Cost of all")
    forms = (text.dollars, text.whole, text.whole, text.seconds)
    cells: list[tuple[str | Cell, ...]] = [
        (
            row.judge,
            *(
                number_cell(row.per_label[measure], form, has_n=True)
                for measure, form in zip(MEASURES, forms, strict=True)
            ),
            text.MISSING if row.total_usd is None else text.dollars(row.total_usd),
        )
        for row in rows
    ]
    return table("What a label of a judge takes", columns, cells)


def cost_entries(rows: Sequence[JudgeCost]) -> Document:
    """Return the same by judge; the shape is described in docs/reports.md."""
    return {
        row.judge: {
            **{measure: asdict(number) for measure, number in row.per_label.items()},
            "total_usd": row.total_usd,
        }
        for row in rows
    }
