"""Error marks that have a place: which words of a response were marked, and by whom."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class PlacedMarks:
    """Error marks that have a place, one entry each; ``end`` is ``start`` of what is missing.

    ``step`` is that of a trajectory, -1 for the response; places are code points of that text.
    """

    output: IntArray
    annotator: IntArray
    tag: IntArray
    step: IntArray
    start: IntArray
    end: IntArray


NO_PLACED_MARKS = PlacedMarks(*6 * (np.zeros(0, dtype=np.int64),))
