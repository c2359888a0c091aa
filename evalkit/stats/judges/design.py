"""Which correction holds, read from the odds with which units were to be labelled."""

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.judges.correction import MIN_OF_VERDICT, Design, JudgedUnits

# Odds are products of chances; two that differ by less are the same number.
_SAME = 1e-9


def recorded_design(judged: JudgedUnits) -> Design:
    """Tell how units came to be labelled by their recorded odds.

    Parameters
    ----------
    judged : JudgedUnits
        ``odds`` of units without a label count where they are known: of what was drawn and is
        not labelled yet.

    Returns
    -------
    Design
        UNKNOWN where no label has odds, or not every one. RANDOM where all known odds are the
        same. BY_VERDICT where they are the same within each verdict and each has the labels that
        post-stratifying takes. KNOWN_ODDS otherwise, which holds in either of the former cases
        too, with longer intervals.

    References
    ----------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, chapters 2 and 3: what
    matters of a design is the inclusion probabilities.
    """
    labelled, is_known = judged.labelled, ~np.isnan(judged.odds)
    if not labelled.any() or not is_known[labelled].all():
        return Design.UNKNOWN
    odds = judged.odds[is_known]
    if odds.max() - odds.min() <= _SAME:
        return Design.RANDOM
    verdicts, stratum = np.unique(judged.verdict, return_inverse=True)
    stratum = stratum.reshape(-1)
    size = np.bincount(stratum, minlength=len(verdicts))
    n_labels = np.bincount(stratum[labelled], minlength=len(verdicts))
    has_enough = bool((n_labels >= np.minimum(size, MIN_OF_VERDICT)).all())
    if has_enough and _are_same_within(stratum[is_known], odds, n=len(verdicts)):
        return Design.BY_VERDICT
    return Design.KNOWN_ODDS


def _are_same_within(stratum: IntArray, odds: FloatArray, *, n: int) -> bool:
    least, most = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(least, stratum, odds)
    np.maximum.at(most, stratum, odds)
    return bool((most - least <= _SAME).all())
