"""What cases differ in beside their category: language, length, source, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from evalkit.stats.counts import IntArray


class Facet(StrEnum):
    """What cases can be told apart by."""

    CATEGORY = "category"
    LANGUAGE = "language"
    LENGTH = "length"
    SOURCE = "source"
    VERSION = "version"


@dataclass(frozen=True, slots=True, eq=False)
class CaseFacets:
    """What each case is, of each facet that was read.

    Attributes
    ----------
    case : IntArray of shape (n_cases,)
        Row numbers, ascending.
    values : mapping of Facet to tuple of str
        What there is of each, in the order in which it is shown.
    codes : mapping of Facet to IntArray of shape (n_cases,)
        Indices into these.
    """

    case: IntArray
    values: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    codes: Mapping[Facet, IntArray] = field(default_factory=dict)

    def of(self, facet: Facet, case: IntArray) -> tuple[IntArray, tuple[str, ...]]:
        """Return what each of these cases is of a facet, and what there is."""
        places = np.searchsorted(self.case, case)
        return self.codes[facet][places], self.values[facet]

    def differing(self) -> tuple[Facet, ...]:
        """Return the facets of which there is more than one value."""
        return tuple(facet for facet in Facet if len(self.values.get(facet, ())) > 1)
