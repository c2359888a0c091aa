"""Whether a judge may stand in for a person: the alternative annotator test."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from evalkit.stats.counts import BoolArray, Codings, FloatArray, IntArray, number_cells
from evalkit.stats.intervals import (
    MIN_CASES,
    ClusteredMeans,
    Estimate,
    clustered_means,
    share_estimate,
)
from evalkit.stats.significance import benjamini_hochberg

#: Persons to stand in for, and units that each must have in common with the judge and another.
MIN_PEOPLE = 3
MIN_UNITS = 30
#: The share of false findings among persons said to be matched.
FALSE_DISCOVERIES = 0.05
# Distances of numbers that are closer than this are equal.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class StandIn:
    """The judge in the place of one person, measured against all others.

    ``advantage`` is how often the judge is at least as near to the others as the person is;
    ``p_value`` speaks against "the person is nearer by ``margin`` or more" and is None with fewer
    than ``MIN_UNITS`` units.
    """

    annotator: str
    n_units: int
    advantage: Estimate
    p_value: float | None
    is_matched: bool


@dataclass(frozen=True, slots=True)
class AlternativeTest:
    """The result for a judge, over all persons.

    Attributes
    ----------
    rows : tuple of StandIn
        As ``Codings.annotators`` orders people, without those that share no unit.
    winning_rate : float or None
        The share of tested persons that the judge matches; None where ``reason`` says why.
    advantage : Estimate
        Mean of the persons' advantages, with an interval clustered by case.
    """

    rows: tuple[StandIn, ...]
    winning_rate: float | None
    advantage: Estimate
    reason: str | None = None

    @property
    def may_stand_in(self) -> bool:
        """Return whether the judge matches at least half of the people."""
        return self.winning_rate is not None and self.winning_rate >= 0.5


def alternative_test(
    codings: Codings, judge: int, *, margin: float, is_number: bool = False
) -> AlternativeTest:
    """Test whether a judge is as near to people as each of them is to the others.

    Parameters
    ----------
    codings : Codings
        What people and this judge said; of preferences in either orientation.
    judge : int
        The judge's index into ``annotators``; everybody else is a person.
    margin : float
        What labels of a person may cost: by how much a person may be nearer to the others and
        the judge still take their place. 0.2 for experts, 0.15 for skilled, 0.1 for others.
    is_number : bool
        Whether nearness is the (negative) root mean square distance, not the share of equals.

    Returns
    -------
    AlternativeTest
        Without a rate where fewer than ``MIN_PEOPLE`` persons have ``MIN_UNITS`` units that the
        judge and another person judged too.

    Notes
    -----
    The t test's error is clustered by case, as everywhere; with one unit a case it is the
    published test. Benjamini & Yekutieli's correction over persons.

    References
    ----------
    Calderon, Reichart & Dror (2025), The Alternative Annotator Test, ACL, arXiv 2501.10970.
    """
    people, theirs = _with_judge(codings, judge)
    near = _by_distance if is_number else _by_equality
    judge_near, person_near = near(codings, people, theirs)
    wins, loses = judge_near >= person_near - _SAME, person_near >= judge_near - _SAME
    annotator, case = people.annotator, people.case
    n_people = len(codings.annotators)
    even = np.ones(len(annotator), dtype=np.int64)

    def by_person(value: FloatArray) -> ClusteredMeans:
        return clustered_means(annotator, case=case, value=value, n=even, n_groups=n_people)

    advantages, gaps = by_person(wins.astype(float)), by_person(loses - wins.astype(float))
    p_values = _p_values(gaps.value - margin, gaps.standard_error, gaps.n_cases)
    is_tested = (gaps.n >= MIN_UNITS) & (gaps.n_cases >= MIN_CASES)
    matched = np.zeros(n_people, dtype=np.bool_)
    if is_tested.any():
        # Benjamini and Yekutieli's is Benjamini and Hochberg's, made stricter by 1 + 1/2 + … + 1/m.
        stricter = np.sum(1.0 / np.arange(1, int(is_tested.sum()) + 1))
        adjusted = benjamini_hochberg(p_values[is_tested]) * stricter
        matched[is_tested] = adjusted <= FALSE_DISCOVERIES
    rows = tuple(
        StandIn(
            codings.annotators[person],
            int(gaps.n[person]),
            share_estimate(advantages, person),
            float(p_values[person]) if is_tested[person] else None,
            bool(matched[person]),
        )
        for person in np.flatnonzero(gaps.n).tolist()
    )
    overall = _mean_advantage(wins, annotator, case)
    n_tested = int(is_tested.sum())
    if n_tested < MIN_PEOPLE:
        return AlternativeTest(rows, None, overall, _too_few(rows, n_tested))
    return AlternativeTest(rows, float(matched.sum()) / n_tested, overall)


def _too_few(rows: tuple[StandIn, ...], n_tested: int) -> str:
    short = [row for row in rows if row.p_value is None]
    missing = "".join(f" {row.annotator} has {row.n_units}." for row in short[:3])
    return (
        f"The test needs {MIN_PEOPLE} people with {MIN_UNITS} units that the judge and another "
        f"person judged too; there are {n_tested}.{missing}"
    )


def _with_judge(codings: Codings, judge: int) -> tuple[Codings, IntArray]:
    """Return what people said where the judge and two of them did, and what the judge said."""
    units, place = number_cells(codings.unit, n_keys=int(codings.unit.max(initial=-1)) + 1)
    n_units = len(units)
    is_judge = codings.annotator == judge
    verdict = np.full(n_units, -1, dtype=np.int64)
    verdict[place[is_judge]] = codings.value[is_judge]
    n_people = np.bincount(place[~is_judge], minlength=n_units)
    usable = ~is_judge & (verdict[place] >= 0) & (n_people[place] >= 2)
    return codings.at(usable), verdict[place[usable]]


def _by_equality(
    codings: Codings, people: Codings, theirs: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return the share of the others who said the same as the judge, and as each person."""
    _, place = number_cells(people.unit, n_keys=int(people.unit.max(initial=-1)) + 1)
    n_values = len(codings.values)
    cells = np.bincount(place * n_values + people.value, minlength=(len(place)) * n_values)
    others = np.bincount(place)[place] - 1.0
    alike = cells[place * n_values + people.value] - 1.0
    with_judge = cells[place * n_values + theirs] - (theirs == people.value)
    return with_judge / others, alike / others


