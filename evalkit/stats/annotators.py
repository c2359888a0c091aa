"""How each annotator works: agreement, sides, runs, speed, twins; flags with their reasons."""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import binomtest

from evalkit.stats.counts import LEFT, RIGHT, Codings, FloatArray, IntArray
from evalkit.stats.intervals import Estimate, wilson_interval
from evalkit.stats.latency import quantile
from evalkit.stats.pairs import (
    AnnotatorAgreement,
    PairAgreement,
    agreement_with_rest,
    pairwise_agreement,
)
from evalkit.stats.significance import holm
from evalkit.stats.weights import Weights

#: Fewer annotations than this are not judged.
MIN_ANNOTATIONS = 10
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
    """One annotator. ``n`` counts annotations; ``longest_run`` equal values in a row."""

    annotator: str
    n: int
    agreement: AnnotatorAgreement
    left_rate: Estimate
    median_seconds: Estimate
    longest_run: int
    twin: str | None
    flags: tuple[Flag, ...]


def annotator_profiles(
    codings: Codings,
    *,
    shown: IntArray | None = None,
    seconds: FloatArray | None = None,
    weights: Weights = Weights.IDENTITY,
) -> tuple[AnnotatorProfile, ...]:
    """Describe every annotator and flag what a lead should look at.

    Parameters
    ----------
    codings : Codings
        Each annotator's entries in the order in which they were made.
    shown : IntArray of shape (n_entries,), optional
        For preferences, the choice as it was shown (0 left, 1 right, 2 tie, 3 both bad).
    seconds : FloatArray of shape (n_entries,), optional
        Active seconds, ``NaN`` where unknown.
    weights : Weights
        How much credit near misses get in the agreement with the rest.

    Returns
    -------
    tuple of AnnotatorProfile
        In the order of ``codings.annotators``. The left rate is the share of left among left
        and right, with Wilson's interval. Flags: ``low_agreement``, ``one_sided`` (exact
        binomial test, Holm over annotators), ``run`` (a run of equal values such as the
        others' shares expect less than one in a thousand of), ``fast`` (median surely
        below half of the others'), ``twin`` (same values as another on all units in common
        where the usual agreement expects less than one in a thousand).
    """
    agreements = agreement_with_rest(codings, weights=weights)
    lefts = _left_counts(codings, shown)
    sided = holm(np.array([_side_p_value(left, n) for left, n in lefts]))
    medians = [_median_seconds(codings, seconds, k) for k in range(len(codings.annotators))]
    pairs = pairwise_agreement(codings)
    common = np.bincount(codings.value) / max(len(codings.value), 1)
    profiles = []
    for k, name in enumerate(codings.annotators):
        own = codings.annotator == k
        run, run_flag = _run(codings.value[own], codings.value[~own], codings.values)
        twin, twin_flag = _twin(name, pairs, chance=float(common @ common))
        flags = (
            _low_agreement(agreements[k], [a for j, a in enumerate(agreements) if j != k]),
            _one_sided(*lefts[k], float(sided[k])),
            run_flag,
            _fast(medians[k], [m for j, m in enumerate(medians) if j != k]),
            twin_flag,
        )
        profile = AnnotatorProfile(
            annotator=name,
            n=int(own.sum()),
            agreement=agreements[k],
            left_rate=_left_rate(*lefts[k]),
            median_seconds=medians[k],
            longest_run=run,
            twin=twin,
            flags=tuple(flag for flag in flags if flag is not None),
        )
        few = profile.n < MIN_ANNOTATIONS
        profiles.append(replace(profile, twin=None, flags=()) if few else profile)
    return tuple(profiles)


def _left_counts(codings: Codings, shown: IntArray | None) -> list[tuple[int, int]]:
    """Return per annotator how often left was chosen, and left or right."""
    n_annotators = len(codings.annotators)
    if shown is None:
        return [(0, 0)] * n_annotators
    left = np.bincount(codings.annotator[shown == LEFT], minlength=n_annotators)
    right = np.bincount(codings.annotator[shown == RIGHT], minlength=n_annotators)
    return list(zip(left.tolist(), (left + right).tolist(), strict=True))


def _left_rate(left: int, n: int) -> Estimate:
    if n == 0:
        return Estimate(None, None, None, 0, "No side has been preferred yet.")
    interval = wilson_interval(left / n, n)
    return Estimate(left / n, interval.low, interval.high, n)


def _side_p_value(left: int, n: int) -> float:
    return float(binomtest(left, n).pvalue) if n else float("nan")


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


def _one_sided(left: int, n: int, p_value: float) -> Flag | None:
    if n == 0 or not p_value <= _LEVEL:
        return None
    side, count = ("left", left) if 2 * left > n else ("right", n - left)
    return Flag(
        "one_sided",
        f"Chose the {side} response in {count} of {n}; sides are dealt evenly, so about half "
        f"is expected ({'p < 0.001' if p_value < _RARE else f'p = {p_value:.3f}'} after Holm).",
    )


def _run(
    values: IntArray, others: IntArray, names: tuple[float | str, ...]
) -> tuple[int, Flag | None]:
    """Return the longest run of one value, and a flag where the others' shares expect none."""
    if len(values) == 0:
        return 0, None
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
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
        f"Gave “{names[value]}” {longest} times in a row; the others give it "
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


def _twin(
    name: str, pairs: tuple[PairAgreement, ...], *, chance: float
) -> tuple[str | None, Flag | None]:
    """Return the annotator with the same values on all units in common, if that is no chance.

    Where nobody else judged with anybody, ``chance`` is how often two would give the same.
    """
    for pair in pairs:
        if name not in pair.annotators or pair.percent_agreement.value != 1.0:
            continue
        rest = [(p.percent_agreement.value or 0.0, p.n) for p in pairs if p is not pair]
        n_rest = sum(n for _, n in rest)
        usual = sum(share * n for share, n in rest) / n_rest if n_rest else chance
        if pair.n * math.log(max(usual, 1e-9)) < math.log(_RARE):
            twin = next(other for other in pair.annotators if other != name)
            expected = "others agree on" if n_rest else "by chance they would agree on"
            return twin, Flag(
                "twin",
                f"Gave exactly the values of {twin} on all {pair.n} units both judged; "
                f"{expected} {100 * usual:.0f} % of them.",
            )
    return None, None
