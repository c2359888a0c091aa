"""What is known to be right in a study: never an annotation, only what these are held against."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import LEFT, RIGHT, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Gold:
    """Right answers, of preferences, of scores and of errors; indices are of ``Collected``.

    Attributes
    ----------
    left, right, preference : IntArray of shape (n_pairs,)
        Outputs, the one with the smaller index on the left, and which of them is better.
    scored, criterion : IntArray of shape (n_scores,)
    value : FloatArray of shape (n_scores,)
    looked_at, tag : IntArray of shape (n_errors,)
        Outputs and the errors they hold; the tag is ``NO_TAG`` of one that holds none.
    """

    left: IntArray
    right: IntArray
    preference: IntArray
    scored: IntArray
    criterion: IntArray
    value: FloatArray
    looked_at: IntArray
    tag: IntArray

    @property
    def n(self) -> int:
        """How many right answers there are."""
        return len(self.left) + len(self.scored) + len(self.looked_at)


_NOTHING = np.zeros(0, dtype=np.int64)
NO_GOLD = Gold(
    left=_NOTHING,
    right=_NOTHING,
    preference=_NOTHING,
    scored=_NOTHING,
    criterion=_NOTHING,
    value=np.zeros(0),
    looked_at=_NOTHING,
    tag=_NOTHING,
)


def toward_lower(left: IntArray, right: IntArray, preference: IntArray) -> IntArray:
    """Return preferences as if the output with the smaller index had stood on the left."""
    is_turned = (left > right) & ((preference == LEFT) | (preference == RIGHT))
    return np.where(is_turned, LEFT + RIGHT - preference, preference)
