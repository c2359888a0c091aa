"""Which values strata hold: those with the same ones count as one, with how often it occurs."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.associations.grains import Grains
from evalkit.stats.counts import FloatArray, IntArray, joint_codes


@dataclass(frozen=True, slots=True, eq=False)
class StratumPatterns:
    """The different contents of strata, block by block.

    Attributes
    ----------
    pattern : IntArray of shape (n_strata,)
        Which each stratum has; -1 for those that were not asked for.
    ends : IntArray of shape (n_blocks + 1,)
        The patterns of a block are those from its own entry up to the next.
    grains : IntArray of shape (n_values,)
        The values that occur anywhere, from 0 up, in grains.
    step : IntArray of shape (n_blocks,)
        So many grains are one step of the block.
    span : FloatArray of shape (n_blocks,)
        Of ``Grains``.
    chance : FloatArray of shape (n_patterns, n_values)
        The share of each value among the members of such a stratum.
    mean, variance, top : FloatArray of shape (n_patterns,)
        Of these values, and the largest of them, in steps.
    log_least, log_most : FloatArray of shape (n_patterns,)
        The logarithm of the chance of the smallest value, and of the largest.
    """

    pattern: IntArray
    ends: IntArray
    grains: IntArray
    step: IntArray
    span: FloatArray
    chance: FloatArray
    mean: FloatArray
    variance: FloatArray
    top: FloatArray
    log_least: FloatArray
    log_most: FloatArray

    @property
    def n_of_block(self) -> IntArray:
        """Return how many patterns each block has."""
        return np.diff(self.ends)


def contents_of_strata(
    grains: Grains, *, stratum: IntArray, size: IntArray, block: IntArray, wanted: IntArray
) -> StratumPatterns:
    """Tell strata by which values they hold.

    Parameters
    ----------
    grains : Grains
    stratum : IntArray of shape (n_entries,)
        The stratum of each of its entries.
    size, block : IntArray of shape (n_strata,)
        How many members a stratum has, and its block.
    wanted : IntArray
        The strata that are asked for, at least one, of blocks whose values have a step.
    """
    n_values = len(grains.distinct)
    row = np.full(len(size), -1, dtype=np.int64)
    row[wanted] = np.arange(len(wanted))
    own = row[stratum]
    inside = own >= 0
    table = np.bincount(
        own[inside] * n_values + grains.code[inside], minlength=len(wanted) * n_values
    ).reshape(-1, n_values)
    n_zeros = size[wanted] - table.sum(axis=1)
    table = np.column_stack([n_zeros, table])
    code = joint_codes(block[wanted], *table.T)
    pattern = np.full(len(size), -1, dtype=np.int64)
    pattern[wanted] = code
    n_patterns = int(code.max(initial=-1)) + 1
    contents, of_block = np.zeros((n_patterns, n_values + 1)), np.zeros(n_patterns, dtype=np.int64)
    contents[code], of_block[code] = table, block[wanted]
    chance = contents / contents.sum(axis=1, keepdims=True)
    values, step = np.append(0, grains.distinct), grains.grains[of_block]
    of_pattern, at_once = np.arange(n_patterns), chance > 0
    least, most = at_once.argmax(axis=1), n_values - at_once[:, ::-1].argmax(axis=1)
    mean = chance @ values / step
    return StratumPatterns(
        pattern,
        np.searchsorted(of_block, np.arange(len(grains.step) + 1)),
        values,
        grains.grains,
        grains.span,
        chance,
        mean,
        chance @ values.astype(np.float64) ** 2 / step.astype(np.float64) ** 2 - mean**2,
        values[most] / step,
        np.log(chance[of_pattern, least]),
        np.log(chance[of_pattern, most]),
    )


def often_met(
    contents: StratumPatterns, group: IntArray, stratum: IntArray, n_groups: int
) -> IntArray:
    """Count how often each group meets each pattern of its block, one block after the other.

    Those of block b are ``n_groups`` rows of its patterns, from ``n_groups * ends[b]`` on.
    """
    block, of = group // n_groups, contents.pattern[stratum]
    start = contents.ends[block]
    at = n_groups * start + group % n_groups * contents.n_of_block[block] + of - start
    return np.bincount(at, minlength=n_groups * int(contents.ends[-1]))
