"""What annotators differ on most: units in order of disagreement, with who said what."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.counts import PREFERENCE_VALUES, Codings, FloatArray, IntArray, sum_by
from evalkit.study.collected import Collected, Criterion, latest_preferences
from evalkit.study.distances import preference_distances
from evalkit.study.subjects import CHECKED, PREFERRED, Subject, codings_of
from evalkit.study.who import identified
from evalkit.vocabulary import Level

# Equal scores are not apart, whatever rounding makes of their sum.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One unit that annotators differ on.

    ``case`` is the row number of the database; ``output_ids`` holds the two responses that were
    compared, in the order of their models' names, or the one that was judged. ``values`` are
    what ``annotators`` gave, scores as they are, anything else as its place among what could be
    given. ``distance`` grows with how far and how
    evenly they are split.
    """

    case: int
    category: str
    output_ids: tuple[int, ...]
    models: tuple[str, ...]
    annotators: tuple[str, ...]
    values: tuple[float, ...]
    distance: float


@dataclass(frozen=True, slots=True)
class Disagreements:
    """The units annotators differ on, most first; counts also what is beyond the limit."""

    rows: tuple[Disagreement, ...]
    n_differing: int
    n_units: int


def disagreements(
    collected: Collected, *, subject: Subject = PREFERRED, limit: int = 200
) -> Disagreements:
    """Return the units that annotators differ on, most first.

    Parameters
    ----------
    collected : Collected
    subject : Subject
        The preference where it is not given; of a tag, whether it was marked.
    limit : int
        How many units to return.

    Returns
    -------
    Disagreements
        ``n_units`` counts the units judged by two annotators or more. The distance of a unit
        is the mean over all ordered pairs of its values, each also with itself: on an ordered
        scale how far they are apart as a share of it; between preferences 1 where they are
        opposite, 0.5 where one or none is a choice. An even split of six people so comes level
        with that of two; more people come first.
    """
    collected = identified(collected)
    codings = codings_of(collected, subject)
    if subject == PREFERRED:
        here, preferences = latest_preferences(collected), collected.preferences
        left, right = preferences.left[here], preferences.right[here]
        output = np.column_stack([np.minimum(left, right), np.maximum(left, right)])
        # Places among all four, of which some may not have been offered.
        codings = replace(
            codings, value=np.array([*map(PREFERENCE_VALUES.index, codings.values)])[codings.value]
        )
    elif subject == CHECKED:
        output = collected.checks.output_of(codings.unit)[:, None]
    else:
        output = codings.unit[:, None]
    order = np.argsort(codings.unit, kind="stable")
    units, starts, n = np.unique(codings.unit[order], return_index=True, return_counts=True)
    unit = np.searchsorted(units, codings.unit)
    if isinstance(subject, Criterion) and subject.level is not Level.NOMINAL:
        spread = _spread(unit, _shares_of_scale(codings, subject), n)
    else:
        distances = preference_distances() if subject == PREFERRED else _between_values(codings)
        spread = _between(unit, codings.value, distances, n)
    scored = codings.numbers if isinstance(subject, Criterion) else codings.value
    ends = starts + n
    ranked = np.lexsort((-n, -spread))
    return Disagreements(
        rows=tuple(
            _disagreement(
                collected,
                output[order[starts[at]]],
                annotator=codings.annotator[order[starts[at] : ends[at]]],
                value=scored[order[starts[at] : ends[at]]],
                names=codings.annotators,
                distance=float(spread[at]),
            )
            for at in ranked[:limit]
            if spread[at] > 0
        ),
        n_differing=int(np.count_nonzero(spread > 0)),
        n_units=int(np.count_nonzero(n > 1)),
    )


def _disagreement(
    collected: Collected,
    output: IntArray,
    *,
    annotator: IntArray,
    value: FloatArray | IntArray,
    names: tuple[str, ...],
    distance: float,
) -> Disagreement:
    by_name, outputs = np.argsort(annotator, kind="stable"), collected.outputs
    return Disagreement(
        case=int(outputs.case[output[0]]),
        category=collected.categories[int(outputs.category[output[0]])],
        output_ids=tuple(int(outputs.id[place]) for place in output),
        models=tuple(collected.models[int(outputs.model[place])] for place in output),
        annotators=tuple(names[int(code)] for code in annotator[by_name]),
        values=tuple(value[by_name].tolist()),
        distance=distance,
    )


def _between_values(codings: Codings) -> FloatArray:
    """Return how far two values without an order are apart: 1 where they are not the same."""
    return 1.0 - np.eye(len(codings.values))


def _between(unit: IntArray, value: IntArray, distances: FloatArray, n: IntArray) -> FloatArray:
    """Return per unit the mean distance of all ordered pairs of its values."""
    n_values = len(distances)
    cell = unit * n_values + value
    counts = np.bincount(cell, minlength=len(n) * n_values).reshape(len(n), n_values)
    spread: FloatArray = ((counts @ distances) * counts).sum(axis=1) / (n * n)
    return spread


def _shares_of_scale(codings: Codings, criterion: Criterion) -> FloatArray:
    """Return where on its scale each score stands: 0 at the low end, 1 at the high one."""
    if criterion.level is Level.ORDINAL:
        return codings.value / max(len(codings.values) - 1, 1)
    low, high = min(criterion.values), max(criterion.values)
    shares: FloatArray = (codings.numbers - low) / ((high - low) or 1.0)
    return shares


def _spread(unit: IntArray, share: FloatArray, n: IntArray) -> FloatArray:
    """Return per unit the mean of |x - y| over all ordered pairs of its values.

    Of m values in order the sum of all |x - y| is 2 Σ (2k - m + 1) x_k with k from 0: as many
    values lie below the k-th as it has a place, and each gap is counted from both of its sides.
    """
    order = np.lexsort((share, unit))
    unit, share = unit[order], share[order]
    place = np.arange(len(order)) - np.concatenate([[0], np.cumsum(n)])[unit]
    sums = sum_by(unit, (2 * place - n[unit] + 1) * share, n_codes=len(n))
    spread: FloatArray = np.maximum(2 * sums, 0.0) / (n * n)
    return np.where(spread > _ROUNDING, spread, 0.0)
