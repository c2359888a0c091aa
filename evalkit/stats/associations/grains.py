"""Values as whole multiples of a step, each block of members by a step of its own."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells

# Values are whole multiples of this, or of nothing.
_GRAIN = 1e-3
# A value up to it is 0.
_NOTHING = 1e-9
# Values of which one is there or not.
_BINARY = 2


@dataclass(frozen=True, slots=True, eq=False)
class Grains:
    """Values of one kind that members have, without those that are 0.

    Attributes
    ----------
    place : IntArray of shape (n_entries,)
        Whose value it is.
    value : FloatArray of shape (n_entries,)
        In steps of the block, whole numbers; as it came where the block has no step.
    distinct : IntArray of shape (n_values,)
        The different values but 0, ascending, in grains that all blocks share.
    code : IntArray of shape (n_entries,)
        Which of them each value is; of no meaning where the block has no step.
    grains, step : IntArray, FloatArray of shape (n_blocks,)
        The step in grains, and in the unit of the values: the largest that all values of the block
        are multiples of; of weights 0.1, 1 and 5 it is 0.1. It is 0 where there is none.
    is_binary : BoolArray of shape (n_blocks,)
        Whether members have at most two different values.
    span : FloatArray of shape (n_blocks,)
        The largest value less the smallest, in steps.
    """

    place: IntArray
    value: FloatArray
    distinct: IntArray
    code: IntArray
    grains: IntArray
    step: FloatArray
    is_binary: BoolArray
    span: FloatArray

    @property
    def unit(self) -> FloatArray:
        """Return what one is worth in each block; shape (n_blocks,)."""
        return np.where(self.step > 0, self.step, 1.0)


def grains_of(value: FloatArray, block: IntArray, size: IntArray) -> Grains:
    """Return values in the step of their block.

    Parameters
    ----------
    value : FloatArray of shape (n_members,)
        0 or more.
    block : IntArray of shape (n_members,)
    size : IntArray of shape (n_blocks,)
        How many members a block has.
    """
    n_blocks, place = len(size), np.flatnonzero(value > _NOTHING)
    own, of = value[place], block[place]
    rounded = np.rint(own / _GRAIN)
    is_off = np.abs(rounded * _GRAIN - own) > _NOTHING + 1e-9 * np.abs(own)
    has_step = np.bincount(of[is_off], minlength=n_blocks) == 0
    whole = np.where(has_step[of], rounded, 0.0).astype(np.int64)
    distinct, code = number_cells(whole, n_keys=int(whole.max(initial=0)) + 1)
    n_values = len(distinct)
    often = np.bincount(of * n_values + code, minlength=n_blocks * n_values)
    often = often.reshape(n_blocks, n_values)
    has_zero = often @ (distinct > 0) < size
    values = np.where((often > 0) & has_step[:, None], distinct, 0)
    grains = np.gcd.reduce(values, axis=1)
    grains[grains == 0] = 1
    least = np.where(values > 0, values, np.iinfo(np.int64).max).min(axis=1, initial=2**62)
    least = np.where(has_zero, 0, least)
    return Grains(
        place,
        np.where(has_step[of], rounded / grains[of], own),
        distinct,
        code,
        grains,
        np.where(has_step, grains * _GRAIN, 0.0),
        (values > 0).sum(axis=1) + has_zero <= _BINARY,
        (values.max(axis=1, initial=0) - least) / grains,
    )
