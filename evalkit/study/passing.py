"""Which responses pass: found acceptable, or scored at or above a level, by most annotators."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.study.collected import Collected, Criterion, voices
from evalkit.study.looks import acceptable

#: Into how many parts a continuous scale is cut for levels to choose from.
_N_PARTS = 20
#: Stands for a time that is not known; times are numbers that grow.
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class PassRule:
    """When a response passes: it is acceptable, or scores at or above ``level`` on a criterion.

    ``criterion`` is the key of the criterion, None for acceptable.
    """

    criterion: str | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many of those who judged a response say that it passes."""

    n_passed: int
    n_said: int

    @property
    def passes(self) -> bool:
        """Say whether more than half let it pass."""
        return 2 * self.n_passed > self.n_said

    @property
    def is_tied(self) -> bool:
        """Say whether just half let it pass, which does not pass, and is no failure to warn of."""
        return 2 * self.n_passed == self.n_said


def measures(collected: Sequence[Collected]) -> tuple[Criterion, ...]:
    """Return the criteria a response can pass by: an order, scored, one scale everywhere."""
    by_key: dict[str, Criterion] = {}
    clashing = set()
    for study in collected:
        scored = set(study.values.criterion.tolist())
        for place, criterion in enumerate(study.criteria):
            if place not in scored or not criterion.has_mean:
                continue
            known = by_key.setdefault(criterion.key, criterion)
            if (known.values, known.is_continuous) != (criterion.values, criterion.is_continuous):
                clashing.add(criterion.key)
    return tuple(criterion for key, criterion in by_key.items() if key not in clashing)


def default_measure(collected: Sequence[Collected]) -> PassRule:
    """Return what a response passes by unless asked: acceptable where studies asked for it.

    Else the first criterion, at its last level but one; acceptable where there is none either.
    """
    criteria = measures(collected)
    if is_acceptability_asked(collected) or not criteria:
        return PassRule()
    return PassRule(criteria[0].key, default_level(criteria[0]))


def is_acceptability_asked(collected: Sequence[Collected]) -> bool:
    """Say whether anybody in any of the studies could find a response unacceptable."""
    return any(study.asks_acceptable and len(acceptable(study).output) for study in collected)


def pass_levels(criterion: Criterion) -> tuple[float, ...]:
    """Return the levels at which a response can pass: all but the lowest, which all reach.

    Of a continuous scale, every twentieth part of it.
    """
    if criterion.is_continuous:
        low, high = criterion.values
        return tuple(low + part * (high - low) / _N_PARTS for part in range(1, _N_PARTS + 1))
    # Only ordered levels stand lowest first in a rubric; yes and no stand as they please.
    return tuple(sorted(criterion.values))[1:]


