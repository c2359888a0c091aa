"""Standard errors by leaving out one case at a time, for one statistic or for many groups."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.stats.intervals import MIN_CASES, Interval, bounded_interval, effective_degrees

NO_UNITS = "Nothing has been judged by two annotators yet."
ALL_EQUAL = "All values are equal, so there is no disagreement that chance could explain."
ONE_CASE = "An interval needs at least 2 cases judged by two annotators; there is 1."
ONE_DECIDES = "One case alone decides whether this is defined, so its uncertainty cannot be told."
NO_SPREAD = "Leaving out any one case changes nothing, so its uncertainty cannot be told."
# Leave-one-out values that differ by less than this are equal but for rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class JackknifeErrors:
    """Standard errors of shape (n_groups,), ``NaN`` where one case decides; cases, degrees."""

    standard_error: FloatArray
    degrees: FloatArray
    n_cases: IntArray

    def interval(
        self, value: float, group: int = 0, *, lowest: float, highest: float = 1.0
    ) -> Interval | str:
        """Return the interval by t and the range of the statistic, or why there is none.

        In place of ``value ± t·se``, which holds the truth 74 to 90 times of 100 where an
        agreement rests on a handful of cases; see ``bounded_interval``.
        """
        n_cases, error = int(self.n_cases[group]), float(self.standard_error[group])
        if n_cases < MIN_CASES:
            return ONE_CASE
        if np.isnan(error):
            return ONE_DECIDES
        if error <= _ROUNDING:
            return NO_SPREAD
        return bounded_interval(
            value,
            standard_error=error,
            degrees=float(self.degrees[group]),
            lowest=lowest,
            highest=highest,
        )


def jackknife_errors(
    left_out: FloatArray, group: IntArray | None = None, *, n_groups: int = 1
) -> JackknifeErrors:
    """Return standard errors from the values found when each case in turn is left out.

    Parameters
    ----------
    left_out : FloatArray of shape (n_group_cases,)
        One value per case of a group; ``NaN`` where it is undefined without that case.
    group : IntArray of shape (n_group_cases,), optional
        All one group where it is not given.

    Notes
    -----
    ``se² = (G-1)/G Σ (a_g - mean a)²`` (Efron & Tibshirani 1993, chapter 11).
    """
    if group is None:
        group = np.zeros(len(left_out), dtype=np.int64)
    n_cases = np.bincount(group, minlength=n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sum_by(group, left_out, n_codes=n_groups) / n_cases
        rest = left_out - mean[group]
        squares = sum_by(group, rest * rest, n_codes=n_groups)
        error = np.sqrt((n_cases - 1) / n_cases * squares)
    degrees = effective_degrees(rest, group, n_groups=n_groups)
    return JackknifeErrors(error, degrees, n_cases)
