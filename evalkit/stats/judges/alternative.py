"""Whether a judge may stand in for a person: the alternative annotator test."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from evalkit.stats.counts import BoolArray, Codings, FloatArray, IntArray, sum_by
from evalkit.stats.intervals import (
    MIN_CASES,
    ClusteredMeans,
    Estimate,
    means_of_cells,
    share_estimates,
)
from evalkit.stats.judges.answers import numbered
from evalkit.stats.judges.cases import (
    Cases,
    Parts,
    cases_of,
    means_of_columns,
    shares_of_sums,
)
from evalkit.stats.judges.nearness import InPlace, Others, in_place, people_and_others
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
    return stand_in_by_part(verdicts, others, margin=margin)[0]


def stand_in_by_part(
    verdicts: Codings, others: Others, *, margin: float, parts: Parts | None = None
) -> list[AlternativeTest]:
    """Return ``stand_in_test`` of each part of the cases."""
    names, came_out = verdicts.annotators, _outcomes(in_place(verdicts, others), others)
    cases, n_people = cases_of(came_out.case, parts=parts), len(names)
    # A person is somebody else in every part.
    person: IntArray = came_out.who
    if cases.part is not None:
        person = person + n_people * cases.part[cases.place]
    n_persons = n_people * cases.n_parts
    advantages, gaps = _by_person(person, came_out, n_persons)
    p_values = _p_values(gaps.value - margin, gaps.standard_error, gaps.n_cases)
    is_tested = (gaps.n >= MIN_UNITS) & (gaps.n_cases >= MIN_CASES)
    shares = share_estimates(advantages)
    overall = _mean_advantage(came_out, person, cases, n_people=n_people)
    results = []
    for part in range(cases.n_parts):
        own = slice(part * n_people, (part + 1) * n_people)
        tested = is_tested[own]
        matched, n_tested = _matched(p_values[own], tested), int(tested.sum())
        rows = tuple(
            StandIn(
                names[place],
                int(gaps.n[own][place]),
                shares[own.start + place],
                float(p_values[own][place]) if tested[place] else None,
                bool(matched[place]),
            )
            for place in np.flatnonzero(gaps.n[own]).tolist()
        )
        if n_tested < MIN_PEOPLE:
            reason = _too_few(rows, n_tested)
            results.append(AlternativeTest(rows, None, overall[part], reason))
        else:
            rate = float(matched.sum()) / n_tested
            results.append(AlternativeTest(rows, rate, overall[part]))
    return results


def _matched(p_values: FloatArray, is_tested: BoolArray) -> BoolArray:
    """Return whom the judge matches, of those that were tested."""
    matched = np.zeros(len(p_values), dtype=np.bool_)
    if is_tested.any():
        # Benjamini and Yekutieli's is Benjamini and Hochberg's, made stricter by 1 + 1/2 + … + 1/m.
        stricter = np.sum(1.0 / np.arange(1, int(is_tested.sum()) + 1))
        adjusted = benjamini_hochberg(p_values[is_tested]) * stricter
        matched[is_tested] = adjusted <= FALSE_DISCOVERIES
    return matched


@dataclass(frozen=True, slots=True, eq=False)
class _Outcomes:
    """What came of each person and case: how many units, on how many the judge was as near.

    ``loses`` counts those on which the person was, so that both count where they are as near.
    """

    who: IntArray
    case: IntArray
    n: FloatArray
    wins: FloatArray
    loses: FloatArray


def _outcomes(near: InPlace, others: Others) -> _Outcomes:
    wins = near.judge_near >= near.person_near - _SAME
    loses = near.person_near >= near.judge_near - _SAME
    kind, n_cells = 2 * wins + loses, len(others.who)
    counts = np.bincount(near.cell * 4 + kind, minlength=4 * n_cells).reshape(n_cells, 4)
    there = counts.any(axis=1)
    who, case = others.who, others.case
    if not there.all():
        who, case, counts = who[there], case[there], counts[there]
    neither, lost, won, both = counts.T.astype(np.float64)
    return _Outcomes(who, case, neither + lost + won + both, won + both, lost + both)


def _by_person(
    person: IntArray, came_out: _Outcomes, n_persons: int
) -> tuple[ClusteredMeans, ClusteredMeans]:
    """Return each person's means of wins and of loses less wins, with errors between cases."""
    if (came_out.n == 1.0).all():
        # Of one unit a case those on which the same came of it are counted.
        key = person * 4 + (2 * came_out.wins + came_out.loses).astype(np.int64)
        times = np.bincount(key, minlength=4 * n_persons).astype(np.float64)
        cell: IntArray = np.flatnonzero(times)
        alike = Cases(len(cell), np.arange(len(cell)), None, times[cell], cell // 4, n_persons)
        won, lost = (cell % 4 // 2).astype(np.float64), (cell % 2).astype(np.float64)
        even = np.ones((len(cell), 1))
        advantages, gaps = (
            _of_one(means_of_columns(of[:, np.newaxis], even, alike)) for of in (won, lost - won)
        )
        return advantages, gaps
    wins, gap = came_out.wins, came_out.loses - came_out.wins
    advantages, gaps = (
        means_of_cells(person, total=of, count=came_out.n, n_groups=n_persons) for of in (wins, gap)
    )
    return advantages, gaps


def _of_one(means: ClusteredMeans) -> ClusteredMeans:
    """Return the means of a single column, by part alone."""
    return ClusteredMeans(
        means.value[:, 0],
        means.standard_error[:, 0],
        means.degrees[:, 0],
        means.n[:, 0],
        means.n_cases[:, 0],
    )


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


def _mean_advantage(
    came_out: _Outcomes, person: IntArray, cases: Cases, *, n_people: int
) -> list[Estimate]:
    """Average the persons' advantages; a case pulls by all that it says of each of them."""
    n_persons, shape = n_people * cases.n_parts, (cases.n_parts, n_people)
    times = sum_by(person, came_out.n, n_codes=n_persons)
    n_units = np.maximum(times, 1)
    own = sum_by(person, came_out.wins, n_codes=n_persons) / n_units
    # Each person counts the same, however much they judged.
    n_there = np.maximum((times.reshape(shape) > 0).sum(axis=1), 1)
    mean = np.repeat(own.reshape(shape).sum(axis=1) / n_there, n_people)
    weight = np.repeat(times.reshape(shape).sum(axis=1) / n_there, n_people) / n_units
    # What a case pulls hangs on whose it is and on how often the judge was as near.
    pull = came_out.n * (mean - weight * own)[person] + weight[person] * came_out.wins
    total, count = (cases.sums(of[:, np.newaxis]) for of in (pull, came_out.n))
    none = Estimate(None, None, None, 0, "No unit was judged by the judge and two people.")
    return [of if of.n else none for (of,) in shares_of_sums(total, count, cases)]
