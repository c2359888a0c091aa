"""A judge that saw pairs in both orders: right by which rule, and what the order decides."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.agreement.bounds import lowest_kappa
from evalkit.stats.agreement.kappa import AnnotatorAgreement
from evalkit.stats.counts import LEFT, RIGHT, FloatArray, IntArray, both_ways
from evalkit.stats.intervals import Estimate
from evalkit.stats.jackknife import ALL_EQUAL, NO_UNITS, jackknife_errors
from evalkit.stats.judges.answers import AnswersOfBoth
from evalkit.stats.judges.cases import Cases, cases_of, columns, shares_of_units, signed_estimate

#: Chance at which there is nothing left to explain, but for rounding.
_ALL = 1 - 1e-12
NOT_CONTRADICTED = "It said the same of every pair in both orders."
NEVER_SAME = "It said the same of no pair in both orders."


@dataclass(frozen=True, slots=True)
class RightByRule:
    """How often a judge says what a person says, by each rule in use; shares of pairs, 0–1.

    Attributes
    ----------
    first, second : AnnotatorAgreement
        By what it said when it saw a pair first, and by what it said in the other order alone.
    mean : Estimate
        The mean of both.
    both_agree : Estimate
        Both verdicts must be what a person said: a pair left undecided counts as wrong.
    decided : Estimate
        The same of the pairs alone on which both verdicts are the same.
    n_undecided : int
        The other pairs that people judged.
    """

    first: AnnotatorAgreement
    second: AnnotatorAgreement
    mean: Estimate
    both_agree: Estimate
    decided: Estimate
    n_undecided: int


@dataclass(frozen=True, slots=True)
class Positions:
    """What the order of two responses does to a judge, whether people judged them or not.

    Attributes
    ----------
    positional : Estimate
        How often both verdicts are the same whatever the order, 0–1.
    primacy : Estimate
        Of the pairs on which they are not, how often it chose both times what stood first, 0–1.
    position_bias : Estimate
        How often it chose both times what stood first, less what stood second, of all pairs;
        −1 to 1.
    """

    positional: Estimate
    primacy: Estimate
    position_bias: Estimate


def right_by_rule(first: AnswersOfBoth, second: AnswersOfBoth, *, judge: str) -> RightByRule:
    """Return how often a judge is right by each rule about two orders.

    Parameters
    ----------
    first, second : AnswersOfBoth
        The same units with one verdict each: the one given first, and that of the other order.
    judge : str
        Its name.

    Returns
    -------
    RightByRule
        Everything None, with a reason, where people judged none of the pairs. κ is Cohen's, of
        both orientations of every pair, with a jackknife interval over cases.

    References
    ----------
    Zheng et al. (2023), arXiv 2306.05685: both must agree; Zeng et al. (2024), LLMBar, ICLR: mean
    of both orders, positional agreement.
    """
    people = _people(first)
    shares = [(rows.by_judge * people).sum(axis=1) for rows in (first, second)]
    same = (first.by_judge == second.by_judge).all(axis=1)
    cases = cases_of(first.case, first.times)
    if not cases.n:
        none = Estimate(None, None, None, 0, NO_UNITS)
        alone = AnnotatorAgreement(judge, none, none, 0)
        never = Estimate(None, None, None, 0, NEVER_SAME)
        return RightByRule(alone, alone, none, none, never, 0)
    by_rule = columns(*shares, (shares[0] + shares[1]) / 2, np.where(same, shares[0], 0.0))
    by_first, by_second, mean, both_agree = shares_of_units(by_rule, cases)
    return RightByRule(
        first=AnnotatorAgreement(judge, kappa_with_people(first), by_first, first.n),
        second=AnnotatorAgreement(judge, kappa_with_people(second), by_second, first.n),
        mean=mean,
        both_agree=both_agree,
        decided=_share(shares[0][same], cases.at(same), NEVER_SAME),
        n_undecided=first.at(~same).n,
    )


def positions(first: IntArray, second: IntArray, case: IntArray) -> Positions:
    """Return what order does to a judge's verdicts.

    Parameters
    ----------
    first, second : IntArray of shape (n_pairs,)
        Codes of ``Preference`` by side, left being what stood first: when it saw a pair first, and
        with the sides swapped.
    case : IntArray of shape (n_pairs,)

    Returns
    -------
    Positions

    References
    ----------
    Zheng et al. (2023), arXiv 2306.05685; Shi et al. (2024), arXiv 2406.07791, for primacy and
    recency.
    """
    cases = cases_of(case)
    if cases.n == len(case):
        # Each pair is a case of its own: those with the same two verdicts are counted.
        n_codes = int(max(first.max(initial=0), second.max(initial=0))) + 1
        cells = np.bincount(first * n_codes + second, minlength=n_codes**2)
        both = np.flatnonzero(cells)
        first, second = both // n_codes, both % n_codes
        cases = Cases(np.arange(len(both)), len(both), cells[both].astype(np.float64))
    turned = np.where(second <= RIGHT, RIGHT - second + LEFT, second)
    same = first == turned
    to_first = ((first == LEFT) & (second == LEFT)).astype(np.float64)
    to_second = ((first == RIGHT) & (second == RIGHT)).astype(np.float64)
    half = _share((1.0 + to_first - to_second) / 2.0, cases)
    return Positions(
        positional=_share(same.astype(np.float64), cases),
        primacy=_share(to_first[~same], cases.at(~same), NOT_CONTRADICTED),
        position_bias=signed_estimate(half, _share(to_first + to_second, cases)),
    )


def _people(rows: AnswersOfBoth) -> FloatArray:
    share: FloatArray = rows.by_people / np.maximum(rows.n_people, 1)[:, np.newaxis]
    return share


def _share(value: FloatArray, cases: Cases, nothing: str = NO_UNITS) -> Estimate:
    if not len(value):
        return Estimate(None, None, None, 0, nothing)
    return shares_of_units(value[:, np.newaxis], cases)[0]


def kappa_with_people(rows: AnswersOfBoth) -> Estimate:
    """Return Cohen's κ of a judge with people, each unit counting once, a person or several.

    Parameters
    ----------
    rows : AnswersOfBoth

    Returns
    -------
    Estimate
        With a jackknife interval over cases; None where all answers are one and the same.
    """
    n = rows.n
    if not n:
        return Estimate(None, None, None, 0, NO_UNITS)
    people, n_values = _people(rows), rows.by_people.shape[1]
    agreed = (rows.by_judge * people).sum(axis=1)
    cases = cases_of(rows.case, rows.times)
    by_case = cases.sums(columns(np.ones(len(agreed)), agreed, rows.by_judge, people))
    total = cases.total(by_case)

    def sides(of: FloatArray) -> tuple[FloatArray, FloatArray]:
        own, others = of[:, 2 : 2 + n_values], of[:, 2 + n_values :]
        return both_ways(own, rows.mirror), both_ways(others, rows.mirror)

    def kappas(of: FloatArray) -> FloatArray:
        own, others = sides(of)
        with np.errstate(invalid="ignore", divide="ignore"):
            chance = (own * others).sum(axis=1) / of[:, 0] ** 2
            value = (of[:, 1] / of[:, 0] - chance) / (1 - chance)
        return np.where(chance < _ALL, value, np.nan)

    value = float(kappas(total[np.newaxis])[0])
    if np.isnan(value):
        return Estimate(None, None, None, n, ALL_EQUAL)
    lowest = float(lowest_kappa(*sides(total[np.newaxis]), np.eye(n_values))[0])
    errors = jackknife_errors(kappas(total - by_case), times=cases.times)
    interval = errors.interval(value, lowest=lowest)
    if isinstance(interval, str):
        return Estimate(value, None, None, n, interval)
    return Estimate(value, interval.low, interval.high, n)