def default_level(criterion: Criterion) -> float:
    """Return the level at which a response passes unless asked: the last but one.

    Of a continuous scale it is where three quarters lie below, as they do below 4 of 1 to 5.
    """
    levels = pass_levels(criterion)
    if criterion.is_continuous:
        return levels[_N_PARTS * 3 // 4 - 1]
    return levels[max(len(levels) - 2, 0)]


def level_name(level: float) -> str:
    """Write a level so that no two of a scale look alike: ``4``, ``0.35``, ``1000007.5``."""
    return f"{level:.12g}"


def passing(collected: Sequence[Collected], measure: PassRule) -> dict[int, Verdict]:
    """Return the verdict on every output that was judged.

    Parameters
    ----------
    collected : sequence of Collected
        The studies whose annotations count.
    measure : PassRule

    Returns
    -------
    dict of int to Verdict
        By the row number of the output. An annotator who scored it several times in one study
        says once whether it passes, by the mean of these scores; one who judged it in several
        studies counts once too, with what they said last. Where it is not known when that was
        (error marks alone have no time), the last of the studies counts.
    """
    people: dict[tuple[str, str], int] = {}
    every = [_said(study, measure, people) for study in collected]
    if not every:
        return {}
    output, who, hit, when = (np.concatenate(parts) for parts in zip(*every, strict=True))
    last = _last_of_each(output, who, when)
    output_ids, code = np.unique(output[last], return_inverse=True)
    n_said = np.bincount(code, minlength=len(output_ids))
    n_passed = sum_by(code, hit[last], n_codes=len(output_ids))
    return {
        output: Verdict(round(passed), judged)
        for output, passed, judged in zip(
            output_ids.tolist(), n_passed.tolist(), n_said.tolist(), strict=True
        )
    }


def _last_of_each(output: IntArray, who: IntArray, when: IntArray) -> IntArray:
    """Return which entry of each output and person counts; entries are in the order of studies."""
    unit = output * (int(who.max(initial=0)) + 1) + who
    _, code = np.unique(unit, return_inverse=True)
    is_known = np.ones(len(output), dtype=np.bool_)
    np.logical_and.at(is_known, code, when != _UNKNOWN)
    # Where the time of any is not known, none counts and the order of studies decides.
    order = np.lexsort((np.where(is_known[code], when, 0), code))
    return order[np.flatnonzero(np.diff(code[order], append=-1))]


def _said(
    collected: Collected, measure: PassRule, people: dict[tuple[str, str], int]
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Return once per annotator and output whether it passes: output, person, 0 or 1, when.

    ``people`` numbers those seen so far, in whichever study, and grows.
    """
    nobody = np.zeros(0, dtype=np.int64)
    if measure.criterion is None:
        looks = acceptable(collected)
        when = _times(collected, looks.output, looks.annotator)
        hit, person = looks.hit.astype(np.float64), _people(collected, looks.annotator, people)
        return collected.outputs.id[looks.output], person, hit, when
    if measure.level is None or measure.criterion not in [
        criterion.key for criterion in collected.criteria
    ]:
        return nobody, nobody, np.zeros(0), nobody
    output, voice, hit, when = scored_passes(collected, measure.criterion, measure.level)
    return collected.outputs.id[output], _people(collected, voice, people), hit, when


def _people(collected: Collected, voice: IntArray, people: dict[tuple[str, str], int]) -> IntArray:
    """Return a number for whoever spoke, the same in every study; who is not named is in one."""
    known, place = np.unique(voice, return_inverse=True)
    everybody = collected.annotators
    keys = (
        (str(everybody[at].kind), everybody[at].name)
        if at < len(everybody)
        else (collected.study, str(at))
        for at in known.tolist()
    )
    numbers = [people.setdefault(key, len(people)) for key in keys]
    return np.array(numbers, dtype=np.int64)[place.reshape(-1)]


def _times(collected: Collected, output: IntArray, annotator: IntArray) -> IntArray:
    """Return when each annotator last compared each output, unknown where only errors were."""
    preferences = collected.preferences
    voice = voices(collected, preferences.annotator, preferences.latest)
    n = max(int(voice.max(initial=0)), int(annotator.max(initial=0))) + 1
    wanted = output * n + annotator
    sitting = np.concatenate([preferences.left, preferences.right]) * n + np.tile(voice, 2)
    when = np.full(len(wanted), _UNKNOWN, dtype=np.int64)
    if not len(wanted):  # comparisons say nothing where acceptability was not asked for
        return when
    order = np.argsort(wanted)
    place = np.searchsorted(wanted, sitting, sorter=order)
    np.maximum.at(when, order[place], np.tile(preferences.latest, 2))
    return when


def scored_passes(
    collected: Collected, criterion: str, level: float
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Return once per annotator and output whether the mean score is at least the level."""
    keys = [criterion.key for criterion in collected.criteria]
    values = collected.values
    here = values.criterion == keys.index(criterion)
    output, annotator = values.output[here], values.annotator[here]
    voice = voices(collected, annotator, values.latest[here])
    sitting = output.astype(np.int64) * (int(voice.max(initial=0)) + 1) + voice
    _, first, place = np.unique(sitting, return_index=True, return_inverse=True)
    weight = values.n[here].astype(np.float64)
    total = sum_by(place.reshape(-1), values.value[here] * weight, n_codes=len(first))
    count = sum_by(place.reshape(-1), weight, n_codes=len(first))
    when = np.full(len(first), _UNKNOWN, dtype=np.int64)
    np.maximum.at(when, place.reshape(-1), values.latest[here])
    passes = (total / count >= level - 1e-9).astype(np.float64)
    return output[first], voice[first], passes, when
