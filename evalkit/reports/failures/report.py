"""The board: every failure that is followed, how it stands, how often it happens, what it costs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.failures.life import Failure
from evalkit.phrases import joined
from evalkit.reports.by_model import category_name
from evalkit.reports.failures.cases import rate_of
from evalkit.reports.failures.fix import FailureStanding, Fix, fix_of, standing_of
from evalkit.reports.failures.looks import NOTHING_FIXED, SetLooks, SinceFixed
from evalkit.reports.failures.versions import judged_versions
from evalkit.reports.watched.report import Flip
from evalkit.stats.counts import BoolArray, FloatArray
from evalkit.stats.intervals import Estimate, amount_estimate, clustered_means
from evalkit.stats.weighted import MeanKind, Weighted, weighted_means
from evalkit.study.traffic import NO_TRAFFIC, Traffic, case_weights

_NO_LOOK = "Nobody looked for errors in its scope yet."
_NOT_ASKED = "Production is asked nothing of its scope."
_NO_WEIGHT = "No mark of any weight was made, so its cost has no interval; its rate has one."
_ONE_CASE = "An interval needs at least 2 cases of each category; {of} has 1."
_SAME = "Every case gives the same mean, so its uncertainty cannot be told."


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One failure on the board.

    Attributes
    ----------
    failure : Failure
    standing : FailureStanding
    fix : Fix or None
        What was judged since it was said to be fixed, where it is.
    rate : Estimate
        Share of looks in its scope that marked it, at the newest judged version of each model;
        weighted to production's mix of categories where that is stated.
    weight : float or None
        What its marks weigh together in a look that has any, on average; None where none has.
    share : float
        Of production, or where nothing is stated of the cases looked at: those of its scope.
    cost : Estimate
        ``rate × weight × share``: what it weighs per response of all that production is asked.
    n_cases : int
        Cases behind the rate.
    """

    failure: Failure
    standing: FailureStanding
    fix: Fix | None
    rate: Estimate
    weight: float | None
    share: float
    cost: Estimate
    n_cases: int


@dataclass(frozen=True, slots=True)
class BoardReport:
    """All failures of an eval set, the most costly first; those of no known cost last.

    ``is_weighted`` says whether production's shares are stated, ``n_in_all`` how many failures
    there are, shown or not.
    """

    eval_set: str
    rows: tuple[FailureRow, ...]
    is_weighted: bool
    n_in_all: int

    def row_of(self, failure_id: int) -> FailureRow:
        """Return one failure; raise KeyError where it is not on the board."""
        return {row.failure.failure_id: row for row in self.rows}[failure_id]


def board_report(
    eval_set: str,
    failures: Sequence[Failure],
    looks: SetLooks,
    *,
    traffic: Traffic = NO_TRAFFIC,
    since: SinceFixed = NOTHING_FIXED,
    flips: Sequence[Flip] = (),
) -> BoardReport:
    """Weigh the failures of an eval set by what they cost.

    Parameters
    ----------
    failures : sequence of Failure
    looks : SetLooks
    traffic : Traffic
        What production is asked of each category of the eval set.
    since, flips
        As of :func:`evalkit.reports.failures.fix.fix_of`.
    """
    rows = [_row(failure, looks, traffic, since, flips) for failure in failures]
    rows.sort(key=lambda row: -1.0 if row.cost.value is None else row.cost.value, reverse=True)
    return BoardReport(eval_set, tuple(rows), bool(traffic), len(rows))


@dataclass(frozen=True, slots=True)
class ShowingCase:
    """A case in which somebody found a tag: in ``n_hits`` of ``n_looks`` looks within a scope."""

    case_hash: str
    key: str
    n_hits: int
    n_looks: int


def showing_cases(failure: Failure, looks: SetLooks) -> tuple[ShowingCase, ...]:
    """Return the cases in which somebody found a failure within its scope, the surest first."""
    here, hit = looks.in_scope(failure), looks.hits(looks.tags_of(failure))
    n_hits = np.bincount(looks.case[here & hit], minlength=len(looks.hashes))
    n_looks = np.bincount(looks.case[here], minlength=len(looks.hashes))
    cases = [
        ShowingCase(looks.hashes[place], looks.keys[place], int(n_hits[place]), int(n_looks[place]))
        for place in np.flatnonzero(n_hits).tolist()
    ]
    return tuple(sorted(cases, key=lambda case: (-case.n_hits / case.n_looks, case.key)))


def narrowed(
    report: BoardReport,
    *,
    standings: Collection[FailureStanding] = (),
    owners: Collection[str] = (),
    titles: Collection[str] = (),
) -> BoardReport:
    """Return the board with failures that stand so, of owners, of titles; empty is no limit."""
    rows = tuple(
        row
        for row in report.rows
        if (not standings or row.standing in standings)
        and (not owners or row.failure.owner in owners)
        and (not titles or row.failure.title in titles)
    )
    return replace(report, rows=rows)


