"""Recall and precision of what was retrieved, by model, apart from the responses themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.study.collected import Collected
from evalkit.study.looks import Looks, acceptable, of_people
from evalkit.study.retrieved import Retrieval
from evalkit.vocabulary import ContextState

#: How many of the first passages are looked at.
DEPTHS = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class DepthRow:
    """One model at one depth: shares 0–1, the mean over responses with an interval by case."""

    model: str
    k: int
    recall: Estimate
    precision: Estimate


@dataclass(frozen=True, slots=True)
class StateRow:
    """How often people find a model's responses acceptable on cases of one state of context.

    ``state`` is None for all other cases.
    """

    model: str
    state: ContextState | None
    n_cases: int
    acceptable: Estimate


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """Retrieval of a study; ``n_unmarked`` responses are to cases of which nobody said anything.

    ``n_nothing`` are to cases for which no passage is right: they have a precision, no recall.
    """

    study: str
    depths: tuple[DepthRow, ...]
    states: tuple[StateRow, ...]
    n_responses: int
    n_unmarked: int
    n_nothing: int


def recall_at(retrieved: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """Return the share of the relevant passages that are among the first k; ``NaN`` of none."""
    return len(relevant.intersection(_first(retrieved, k))) / len(relevant) if relevant else np.nan


def precision_at(retrieved: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """Return how many of the first k are relevant, by k, also where fewer were retrieved.

    References
    ----------
    Manning, Raghavan & Schütze 2008, section 8.4; by k as TREC's ``trec_eval`` has it.
    """
    return len(relevant.intersection(_first(retrieved, k))) / k


def _first(retrieved: Sequence[str], k: int) -> tuple[str, ...]:
    """Return the first k passages; one that was retrieved twice stands where it stood first."""
    return tuple(dict.fromkeys(retrieved))[:k]


def retrieval_report(collected: Collected, of: Retrieval) -> RetrievalReport:
    """Measure what was retrieved against the passages that were marked as relevant.

    Parameters
    ----------
    collected : Collected
        Of the study; what judges said in it is left aside.
    of : Retrieval
        Of the same study.
    """
    places = {number: place for place, number in enumerate(collected.outputs.id.tolist())}
    counts = collected.outputs.is_counted
    wanted = collected.limits.categories
    named = collected.categories
    rows = [
        (places[row.output_id], row.retrieved, row.relevant)
        for row in of.outputs
        if row.output_id in places
        and counts[places[row.output_id]]
        and (not wanted or named[collected.outputs.category[places[row.output_id]]] in wanted)
    ]
    marked = [(place, first, right) for place, first, right in rows if right is not None]
    output = np.array([place for place, _, _ in marked], dtype=np.int64)
    depths = [
        DepthRow(model, k, recall, precision)
        for k in DEPTHS
        for model, recall, precision in zip(
            collected.models,
            _means(collected, output, [recall_at(first, right, k) for _, first, right in marked]),
            _means(
                collected, output, [precision_at(first, right, k) for _, first, right in marked]
            ),
            strict=True,
        )
    ]
    return RetrievalReport(
        study=collected.study,
        depths=tuple(depths) if marked else (),
        states=_states(collected, of),
        n_responses=len(rows),
        n_unmarked=len(rows) - len(marked),
        n_nothing=sum(not right for _, _, right in marked),
    )


def _means(collected: Collected, output: IntArray, values: Sequence[float]) -> tuple[Estimate, ...]:
    value = np.array(values, dtype=np.float64)
    is_defined = ~np.isnan(value)
    return _by_model(collected, output[is_defined], value[is_defined])


def _by_model(collected: Collected, output: IntArray, value: FloatArray) -> tuple[Estimate, ...]:
    means = clustered_means(
        collected.outputs.model[output],
        case=collected.outputs.case[output],
        value=value,
        n=np.ones(len(output), dtype=np.int64),
        n_groups=len(collected.models),
    )
    return tuple(share_estimate(means, at) for at in range(len(collected.models)))


def _states(collected: Collected, of: Retrieval) -> tuple[StateRow, ...]:
    """Return how often people find responses acceptable, by the state of the context."""
    if not of.states:
        return ()
    everybody = acceptable(collected)
    people = of_people(collected, everybody.annotator)
    looks = Looks(everybody.output[people], everybody.annotator[people], everybody.hit[people])
    case_of_look = collected.outputs.case[looks.output].tolist()
    state_of_look = np.array([str(of.states.get(case, "")) for case in case_of_look], dtype=str)
    rows = []
    for state in (*ContextState, None):
        here = state_of_look == (state or "")
        shares = _by_model(collected, looks.output[here], looks.hit[here].astype(np.float64))
        n_cases = len(np.unique(collected.outputs.case[looks.output[here]]))
        rows += [
            StateRow(model, state, n_cases, share)
            for model, share in zip(collected.models, shares, strict=True)
        ]
    return tuple(rows)
