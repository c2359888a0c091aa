"""How far people agree with themselves, and half of them with the other half: other ceilings."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import (
    Codings,
    FloatArray,
    IntArray,
    both_ways,
    number_cells,
    sum_by,
    sum_rows,
)
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.jackknife import ALL_EQUAL, jackknife_errors

NO_REPEATS = "Nobody judged the same again."
NO_HALVES = "Nothing was judged by two people, so people cannot be halved."
NOT_STEPPED_UP = (
    "The halves agree no more than chance would, so nothing follows for all people together."
)
ON_NUMBERS = "On a continuous scale two answers are hardly ever equal."
# What is less than this part of the squares it is the difference of is what rounding leaves.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Consistency:
    """What people say who judge the same again.

    Attributes
    ----------
    same : Estimate
        How often they give the same answer, 0–1; ``n`` counts repeats, a person and unit each.
    kappa : Estimate
        The same beyond the chance of all their answers (Scott's); near numbers agree in part.
    """

    same: Estimate
    kappa: Estimate


@dataclass(frozen=True, slots=True)
class SplitHalf:
    """How half of the people agree with the other half.

    Attributes
    ----------
    halves : Estimate
        Correlation of the label distributions of two halves, −1 to 1; ``n`` counts units.
    together : Estimate
        Stepped up by Spearman and Brown to all people of a unit.
    """

    halves: Estimate
    together: Estimate


def consistency(codings: Codings, *, is_number: bool = False) -> Consistency:
    """Measure how people agree with themselves.

    Parameters
    ----------
    codings : Codings
        All that people said; of those who judged a unit once nothing is counted.
    is_number : bool
        Whether near values agree in part (quadratic weights).

    Returns
    -------
    Consistency
        None, with a reason, where nobody judged anything again. A person and unit counts once.

    References
    ----------
    Scott (1955), Public Opinion Quarterly 19; Fleiss & Cohen (1973) for numbers.
    """
    n_annotators = max(len(codings.annotators), 1)
    key = codings.unit.astype(np.int64) * n_annotators + codings.annotator
    answers = _answers(codings, key, is_number=is_number)
    again = answers.at(np.flatnonzero(answers.n > 1))
    if not len(again.case):
        none = Estimate(None, None, None, 0, NO_REPEATS)
        return Consistency(none, none)
    return Consistency(_same_again(codings, key), _correlation(again, again.size))


def split_half(codings: Codings, *, is_number: bool = False) -> SplitHalf:
    """Correlate the label distributions of two halves of the people.

    Parameters
    ----------
    codings : Codings
        What people said, at most one value per unit and person.
    is_number : bool
        Whether values are numbers; else the distribution is the share of each value.

    Returns
    -------
    SplitHalf
        None, with a reason, where no unit was judged by two people.

    Notes
    -----
    The mean over all splits in two halves of equal size (an odd person stays out), which has a
    closed form: with A the mean product of two people's answers on one unit, S that of one's with
    themselves and E that of the means of all, halves of h people correlate by
    ``(A - E) / (S/h + (1 - 1/h)A - E)``. No split is drawn, so nothing hangs on a seed.
    Spearman–Brown with the mean number of people over that in a half: ``k r / (1 + (k-1) r)``.
    Intervals by the jackknife over cases.

    References
    ----------
    Spearman (1910) and Brown (1910), British Journal of Psychology 3.
    """
    answers = _answers(codings, codings.unit.astype(np.int64), is_number=is_number)
    several = answers.at(np.flatnonzero(answers.n > 1))
    if not len(several.case):
        none = Estimate(None, None, None, 0, NO_HALVES)
        return SplitHalf(none, none)
    half = several.n // 2
    spread = several.size / half + (1.0 - 1.0 / half) * several.product
    longer = float(several.n.mean() / half.mean())
    halves = _correlation(several, spread)
    if halves.value is not None and halves.value <= 0.0:
        return SplitHalf(halves, Estimate(None, None, None, halves.n, NOT_STEPPED_UP))
    return SplitHalf(halves, _correlation(several, spread, longer=longer))


@dataclass(frozen=True, slots=True, eq=False)
class _Products:
    """Mean products of answers to the same, by cell: of two, of one with itself, and their mean.

    Nominal answers are as many 0s and a 1 as there are values, so a product is 1 where they are
    the same.
    """

    case: IntArray
    n: IntArray
    product: FloatArray
    size: FloatArray
    mean: FloatArray
    mirror: tuple[int, ...]

    def at(self, places: IntArray) -> "_Products":
        return _Products(
            self.case[places],
            self.n[places],
            self.product[places],
            self.size[places],
            self.mean[places],
            self.mirror,
        )


def _answers(codings: Codings, key: IntArray, *, is_number: bool) -> _Products:
    cells, place = number_cells(key, n_keys=int(key.max(initial=-1)) + 1)
    n_cells = len(cells)
    n = np.bincount(place, minlength=n_cells)
    case = np.zeros(n_cells, dtype=np.int64)
    case[place] = codings.case
    if is_number or codings.is_continuous:
        number = codings.numbers
        # Where zero is changes no correlation, and near the mean rounding does least.
        number = number - number.mean() if len(number) else number
        total = sum_by(place, number, n_codes=n_cells)[:, np.newaxis]
        squares = sum_by(place, number * number, n_codes=n_cells)
    else:
        n_values = len(codings.values)
        flat = np.bincount(place * n_values + codings.value, minlength=n_cells * n_values)
        total, squares = flat.reshape(n_cells, n_values).astype(np.float64), n.astype(np.float64)
    # Numbers have no mirror.
    mirror = codings.mirror
    pairs = np.maximum(n * (n - 1.0), 1.0)
    product = ((total * total).sum(axis=1) - squares) / pairs
    return _Products(case, n, product, squares / n, total / n[:, np.newaxis], mirror)


def _correlation(answers: _Products, spread: FloatArray, *, longer: float = 1.0) -> Estimate:
    """Return ``(A - E) / (spread - E)``, of a test ``longer`` times as long."""
    n = len(answers.case)
    codes, place = np.unique(answers.case, return_inverse=True)
    sums = np.column_stack([np.ones(n), answers.product, spread, answers.mean])
    by_case = sum_rows(sums, place, n_codes=len(codes))
    total = by_case.sum(axis=0)

    def of(sums: FloatArray) -> FloatArray:
        means = sums[:, 1:] / sums[:, :1]
        centre = both_ways(means[:, 2:], answers.mirror)
        chance = (centre * centre).sum(axis=1)
        room = means[:, 1] - chance
        value = np.where(room > _ROUNDING * means[:, 1], (means[:, 0] - chance) / room, np.nan)
        return np.asarray(longer * value / (1.0 + (longer - 1.0) * value), dtype=np.float64)

    with np.errstate(invalid="ignore", divide="ignore"):
        value, left_out = float(of(total[np.newaxis])[0]), of(total - by_case)
    if np.isnan(value):
        return Estimate(None, None, None, n, ALL_EQUAL)
    interval = jackknife_errors(left_out).interval(value, lowest=-1.0)
    if isinstance(interval, str):
        return Estimate(value, None, None, n, interval)
    return Estimate(value, interval.low, interval.high, n)


def _same_again(codings: Codings, key: IntArray) -> Estimate:
    """Return how often two answers of one person to the same are equal, each such pair once."""
    if codings.is_continuous:
        return Estimate(None, None, None, 0, ON_NUMBERS)
    answers = _answers(codings, key, is_number=False)
    again = answers.at(np.flatnonzero(answers.n > 1))
    even = np.ones(len(again.case), dtype=np.int64)
    return share_estimate(
        clustered_means(0 * even, case=again.case, value=again.product, n=even, n_groups=1)
    )
