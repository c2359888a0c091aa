"""Which of a judge's verdicts may be taken unseen, at a stated risk."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, rel_entr

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, sum_by
from evalkit.stats.distributions import binomial_up_to
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate

#: How many thresholds are tried, at most: each is one more chance to stop.
_THRESHOLDS = 20
#: More labels than this nobody gives to let a judge go on alone.
_MOST_LABELS = 20_000
# Shares times numbers of labels are whole but for what rounding leaves.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """A judge's verdicts on units that people labelled.

    Attributes
    ----------
    certainty : FloatArray of shape (n_units,)
        How sure the judge is; only its order counts, and that 0 is no verdict at all.
    is_wrong : BoolArray of shape (n_units,)
        Whether people say otherwise.
    case : IntArray of shape (n_units,)
    """

    certainty: FloatArray
    is_wrong: BoolArray
    case: IntArray

    def above(self, threshold: float) -> "Verdicts":
        """Return the verdicts that are at least so certain."""
        keep = self.certainty >= threshold
        return Verdicts(self.certainty[keep], self.is_wrong[keep], self.case[keep])


@dataclass(frozen=True, slots=True)
class Tried:
    """One threshold on the certification labels."""

    threshold: float
    n_accepted: int
    n_wrong: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The verdicts that may be taken, or why none may be.

    ``threshold`` is None where ``reason`` says why. ``accepted`` is the share of verdicts at
    least so certain, ``wrong`` the share of these that people contradict; both of the
    certification labels.
    """

    threshold: float | None
    accepted: Estimate
    wrong: Estimate
    tried: tuple[Tried, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How many verdicts are at least so certain, and how many of these are wrong; both 0–1."""

    threshold: float
    accepted: Estimate
    wrong: Estimate


def least_labels(*, risk: float, error: float) -> int:
    """Return how many verdicts, all right, show that at most ``risk`` of them are wrong.

    Parameters
    ----------
    risk : float
        The share of wrong verdicts that is borne, between 0 and 1.
    error : float
        The chance of promising too much, between 0 and 1.

    References
    ----------
    ``(1 - risk)^n ≤ error``, the exact binomial test.
    """
    return math.ceil(math.log(error) / math.log1p(-risk))


def look_level(look: int, *, error: float) -> float:
    """Return the chance of error that one look at certification labels may spend.

    Parameters
    ----------
    look : int
        The how many-eth it is, from 1.
    error : float
        What all looks together may spend, however many there will be.

    References
    ----------
    Σ 6/(π²k²) = 1 (Euler): by Bonferroni's inequality all looks together keep the promise.
    """
    return error * 6.0 / (math.pi**2 * look**2)


def thresholds(dev: Verdicts, *, risk: float) -> tuple[float, ...]:
    """Return the degrees of certainty that :func:`accept_verdicts` tries, in its order."""
    return tuple(_thresholds(dev, risk=risk))


def labels_needed(wrong: float, *, risk: float, error: float) -> int | None:
    """Return how many verdicts show the risk where this share of them is wrong, one a case.

    Parameters
    ----------
    wrong : float
        The share expected to be wrong, 0–1.
    risk, error : float
        As of :func:`accept_verdicts`.

    Returns
    -------
    int or None
        The least number of which the exact test passes with that share of them, rounded up,
        wrong; None where no number that anybody labels does.
    """
    if wrong >= risk:
        return None
    # Few are enough in most cases, and all the probabilities take twenty times as long.
    for n in np.split(np.arange(1, _MOST_LABELS + 1), [1_000]):
        passes = np.flatnonzero(bdtr(np.ceil(wrong * n - _ROUNDING), n, risk) <= error)
        if len(passes):
            return int(n[passes[0]])
    return None


def curve(rows: Verdicts) -> tuple[CurvePoint, ...]:
    """Return what would be accepted, and how much of it is wrong, from the surest verdict on.

    Parameters
    ----------
    rows : Verdicts
        Labels that choose: the certification labels are not looked at for a picture.

    Returns
    -------
    tuple of CurvePoint
        The thresholds that :func:`accept_verdicts` chooses from, the highest first.
    """
    return tuple(
        CurvePoint(
            level,
            _share(rows.certainty >= level, rows.case),
            _share(rows.above(level).is_wrong, rows.above(level).case),
        )
        for level in _levels(rows)[::-1]
    )


def accept_verdicts(
    dev: Verdicts, certification: Verdicts, *, risk: float, error: float = 0.05
) -> Acceptance:
    """Find how certain a judge must be for its verdicts to be wrong at most so often.

    Parameters
    ----------
    dev : Verdicts
        Labels that choose which thresholds are tried, and in which order.
    certification : Verdicts
        Labels of other cases, drawn at random from the verdicts that are to be accepted.
    risk : float
        At most this share of accepted verdicts may be wrong.
    error : float
        The chance that more are.

    Returns
    -------
    Acceptance
        The lowest threshold for which all tests up to it pass.

    Notes
    -----
    Fixed-sequence testing: thresholds are tried from the one that dev speaks for most, downwards,
    each at the whole level, and the first that fails ends it. With one accepted verdict a case the
    test is the exact binomial. Where a case has several, they may be wrong together: then a case
    is one bounded value, tested by the bounds of Hoeffding and Bentkus, which ask for more.

    References
    ----------
    Angelopoulos, Bates, Candès, Jordan & Lei (2025), Learn then test, Annals of Applied
    Statistics; Bauer (1991), Statistics in Medicine 10; Bates, Angelopoulos, Lei, Malik & Jordan
    (2021), Journal of the ACM 68, section 3.1 (the bounds).
    """
    least = least_labels(risk=risk, error=error)
    thresholds = _thresholds(dev, risk=risk)
    none = Estimate(None, None, None, 0, "No verdict is accepted.")
    if not thresholds:
        reason = (
            f"At no degree of certainty are at most {risk:.0%} of the verdicts wrong on the dev "
            "labels, so there is nothing to certify."
        )
        return Acceptance(None, none, none, (), reason)
    tried: list[Tried] = []
    for threshold in thresholds:
        rows = certification.above(threshold)
        p_value = _p_value(rows, risk=risk)
        n_wrong = int(rows.is_wrong.sum())
        tried.append(Tried(threshold, len(rows.case), n_wrong, p_value))
        if p_value > error:
            break
    passed = [row.threshold for row in tried if row.p_value <= error]
    if not passed:
        return Acceptance(None, none, none, tuple(tried), _why_not(tried[0], least, risk))
    threshold = passed[-1]
    taken = certification.certainty >= threshold
    share = _share(taken, certification.case)
    wrong = _share(certification.is_wrong[taken], certification.case[taken])
    return Acceptance(threshold, share, wrong, tuple(tried))


def _why_not(first: Tried, least: int, risk: float) -> str:
    if first.n_accepted < least:
        return (
            f"{first.n_accepted} labels at this certainty are too few to show that at most "
            f"{risk:.0%} of the verdicts are wrong: with none wrong it takes {least}."
        )
    return (
        f"{first.n_wrong} of {first.n_accepted} verdicts are wrong on the certification labels: "
        f"that at most {risk:.0%} are cannot be shown."
    )


def _thresholds(dev: Verdicts, *, risk: float) -> list[float]:
    """Return thresholds from the one that dev speaks for most, downwards."""
    levels = _levels(dev)
    if not levels:
        return []
    rows = [dev.above(level) for level in levels]
    wrong = [float(row.is_wrong.mean()) for row in rows]
    p_values = [_p_value(row, risk=risk) for row in rows]
    first = int(np.argmin(p_values))
    if wrong[first] > risk:
        return []
    return levels[first::-1]


def _levels(rows: Verdicts) -> list[float]:
    """Return the degrees of certainty that are tried, lowest first; 0 is no verdict."""
    levels = np.unique(rows.certainty[rows.certainty > 0])
    if len(levels) > _THRESHOLDS:
        levels = np.unique(np.quantile(levels, np.linspace(0, 1, _THRESHOLDS), method="lower"))
    return [float(level) for level in levels]


def _p_value(rows: Verdicts, *, risk: float) -> float:
    """Return the chance of so few wrong verdicts if more than ``risk`` of all were."""
    n = len(rows.case)
    if n == 0:
        return 1.0
    cases, place = np.unique(rows.case, return_inverse=True)
    sizes = np.bincount(place)
    if int(sizes.max()) == 1:
        return binomial_up_to(int(rows.is_wrong.sum()), n, risk)
    # What a case has wrong beyond its share, from 0 to 1; ``risk`` on average where the judge's
    # errors are just what is borne.
    excess = sum_by(place, rows.is_wrong.astype(np.float64), n_codes=len(cases)) - risk * sizes
    return _bounded(float(np.mean(excess / float(sizes.max()) + risk)), len(cases), risk)


def _bounded(mean: float, n: int, highest: float) -> float:
    """Return the p value of Hoeffding and Bentkus of a mean of ``n`` values from 0 to 1."""
    mean = max(0.0, mean)
    below = min(mean, highest)
    distance = float(rel_entr(below, highest) + rel_entr(1.0 - below, 1.0 - highest))
    # Sums of rounded numbers are not to be counted as a whole one more.
    count = math.ceil(n * mean - _ROUNDING)
    return min(1.0, math.exp(-n * distance), math.e * binomial_up_to(count, n, highest))


def _share(value: BoolArray, case: IntArray) -> Estimate:
    even = np.ones(len(value), dtype=np.int64)
    value_ = value.astype(np.float64)
    return share_estimate(clustered_means(0 * even, case=case, value=value_, n=even, n_groups=1))
