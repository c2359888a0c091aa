"""Which accepted verdicts go back to people: drawn by the case and a seed, with known odds."""

import hashlib
from collections.abc import Iterable

import numpy as np
from scipy.special import bdtr

_SPACE = 1 << 64


def audited(
    hashes: Iterable[str], *, share: float, seed: int, most: int | None = None
) -> dict[str, float]:
    """Draw the cases of which accepted verdicts go back to people.

    Parameters
    ----------
    hashes : iterable of str
        The content hashes of the cases that come now, each once.
    share : float
        The chance of each case to be drawn, above 0 and at most 1.
    seed : int
    most : int, optional
        No more are drawn of those that come now.

    Returns
    -------
    dict of str to float
        Those drawn, with their odds. Whether a case is drawn hangs on its hash and the seed alone:
        a draw can be replayed, and one that comes later has the odds of the others.

    Notes
    -----
    Under a cap those with the lowest numbers stay: of n that come, each with the odds
    ``share · E[min(1, most / (1 + B))]``, B being how many of the n - 1 others are drawn.
    """
    numbers = {each: _number(each, seed) for each in hashes}
    drawn = sorted((number, each) for each, number in numbers.items() if number < share)
    odds = share if most is None else share * _stays(len(numbers) - 1, share, most)
    return {each: odds for _, each in drawn[:most]}


def _number(case_hash: str, seed: int) -> float:
    """Return a number from 0 to 1 for a case."""
    digest = hashlib.sha256(f"evalkit audit {seed}\n{case_hash}".encode()).digest()
    return int.from_bytes(digest[:8]) / _SPACE


def _stays(n_others: int, share: float, most: int) -> float:
    """Return the chance of one that is drawn to stay under the cap."""
    if n_others < most:
        return 1.0
    up_to = np.asarray(bdtr(np.arange(n_others + 1), n_others, share), dtype=np.float64)
    chance = np.diff(up_to, prepend=0.0)
    return float(np.sum(chance * np.minimum(1.0, most / (1.0 + np.arange(n_others + 1)))))
