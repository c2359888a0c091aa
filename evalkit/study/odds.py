"""With which chance each response, or pair of them, was to be judged by people."""

from dataclasses import dataclass
from math import comb

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.study.collected import Collected
from evalkit.vocabulary import Sampling, TaskKind

#: What the codes of ``Presented.sampling`` stand for; the last is that nothing is recorded.
SAMPLINGS: tuple[Sampling | None, ...] = (*Sampling, None)
_UNRECORDED = len(Sampling)
#: Ways to choose after which nobody knows what the rest is like.
_UNKNOWN = [_UNRECORDED, list(Sampling).index(Sampling.HAND_PICKED)]


@dataclass(frozen=True, slots=True, eq=False)
class Presented:
    """What people of a study were shown or are to be, as the database has it.

    Attributes
    ----------
    output : IntArray of shape (n_entries, 5)
        Row numbers of the responses that stand together; -1 where there are fewer.
    odds : FloatArray of shape (n_entries,)
        The recorded chance of the whole to be shown, above 0; ``NaN`` where none is recorded.
    sampling : IntArray of shape (n_entries,)
        Places in ``SAMPLINGS``.
    is_dealt : BoolArray of shape (n_entries,)
        Whether evalkit chose what to show; else a record says so.
    kind : TaskKind
    shown_per_case : int
        How many pairs of a case the study asks for.
    """

    output: IntArray
    odds: FloatArray
    sampling: IntArray
    is_dealt: BoolArray
    kind: TaskKind
    shown_per_case: int


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """One entry per unit: a response, or two of them.

    Attributes
    ----------
    first, second : IntArray of shape (n_units,)
        Indices into the outputs, ``first`` ≤ ``second``; the same of a response alone.
    odds : FloatArray of shape (n_units,)
        The chance to be judged, above 0 and at most 1; ``NaN`` where it is unknown: nothing was
        recorded, or it was picked by hand.
    sampling : IntArray of shape (n_units,)
        Places in ``SAMPLINGS``.
    """

    first: IntArray
    second: IntArray
    odds: FloatArray
    sampling: IntArray


def odds_of_pairs(collected: Collected, presented: Presented) -> Odds:
    """Return the odds of every two responses that were, or are to be, compared.

    Of two shown several times the known odds count, the greatest of them. Of a ranking of r of
    the M responses of a case, two stand in it with r(r-1)/(M(M-1)) times the chance of the case.
    """
    place, n_models = _places(collected, presented)
    n_shown = (place >= 0).sum(axis=1)
    odds = presented.odds.copy()
    ranked = presented.is_dealt & (n_shown > 2)
    among, all_of = n_shown[ranked], n_models[ranked]
    of_case = _of_case(presented, n_shown, n_models)[ranked]
    odds[ranked] = of_case * among * (among - 1) / (all_of * (all_of - 1))
    parts = []
    for left in range(place.shape[1]):
        for right in range(left + 1, place.shape[1]):
            here = (place[:, left] >= 0) & (place[:, right] >= 0)
            both = np.sort(place[here][:, [left, right]], axis=1)
            parts.append((*both.T, odds[here], presented.sampling[here]))
    return _units(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def odds_of_outputs(collected: Collected, presented: Presented) -> Odds:
    """Return the odds of every response that was, or is to be, judged beside others or alone.

    Of pairs the chance of a response to stand in any of them: with k pairs of a case's M
    responses, dealt out evenly, 2k/M times the chance of the case, at most that.
    """
    place, n_models = _places(collected, presented)
    n_shown = (place >= 0).sum(axis=1)
    odds = presented.odds.copy()
    dealt = presented.is_dealt & (n_shown > 1)
    of_pairs = 2 * presented.shown_per_case
    n_together = np.where(n_shown == 2, of_pairs, n_shown)[dealt]
    of_case = _of_case(presented, n_shown, n_models)[dealt]
    odds[dealt] = of_case * np.minimum(1.0, n_together / n_models[dealt])
    parts = []
    for side in range(place.shape[1]):
        here = place[:, side] >= 0
        alone = place[here, side]
        parts.append((alone, alone, odds[here], presented.sampling[here]))
    return _units(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _of_case(presented: Presented, n_shown: IntArray, n_models: IntArray) -> FloatArray:
    """Return the chance of each case to be asked for at all, by that of what is shown of it."""
    of_shown = np.ones(len(n_shown))
    for models in np.unique(n_models).tolist():
        here = n_models == models
        if models < 2:
            continue
        of_pair = min(1.0, presented.shown_per_case / comb(models, 2))
        of_shown[here & (n_shown == 2)] = of_pair
        for among in np.unique(n_shown[here & (n_shown > 2)]).tolist():
            of_shown[here & (n_shown == among)] = 1.0 / max(1, comb(models, among))
    chance: FloatArray = np.minimum(1.0, presented.odds / of_shown)
    return chance


def _places(collected: Collected, presented: Presented) -> tuple[IntArray, IntArray]:
    """Return the places of the outputs shown (-1: none, or not counted), and the case's models."""
    outputs = collected.outputs
    order = np.argsort(outputs.id, kind="stable")
    ids = outputs.id[order]
    if not len(ids):
        return np.full_like(presented.output, -1), np.zeros(len(presented.odds), dtype=np.int64)
    at = np.minimum(np.searchsorted(ids, presented.output), len(ids) - 1)
    is_known = ids[at] == presented.output
    place = np.where(is_known, order[at], -1)
    case = outputs.case - outputs.case.min()
    n_models = np.bincount(case)[case]
    first = place.max(axis=1, initial=-1)
    return place, np.where(first >= 0, n_models[first], 0)


def _units(first: IntArray, second: IntArray, odds: FloatArray, sampling: IntArray) -> Odds:
    """Return each unit once, with known odds where any are."""
    odds = np.where(np.isin(sampling, _UNKNOWN) | ~(odds > 0.0), np.nan, np.minimum(1.0, odds))
    order = np.lexsort((-np.nan_to_num(odds, nan=-1.0), second, first))
    first, second = first[order], second[order]
    is_new = np.ones(len(first), dtype=np.bool_)
    is_new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return Odds(first[is_new], second[is_new], odds[order][is_new], sampling[order][is_new])
