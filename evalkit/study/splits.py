"""What each case of a study serves for judges: to train, to choose or to test."""

from dataclasses import dataclass

import numpy as np

from evalkit.judging.split import Split
from evalkit.stats.counts import BoolArray, IntArray

_PARTS = tuple(Split)


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """Which part of the split each case falls into.

    Attributes
    ----------
    case : IntArray of shape (n_cases,)
        Row numbers, ascending.
    part : IntArray of shape (n_cases,)
        Indices into the members of ``Split``.
    """

    case: IntArray
    part: IntArray

    def is_in(self, part: Split, case: IntArray) -> BoolArray:
        """Tell which of these cases fall into a part; one that is not known falls into none."""
        if not len(self.case):
            return np.zeros(len(case), dtype=np.bool_)
        place = np.minimum(np.searchsorted(self.case, case), len(self.case) - 1)
        is_in: BoolArray = (self.case[place] == case) & (self.part[place] == _PARTS.index(part))
        return is_in
