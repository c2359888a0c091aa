"""How far a judge agrees with people, beside how far people agree with each other."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import (
    BoolArray,
    Codings,
    FloatArray,
    IntArray,
    both_ways,
    number_cells,
    sum_by,
)
from evalkit.stats.intervals import Estimate, t_interval
from evalkit.stats.jackknife import JackknifeErrors, jackknife_errors
from evalkit.stats.judges.answers import AnswersOfBoth, beside
from evalkit.stats.judges.cases import (
    Cases,
    Parts,
    cases_of,
    columns,
    shares_of_sums,
    shares_of_units,
)

NO_UNITS = "Nothing was judged by this judge and by two people."
_NOTHING = Estimate(None, None, None, 0, NO_UNITS)
#: Lowest value of a kappa of two, where intervals end.
_LOWEST = -1.0
# What is less than this part of the squares it is the difference of is what rounding leaves.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A judge with people and people with each other, on the units that both judged.

    Attributes
    ----------
    judge, people : Estimate
        Kappa of the judge with a person, and of two persons: the ceiling; ``n`` counts units.
    ratio : Estimate
        The first over the second: 1 is a judge that agrees with people as they do with each
        other. None where people agree no more than chance would.
    same, same_people : Estimate
        The shares of equal answers, 0–1.
    """

    judge: Estimate
    people: Estimate
    ratio: Estimate
    same: Estimate
    same_people: Estimate


def ceiling(
    codings: Codings,
    judge: int,
    *,
    is_number: bool = False,
    rows: AnswersOfBoth | None = None,
) -> Ceiling:
    """Measure a judge's agreement with people against people's own.

    Parameters
    ----------
    codings : Codings
        What people and this judge said; of what one judged again, each time counts in part.
    judge : int
        The judge's index into ``annotators``; everybody else is a person.
    is_number : bool
        Whether values are numbers, of which near ones agree in part (quadratic weights).
    rows : AnswersOfBoth, optional
        What ``beside`` gives of the same, where it is at hand.

    Returns
    -------
    Ceiling
        Everything None, with a reason, where no unit was judged by the judge and two people.

    Notes
    -----
    ``κ = 1 - D / E``: D is the mean disagreement of two who judged the same unit (1 where they
    differ, or the squared distance), each unit counting once; E that of two who judged units at
    random: all people's answers, or these and the judge's (Scott 1955; Fleiss & Cohen 1973 for the
    squared distance). Both orientations of a pair of responses count. Intervals by the jackknife
    over cases, of all three numbers at once: whatever moves people's agreement moves both.

    References
    ----------
    Scott (1955), Public Opinion Quarterly 19; Fleiss & Cohen (1973), Educational and
    Psychological Measurement 33; Efron & Tibshirani (1993), chapter 11.
    """
    return ceilings_by_part(codings, judge, is_number=is_number, rows=rows)[0]


def ceilings_by_part(
    codings: Codings,
    judge: int,
    *,
    is_number: bool = False,
    rows: AnswersOfBoth | None = None,
    parts: Parts | None = None,
) -> list[Ceiling]:
    """Return ``ceiling`` of each part of the cases; ``rows`` are of the same parts."""
    twice = None
    if not codings.is_continuous:
        rows = beside(codings, judge, parts=parts) if rows is None else rows
        twice = rows.at(rows.n_people >= 2)
    cases, sums, kappas, n_units = (
        _numbers(codings, judge, parts) if twice is None or is_number else _answers(twice)
    )
    by_case = cases.sums(sums)
    total = cases.total(by_case)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = kappas(total)
        left_out = kappas(cases.each(total) - by_case)
        ratios = left_out[0] / left_out[1]
    errors = [
        jackknife_errors(of, cases.part, n_groups=cases.n_parts, times=cases.times)
        for of in (*left_out, ratios)
    ]
    same, result = _same(None if twice is None or is_number else by_case, twice, cases), []
    for part, n in enumerate(n_units.tolist()):
        if not n:
            result.append(Ceiling(*[_NOTHING] * 5))
            continue
        own, others = (float(values[row, part]) for row in range(2))
        people = _kappa(others, errors[1], part, n=n)
        ratio = _ratio(people, own, others, errors[2], part, n=n)
        result.append(Ceiling(_kappa(own, errors[0], part, n=n), people, ratio, *same[part]))
    return result


#: Cases, sums of each row, what makes both kappas of sums, and how many units each part has.
_Table = tuple[Cases, FloatArray, Callable[[FloatArray], FloatArray], IntArray]


def _answers(rows: AnswersOfBoth) -> _Table:
    n_values = rows.by_people.shape[1]
    even = np.ones(len(rows.n_people))
    sums = columns(even, *_shares(rows), rows.of_people, rows.by_judge)

    def kappas(total: FloatArray) -> FloatArray:
        mean = total[:, 1:] / total[:, :1]
        people = both_ways(mean[:, 2 : 2 + n_values], rows.mirror)
        verdicts = both_ways(mean[:, 2 + n_values :], rows.mirror)
        chance = (people * verdicts).sum(axis=1), (people * people).sum(axis=1)
        return np.array([(mean[:, row] - chance[row]) / (1 - chance[row]) for row in range(2)])

    return rows.cases, sums, kappas, rows.n_units


