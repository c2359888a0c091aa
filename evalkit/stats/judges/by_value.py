"""Where a judge says what people say, value by value."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray
from evalkit.stats.intervals import Estimate, share_estimates
from evalkit.stats.judges.answers import AnswersOfBoth
from evalkit.stats.judges.cases import columns, means_of_columns

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
    return values_by_part(rows)[0]


def values_by_part(rows: AnswersOfBoth) -> list[tuple[ValueRow, ...]]:
    """Return ``value_rows`` of each part of the cases."""
    people, cases = rows.of_people, rows.cases
    n_values = people.shape[1]
    # Shares that add up to 1 but for rounding leave nothing where they should.
    others = np.where(people > 1.0 - _ROUNDING, 0.0, 1.0 - people)
    no = np.where(rows.by_judge > 1.0 - _ROUNDING, 0.0, 1.0 - rows.by_judge)
    yes, neither = people * rows.by_judge, others * no
    turned = np.array(rows.mirror or range(n_values))
    firsts = np.flatnonzero(np.arange(n_values) <= turned)
    # What changes places with another value counts with it.
    both = np.where(turned[firsts] != firsts, 1.0, 0.0)
    of_people, of_judge, not_people, not_judge, right, right_not = (
        part[:, firsts] + both * part[:, turned[firsts]]
        for part in (people, rows.by_judge, others, no, yes, neither)
    )
    n_units = np.ones((len(people), 1)) * (1.0 + both)
    kinds = (of_people, of_judge, not_people, not_judge, n_units)
    sums = cases.sums(columns(*kinds, right, right_not))
    n = len(firsts)
    count, right, right_not = sums[:, : 5 * n], sums[:, 5 * n : 6 * n], sums[:, 6 * n :]
    total = columns(right, right, right_not, right_not, right + right_not)
    shares = share_estimates(means_of_columns(total, count, cases))
    return [
        tuple(
            ValueRow(value, *(shares[part, kind * n + place] for kind in range(len(kinds))))
            for place, value in enumerate(firsts.tolist())
        )
        for part in range(cases.n_parts)
    ]


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
    return confusion_by_part(rows)[0]


def confusion_by_part(rows: AnswersOfBoth) -> list[FloatArray]:
    """Return ``confusion`` of each part of the cases."""
    people, tables = rows.of_people, []
    turned = np.array(rows.mirror or range(people.shape[1]))
    for times in rows.cases.units:
        table = (people * times[:, np.newaxis]).T @ rows.by_judge
        tables.append((table + table[np.ix_(turned, turned)]) / 2)
    return tables