def _newest(looks: SetLooks, asks: BoolArray) -> BoolArray:
    """Return which looks are at the newest version of each model that was looked at for a tag."""
    newest = {version.model: set(version.run_ids) for version in judged_versions(looks, asks)}
    is_newest = np.array([run.run_id in newest.get(run.model, ()) for run in looks.runs], bool)
    return is_newest[looks.run] if len(looks.run) else np.zeros(0, dtype=np.bool_)


def _row(
    failure: Failure,
    looks: SetLooks,
    traffic: Traffic,
    since: SinceFixed,
    flips: Sequence[Flip],
) -> FailureRow:
    fix = fix_of(failure, looks, since, flips)
    tags = looks.tags_of(failure)
    newest = _newest(looks, looks.asks(tags))
    here = looks.in_scope(failure) & newest
    penalty, hit = looks.penalties(tags)[here], looks.hits(tags)[here]
    if traffic:
        share = 1.0 if failure.category is None else _stated(looks, here, traffic)
        rate = _weighted(looks, here, hit.astype(np.float64), traffic, MeanKind.SHARE)
        cost = _weighted(looks, here, penalty, traffic, MeanKind.AMOUNT)
    else:
        share = 1.0 if failure.category is None else _of_cases(looks, here, newest)
        rate = rate_of(looks.case, looks.hits(tags), here, _NO_LOOK)
        cost = _amount(looks, here, penalty)
    weight = cost.value / rate.value if cost.value is not None and rate.value else None
    return FailureRow(
        failure,
        standing_of(failure, fix),
        fix,
        rate,
        weight,
        share,
        _scaled(cost, share),
        len(np.unique(looks.case[here])),
    )


def _of_cases(looks: SetLooks, here: BoolArray, newest: BoolArray) -> float:
    """Return which share of all cases looked at are of the categories looked at here."""
    places = np.unique(looks.category[here])
    cases = np.unique(looks.case[newest])
    inside = np.unique(looks.case[newest & np.isin(looks.category, places)])
    return len(inside) / len(cases) if len(cases) else 0.0


def _stated(looks: SetLooks, here: BoolArray, traffic: Traffic) -> float:
    """Return which share of production is of the categories that were looked at."""
    places = np.unique(looks.category[here]).tolist()
    return sum(traffic.shares.get(looks.categories[place], 0.0) for place in places)


def _amount(looks: SetLooks, here: BoolArray, penalty: FloatArray) -> Estimate:
    if not len(penalty):
        return Estimate(None, None, None, 0, _NO_LOOK)
    zeros, ones = np.zeros(len(penalty), dtype=np.int64), np.ones(len(penalty), dtype=np.int64)
    means = clustered_means(zeros, case=looks.case[here], value=penalty, n=ones, n_groups=1)
    if not penalty.any():
        # Amounts have no spread then, and how rare a mark may be is said by the rate.
        return Estimate(0.0, None, None, len(penalty), _NO_WEIGHT)
    return amount_estimate(means)


def _weighted(
    looks: SetLooks, here: BoolArray, value: FloatArray, traffic: Traffic, kind: MeanKind
) -> Estimate:
    """Return a mean in production's mix of the categories that were looked at."""
    n = len(value)
    if not n:
        return Estimate(None, None, None, 0, _NO_LOOK)
    there = {looks.categories[place] for place in np.unique(looks.category[here]).tolist()}
    stated = Traffic(tuple(each for each in traffic.amounts if each[0] in there))
    weights = None
    if any(amount > 0.0 for _, amount in stated.amounts):
        weights = case_weights(looks.category[here], looks.categories, traffic=stated, sampled=None)
    if weights is None:
        return Estimate(None, None, None, n, _NOT_ASKED)
    zeros, ones = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.int64)
    (number,) = weighted_means(
        zeros,
        case=looks.case[here],
        value=value,
        n=ones,
        weights=weights.of(np.arange(n)),
        n_groups=1,
        scale=kind,
    )
    return _estimate(looks, number)


def _estimate(looks: SetLooks, number: Weighted) -> Estimate:
    reason = None
    if number.alone:
        names = [category_name(looks.categories[part]) for part in number.alone]
        reason = _ONE_CASE.format(of=joined(names))
    elif number.low is None:
        reason = _SAME
    return Estimate(number.value, number.low, number.high, number.n, reason)


def _scaled(cost: Estimate, share: float) -> Estimate:
    """Return a cost within a scope as that of all production is asked."""
    value, low, high = (
        None if end is None else end * share for end in (cost.value, cost.low, cost.high)
    )
    return Estimate(value, low, high, cost.n, cost.reason)