def _shares(rows: AnswersOfBoth) -> tuple[FloatArray, FloatArray]:
    """Return by unit how often the judge says what a person says, and one what another does."""
    same = (rows.by_judge * rows.by_people).sum(axis=1) / rows.n_people
    pairs = rows.n_people * (rows.n_people - 1.0)
    return same, ((rows.by_people**2).sum(axis=1) - rows.own) / pairs


def _same(
    by_case: FloatArray | None, rows: AnswersOfBoth | None, cases: Cases
) -> list[list[Estimate]]:
    """Return how often two say the same, of ``_answers`` by case where these are at hand."""
    if by_case is not None:
        return shares_of_sums(by_case[:, 1:3], by_case[:, :1], cases)
    if rows is None:
        reason = "On a continuous scale two answers are hardly ever equal."
        none = Estimate(None, None, None, 0, reason)
        return [[none, none]] * cases.n_parts
    return shares_of_units(columns(*_shares(rows)), rows.cases)


@dataclass(frozen=True, slots=True, eq=False)
class _Annotated:
    """Each unit's case; each annotator's unit, whether they are the judge; each entry's place."""

    case: IntArray
    unit: IntArray
    is_judge: BoolArray
    place: IntArray


def _annotated(codings: Codings, judge: int) -> _Annotated:
    units, unit = number_cells(codings.unit, n_keys=int(codings.unit.max(initial=-1)) + 1)
    n_annotators = max(len(codings.annotators), 1)
    key = unit * n_annotators + codings.annotator
    who, place = number_cells(key, n_keys=len(units) * n_annotators)
    case = np.zeros(len(units), dtype=np.int64)
    case[unit] = codings.case
    return _Annotated(case, who // n_annotators, who % n_annotators == judge, place)


def _numbers(codings: Codings, judge: int, parts: Parts | None) -> _Table:
    """Do the same for numbers, by moments: however many values there are."""
    who = _annotated(codings, judge)
    number = codings.numbers
    # Distances do not hang on where zero is; near the mean they lose nothing to rounding.
    number = number - number.mean() if len(number) else number
    times = np.bincount(who.place)
    mean = np.bincount(who.place, number) / times
    square = np.bincount(who.place, number * number) / times
    people = ~who.is_judge
    n_people = np.bincount(who.unit[people], minlength=len(who.case))
    n_verdicts = np.bincount(who.unit[who.is_judge], minlength=len(who.case))
    keep = np.flatnonzero((n_verdicts > 0) & (n_people >= 2))

    def of(rows: BoolArray, value: FloatArray) -> FloatArray:
        return sum_by(who.unit[rows], value[rows], n_codes=len(who.case))[keep]

    n = n_people[keep]
    total, squares, own = of(people, mean), of(people, square), of(people, mean * mean)
    verdict, verdict_square = of(who.is_judge, mean), of(who.is_judge, square)
    apart = verdict_square + squares / n - 2 * verdict * total / n
    apart_people = 2 * ((n - 1) * squares - total**2 + own) / (n * (n - 1.0))
    sums = columns(
        *(np.ones(len(n)), apart, apart_people, total / n, squares / n, verdict, verdict_square)
    )
    cases = cases_of(who.case[keep], parts=parts)
    n_units = cases.total(cases.sums(np.ones((len(keep), 1))))[:, 0].astype(np.int64)
    return cases, sums, _kappas_of_moments, n_units


def _kappas_of_moments(total: FloatArray) -> FloatArray:
    apart, apart_people, centre, spread, own_centre, own_spread = (total[:, 1:] / total[:, :1]).T
    pairs = (
        (apart, own_spread + spread - 2 * own_centre * centre),
        (apart_people, 2 * (spread - centre**2)),
    )
    return np.array(
        [_beyond_chance(observed, chance, spread + own_spread) for observed, chance in pairs]
    )


def _beyond_chance(observed: FloatArray, chance: FloatArray, size: FloatArray) -> FloatArray:
    """Return 1 - observed / chance, undefined where chance is nothing but what rounding leaves."""
    return np.where(chance > _ROUNDING * size, 1 - observed / chance, np.nan)


def _kappa(value: float, errors: JackknifeErrors, part: int, *, n: int) -> Estimate:
    if np.isnan(value):
        reason = "All answers are equal, so there is nothing that chance could explain."
        return Estimate(None, None, None, n, reason)
    interval = errors.interval(value, part, lowest=_LOWEST)
    if isinstance(interval, str):
        return Estimate(value, None, None, n, interval)
    return Estimate(value, interval.low, interval.high, n)


def _ratio(
    people: Estimate, own: float, others: float, errors: JackknifeErrors, part: int, *, n: int
) -> Estimate:
    # People who never differ are the best ceiling there is, and have no interval.
    is_perfect = people.value is not None and people.value >= 1.0 - _ROUNDING
    if not is_perfect and (people.low is None or people.low <= 0.0):
        reason = (
            "People cannot be seen to agree with each other more than chance would, so there is "
            "nothing to measure a judge against."
        )
        return Estimate(None, None, None, n, reason)
    ratio = own / others
    if np.isnan(ratio):
        return Estimate(
            None, None, None, n, "The judge and people say one and the same throughout."
        )
    if reason := errors.reason(part):
        return Estimate(ratio, None, None, n, reason)
    error, degrees = float(errors.standard_error[part]), float(errors.degrees[part])
    interval = t_interval(ratio, standard_error=error, degrees=degrees)
    return Estimate(ratio, interval.low, interval.high, n)
