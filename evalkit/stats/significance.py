"""Tests between models on the same cases, and corrections for looking at many at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.distributions import binomial_up_to, sign_test

#: Beyond this many discordant cases the exact and the mid-p value say the same.
MID_P_BELOW = 200
N_DRAWS = 10_000
# 2^13 sign patterns are fewer than the draws: below, every pattern is used and p is exact.
_MAX_ENUMERATED = 13
_SEED = 12
_BLOCK_CELLS = 10_000_000


@dataclass(frozen=True, slots=True)
class McNemar:
    """Whether two models pass different cases, from the cases on which they differ.

    ``p_value`` is the mid-p value below 200 discordant cases, else the exact one.
    """

    only_first: int
    only_second: int
    p_value: float
    p_exact: float
    p_mid: float
    reason: str | None = None


def mcnemar(*, only_first: int, only_second: int) -> McNemar:
    """Test whether two models pass equally many cases, given where they differ.

    Parameters
    ----------
    only_first, only_second : int
        Cases that only the first, or only the second, passes.

    Returns
    -------
    McNemar
        p values are two-sided; with no discordant case they are 1, and there is a reason.

    References
    ----------
    McNemar (1947), Psychometrika 12; Fagerland, Lydersen & Laake (2013), BMC Medical
    Research Methodology 13 (mid-p).
    """
    n, least = only_first + only_second, min(only_first, only_second)
    if n == 0:
        reason = "The two do not differ on any case."
        return McNemar(0, 0, 1.0, 1.0, 1.0, reason)
    below, up_to = binomial_up_to(least - 1, n, 0.5), binomial_up_to(least, n, 0.5)
    exact, mid = min(1.0, 2 * up_to), min(1.0, up_to + below)
    return McNemar(only_first, only_second, mid if n < MID_P_BELOW else exact, exact, mid)


def holm(p_values: FloatArray) -> FloatArray:
    """Adjust p values so that the chance of any false finding stays at the level.

    Parameters
    ----------
    p_values : FloatArray of shape (n_tests,)
        ``NaN`` where there was no test; it stays and is not counted.

    Returns
    -------
    FloatArray of shape (n_tests,)
        In the order given, at most 1: a finding where it is at or below the level.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6.
    """

    def adjusted(tested: FloatArray) -> FloatArray:
        order = np.argsort(tested, kind="stable")
        stepped = np.maximum.accumulate(np.arange(len(tested), 0, -1) * tested[order])
        return np.minimum(1.0, stepped)[np.argsort(order, kind="stable")]

    return _where_tested(p_values, adjusted)


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Adjust p values so that the share of false findings stays at the level.

    Parameters
    ----------
    p_values : FloatArray of shape (n_tests,)
        ``NaN`` where there was no test; it stays and is not counted.

    Returns
    -------
    FloatArray of shape (n_tests,)
        In the order given, at most 1. The level holds for tests that are independent or
        go the same way, on average over studies.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57.
    """

    def adjusted(tested: FloatArray) -> FloatArray:
        n = len(tested)
        order = np.argsort(-tested, kind="stable")  # from the largest, of rank n, down
        stepped = np.minimum.accumulate(n / np.arange(n, 0, -1) * tested[order])
        return np.minimum(1.0, stepped)[np.argsort(order, kind="stable")]

    return _where_tested(p_values, adjusted)


def _where_tested(p_values: FloatArray, adjust: Callable[[FloatArray], FloatArray]) -> FloatArray:
    is_tested = ~np.isnan(p_values)
    adjusted = p_values.copy()
    adjusted[is_tested] = adjust(p_values[is_tested])
    return adjusted


@dataclass(frozen=True, slots=True, eq=False)
class SignFlip:
    """Two-sided p values of shape (n_tests,): each alone, and all considered at once (max-T)."""

    p_value: FloatArray
    p_family: FloatArray


