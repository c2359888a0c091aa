"""The failure map: which error is more frequent in which model and kind of case than elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np

from evalkit.stats.associations.cells import (
    Associations,
    Observed,
    associations,
    associations_of_blocks,
)
from evalkit.stats.counts import FloatArray, IntArray, number_cells
from evalkit.stats.intervals import Estimate, compact_codes
from evalkit.stats.significance import benjamini_hochberg
from evalkit.study.collected import Collected, Tag
from evalkit.study.facets import CaseFacets, Facet
from evalkit.study.tag_looks import observed_tags, weights_of_marks

#: The share of false ones among cells that are called more or less frequent.
LEVEL = 0.05
#: A cell with fewer hits is not called more frequent.
FEWEST_HITS = 3
# From this share of responses on, which other models answered too, models are compared by case.
_MATCHED = 0.5


class Frequency(StrEnum):
    """How often an error is found in a cell, beside what it is compared with."""

    MORE = "more often"
    LESS = "less often"
    UNDECIDED = "undecided"
    UNTESTED = "too few to tell"


class Comparison(StrEnum):
    """Within what the responses of models may change places."""

    CASE = "case"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class MapCell:
    """One error in one model, one kind of case, or both.

    Attributes
    ----------
    model, value : str or None
        None for all of them. A model is compared with the others on the same cases or categories,
        of this kind of case where there is a ``value``; a kind of case alone with all other cases.
    n_hits : int
        Looks that found it.
    rate, odds : Estimate
        The share of looks that found it; the common odds ratio.
    lift, p, q : float or None
        How many times as often as in what it is compared with; q is Benjamini and Hochberg's over
        all cells of the map that can tell anything.
    weight : Estimate or None
        What it weighs per look; None where nothing is weighed.
    weighed_q : float or None
        As q, of these weights.
    """

    tag: Tag
    model: str | None
    value: str | None
    n_hits: int
    rate: Estimate
    lift: float | None
    odds: Estimate
    p: float | None
    q: float | None
    frequency: Frequency
    weight: Estimate | None
    weighed_q: float | None


@dataclass(frozen=True, slots=True)
class FailureMap:
    """All cells by their tag, model and value; ``n_tested`` of them could tell anything."""

    facet: Facet
    values: tuple[str, ...]
    comparison: Comparison
    cells: dict[tuple[str, str | None, str | None], MapCell]
    n_tested: int

    def decided(self) -> list[MapCell]:
        """Return the cells that are more or less frequent, the smallest q first."""
        known = [
            cell
            for cell in self.cells.values()
            if cell.frequency in (Frequency.MORE, Frequency.LESS)
        ]
        return sorted(known, key=lambda cell: (cell.q or 0.0, cell.p or 0.0, -cell.n_hits))


@dataclass(frozen=True, slots=True)
class _Side:
    """Associations of models or values; what each group of theirs is, a row per block."""

    tested: Associations
    places: tuple[tuple[tuple[str | None, str | None], ...], ...]


def failure_map(
    collected: Collected, facets: CaseFacets | None = None, *, by: Facet = Facet.CATEGORY
) -> FailureMap:
    """Compare how often each error was found in models, in kinds of cases, and in models in them.

    Parameters
    ----------
    collected : Collected
    facets : CaseFacets or None
        Needed for all facets but the category.
    by : Facet
        What kinds of cases are told apart by.
    """
    weights = weights_of_marks(collected)
    places, observed = observed_tags(collected, weights)
    outputs = collected.outputs
    model, category = outputs.model[places], outputs.category[places]
    code, values = (
        (category, collected.categories)
        if by is Facet.CATEGORY or facets is None
        else facets.of(by, observed.case)
    )
    if not len(places):
        return FailureMap(by, tuple(values), Comparison.CASE, {}, 0)
    comparison = _comparison(observed.case, model)
    stratum = observed.case if comparison is Comparison.CASE else category
    parts = list(_parts(collected, observed, model, stratum, code, values))
    cells, n_tested = _cells(collected.tags, parts)
    return FailureMap(by, tuple(values), comparison, cells, n_tested)


def _comparison(case: IntArray, model: IntArray) -> Comparison:
    """Say whether most responses are to cases that several models answered."""
    n_models = int(model.max(initial=-1)) + 1
    case = compact_codes(case).astype(np.int64)
    n_keys = (int(case.max(initial=-1)) + 1) * n_models
    met = number_cells(case * n_models + model, n_keys=n_keys)[0] // n_models
    is_matched = np.bincount(met)[met] > 1
    return Comparison.CASE if is_matched.mean() >= _MATCHED else Comparison.CATEGORY


def _parts(
    collected: Collected,
    observed: Observed,
    model: IntArray,
    stratum: IntArray,
    code: IntArray,
    values: tuple[str, ...],
) -> Iterator[_Side]:
    """Give the associations of models, of kinds of cases, and of models within each kind."""
    models = collected.models
    of_models = associations(observed, group=model, stratum=stratum, n_groups=len(models))
    yield _Side(of_models, (tuple((name, None) for name in models),))
    if len(values) < 2:
        return
    first = np.unique(observed.case, return_index=True)[1]
    of_values = associations(
        observed.by_case(), group=code[first], stratum=np.zeros_like(first), n_groups=len(values)
    )
    yield _Side(of_values, (tuple((None, value) for value in values),))
    within = associations_of_blocks(
        observed,
        group=model,
        stratum=stratum,
        n_groups=len(models),
        block=code,
        n_blocks=len(values),
    )
    yield _Side(within, tuple(tuple((name, value) for name in models) for value in values))


def _cells(
    tags: tuple[Tag, ...], parts: list[_Side]
) -> tuple[dict[tuple[str, str | None, str | None], MapCell], int]:
    """Make the cells of all parts; one family of tests."""
    q, weighed_q = (
        benjamini_hochberg(np.concatenate([p.reshape(-1) for p in tested]))
        for tested in (
            [_where_told(part.tested.p_value, part.tested.least_p) for part in parts],
            [_where_told(part.tested.weighed_p, part.tested.least_p) for part in parts],
        )
    )
    cells, at = {}, 0
    for part in parts:
        shape = part.tested.p_value.shape
        n = part.tested.p_value.size
        own, weighed = (each[at : at + n].reshape(shape) for each in (q, weighed_q))
        at += n
        for row, places in enumerate(part.places):
            for (kind, tag), (group, place) in product(enumerate(tags), enumerate(places)):
                where = kind, row * len(places) + group
                cell = _cell(part.tested, tag, where, place, own, weighed)
                if cell is not None:
                    cells[tag.key, *place] = cell
    return cells, int((~np.isnan(q)).sum())


def _where_told(p_value: FloatArray, least_p: FloatArray) -> FloatArray:
    """Leave out what could not be a finding, whatever had come of it (Tarone 1990)."""
    return np.where(least_p <= LEVEL, p_value, np.nan)


def _cell(
    tested: Associations,
    tag: Tag,
    at: tuple[int, int],
    place: tuple[str | None, str | None],
    q: FloatArray,
    weighed_q: FloatArray,
) -> MapCell | None:
    """Return a cell, None where nobody looked."""
    rate = tested.rate(*at)
    if not rate.n:
        return None
    lift, n_hits = float(tested.lift[at]), int(tested.n_hits[at])
    odds = tested.odds(*at)
    return MapCell(
        tag=tag,
        model=place[0],
        value=place[1],
        n_hits=n_hits,
        rate=rate,
        lift=_or_none(lift),
        odds=odds,
        p=_or_none(float(tested.p_value[at])),
        q=_or_none(float(q[at])),
        frequency=_frequency(float(q[at]), bool(tested.excess[at] > 0), n_hits),
        weight=tested.weight(*at),
        weighed_q=_or_none(float(weighed_q[at])),
    )


def _frequency(q: float, is_more: bool, n_hits: int) -> Frequency:
    if np.isnan(q):
        return Frequency.UNTESTED
    if q > LEVEL or (is_more and n_hits < FEWEST_HITS):
        return Frequency.UNDECIDED
    return Frequency.MORE if is_more else Frequency.LESS


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else number
