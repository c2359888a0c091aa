"""Several trials of one case: how often they all succeed, or the best of them."""

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray


def all_of(k: int, *, n_trials: IntArray, n_passed: IntArray) -> FloatArray:
    """Return, for each case, the chance that ``k`` of its trials drawn at random all passed.

    Parameters
    ----------
    k : int
        1 or more.
    n_trials, n_passed : IntArray of shape (n_cases,)
        At least ``k`` trials each.

    Returns
    -------
    FloatArray of shape (n_cases,)
        C(passed, k) / C(trials, k): 0 where fewer than ``k`` passed. Its mean over cases is
        pass^k, unbiased for the chance that k new trials all pass.

    References
    ----------
    Yao, Shinn, Razavi and Narasimhan (2024), τ-bench, section 3 (pass^k).
    """
    steps = np.arange(k)
    left = np.maximum(n_passed[:, None] - steps, 0)
    chances: FloatArray = np.prod(left / (n_trials[:, None] - steps), axis=1)
    return chances


def any_of(k: int, *, n_trials: IntArray, n_passed: IntArray) -> FloatArray:
    """Return, for each case, the chance that one or more of ``k`` trials drawn at random passed.

    Parameters
    ----------
    k : int
        1 or more.
    n_trials, n_passed : IntArray of shape (n_cases,)
        At least ``k`` trials each.

    Returns
    -------
    FloatArray of shape (n_cases,)
        1 - C(trials - passed, k) / C(trials, k): that the best of k passes. Its mean over cases is
        pass@k, unbiased for the chance that of k new trials any passes.

    References
    ----------
    Chen et al. (2021), arXiv 2107.03374, section 2.1 (pass@k).
    """
    chances: FloatArray = 1.0 - all_of(k, n_trials=n_trials, n_passed=n_trials - n_passed)
    return chances
