"""Models that no other matches or beats on everything."""

import numpy as np

from evalkit.stats.counts import FloatArray


def pareto_front(values: FloatArray) -> list[bool]:
    """Say of each model whether no other is at least as good in all and better in one.

    Parameters
    ----------
    values : FloatArray of shape (n_models, n_measures)
        Higher is better in every column: pass cost and latency negated. A model with a ``NaN``
        is not on the front and keeps no other from it.
    """
    front = []
    for own in values:
        # A comparison with NaN is false, so what is unknown neither beats nor is as good.
        as_good = np.all(values >= own, axis=1)
        better = np.any(values > own, axis=1)
        front.append(not np.isnan(own).any() and not (as_good & better).any())
    return front
