"""How each annotator works: agreement, sides, runs, speed, twins; flags with their reasons."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from evalkit.stats.agreement.kappa import (
    AnnotatorAgreement,
    SameValues,
    agreement_with_rest,
    same_values,
)
from evalkit.stats.agreement.weights import Weights
from evalkit.stats.annotators.first_shown import (
    NO_FIRST_HABIT,
    FirstHabit,
    FirstShown,
    first_shown_habits,
)
from evalkit.stats.annotators.sides import NO_HABIT, SideHabit, Sides, side_habits
from evalkit.stats.counts import Codings, FloatArray, IntArray, both_ways, value_name
from evalkit.stats.intervals import Estimate
from evalkit.stats.latency import quantile
from evalkit.stats.significance import holm

#: Fewer annotations than this are not judged.
MIN_ANNOTATIONS = 10
#: What can be chosen of two responses as they are shown.
SHOWN = ("left", "right", "tie", "both bad")
Habit = TypeVar("Habit", SideHabit, FirstHabit)
_RARE = 0.001
_LEVEL = 0.05
_CHANCE_KAPPA = 0.2
_KAPPA_GAP = 0.2


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at; never an exclusion. ``reason`` is a sentence with the numbers."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnnotatorProfile:
    """One annotator. ``n`` counts annotations; ``longest_run`` equal values in a row.

    Runs of preferences are of what was chosen as it was shown: left, right, tie or both bad.

    ``is_dealt`` says whether the sides they saw were dealt evenly (``left_rate``). ``first_rate``
    is how far they rank what is shown first above the others.
    """

    annotator: str
    n: int
    agreement: AnnotatorAgreement
    left_rate: Estimate
    first_rate: Estimate
    is_dealt: bool
    median_seconds: Estimate
    longest_run: int
    twin: str | None
    flags: tuple[Flag, ...]


def annotator_profiles(
    codings: Codings,
    *,
    paired: Codings | None = None,
    as_shown: IntArray | None = None,
    sides: Sides | None = None,
    first_shown: FirstShown | None = None,
    seconds: FloatArray | None = None,
    weights: Weights = Weights.IDENTITY,
    peers: npt.NDArray[np.bool_] | None = None,
) -> tuple[AnnotatorProfile, ...]:
    """Describe every annotator and flag what a lead should look at.

    Parameters
    ----------
    codings : Codings
        Each annotator's entries in the order in which they were made, one per unit.
    paired : Codings, optional
        All that was given, for agreement: also what one annotator gave to a unit again.
    as_shown : IntArray of shape (n_entries,), optional
        For preferences, which of ``SHOWN`` was chosen: runs are counted in these.
    sides : Sides, optional
        For preferences, all choices as they were shown, for leanings to a side.
    first_shown : FirstShown, optional
        For preferences, all rankings by what was shown first, for leanings to that.
    seconds : FloatArray of shape (n_entries,), optional
        Active seconds, ``NaN`` where unknown.
    weights : Weights
        How much credit near misses get in the agreement with the rest.
    peers : bool array of shape (n_annotators,), optional
        Whom annotators are compared with in all things, so that judges grade nobody; a judge
        may be the twin of another all the same. Everybody without it.

    Returns
    -------
    tuple of AnnotatorProfile
        In the order of ``codings.annotators``. The left rate is that of ``side_habits``, the first
        rate that of ``first_shown_habits``. Flags: ``low_agreement``, ``one_sided`` and
        ``first_shown`` (their tests, each Holm over annotators), ``run`` (a run of
        equal values such as the others' shares expect less than one in a thousand of; of
        preferences without ``shown`` there are no runs of the two that change places),
        ``fast`` (median surely below half of the others'), ``twin`` (same values as another on
        all units in common where the usual agreement expects less than one in a thousand).
    """
    n_annotators = len(codings.annotators)
    peers = np.ones(n_annotators, dtype=np.bool_) if peers is None else peers
    everything = codings if paired is None else paired
    agreements = agreement_with_rest(everything, weights=weights, rest=peers)
    habits = _adjusted(_habits(sides, n_annotators), peers)
    firsts = _adjusted(_firsts(first_shown, n_annotators), peers)
    medians = [_median_seconds(codings, seconds, k) for k in range(n_annotators)]
    twins = _twins(codings, peers)
    of_peer = peers[codings.annotator]
    run_of = codings if as_shown is None else _as_shown(codings, as_shown)
    profiles = []
    for k, name in enumerate(codings.annotators):
        own = codings.annotator == k
        rest = [j for j in np.flatnonzero(peers).tolist() if j != k]
        run, run_flag = _run(run_of, own, of_peer)
        twin, twin_flag = twins[k]
        flags = (
            _low_agreement(agreements[k], [agreements[j] for j in rest]),
            _one_sided(habits[k]),
            _first_shown(firsts[k]),
            run_flag,
            _fast(medians[k], [medians[j] for j in rest]),
            twin_flag,
        )
        profile = AnnotatorProfile(
            annotator=name,
            n=int(own.sum()),
            agreement=agreements[k],
            left_rate=habits[k].rate,
            first_rate=firsts[k].rate,
            is_dealt=habits[k].is_dealt,
            median_seconds=medians[k],
            longest_run=run,
            twin=twin,
            flags=tuple(flag for flag in flags if flag is not None),
        )
        few = profile.n < MIN_ANNOTATIONS
        profiles.append(replace(profile, twin=None, flags=()) if few else profile)
    return tuple(profiles)


def _as_shown(codings: Codings, value: IntArray) -> Codings:
    return replace(codings, value=value, values=SHOWN, mirror=())


def _habits(sides: Sides | None, n_annotators: int) -> Sequence[SideHabit]:
    return [NO_HABIT] * n_annotators if sides is None else side_habits(sides, n_annotators)


def _firsts(first_shown: FirstShown | None, n_annotators: int) -> Sequence[FirstHabit]:
    if first_shown is None:
        return [NO_FIRST_HABIT] * n_annotators
    return first_shown_habits(first_shown, n_annotators)


def _adjusted(habits: Sequence[Habit], peers: npt.NDArray[np.bool_]) -> list[Habit]:
    """Return habits with their p values after Holm, among peers and among all others."""
    p_values = np.array([habit.p_value for habit in habits], dtype=np.float64)
    for family in (peers, ~peers):
        p_values[family] = holm(p_values[family])
    return [
        replace(habit, p_value=p_value)
        for habit, p_value in zip(habits, p_values.tolist(), strict=True)
    ]


def _median_seconds(codings: Codings, seconds: FloatArray | None, annotator: int) -> Estimate:
    if seconds is None:
        return Estimate(None, None, None, 0, "Time was not recorded.")
    own = seconds[codings.annotator == annotator]
    return quantile(own[~np.isnan(own)], share=0.5)


def _low_agreement(own: AnnotatorAgreement, others: list[AnnotatorAgreement]) -> Flag | None:
    kappa = own.kappa
    if kappa.value is None or kappa.high is None or own.n < MIN_ANNOTATIONS:
        return None
    rest = [a.kappa.value for a in others if a.kappa.value is not None]
    usual = float(np.median(rest)) if rest else float("nan")
    # Where the others hardly agree either, it is the question or a common value, not this one.
    if kappa.high < _CHANCE_KAPPA <= usual:
        text = "hardly more than chance would"
    elif len(rest) > 1 and kappa.high < usual - _KAPPA_GAP:
        text = "clearly less than is usual here"
    else:
        return None
    return Flag(
        "low_agreement",
        f"Agrees with the others {text}: kappa {_number(kappa.value)} "
        f"[{_number(kappa.low)}, {_number(kappa.high)}] on {own.n} units; "
        f"{_number(usual)} is usual here.",
    )


def _number(value: float | None) -> str:
    """Return two decimals, without the sign of a zero."""
    return "?" if value is None else f"{round(value, 2) + 0.0:.2f}"


def _one_sided(habit: SideHabit) -> Flag | None:
    if habit.n == 0 or not habit.p_value <= _LEVEL:
        return None
    leans_left = 2 * habit.left > habit.n
    side, count = ("left", habit.left) if leans_left else ("right", habit.n - habit.left)
    why = "sides are dealt evenly" if habit.is_dealt else "every pair was shown in both orders"
    return Flag(
        "one_sided",
        f"Chose the {side} response in {count} of {habit.n}; {why}, so about half "
        f"is expected ({_chance(habit.p_value)}).",
    )


def _first_shown(habit: FirstHabit) -> Flag | None:
    if not habit.p_value <= _LEVEL:
        return None
    leans_up = habit.n_above > habit.n_below
    where, count = ("above", habit.n_above) if leans_up else ("below", habit.n_below)
    return Flag(
        "first_shown",
        f"Put the response that was shown first {where} most others in {count} of "
        f"{habit.n_above + habit.n_below} rankings; the order is dealt evenly, so about half is "
        f"expected ({_chance(habit.p_value)}).",
    )


def _chance(p_value: float) -> str:
    return f"{'p < 0.001' if p_value < _RARE else f'p = {p_value:.3f}'} after Holm"


def _run(
    codings: Codings, own: npt.NDArray[np.bool_], of_peer: npt.NDArray[np.bool_]
) -> tuple[int, Flag | None]:
    """Return the longest run of one value, and a flag where the others' shares expect none."""
    values, others, names = codings.value[own], codings.value[~own & of_peer], codings.values
    # Which of two responses is the first is arbitrary: that is never the same twice.
    never = [place for place, other in enumerate(codings.mirror) if place != other]
    if len(values) == 0:
        return 0, None
    ends = (values[1:] != values[:-1]) | np.isin(values[1:], never)
    starts = np.flatnonzero(np.r_[True, ends])
    lengths = np.diff(np.r_[starts, len(values)])
    longest = int(lengths.max())
    value = int(values[starts[lengths.argmax()]])
    if len(others) == 0:
        return longest, None
    # One virtual value, half of it this one: what others never gave is not impossible.
    share = (np.count_nonzero(others == value) + 0.5) / (len(others) + 1)
    expected = ((len(values) - longest) * (1 - share) + 1) * share**longest
    if expected >= _RARE:
        return longest, None
    return longest, Flag(
        "run",
        f"Gave “{value_name(names[value])}” {longest} times in a row; the others give it "
        f"{100 * share:.0f} % of the time.",
    )


