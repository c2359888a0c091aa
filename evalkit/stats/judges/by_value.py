"""Where a judge says what people say, value by value."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.judges.ceiling import AnswersOfBoth

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value, by its index into ``Codings.values``.

    ``recall`` is how often the judge says it where a person does, ``precision`` how often a person
    does where the judge does; ``specificity`` and ``no_precision`` the same of not saying it, and
    ``accuracy`` how often judge and person both say it or both do not. 0–1, with intervals by
    case; None where nothing was of that kind.
    """

    value: int
    recall: Estimate
    precision: Estimate
    specificity: Estimate
    no_precision: Estimate
    accuracy: Estimate


def value_rows(rows: AnswersOfBoth) -> tuple[ValueRow, ...]:
    """Return how a judge does on each value; people of one unit count together as one.

    Parameters
    ----------
    rows : AnswersOfBoth

    Returns
    -------
    tuple of ValueRow
        In the order of values; of two that are each other's mirror (this or the other response is
        better) one row, for both.
    """
    people = rows.by_people / np.maximum(rows.n_people, 1)[:, np.newaxis]
    n_units, n_values = people.shape
    first = np.arange(n_values)
    if rows.mirror:
        first = np.minimum(first, np.array(rows.mirror))
    group, case = np.tile(first, n_units), np.repeat(rows.case, n_values)

    def shares(weight: FloatArray, value: FloatArray) -> list[Estimate]:
        there = np.flatnonzero(weight.ravel() > 0)
        means = clustered_means(
            group[there],
            case=case[there],
            value=value.ravel()[there],
            # Parts of an answer, where several people or verdicts share one.
            n=weight.ravel()[there],  # type: ignore[arg-type]
            n_groups=n_values,
        )
        return [share_estimate(means, place) for place in range(n_values)]

    # Shares that add up to 1 but for rounding leave nothing where they should.
    others = np.where(people > 1.0 - _ROUNDING, 0.0, 1.0 - people)
    no = np.where(rows.by_judge > 1.0 - _ROUNDING, 0.0, 1.0 - rows.by_judge)
    both = people * rows.by_judge + others * no
    columns = (
        shares(people, rows.by_judge),
        shares(rows.by_judge, people),
        shares(others, no),
        shares(no, others),
        shares(np.ones_like(people), both),
    )
    return tuple(
        ValueRow(value, *(column[value] for column in columns))
        for value in np.unique(first).tolist()
    )


def confusion(rows: AnswersOfBoth) -> FloatArray:
    """Return how often people say one value and the judge another, units counting once.

    Parameters
    ----------
    rows : AnswersOfBoth

    Returns
    -------
    FloatArray of shape (n_values, n_values)
        Rows are what people say, columns what the judge says; sums to the number of units. Of
        preferences the mean of both orientations.
    """
    people = rows.by_people / np.maximum(rows.n_people, 1)[:, np.newaxis]
    table = people.T @ rows.by_judge
    if rows.mirror:
        turned = np.array(rows.mirror)
        table = (table + table[np.ix_(turned, turned)]) / 2
    return np.asarray(table, dtype=np.float64)
