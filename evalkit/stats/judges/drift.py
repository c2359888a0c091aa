"""Has a judge moved: what it says of frozen anchors now against what it said, and its own floor."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.judges.acceptance import look_level

#: The chance that any of all checks held against one says that a judge moved that did not.
LEVEL = 0.05
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Drift:
    """Two looks at the same anchors.

    Attributes
    ----------
    flips : float or None
        How often an answer of the one look is another than one of the other, 0–1.
    floor : float or None
        How often two answers of one and the same look are: the retest floor.
    p_value : float or None
        One-sided and exact: how probable so many more flips than the floor are if nothing moved.
    n_units : int
        Anchors as they are shown; a pair in two orders is two.
    reason : str or None
        Why there is no number.
    """

    flips: float | None
    floor: float | None
    p_value: float | None
    n_units: int
    reason: str | None = None

    def has_moved(self, number: int = 1) -> bool:
        """Tell whether it says something else than it did, beyond what it does anyway.

        ``number`` counts the checks that were held against the same one, this one included: all
        of them together, however many there will be, may spend ``LEVEL`` on false alarms.
        """
        return self.p_value is not None and self.p_value <= look_level(number, error=LEVEL)


def drift(before: IntArray, after: IntArray) -> Drift:
    """Tell whether a judge answers otherwise than before, beyond how it differs from itself.

    Parameters
    ----------
    before, after : IntArray of shape (n_units, n_fields, n_looks)
        Codes of its answers; at least two looks of each, as many before as after. Fields are
        answered together (the criteria of one reply).

    Returns
    -------
    Drift

    Notes
    -----
    The statistic of a unit is how often answers of the two sides differ, less the mean of how often
    they do within either. If nothing moved, all replies to a unit come from one distribution,
    whichever it is, and every way to part them into two sides is equally probable: the exact
    distribution of the sum is the convolution over units of these permutations (Fisher; Pitman
    1937). So it holds for any temperature, and for answers that are never two times the same.
    """
    n_units, n_fields, n_looks = before.shape
    if n_units == 0 or n_fields == 0:
        return Drift(None, None, None, 0, "No anchor was answered twice in both checks.")
    if n_looks < 2 or after.shape != before.shape:
        raise ValueError("Drift takes two answers or more of every unit, as many on both sides.")
    every = np.concatenate([before, after], axis=2)
    apart = (every[:, :, :, np.newaxis] != every[:, :, np.newaxis, :]).sum(axis=1)
    sides = [np.array(side) for side in combinations(range(2 * n_looks), n_looks)]
    scale = n_looks**2 * (n_looks - 1)
    splits = np.stack([_statistic(apart, side, n_looks) * scale for side in sides], axis=1)
    whole = np.rint(splits).astype(np.int64)
    observed = int(whole[:, 0].sum())  # the first of all sides is the one that was asked before
    across = apart[:, :n_looks, n_looks:].mean() / n_fields
    within = [_within(apart, np.arange(n_looks) + start, n_looks).mean() for start in (0, n_looks)]
    return Drift(
        flips=float(across),
        floor=float(np.mean(within)) / n_fields,
        p_value=_at_least(whole, observed),
        n_units=n_units,
    )


def power_to_notice(
    n_shown: Sequence[int], *, floor: float, changed: float, number: int = 1
) -> float:
    """Return how probable it is that a change of a judge is noticed.

    Parameters
    ----------
    n_shown : sequence of int
        In how many orders each anchor is shown; each is answered twice in either check.
    floor : float
        How often two answers of one check differ, 0 to 1/2.
    changed : float
        The share of anchors of which the judge says the opposite by now, in every order.
    number : int
        As of :meth:`Drift.has_moved`.

    Returns
    -------
    float
        0–1, exact where all that is answered in one reply changes and wavers together, between
        two answers, the usual one with the probability q that gives the floor.

    Notes
    -----
    Only a question of whose four answers two are of either kind can tell: parted as the checks are
    (*apart*, in one of three partings) or across them (*mixed*), so that p is that of a binomial
    of 1/3. Both counts are the sum over anchors of multinomials, one if the anchor changed and one
    if not; their joint distribution is the inverse Fourier transform of the product.
    """
    # Two answers of one check differ with 2q(1 - q).
    usual = (1.0 + math.sqrt(max(0.0, 1.0 - 2.0 * floor))) / 2.0
    wavering = usual * (1.0 - usual)
    mixed = 4.0 * wavering**2
    n = sum(n_shown)
    turn = np.exp(-2j * np.pi * np.arange(n + 1) / (n + 1))
    told = [
        1.0 + apart * (turn[:, np.newaxis] - 1.0) + mixed * (turn[np.newaxis, :] - 1.0)
        for apart in (usual**4 + (1.0 - usual) ** 4, 2.0 * wavering**2)
    ]
    whole = np.ones((n + 1, n + 1), dtype=np.complex128)
    for size, n_anchors in Counter(n_shown).items():
        whole *= (changed * told[0] ** size + (1.0 - changed) * told[1] ** size) ** n_anchors
    chances = np.fft.ifft2(whole).real
    return float(np.clip(chances[_is_noticed(n, look_level(number, error=LEVEL))].sum(), 0.0, 1.0))


def _is_noticed(n: int, level: float) -> BoolArray:
    """Tell by how many questions are apart and how many mixed whether p is at most the level."""
    noticed = np.zeros((n + 1, n + 1), dtype=np.bool_)
    chances = np.ones(1)
    for total in range(n + 1):
        apart = np.arange(total + 1)
        noticed[apart, total - apart] = chances[::-1].cumsum()[::-1] <= level
        chances = np.convolve(chances, (2.0 / 3.0, 1.0 / 3.0))
    return noticed


def _statistic(apart: IntArray, side: IntArray, n_looks: int) -> FloatArray:
    """Return how far the two sides of a parting are apart, by unit."""
    other = np.setdiff1d(np.arange(2 * n_looks), side)
    across = apart[:, side][:, :, other].mean(axis=(1, 2))
    within = _within(apart, side, n_looks) + _within(apart, other, n_looks)
    statistic: FloatArray = across - within / 2.0
    return statistic


def _within(apart: IntArray, side: IntArray, n_looks: int) -> FloatArray:
    """Return how often two answers of one side differ, by unit; summed over fields."""
    within: FloatArray = apart[:, side][:, :, side].sum(axis=(1, 2)) / (n_looks * (n_looks - 1))
    return within


def _at_least(whole: IntArray, observed: int) -> float:
    """Return how probable a sum at least as large is, one parting drawn of each unit."""
    chances, lowest = np.ones(1), 0
    patterns, counts = np.unique(np.sort(whole, axis=1), axis=0, return_counts=True)
    for pattern, count in zip(patterns, counts.tolist(), strict=True):
        least = int(pattern[0])
        unit = np.bincount(pattern - least) / len(pattern)
        for _ in range(count if len(unit) > 1 else 0):
            chances = np.convolve(chances, unit)
        lowest += least * count
    place = observed - lowest
    tail = chances[max(place, 0) :].sum()
    return float(min(1.0, tail + _ROUNDING if tail > 1.0 - _ROUNDING else tail))