def sign_flip(differences: FloatArray) -> SignFlip:
    """Test whether paired differences are centred at zero, by flipping the signs of cases.

    Parameters
    ----------
    differences : FloatArray of shape (n_cases, n_tests)
        ``NaN`` where a case has no difference for that test. A case's signs flip together in
        all tests, so tests that hang together are not corrected as if they did not.

    Returns
    -------
    SignFlip
        ``NaN`` for a test without cases; 1 where all its differences are zero. Up to 13 cases
        every pattern of signs is tried, and where all differences of a test but zeros are of one
        size (one comparison a case) ``p_value`` is the exact sign test; else 10,000 are drawn with
        a fixed seed, and ``p = (1 + hits) / (10,000 + 1)``, with a simulation error of 0.002
        at 0.05. Which case meets which signs depends on the differences alone (``order_of_cases``),
        so that neither the order nor the names of cases or models move p.

    References
    ----------
    Westfall & Young (1993), Resampling-Based Multiple Testing; Phipson & Smyth (2010) on the
    added one.
    """
    known = ~np.isnan(differences)
    filled = np.where(known, differences, 0.0)
    filled = filled[order_of_cases(filled)]
    size = np.sqrt((filled * filled).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.where(size > 0, filled / size, 0.0)
    total = scaled.sum(axis=0)
    # Sums that are equal but for rounding count as equal; scaled sums are at most √n_cases.
    observed = np.abs(total) - 1e-9
    alone, family = np.zeros(len(size)), np.zeros(len(size))
    n_draws, is_exact = 0, len(filled) <= _MAX_ENUMERATED
    for signs in _sign_patterns(len(filled)):
        # A row a test: long rows are summed many times as fast as long columns.
        flipped = np.abs(2 * scaled.T @ signs.T - total[:, None])
        alone += (flipped >= observed[:, None]).sum(axis=1)
        largest = flipped.max(axis=0, initial=0.0)
        family += (largest >= observed[:, None]).sum(axis=1)
        n_draws += len(signs)
    added = 0 if is_exact else 1
    tested = known.any(axis=0)
    p_value = _exact_where_equal(filled, (alone + added) / (n_draws + added))
    p_family = (family + added) / (n_draws + added)
    p_family = np.maximum(p_family, p_value) if len(size) > 1 else p_value
    return SignFlip(np.where(tested, p_value, np.nan), np.where(tested, p_family, np.nan))


def _exact_where_equal(differences: FloatArray, p_value: FloatArray) -> FloatArray:
    """Take the exact sign test where all differences of a test but zeros are of one size."""
    size, is_some = np.abs(differences), differences != 0
    largest = size.max(axis=0, initial=0.0)
    is_equal = np.where(is_some, np.abs(size - largest) <= 1e-9 * largest, True).all(axis=0)
    n, more = is_some.sum(axis=0), (differences > 0).sum(axis=0)
    return np.where(is_equal, sign_test(more, n - more), p_value)


def order_of_cases(differences: FloatArray) -> IntArray:
    """Return an order of cases that their differences give, whatever cases or tests are called.

    Parameters
    ----------
    differences : FloatArray of shape (n_cases, n_tests)
        0 where a case has no difference for that test.

    Returns
    -------
    IntArray of shape (n_cases,)
        The same cases in the same order when rows or columns are given in another one, or a
        column as seen from the other of its two models. What is drawn at random for a case then
        belongs to its numbers. Cases whose places could be told by their names alone are those
        that are equal, or that mirror one another throughout.

    Notes
    -----
    Products of rows do not depend on the order or the sign of columns. Each case is placed by how
    it goes with all others, weighed by where these were placed before (as colours are refined to
    compare graphs).
    """
    size = np.sqrt((differences**2).sum(axis=0) / max(len(differences), 1))
    scaled = np.divide(differences, size, out=np.zeros_like(differences), where=size > 0)
    key = (scaled**2).sum(axis=1)
    for _ in range(3):
        key = key / max(np.abs(key).max(initial=0.0), 1e-300)
        key = scaled @ (scaled.T @ np.exp(key)) + (scaled**2).sum(axis=1)
    order: IntArray = np.argsort(key, kind="stable")
    return order


def _sign_patterns(n_cases: int) -> Iterator[FloatArray]:
    """Yield blocks of shape (n_patterns, n_cases): 1 where a sign is kept, 0 where it flips."""
    if n_cases <= _MAX_ENUMERATED:
        yield _every_pattern(n_cases)
        return
    generator = np.random.default_rng(_SEED)
    # One random bit a sign, in few large products: small ones wait for each other's threads.
    n_rows = int(np.clip(_BLOCK_CELLS // n_cases, 1, N_DRAWS))
    for start in range(0, N_DRAWS, n_rows):
        shape = (min(n_rows, N_DRAWS - start), n_cases)
        packed = np.frombuffer(generator.bytes(-(-shape[0] * n_cases // 8)), dtype=np.uint8)
        bits = np.unpackbits(packed, count=shape[0] * n_cases)
        yield bits.reshape(shape).astype(np.float64)


@cache
def _every_pattern(n_cases: int) -> FloatArray:
    """Return all patterns of signs of few cases, made once: at most a megabyte."""
    patterns = np.arange(2**n_cases)[:, None] >> np.arange(n_cases)
    return (patterns & 1).astype(np.float64)
