"""With which chance people were asked about what a judge judged, and labels of even chance."""

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.study.collected import Collected
from evalkit.study.odds import Presented, odds_of_outputs, odds_of_pairs
from evalkit.study.subjects import PREFERRED, Subject
from evalkit.study.verdicts import VerdictUnits


def labelling_odds(
    collected: Collected, subject: Subject, units: VerdictUnits, presented: Presented | None
) -> FloatArray:
    """Return with which chance people were asked about each unit; ``NaN`` where nobody knows.

    Where people judged everything that the judge did, nobody chose: all odds are 1.
    """
    if (units.n_people > 0).all():
        return np.ones(len(units.case))
    unknown = np.full(len(units.case), np.nan)
    if presented is None:
        return unknown
    is_pair = subject == PREFERRED
    odds = (odds_of_pairs if is_pair else odds_of_outputs)(collected, presented)
    n = len(collected.outputs.id)
    known = odds.first.astype(np.int64) * n + odds.second
    key = units.first.astype(np.int64) * n + (units.second if is_pair else units.first)
    order = np.argsort(known, kind="stable")
    if not len(order):
        return unknown
    place = order[np.minimum(np.searchsorted(known, key, sorter=order), len(order) - 1)]
    return np.where(known[place] == key, odds.odds[place], np.nan)


def even_odds(units: VerdictUnits, odds: FloatArray) -> BoolArray:
    """Tell which labels count if all are to have been asked for with the same chance.

    Of units with higher odds some are left out, by a number drawn from their outputs alone: what
    is left is a simple random draw, which the test rests on. Where odds are unknown none counts.
    """
    known = odds[(units.n_people > 0) & ~np.isnan(odds)]
    if not len(known):
        return np.zeros(len(odds), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        keep: BoolArray = _drawn(units.first, units.second) < known.min() / odds
    return keep


def _drawn(first: IntArray, second: IntArray) -> FloatArray:
    """Return a number from 0 to 1 for each pair of outputs, the same for ever.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators (the mixing).
    """
    state = first.astype(np.uint64) * np.uint64(1 << 32) + (second + 1).astype(np.uint64)
    state = (state + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) / 2.0**53
