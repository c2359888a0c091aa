"""Whether a fix holds: told by nothing but what was judged after it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum

import numpy as np

from evalkit.failures.life import Failure
from evalkit.reports.failures.cases import rate_of, shows
from evalkit.reports.failures.looks import JudgedRun, SetLooks, SinceFixed
from evalkit.reports.failures.versions import model_versions
from evalkit.reports.watched.report import Flip
from evalkit.stats.counts import BoolArray, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.regression import share_difference
from evalkit.vocabulary import FailureState

#: Fewer cases than this tell a fix from chance in no case: n cases that all change the same way
#: have a mid-p value of McNemar's test of 2⁻ⁿ, 0.06 for 4 and 0.03 for 5.
FEWEST_CASES = 5
_NO_LOOK_BEFORE = "Nobody looked for errors at a response from before the fix."
_NO_LOOK_SINCE = "Nobody looked for errors at a response of the fixed run since."


class FixVerdict(StrEnum):
    """What the looks since say of a fix."""

    CONFIRMED = "confirmed"
    NOT_YET = "not_yet"
    NOT_FIXED = "not_fixed"


class FailureStanding(StrEnum):
    """How a failure stands by what people said and by what was judged since."""

    OPEN = "open"
    EXPLAINED = "explained"
    FIXED = "fixed, not confirmed"
    CONFIRMED = "fixed, confirmed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Fix:
    """What was judged of the regression set of a failure since it was said to be fixed.

    Attributes
    ----------
    verdict : FixVerdict
    n_cases, n_judged : int
        Cases of the set that count, and how many of them somebody looked at since, in a response
        of the fixed run or a later one of its model.
    n_unanswered : int
        Cases to which no such run has a response.
    again : tuple of str
        The cases that somebody marked since.
    flips : tuple of Flip
        Watched cases of the set that passed before and fail in such a run.
    before, after : Estimate
        Share of looks with the tag, clustered by case, on the cases looked at on both sides.
    difference : Estimate
        Share of cases that show the failure after minus before, paired; ``n`` counts cases.
    """

    verdict: FixVerdict
    n_cases: int
    n_judged: int
    n_unanswered: int
    again: tuple[str, ...]
    flips: tuple[Flip, ...]
    before: Estimate
    after: Estimate
    difference: Estimate


def standing_of(failure: Failure, fix: Fix | None) -> FailureStanding:
    """Return how a failure stands; ``fix`` is None where none is said.

    A fix that is not one reopens the failure, whatever people said of it last.
    """
    if failure.state != FailureState.FIXED or fix is None:
        return FailureStanding(failure.state.value)
    if fix.verdict is FixVerdict.NOT_FIXED:
        return FailureStanding.REOPENED
    return (
        FailureStanding.CONFIRMED if fix.verdict is FixVerdict.CONFIRMED else FailureStanding.FIXED
    )


def fix_of(
    failure: Failure, looks: SetLooks, since: SinceFixed, flips: Sequence[Flip] = ()
) -> Fix | None:
    """Weigh what was judged since a failure was said to be fixed; None where it is not.

    Parameters
    ----------
    failure : Failure
    looks : SetLooks
        All there are of the eval set.
    since : SinceFixed
        Of the cases of the failure at least.
    flips : sequence of Flip
        Of the eval set.

    Returns
    -------
    Fix
        ``NOT_FIXED`` where one look since marked the tag, or a watched case of the set flipped.
        ``CONFIRMED`` where every case that counts was looked at since and none shows it, on
        ``FEWEST_CASES`` at least, and the interval of the difference lies below 0. Else
        ``NOT_YET``.

    Notes
    -----
    A look counts where its study asks for the tag. After: those submitted after the fix was said,
    at responses of the version of which the fixed run is a trial, or of later ones of its model.
    Before: all looks at responses of earlier versions of that model; on a case where there is
    none, at those of other models within the scope. A case shows the failure where at least half
    of the looks marked it, on either side.
    """
    if failure.fixed_run_id is None or failure.fixed_at is None:
        return None
    fixed = _fixed_runs(looks.runs, failure.fixed_run_id)
    wanted = {case.case_hash for case in failure.counted_cases}
    of_set = np.array([each in wanted for each in looks.hashes], bool)[looks.case]
    tags = looks.tags_of(failure)
    hit = looks.hits(tags)
    of_set &= looks.asks(tags)
    is_later = np.array(
        [
            at is not None and at.astimezone(UTC) > failure.fixed_at
            for at in (since.submitted.get(each) for each in looks.annotation[of_set].tolist())
        ],
        bool,
    )
    after, before = np.zeros((2, len(of_set)), dtype=np.bool_)
    after[of_set] = is_later & fixed[looks.run[of_set]]
    before[of_set] = _before(failure, looks, fixed)[of_set]
    flipped = _flips_of(failure, looks.runs, fixed, flips)
    return _weighed(failure, looks, since, fixed, before, after, hit, flipped)


def _weighed(
    failure: Failure,
    looks: SetLooks,
    since: SinceFixed,
    fixed: BoolArray,
    before: BoolArray,
    after: BoolArray,
    hit: BoolArray,
    flips: tuple[Flip, ...],
) -> Fix:
    cases = failure.counted_cases
    names = {case.case_hash: case.key for case in cases}
    judged = np.unique(looks.case[after])
    marked = np.unique(looks.case[after & hit])
    both = np.intersect1d(judged, np.unique(looks.case[before]))
    paired = np.isin(looks.case, both)
    difference = _difference(looks.case, hit, before & paired, after & paired)
    fixed_ids = {run.run_id for run, is_fixed in zip(looks.runs, fixed, strict=True) if is_fixed}
    answered = {case_hash for case_hash, run_id in since.answered if run_id in fixed_ids}
    return Fix(
        _verdict(len(cases), len(judged), len(marked) + len(flips), difference),
        n_cases=len(cases),
        n_judged=len(judged),
        n_unanswered=len(set(names) - answered - {looks.hashes[place] for place in judged}),
        again=tuple(sorted(names[looks.hashes[place]] for place in marked)),
        flips=flips,
        before=rate_of(looks.case, hit, before & paired, _NO_LOOK_BEFORE),
        after=rate_of(looks.case, hit, after & paired, _NO_LOOK_SINCE),
        difference=difference,
    )


def _verdict(n_cases: int, n_judged: int, n_against: int, difference: Estimate) -> FixVerdict:
    if n_against:
        return FixVerdict.NOT_FIXED
    is_whole = n_judged == n_cases and difference.n >= FEWEST_CASES
    is_fewer = difference.high is not None and difference.high < 0.0
    return FixVerdict.CONFIRMED if is_whole and is_fewer else FixVerdict.NOT_YET


def _fixed_runs(runs: Sequence[JudgedRun], fixed_run_id: int) -> BoolArray:
    """Return which runs are trials of the fixed version, or of later ones of its model."""
    of_fix = next((run for run in runs if run.run_id == fixed_run_id), None)
    if of_fix is None:
        return np.zeros(len(runs), dtype=np.bool_)
    versions = model_versions([run for run in runs if run.model == of_fix.model])
    first = next(at for at, each in enumerate(versions) if fixed_run_id in each.run_ids)
    fixed = {run_id for version in versions[first:] for run_id in version.run_ids}
    return np.array([run.run_id in fixed for run in runs], bool)


def _before(failure: Failure, looks: SetLooks, fixed: BoolArray) -> BoolArray:
    """Return which looks tell how it was before a fix; see ``fix_of``."""
    of_model = {run.model for run, is_fixed in zip(looks.runs, fixed, strict=True) if is_fixed}
    is_earlier = np.array([run.model in of_model for run in looks.runs], bool) & ~fixed
    earlier = is_earlier[looks.run] & looks.asks(looks.tags_of(failure))
    has_earlier = np.bincount(looks.case[earlier], minlength=len(looks.hashes)) > 0
    others = looks.in_scope(failure) & ~fixed[looks.run] & ~is_earlier[looks.run]
    before: BoolArray = earlier | (others & ~has_earlier[looks.case])
    return before


def _flips_of(
    failure: Failure, runs: Sequence[JudgedRun], fixed: BoolArray, flips: Sequence[Flip]
) -> tuple[Flip, ...]:
    """Return the flips of watched cases of the set in the fixed run, or a later one."""
    of_set = {case.case_hash for case in failure.counted_cases}
    names = {(run.model, run.run) for run, is_fixed in zip(runs, fixed, strict=True) if is_fixed}
    return tuple(
        flip
        for flip in flips
        if flip.case_hash in of_set and any((flip.model, run) in names for run in flip.after.runs)
    )


def _difference(case: IntArray, hit: BoolArray, before: BoolArray, after: BoolArray) -> Estimate:
    """Return the share of cases that show it after minus before, paired by case."""
    sides = [shows(case, hit, side) for side in (before, after)]
    there, was, is_now = sides[0][0], sides[0][1], sides[1][1]
    return share_difference(
        n_cases=len(there),
        n_lost=int((was & ~is_now).sum()),
        n_gained=int((~was & is_now).sum()),
    )