def _fast(own: Estimate, others: list[Estimate]) -> Flag | None:
    rest = [m.value for m in others if m.value is not None and m.n >= MIN_ANNOTATIONS]
    if own.high is None or not rest:
        return None
    usual = float(np.median(rest))
    if own.high >= usual / 2:
        return None
    return Flag(
        "fast",
        f"Takes {own.value:.0f} seconds at the median [{own.low:.0f}, {own.high:.0f}]; the others "
        f"take {usual:.0f}.",
    )


def _twins(codings: Codings, peers: npt.NDArray[np.bool_]) -> list[tuple[str | None, Flag | None]]:
    """Return for each annotator one with the same values on all units in common, and the flag.

    Peers are compared with peers, all others with everybody. A twin is named where the agreement
    of all other pairs expects so many equal values less than one time in a thousand.
    """
    pairs = same_values(codings)
    of_peers = peers[pairs.annotator] & peers[pairs.other]
    values = both_ways(
        np.bincount(codings.value[peers[codings.annotator]], minlength=len(codings.values)).astype(
            np.float64
        ),
        codings.mirror,
    )
    chance = float(values @ values) / max(float(values.sum()) ** 2, 1.0)
    twins: list[tuple[str | None, Flag | None]] = [(None, None)] * len(codings.annotators)
    for is_peer, family in ((True, of_peers), (False, np.ones_like(of_peers))):
        alike, usual = _alike(pairs, family, chance=chance)
        # From the last to the first: of several twins the first stays.
        for place in np.flatnonzero(alike)[::-1].tolist():
            two = int(pairs.annotator[place]), int(pairs.other[place])
            for own, other in (two, two[::-1]):
                if peers[own] == is_peer:
                    name, n = codings.annotators[other], int(pairs.n[place])
                    among_others = int(pairs.n[family].sum()) > n
                    twins[own] = name, _twin_flag(name, n, float(usual[place]), among_others)
    return twins


def _alike(
    pairs: SameValues, family: npt.NDArray[np.bool_], *, chance: float
) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """Return which pairs of a family are equal beyond chance, and how often all others are.

    Where there are no others, ``chance`` is how often two would give the same.
    """
    n_rest = pairs.n[family].sum() - pairs.n
    same_rest = pairs.n_same[family].sum() - pairs.n_same
    usual = np.where(n_rest > 0, same_rest / np.maximum(n_rest, 1), chance)
    is_rare = pairs.n * np.log(np.maximum(usual, 1e-9)) < math.log(_RARE)
    return family & (pairs.n == pairs.n_same) & is_rare, usual


def _twin_flag(twin: str, n: int, usual: float, among_others: bool) -> Flag:
    expected = "others agree on" if among_others else "by chance they would agree on"
    return Flag(
        "twin",
        f"Gave exactly the values of {twin} on all {n} units both judged; "
        f"{expected} {100 * usual:.0f} % of them.",
    )
