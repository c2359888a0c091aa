"""Two models case by case: who was preferred, by how much the scores differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.reports.pair.significance import largest_difference
from evalkit.stats.counts import BOTH_BAD, LEFT, RIGHT, FloatArray, IntArray, Scores, sum_by
from evalkit.study.collected import Collected
from evalkit.study.subjects import Scaled


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """How one case came out: direct comparisons, and mean score differences per subject.

    ``case`` is the row number of the database; ``differences`` follow the criteria that have a
    mean and hold None where one of the two has no score. ``lean`` orders cases: from -1, all
    for the other, to 1, all for the model.
    """

    case: int
    category: str
    n_won: int
    n_lost: int
    n_tied: int
    n_both_bad: int
    differences: tuple[float | None, ...]
    lean: float


def case_differences(
    collected: Collected,
    subjects: Sequence[Scaled],
    scores: Sequence[Scores],
    *,
    model: str,
    other: str,
) -> tuple[CaseDifference, ...]:
    """Return the cases with something to compare, the most for the model first."""
    outputs = collected.outputs
    cases, first = np.unique(outputs.case, return_index=True)
    category = outputs.category[first]
    counts = _verdicts(collected, cases, model=model, other=other)
    means = [
        _case_differences(
            score, cases, collected.models.index(model), collected.models.index(other)
        )
        for score in scores[1:]
    ]
    widest = np.array([largest_difference(subject) or 1.0 for subject in subjects[1:]])
    table = np.column_stack(means) if means else np.zeros((len(cases), 0))
    lean = _lean(counts, table / widest)
    here = (counts.sum(axis=1) > 0) | ~np.isnan(table).all(axis=1)
    listed = [place for place in np.argsort(-lean, kind="stable") if here[place]]
    return tuple(
        CaseDifference(
            int(cases[place]),
            collected.categories[category[place]],
            n_won=int(counts[place, 0]),
            n_lost=int(counts[place, 1]),
            n_tied=int(counts[place, 2]),
            n_both_bad=int(counts[place, 3]),
            differences=tuple(None if np.isnan(v) else float(v) for v in table[place]),
            lean=float(lean[place]),
        )
        for place in listed
    )


def direct(collected: Collected, *, model: str, other: str) -> IntArray:
    """Return the places of the comparisons of the two with each other."""
    preferences, of = collected.preferences, collected.outputs.model
    first, second = collected.models.index(model), collected.models.index(other)
    left, right = of[preferences.left], of[preferences.right]
    return np.flatnonzero(
        ((left == first) & (right == second)) | ((left == second) & (right == first))
    )


def _verdicts(collected: Collected, cases: IntArray, *, model: str, other: str) -> IntArray:
    """Count per case how often the model won, lost, tied, and both were bad: (n_cases, 4)."""
    preferences, outputs = collected.preferences, collected.outputs
    here = direct(collected, model=model, other=other)
    preference = preferences.preference[here]
    is_left = outputs.model[preferences.left[here]] == collected.models.index(model)
    won = np.where(is_left, preference == LEFT, preference == RIGHT)
    kind = np.where(
        won, 0, np.where(preference <= RIGHT, 1, np.where(preference == BOTH_BAD, 3, 2))
    )
    place = np.searchsorted(cases, outputs.case[preferences.left[here]])
    counts = np.bincount(place * 4 + kind, weights=preferences.n[here], minlength=4 * len(cases))
    return counts.astype(np.int64).reshape(len(cases), 4)


def _case_differences(scores: Scores, cases: IntArray, model: int, other: int) -> FloatArray:
    place = np.searchsorted(cases, scores.case)
    weight, n_cases = scores.n.astype(np.float64), len(cases)
    means = []
    for side in (model, other):
        own = scores.model == side
        total = sum_by(place[own], scores.value[own] * weight[own], n_codes=n_cases)
        with np.errstate(invalid="ignore"):
            means.append(total / sum_by(place[own], weight[own], n_codes=n_cases))
    return np.asarray(means[0] - means[1], dtype=np.float64)


def _lean(counts: IntArray, scaled: FloatArray) -> FloatArray:
    """Order cases by who won; one more tie than was given keeps a lone verdict behind many.

    Score differences, as shares of their scales, decide between cases that are level.
    """
    n = counts.sum(axis=1)
    net = (counts[:, 0] - counts[:, 1]) / (n + 1)
    known = ~np.isnan(scaled)
    n_known = np.maximum(known.sum(axis=1), 1)
    score = np.where(known, scaled, 0.0).sum(axis=1) / n_known
    return np.asarray(np.clip(net + 0.1 * score, -1.0, 1.0), dtype=np.float64)
