"""Whether a judge may stand in for a person: the alternative annotator test."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from evalkit.stats.counts import Codings, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.intervals import (
    MIN_CASES,
    ClusteredMeans,
    Estimate,
    means_of_cells,
    share_estimates,
)
from evalkit.stats.judges.answers import numbered
from evalkit.stats.judges.cases import Cases, cases_of, means_of_columns, shares_of_units
from evalkit.stats.judges.nearness import Others, in_place, people_and_others
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
    codings = numbered(codings)
    n_units, is_judge = int(codings.unit.max(initial=-1)) + 1, codings.annotator == judge
    others = people_and_others(codings.at(~is_judge), n_units=n_units, is_number=is_number)
    return stand_in_test(codings.at(is_judge), others, margin=margin)


def stand_in_test(verdicts: Codings, others: Others, *, margin: float) -> AlternativeTest:
    """Do the same beside people whose nearness to each other is at hand.

    Parameters
    ----------
    verdicts : Codings
        Of one judge; units and values those of ``others``. Of several on a unit the last counts.
    others : Others
    margin : float
        As of ``alternative_test``.
    """
    near, names = in_place(verdicts, others), verdicts.annotators
    wins = (near.judge_near >= near.person_near - _SAME).astype(np.float64)
    loses = (near.person_near >= near.judge_near - _SAME).astype(np.float64)
    cases, n_people = cases_of(near.case), len(names)
    advantages, gaps = _by_person(near.annotator, wins, loses - wins, cases, n_people, others)
    p_values = _p_values(gaps.value - margin, gaps.standard_error, gaps.n_cases)
    is_tested = (gaps.n >= MIN_UNITS) & (gaps.n_cases >= MIN_CASES)
    matched = np.zeros(n_people, dtype=np.bool_)
    if is_tested.any():
        # Benjamini and Yekutieli's is Benjamini and Hochberg's, made stricter by 1 + 1/2 + … + 1/m.
        stricter = np.sum(1.0 / np.arange(1, int(is_tested.sum()) + 1))
        adjusted = benjamini_hochberg(p_values[is_tested]) * stricter
        matched[is_tested] = adjusted <= FALSE_DISCOVERIES
    shares = share_estimates(advantages)
    rows = tuple(
        StandIn(
            names[person],
            int(gaps.n[person]),
            shares[person],
            float(p_values[person]) if is_tested[person] else None,
            bool(matched[person]),
        )
        for person in np.flatnonzero(gaps.n).tolist()
    )
    overall = _mean_advantage(wins, near.annotator, cases)
    n_tested = int(is_tested.sum())
    if n_tested < MIN_PEOPLE:
        return AlternativeTest(rows, None, overall, _too_few(rows, n_tested))
    return AlternativeTest(rows, float(matched.sum()) / n_tested, overall)


def _by_person(
    person: IntArray,
    wins: FloatArray,
    gap: FloatArray,
    cases: Cases,
    n_people: int,
    others: Others,
) -> tuple[ClusteredMeans, ClusteredMeans]:
    """Return each person's mean of both, with its error between cases."""
    if others.is_single:
        # Each unit is a case of its own: those on which the same came of it are counted.
        cell, place = number_cells(
            person * 4 + (2 * wins + (gap + wins)).astype(np.int64), n_keys=4 * n_people
        )
        times = np.bincount(place, minlength=len(cell)).astype(np.float64)
        alike = Cases(np.arange(len(cell)), len(cell), times)
        won, lost = (cell % 4 // 2).astype(np.float64), (cell % 2).astype(np.float64)
        theirs = np.eye(n_people)[cell // 4]
        advantages, gaps = (
            means_of_columns(of[:, np.newaxis] * theirs, theirs, alike) for of in (won, lost - won)
        )
        return advantages, gaps
    n_cells = n_people * cases.n
    cell, place = number_cells(person * cases.n + cases.place, n_keys=n_cells)
    whose, count = cell // max(cases.n, 1), np.bincount(place).astype(np.float64)
    advantages, gaps = (
        means_of_cells(
            whose, total=sum_by(place, of, n_codes=len(cell)), count=count, n_groups=n_people
        )
        for of in (wins, gap)
    )
    return advantages, gaps


def _too_few(rows: tuple[StandIn, ...], n_tested: int) -> str:
    short = [row for row in rows if row.p_value is None]
    missing = "".join(f" {row.annotator} has {row.n_units}." for row in short[:3])
    return (
        f"The test needs {MIN_PEOPLE} people with {MIN_UNITS} units that the judge and another "
        f"person judged too; there are {n_tested}.{missing}"
    )


def _p_values(above: FloatArray, error: FloatArray, n_cases: IntArray) -> FloatArray:
    """Return the chance of a mean as low as this if the true one is at the margin."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = above / error
    # Without any spread, or exactly at the margin without any, nothing speaks against it.
    t = np.where(np.isnan(t), np.where(above < 0, -np.inf, np.inf), t)
    return np.asarray(stdtr(np.maximum(n_cases - 1.0, 1.0), t), dtype=np.float64)


def _mean_advantage(wins: FloatArray, annotator: IntArray, cases: Cases) -> Estimate:
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
    return shares_of_units(pull[:, np.newaxis], cases)[0]
