"""How far two values of one thing judged are apart, as a share of the farthest they can be."""

import numpy as np

from evalkit.stats.counts import PREFERENCE_VALUES, FloatArray
from evalkit.study.collected import Criterion
from evalkit.study.subjects import PREFERRED, Subject
from evalkit.vocabulary import Level

#: A tie or both bad against a choice is half a contradiction; so is a tie against both bad.
_HALF = 0.5


def preference_distances() -> FloatArray:
    """Return how far two preferences are apart, in the order of ``PREFERENCE_VALUES``; (4, 4)."""
    n = len(PREFERENCE_VALUES)
    distances = np.full((n, n), _HALF)
    distances[0, 1] = distances[1, 0] = 1.0
    np.fill_diagonal(distances, 0.0)
    return distances


def value_distances(subject: Subject, values: tuple[float | str, ...]) -> FloatArray:
    """Return how far any two values of a thing judged are apart.

    Parameters
    ----------
    subject : Subject
        No scale that is continuous.
    values : tuple
        Of its ``Codings``.

    Returns
    -------
    FloatArray of shape (n_values, n_values)
        0–1: opposite preferences 1, one that is no choice 0.5; levels of an ordered scale their
        distance as a share of the scale; anything else 1 where it is not the same.
    """
    if subject == PREFERRED:
        places = [PREFERENCE_VALUES.index(str(value)) for value in values]
        return preference_distances()[np.ix_(places, places)]
    if isinstance(subject, Criterion) and subject.level is not Level.NOMINAL:
        number = np.array(values, dtype=np.float64)
        width = float(np.ptp(number)) if len(number) else 0.0
        return np.abs(number[:, np.newaxis] - number) / (width or 1.0)
    return 1.0 - np.eye(len(values))
