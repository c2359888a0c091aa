"""Error marks weighed by severity: what the errors in a model's responses cost, per response."""

from dataclasses import replace

import numpy as np

from evalkit.reporting.collected import Collected
from evalkit.stats.penalties import Looks, error_penalties
from evalkit.stats.scores import ScoreRow

WEIGHTS_IN_WORDS = (
    "Each error weighs 1 where it is minor or has no severity, 5 where it is major and 10 where it "
    "is critical; a response weighs what its errors weigh together, averaged over all looks at it."
)


def penalty_rows(collected: Collected) -> tuple[ScoreRow, ...]:
    """Return the mean penalty per response, per model and category; lower is better.

    Parameters
    ----------
    collected : Collected

    Returns
    -------
    tuple of ScoreRow
        Empty where no error of the study has a severity. No interval reaches below zero.

    References
    ----------
    Freitag et al. (2021), "Experts, Errors, and Context", TACL 9.
    """
    given, outputs = collected.penalties, collected.outputs
    if given is None or not len(given.output):
        return ()
    looks = Looks(
        case=outputs.case[given.output],
        model=outputs.model[given.output],
        category=outputs.category[given.output],
        models=collected.models,
        categories=collected.categories,
    )
    every = np.arange(len(given.output), dtype=np.int64)
    rows = error_penalties(looks, look=every, weight=given.weight)
    return tuple(_from_zero(row) for row in rows)


def _from_zero(row: ScoreRow) -> ScoreRow:
    one = row.estimate
    if one.low is None or one.low >= 0:
        return row
    return replace(row, estimate=replace(one, low=0.0))
