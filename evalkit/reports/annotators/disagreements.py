"""What annotators differ on most: units in order of disagreement, with who said what."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.counts import PREFERENCE_VALUES, FloatArray, IntArray
from evalkit.study.collected import Collected, Criterion, latest_preferences
from evalkit.study.subjects import PREFERRED, Subject, codings_of
from evalkit.vocabulary import Level

#: A tie or both bad against a choice is half a contradiction; so is a tie against both bad.
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One unit that annotators differ on.

    ``case`` is the row number of the database; ``output_ids`` holds the two responses that were
    compared, in the order of their models' names, or the one that was judged. ``values`` are
    what ``annotators`` gave, as places on the scale. ``distance`` grows with how far and how
    evenly they are split.
    """

    case: int
    category: str
    output_ids: tuple[int, ...]
    models: tuple[str, ...]
    annotators: tuple[str, ...]
    values: tuple[int, ...]
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
    subject : Criterion, Tag or None
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
    codings = codings_of(collected, subject)
    if subject == PREFERRED:
        here, preferences = latest_preferences(collected), collected.preferences
        left, right = preferences.left[here], preferences.right[here]
        output = np.column_stack([np.minimum(left, right), np.maximum(left, right)])
        distances = _between_preferences()
        # Places among all four, of which some may not have been offered.
        codings = replace(
            codings, value=np.array([*map(PREFERENCE_VALUES.index, codings.values)])[codings.value]
        )
    else:
        output = codings.unit[:, None]
        level = subject.level if isinstance(subject, Criterion) else Level.NOMINAL
        distances = _between_values(codings.values, level)
    order = np.argsort(codings.unit, kind="stable")
    units, starts = np.unique(codings.unit[order], return_index=True)
    n_values = len(distances)
    cell = np.searchsorted(units, codings.unit) * n_values + codings.value
    counts = np.bincount(cell, minlength=len(units) * n_values).reshape(len(units), n_values)
    n = counts.sum(axis=1)
    spread = ((counts @ distances) * counts).sum(axis=1) / (n * n)
    ends = np.append(starts[1:], len(order))
    ranked = np.lexsort((-n, -spread))
    return Disagreements(
        rows=tuple(
            _disagreement(
                collected,
                output[order[starts[at]]],
                annotator=codings.annotator[order[starts[at] : ends[at]]],
                value=codings.value[order[starts[at] : ends[at]]],
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
    value: IntArray,
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
        values=tuple(int(code) for code in value[by_name]),
        distance=distance,
    )


def _between_preferences() -> FloatArray:
    """Return how far two preferences are apart; shape (4, 4)."""
    n = len(PREFERENCE_VALUES)
    distances = np.full((n, n), _HALF)
    distances[0, 1] = distances[1, 0] = 1.0
    np.fill_diagonal(distances, 0.0)
    return distances


def _between_values(values: tuple[float | str, ...], level: Level) -> FloatArray:
    """Return how far two scores are apart, as a share of the scale; 1 where it has no order."""
    if level is Level.NOMINAL:
        return 1.0 - np.eye(len(values))
    scale = np.arange(len(values)) if level is Level.ORDINAL else np.array(values, dtype=float)
    reach = float(np.ptp(scale)) or 1.0
    apart: FloatArray = np.abs(scale[:, None] - scale[None, :]) / reach
    return apart
