"""A judge that saw pairs in both orders: right by which rule, and what the order decides."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.agreement.bounds import lowest_kappa
from evalkit.stats.agreement.kappa import AnnotatorAgreement
from evalkit.stats.counts import LEFT, RIGHT, FloatArray, IntArray, both_ways, number_cells
from evalkit.stats.intervals import Estimate
from evalkit.stats.jackknife import ALL_EQUAL, NO_UNITS, jackknife_errors
from evalkit.stats.judges.answers import AnswersOfBoth
from evalkit.stats.judges.cases import (
    Cases,
    Parts,
    cases_of_kinds,
    columns,
    shares_of_sums,
    signed_estimate,
)

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
    return right_by_part(first, second, judge=judge)[0]


def right_by_part(first: AnswersOfBoth, second: AnswersOfBoth, *, judge: str) -> list[RightByRule]:
    """Return ``right_by_rule`` of each part of the cases."""
    people, cases = first.of_people, first.cases
    right = [(rows.by_judge * people).sum(axis=1) for rows in (first, second)]
    same = (first.by_judge == second.by_judge).all(axis=1)
    both_right = np.where(same, right[0], 0.0)
    # Every sum over the units of a case is taken once, though several numbers rest on it.
    told = same.astype(np.float64), *right, both_right, first.by_judge, second.by_judge, people
    sums, n_values = cases.sums(columns(*told)), people.shape[1]
    n_same, early, late, agreed = (sums[:, place : place + 1] for place in range(4))
    own, other, others = (sums[:, 4 + k * n_values : 4 + (k + 1) * n_values] for k in range(3))
    kappas = [
        _kappas(columns(cases.sizes, of_right, of_judge, others), cases, first.mirror)
        for of_right, of_judge in ((early, own), (late, other))
    ]
    by_rule = shares_of_sums(columns(early, late, (early + late) / 2, agreed), cases.sizes, cases)
    decided = _or_nothing(agreed, n_same, cases, NEVER_SAME)
    n_undecided = cases.units[:, ~same].sum(axis=1).astype(np.int64).tolist()
    none, result = Estimate(None, None, None, 0, NO_UNITS), []
    for part, (by_first, by_second, mean, both) in enumerate(by_rule):
        if not by_first.n:
            alone = AnnotatorAgreement(judge, none, none, 0)
            never = Estimate(None, None, None, 0, NEVER_SAME)
            result.append(RightByRule(alone, alone, none, none, never, 0))
            continue
        alone, turned = (
            AnnotatorAgreement(judge, kappa[part], of, of.n)
            for kappa, of in zip(kappas, (by_first, by_second), strict=True)
        )
        result.append(RightByRule(alone, turned, mean, both, decided[part], n_undecided[part]))
    return result


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
    return positions_by_part(first, second, case)[0]


def positions_by_part(
    first: IntArray, second: IntArray, case: IntArray, parts: Parts | None = None
) -> list[Positions]:
    """Return ``positions`` of each part of the cases."""
    # Pairs with the same two verdicts are counted.
    n_codes = int(max(first.max(initial=0), second.max(initial=0))) + 1
    is_single = len(number_cells(case, n_keys=int(case.max(initial=-1)) + 1)[0]) == len(case)
    cases, both = cases_of_kinds(
        case, first * n_codes + second, n_kinds=n_codes**2, is_single=is_single, parts=parts
    )
    first, second = both // n_codes, both % n_codes
    turned = np.where(second <= RIGHT, RIGHT - second + LEFT, second)
    same = (first == turned).astype(np.float64)
    to_first = ((first == LEFT) & (second == LEFT)).astype(np.float64)
    to_second = ((first == RIGHT) & (second == RIGHT)).astype(np.float64)
    half = (1.0 + to_first - to_second) / 2.0
    sums = cases.sums(columns(same, half, to_first + to_second, 1.0 - same, to_first))
    # Who chose both times what stood first did not say the same.
    primacy = _or_nothing(sums[:, 4:], sums[:, 3:4], cases, NOT_CONTRADICTED)
    of_all = shares_of_sums(sums[:, :3], cases.sizes, cases)
    none = Estimate(None, None, None, 0, NO_UNITS)
    return [
        Positions(positional, primacy[part], signed_estimate(leaning, one_side))
        if positional.n
        else Positions(none, primacy[part], none)
        for part, (positional, leaning, one_side) in enumerate(of_all)
    ]


def _or_nothing(total: FloatArray, count: FloatArray, cases: Cases, nothing: str) -> list[Estimate]:
    """Return the share of each part, or why there is none."""
    none = Estimate(None, None, None, 0, nothing)
    return [of if of.n else none for (of,) in shares_of_sums(total, count, cases)]


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
    return kappas_by_part(rows)[0]


def kappas_by_part(rows: AnswersOfBoth) -> list[Estimate]:
    """Return ``kappa_with_people`` of each part of the cases."""
    people, cases = rows.of_people, rows.cases
    agreed = (rows.by_judge * people).sum(axis=1)
    by_case = cases.sums(columns(np.ones(len(agreed)), agreed, rows.by_judge, people))
    return _kappas(by_case, cases, rows.mirror)


def _kappas(by_case: FloatArray, cases: Cases, mirror: tuple[int, ...]) -> list[Estimate]:
    """Return κ of sums by case: units, how often both said the same, what each of them said."""
    n_values, total = (by_case.shape[1] - 2) // 2, cases.total(by_case)

    def sides(of: FloatArray) -> tuple[FloatArray, FloatArray]:
        own, others = of[:, 2 : 2 + n_values], of[:, 2 + n_values :]
        return both_ways(own, mirror), both_ways(others, mirror)

    def kappas(of: FloatArray) -> FloatArray:
        own, others = sides(of)
        with np.errstate(invalid="ignore", divide="ignore"):
            chance = (own * others).sum(axis=1) / of[:, 0] ** 2
            value = (of[:, 1] / of[:, 0] - chance) / (1 - chance)
        return np.where(chance < _ALL, value, np.nan)

    values = kappas(total)
    errors = jackknife_errors(
        kappas(cases.each(total) - by_case), cases.part, n_groups=cases.n_parts, times=cases.times
    )
    estimates = []
    for part, (value, n) in enumerate(zip(values.tolist(), total[:, 0].tolist(), strict=True)):
        n_units = round(n)
        if not n_units or np.isnan(value):
            reason = ALL_EQUAL if n_units else NO_UNITS
            estimates.append(Estimate(None, None, None, n_units, reason))
            continue
        lowest = float(lowest_kappa(*sides(total[part : part + 1]), np.eye(n_values))[0])
        interval = errors.interval(value, part, lowest=lowest)
        if isinstance(interval, str):
            estimates.append(Estimate(value, None, None, n_units, interval))
        else:
            estimates.append(Estimate(value, interval.low, interval.high, n_units))
    return estimates
