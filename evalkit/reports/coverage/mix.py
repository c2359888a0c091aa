"""What part of a log each category is, against what results of an eval set speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.coverage import BEYOND, between_shares, evened, share_p
from evalkit.stats.intervals import Estimate, Interval, wilson_interval
from evalkit.stats.significance import holm
from evalkit.study.traffic import Traffic


class MixBase(StrEnum):
    """What the shares of a log are compared with."""

    STATED = "shares of production as stated"
    CHANCES = "cases weighted by one over their chance"
    CASES = "cases as they are"


@dataclass(frozen=True, slots=True)
class MixRow:
    """A category: its share of the log, of the set, and how they differ.

    ``category`` is empty for what has none; ``is_unlike`` marks the lines that are near no case.
    ``p_adjusted`` is that of no change, by Holm over all categories.
    """

    category: str
    n_lines: int
    log: Estimate
    eval_set: Estimate
    difference: Estimate
    p: float
    p_adjusted: float
    is_unlike: bool = False

    @property
    def is_changed(self) -> bool:
        """Say whether the share is another one now."""
        return self.p_adjusted <= BEYOND


def mix_rows(
    of_line: Sequence[str],
    cluster: IntArray,
    of_case: Sequence[str],
    weight: FloatArray,
    *,
    traffic: Traffic,
    has_chances: bool,
    unlike: str | None,
) -> tuple[MixBase, tuple[MixRow, ...]]:
    """Compare shares of categories.

    Parameters
    ----------
    of_line : sequence of str
        The category of each line.
    cluster : IntArray of shape (n_lines,)
        Lines that repeat one another are of one cluster.
    of_case : sequence of str
        The category of each different case.
    weight : FloatArray of shape (n_cases,)
        What it counts for.
    traffic : Traffic
        What production was said to be asked; empty where nobody said.
    has_chances : bool
        Whether weights are by chances.
    unlike : str or None
        What those are called that are near no case, where there are such: no stated share
        speaks of them.

    Returns
    -------
    MixBase, tuple of MixRow
        A row for each category of either, the largest share of the log first.

    Notes
    -----
    Intervals are Wilson's at the effective number: Kish's, of clusters by their lines and of
    cases by their weights. Their difference has Newcombe's.
    """
    is_stated = bool(traffic) and unlike is None
    stated = traffic.shares if is_stated else {}
    line_names, case_names = np.array(of_line), np.array(of_case)
    n_log = evened(np.bincount(cluster).astype(np.float64))
    n_set = evened(weight)
    names = sorted({*of_line, *(stated if is_stated else of_case)})
    rows = []
    for name in names:
        n_lines = int((line_names == name).sum())
        share = n_lines / len(of_line)
        log = _estimate(share, wilson_interval(share, n_log), n_lines)
        if is_stated:
            other = stated.get(name, 0.0)
            of_set, span = Estimate(other, None, None, 0), Interval(other, other)
        else:
            is_in = case_names == name
            other = float(weight[is_in].sum() / weight.sum())
            span = wilson_interval(other, n_set)
            of_set = _estimate(other, span, int(is_in.sum()))
        between = between_shares(share, Interval(log.low or 0.0, log.high or 0.0), other, span)
        change = _estimate(share - other, between, len(of_line))
        p = share_p(share, n_log, other, None if is_stated else n_set)
        rows.append((name, n_lines, log, of_set, change, p))
    adjusted = holm(np.array([row[-1] for row in rows]))
    order = sorted(range(len(rows)), key=lambda at: (-rows[at][1], rows[at][0]))
    base = MixBase.STATED if is_stated else MixBase.CHANCES if has_chances else MixBase.CASES
    return base, tuple(
        MixRow(*rows[at], float(adjusted[at]), is_unlike=rows[at][0] == unlike) for at in order
    )


def _estimate(value: float, span: Interval, n: int) -> Estimate:
    return Estimate(value, span.low, span.high, n)
