"""What was found of each response, all tags at once: how many looks found it, its weight."""

import numpy as np

from evalkit.stats.associations.cells import Observed
from evalkit.stats.counts import FloatArray, IntArray, joint_codes, sum_by
from evalkit.study.collected import NO_TAG, Collected


def weights_of_marks(collected: Collected) -> FloatArray | None:
    """Return what each mark weighs, 0 where nothing was found; None without any severity."""
    marks = collected.marks
    if collected.penalties is None or marks.severity is None:
        return None
    severities = [*(severity.key for severity in collected.weights.severities), None]
    rows = [[collected.weights.of(tag.key, key) for key in severities] for tag in collected.tags]
    table = np.array([*rows, [0.0] * len(severities)], dtype=np.float64)
    weight: FloatArray = table[marks.tag, marks.severity]
    return weight


def observed_tags(collected: Collected, weights: FloatArray | None) -> tuple[IntArray, Observed]:
    """Return which responses somebody looked at for errors, and what was found at each.

    Parameters
    ----------
    collected : Collected
    weights : FloatArray of shape (n_marks,) or None

    Returns
    -------
    IntArray of shape (n_responses,)
        Indices into ``collected.outputs``.
    Observed
        A look finds a tag once, however often it marks it; each of its marks weighs.
    """
    marks, n_tags = collected.marks, len(collected.tags)
    places, response = np.unique(marks.output, return_inverse=True)
    response, n = response.reshape(-1), len(places)
    look = joint_codes(response, marks.look) if n else response
    first = np.unique(look, return_index=True)[1]
    looks = np.bincount(response[first], minlength=n)
    tagged = np.flatnonzero(marks.tag != NO_TAG)
    cell = response[tagged] * n_tags + marks.tag[tagged]
    once = np.unique(look[tagged] * n_tags + marks.tag[tagged], return_index=True)[1]
    hits = np.bincount(cell[once], minlength=n * n_tags).reshape(n, n_tags)
    weight = (
        None
        if weights is None
        else sum_by(cell, weights[tagged], n_codes=n * n_tags).reshape(n, n_tags)
    )
    return places, Observed(collected.outputs.case[places], looks, hits, weight)
