"""Which of many criteria are shown one by one: a rubric may have one for every case."""

from dataclasses import replace

import numpy as np

from evalkit.stats.counts import IntArray
from evalkit.study.collected import Collected, Criterion

#: More criteria than this are not shown one by one, nor computed where nobody asks for them.
MOST_CRITERIA = 16


def main_part(
    collected: Collected, *, as_of: Collected | None = None, also: Criterion | None = None
) -> Collected:
    """Return what was collected with the main criteria alone; all of it where they are few.

    Main are those that were scored on the most cases, in the order of the rubric. Whatever goes
    through all criteria for somebody to read goes through these; a document for programs has all.
    ``as_of`` is what else of the same study tells which are main, ``also`` one that somebody
    asked for.
    """
    places = _main_places(as_of or collected)
    if also is not None:
        places = np.union1d(places, collected.criteria.index(also))
    if len(places) == len(collected.criteria):
        return collected
    code = np.full(len(collected.criteria), -1, dtype=np.int64)
    code[places] = np.arange(len(places))
    values = collected.values
    here = code[values.criterion] >= 0
    return replace(
        collected,
        criteria=tuple(collected.criteria[place] for place in places),
        by_criterion=tuple(
            collected.by_criterion[place] for place in places if collected.by_criterion
        ),
        values=replace(
            values,
            criterion=code[values.criterion[here]],
            output=values.output[here],
            annotator=values.annotator[here],
            value=values.value[here],
            n=values.n[here],
            latest=values.latest[here],
        ),
    )


def scored_criteria(collected: Collected) -> tuple[Criterion, ...]:
    """Return every criterion that was scored, in the order of the rubric."""
    n_cases = _n_cases(collected)
    return tuple(of for of, n in zip(collected.criteria, n_cases, strict=True) if n)


def left_out_sentence(collected: Collected) -> str:
    """Say how many criteria are not shown one by one, or nothing where all are."""
    n_cases, places = _n_cases(collected), _main_places(collected)
    rest = np.delete(n_cases, places)
    rest = rest[rest > 0]
    if not len(rest):
        return ""
    most = int(rest.max())
    cases = "1 case each" if most == 1 else f"at most {most:,} cases each"
    return (
        f"Shown are the {len(places)} criteria that were scored on the most cases; "
        f"{len(rest):,} more were scored on {cases}."
    )


def _main_places(collected: Collected) -> IntArray:
    if len(collected.criteria) <= MOST_CRITERIA:
        return np.arange(len(collected.criteria))
    most_first = np.argsort(-_n_cases(collected), kind="stable")
    return np.sort(most_first[:MOST_CRITERIA])


def _n_cases(collected: Collected) -> IntArray:
    """Return on how many cases each criterion was scored."""
    values, n = collected.values, len(collected.criteria)
    case = collected.outputs.case[values.output].astype(np.int64)
    size = int(case.max(initial=0)) + 1
    pairs = np.unique(values.criterion * size + case)
    return np.bincount(pairs // size, minlength=n)
