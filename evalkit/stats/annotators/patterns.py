"""Units that were given the same values by the same annotators, counted together."""

from dataclasses import dataclass

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import Codings, FloatArray, IntArray, sum_by


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """What units were given by whom, units that were given the same counted together.

    All that is said of such units is the same, so a fit costs by patterns, not by units: a
    million values by 30 annotators, two a unit, make some thousands.

    Attributes
    ----------
    units : IntArray of shape (n_units,)
        The codes of the units, ascending.
    of_unit : IntArray of shape (n_units,)
        The pattern of each.
    n : FloatArray of shape (n_patterns,)
        How many units have it.
    pattern, annotator, value : IntArray of shape (n_entries,)
        Who gave which value in each pattern.
    mirror : tuple of int
        Of the ``Codings``.
    """

    units: IntArray
    of_unit: IntArray
    n: FloatArray
    pattern: IntArray
    annotator: IntArray
    value: IntArray
    n_annotators: int
    n_values: int
    mirror: tuple[int, ...] = ()

    @property
    def n_labels(self) -> FloatArray:
        """Return how many values each annotator gave."""
        return sum_by(self.annotator, self.n[self.pattern], n_codes=self.n_annotators)

    def without(self, group: IntArray) -> FloatArray:
        """Count the units of each pattern without each of some groups.

        Parameters
        ----------
        group : IntArray of shape (n_units,)
            The group of each unit, from 0 on.

        Returns
        -------
        FloatArray of shape (n_patterns, n_groups)
            Rare patterns may have no units left.
        """
        shape = len(self.n), int(group.max()) + 1
        place = self.of_unit * shape[1] + group
        left_out = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
        return self.n[:, None] - left_out


def patterns(codings: Codings) -> Patterns:
    """Count units that were given the same values by the same annotators together.

    Raises
    ------
    UndefinedStatisticError
        Where nothing was judged.
    """
    if len(codings.unit) == 0:
        raise UndefinedStatisticError("Nothing has been judged yet.")
    n_values = len(codings.values)
    label = codings.annotator.astype(np.int64) * n_values + codings.value
    order = np.lexsort((label, codings.unit))
    label, unit = label[order], codings.unit[order]
    is_first = np.append(True, unit[1:] != unit[:-1])
    first = np.flatnonzero(is_first)
    size = np.diff(np.append(first, len(unit)))
    of_unit, n_labels = np.zeros(len(first), dtype=np.int64), len(codings.annotators) * n_values
    for turn in range(int(size.max())):
        here = np.flatnonzero(size > turn)
        # Who has no such value any more keeps a number below those of the others.
        longer = of_unit[here] * n_labels + label[first[here] + turn]
        _, place = np.unique(longer, return_inverse=True)
        of_unit[here] = int(of_unit.max()) + 1 + place.reshape(-1)
        of_unit = np.unique(of_unit, return_inverse=True)[1].reshape(-1)
    n = np.bincount(of_unit)
    _, example = np.unique(of_unit, return_index=True)
    entries = size[example]
    pattern = np.repeat(np.arange(len(n)), entries)
    within = np.arange(len(pattern)) - np.repeat(np.cumsum(entries) - entries, entries)
    seen = label[first[example][pattern] + within]
    return Patterns(
        units=unit[first],
        of_unit=of_unit,
        n=n.astype(np.float64),
        pattern=pattern,
        annotator=seen // n_values,
        value=seen % n_values,
        n_annotators=len(codings.annotators),
        n_values=n_values,
        mirror=codings.mirror,
    )
