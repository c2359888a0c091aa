"""Every two annotators of one unit: what agreement of two is counted over."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from evalkit.stats.counts import Codings, FloatArray, IntArray
from evalkit.stats.intervals import compact_codes


@dataclass(frozen=True, slots=True, eq=False)
class Couples:
    """Every two codings of one unit by different annotators; ``weight`` is their part of it."""

    annotator: IntArray
    other: IntArray
    unit: IntArray
    case: IntArray
    first: IntArray
    second: IntArray
    weight: FloatArray

    def of(self, keep: npt.NDArray[np.bool_]) -> "Couples":
        """Return some of them."""
        return Couples(**{field.name: getattr(self, field.name)[keep] for field in fields(self)})


def couples_of(codings: Codings) -> Couples:
    """Return every two codings of one unit by different annotators, the lower code first."""
    order = np.lexsort((codings.annotator, codings.unit))
    unit = compact_codes(codings.unit)[order].astype(np.int64)
    who, value = codings.annotator[order].astype(np.int64), codings.value[order]
    firsts, seconds = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    # Codings of a unit are neighbours now: pairs are one apart, two apart … until none is left.
    for offset in range(1, len(order)):
        start = np.flatnonzero(unit[:-offset] == unit[offset:])
        if not len(start):
            break
        start = start[who[start] != who[start + offset]]
        firsts.append(start)
        seconds.append(start + offset)
    i, j = np.concatenate(firsts), np.concatenate(seconds)
    _, place, times = np.unique(
        unit * len(codings.annotators) + who, return_inverse=True, return_counts=True
    )
    part = 1 / times[place.reshape(-1)]
    case = codings.case[order][i]
    return Couples(who[i], who[j], unit[i], case, value[i], value[j], part[i] * part[j])