def _by_distance(
    codings: Codings, people: Codings, theirs: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return minus the root mean square distance of the judge, and of each person, to others."""
    _, place = number_cells(people.unit, n_keys=int(people.unit.max(initial=-1)) + 1)
    number = people.numbers
    verdict = np.array(codings.values, dtype=np.float64)[theirs]
    n, total = np.bincount(place)[place], np.bincount(place, weights=number)[place]
    squares = np.bincount(place, weights=number * number)[place]

    def nearness(of: FloatArray) -> FloatArray:
        around = n * of * of - 2 * of * total + squares - (of - number) ** 2
        near = -np.sqrt(np.maximum(around, 0.0) / (n - 1.0))
        return np.asarray(near, dtype=np.float64)

    return nearness(verdict), nearness(number)


def _p_values(above: FloatArray, error: FloatArray, n_cases: IntArray) -> FloatArray:
    """Return the chance of a mean as low as this if the true one is at the margin."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = above / error
    # Without any spread, or exactly at the margin without any, nothing speaks against it.
    t = np.where(np.isnan(t), np.where(above < 0, -np.inf, np.inf), t)
    return np.asarray(stdtr(np.maximum(n_cases - 1.0, 1.0), t), dtype=np.float64)


def _mean_advantage(wins: BoolArray, annotator: IntArray, case: IntArray) -> Estimate:
    """Average the persons' advantages; a case pulls by all that it says of each of them."""
    n = len(wins)
    if n == 0:
        return Estimate(None, None, None, 0, "No unit was judged by the judge and two people.")
    n_units = np.maximum(np.bincount(annotator), 1)
    own = np.bincount(annotator, weights=wins) / n_units
    is_there = np.bincount(annotator) > 0
    mean = float(own[is_there].mean())
    # Each person counts the same, however much they judged.
    weight = n / (n_units[annotator] * np.count_nonzero(is_there))
    pull = mean + weight * (wins - own[annotator])
    even = np.ones(n, dtype=np.int64)
    return share_estimate(clustered_means(0 * even, case=case, value=pull, n=even, n_groups=1))
