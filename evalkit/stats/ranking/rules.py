"""The order of the models where comparisons are counted by other rules."""

from dataclasses import replace

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import BOTH_BAD, TIE, Comparisons, FloatArray, IntArray
from evalkit.stats.ranking import bradley_terry
from evalkit.stats.ranking.style import control_style


def strengths_of_counts(counts: IntArray, models: tuple[str, ...]) -> FloatArray:
    """Return the strengths that pair counts give, as ``bradley_terry.fit`` would.

    Parameters
    ----------
    counts : IntArray of shape (n_models, n_models, 4)
        As of ``bradley_terry.pair_counts``.
    models : tuple of str
        Their names, for the error alone.

    Returns
    -------
    FloatArray of shape (n_models,)
        Log-odds, mean zero over the models that were compared; ``NaN`` for the others.

    Raises
    ------
    UndefinedStatisticError
        Where nothing is left, or the models fall into groups that never met.
    """
    wins = bradley_terry.half_wins(counts)
    met = (wins + wins.T).sum(axis=1) > 0
    if not met.any():
        raise UndefinedStatisticError("No comparison is left.")
    wins = wins[np.ix_(met, met)]
    bradley_terry.require_connected(
        wins, tuple(model for model, of in zip(models, met, strict=True) if of)
    )
    if bradley_terry.has_infinite_strength(wins):
        wins = bradley_terry.add_weak_prior(wins)
    strength = np.full(len(models), np.nan)
    strength[met] = bradley_terry.fit_strengths(wins)
    return strength


def without_preferences(counts: IntArray, *left_out: int) -> IntArray:
    """Return pair counts without these preferences, which are codes of ``stats.counts``."""
    rest = counts.copy()
    rest[:, :, list(left_out)] = 0
    return rest


def without_ties(counts: IntArray) -> IntArray:
    """Return the counts of comparisons that somebody won."""
    return without_preferences(counts, TIE, BOTH_BAD)


def without_both_bad(counts: IntArray) -> IntArray:
    """Return the counts of comparisons of which at least one response was good."""
    return without_preferences(counts, BOTH_BAD)


def strengths_with_side_equal(comparisons: Comparisons) -> FloatArray:
    """Return the strengths with the advantage of the side held equal (``control_style``).

    Parameters
    ----------
    comparisons : Comparisons
        Left is the response that stood first.

    Returns
    -------
    FloatArray of shape (n_models,)
        Log-odds, mean zero; ``NaN`` for models that were not compared.

    Raises
    ------
    UndefinedStatisticError
        As of ``control_style``: also where a strength would be infinite.
    """
    counts = bradley_terry.pair_counts(comparisons)
    left, right, preference = np.nonzero(counts)
    # The order needs no cases, and of equal comparisons only how many they are.
    few = replace(
        comparisons,
        case=np.zeros(len(left), dtype=np.int64),
        left=left,
        right=right,
        preference=preference,
        n=counts[left, right, preference],
    )
    strengths = control_style(few).strengths
    values = [
        strengths[model].value if model in strengths else None for model in comparisons.models
    ]
    return np.array([np.nan if value is None else value for value in values])
