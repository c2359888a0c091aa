"""Which responses pass: found acceptable, or scored at or above a level, by most annotators."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.reporting.collected import Collected, Criterion, acceptable
from evalkit.stats.counts import FloatArray, IntArray, sum_by


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


def measures(collected: Sequence[Collected]) -> tuple[Criterion, ...]:
    """Return the criteria a response can pass by: an order, scored, one scale everywhere."""
    found: dict[str, Criterion] = {}
    clashing = set()
    for one in collected:
        scored = set(one.values.criterion.tolist())
        for place, criterion in enumerate(one.criteria):
            if place not in scored or not criterion.has_mean:
                continue
            known = found.setdefault(criterion.key, criterion)
            if known.values != criterion.values:
                clashing.add(criterion.key)
    return tuple(one for key, one in found.items() if key not in clashing)


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
    return any(one.asks_acceptable and len(acceptable(one).output) for one in collected)


def default_level(criterion: Criterion) -> float:
    """Return the level at which a response passes unless asked: the last but one."""
    levels = criterion.values[1:]
    return levels[max(len(levels) - 2, 0)]


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
        says once whether it passes, by the mean of these scores.
    """
    ids: list[IntArray] = [np.zeros(0, dtype=np.int64)]
    hits: list[FloatArray] = [np.zeros(0)]
    for one in collected:
        output, hit = _said(one, measure)
        ids.append(one.outputs.id[output])
        hits.append(hit)
    output_ids, code = np.unique(np.concatenate(ids), return_inverse=True)
    n_said = np.bincount(code, minlength=len(output_ids))
    n_passed = sum_by(code, np.concatenate(hits), n_codes=len(output_ids))
    return {
        output: Verdict(round(passed), said)
        for output, passed, said in zip(
            output_ids.tolist(), n_passed.tolist(), n_said.tolist(), strict=True
        )
    }


def _said(collected: Collected, measure: PassRule) -> tuple[IntArray, FloatArray]:
    """Return once per annotator and output whether it passes, as (output, 0 or 1)."""
    if measure.criterion is None:
        looks = acceptable(collected)
        return looks.output, looks.hit.astype(np.float64)
    keys = [one.key for one in collected.criteria]
    if measure.criterion not in keys or measure.level is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    given = collected.values
    here = given.criterion == keys.index(measure.criterion)
    output, annotator = given.output[here], given.annotator[here]
    sitting = output.astype(np.int64) * max(len(collected.annotators), 1) + annotator
    _, first, place = np.unique(sitting, return_index=True, return_inverse=True)
    weight = given.n[here].astype(np.float64)
    total = sum_by(place.reshape(-1), given.value[here] * weight, n_codes=len(first))
    count = sum_by(place.reshape(-1), weight, n_codes=len(first))
    return output[first], (total / count >= measure.level - 1e-9).astype(np.float64)
