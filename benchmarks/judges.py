"""How long it takes to set ten judges beside people, against one sort of the same answers.

    python -m benchmarks.judges [--units 10000 100000] [--judges 10] [--categories 20]

Three people and every judge compare two responses of so many pairs, one or three of them to each
case; with *both orders* judges see each pair twice, sides swapped. *By category* is what the report
says of each category by itself. Processor time, so that a busy machine counts less; the floor is
``np.unique`` of who judged which pair, which any join of judges and people takes at least once. The
last column is the most memory the process has had. Read the ratio.
"""

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from benchmarks.timing import machine
from evalkit.reports.judges.categories import category_rows
from evalkit.reports.judges.report import judges_report
from evalkit.stats.counts import TIE
from evalkit.study.collected import Collected, Judged, Marks, Outputs, Preferences, Values
from evalkit.vocabulary import AnnotatorKind

UNITS, N_PEOPLE = (10_000, 100_000), 3
#: Pairs to each case.
PER_CASE = (1, 3)


def main() -> None:
    """Print a line per size and design, for the report and for its part by category."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, nargs="+", default=UNITS)
    parser.add_argument("--judges", type=int, default=10)
    parser.add_argument("--categories", type=int, default=20)
    asked = parser.parse_args()
    print(machine())
    for n_units, per_case, both_orders in product(asked.units, PER_CASE, (False, True)):
        study = judged(n_units, asked.judges, both_orders=both_orders, per_case=per_case)
        named = (
            f"{n_units:8,} units, {per_case} a case, {asked.judges} judges, "
            f"{'both orders' if both_orders else 'one order  '}"
        )
        preferences = study.preferences
        key = preferences.annotator * (n_units + 1) + preferences.left // 2
        floor = _seconds(partial(np.unique, key, return_inverse=True))
        divided = in_categories(study, asked.categories)
        for part, told in (
            ("report", partial(judges_report, study)),
            ("by category", partial(category_rows, divided)),
        ):
            taken = _seconds(told)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{named}, {part:11}: {taken:6.2f} s, floor {floor:5.2f} s, "
                f"{taken / floor:4.0f}×, {memory:,.0f} MB",
                flush=True,
            )


def in_categories(study: Collected, n_categories: int) -> Collected:
    """Return a study with its cases dealt to so many categories."""
    outputs = replace(study.outputs, category=study.outputs.case % n_categories)
    names = tuple(f"category {place}" for place in range(n_categories))
    return replace(study, outputs=outputs, categories=names)


def _seconds(run: Callable[[], Any]) -> float:
    """Return the least processor time of three runs."""
    times = []
    for _ in range(3):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def judged(n_units: int, n_judges: int, *, both_orders: bool, per_case: int = 1) -> Collected:
    """Return a study of two models in which everybody is right on three of four pairs.

    With several pairs ``per_case`` each is of a further run of the two models.
    """
    rng = np.random.default_rng(n_units)
    n_annotators, truth = N_PEOPLE + n_judges, rng.integers(0, 3, n_units)
    who = np.repeat(np.arange(n_annotators), n_units)
    unit = np.tile(np.arange(n_units), n_annotators)
    is_right = rng.random(len(unit)) < 0.75
    preference = np.where(is_right, truth[unit], rng.integers(0, 3, len(unit)))
    left, right = 2 * unit, 2 * unit + 1
    if both_orders:
        again = np.flatnonzero(who >= N_PEOPLE)
        turned = np.where(preference[again] < TIE, 1 - preference[again], preference[again])
        left, right = np.append(left, right[again]), np.append(right, left[again])
        who, preference = np.append(who, who[again]), np.append(preference, turned)
    n, nothing, none = len(who), np.zeros(0, dtype=np.int64), np.full(2 * n_units, np.nan)
    output = np.arange(2 * n_units)
    no, zeros = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.int64)
    is_judge = [place >= N_PEOPLE for place in range(n_annotators)]
    return Collected(
        study="Study",
        models=("A", "B"),
        categories=("",),
        annotators=tuple(
            Judged(f"{place}", AnnotatorKind.JUDGE if judge else AnnotatorKind.HUMAN, False)
            for place, judge in enumerate(is_judge)
        ),
        criteria=(),
        tags=(),
        unsafe=(),
        outputs=Outputs(
            *(output, output // (2 * per_case), output % 2, 0 * output, output >= 0),
            *(none, none, none, none, none),
        ),
        preferences=Preferences(
            *(left, right, who, preference, zeros + 1, np.arange(n)),
            *(no, ~no, zeros, zeros, no),
        ),
        n_unreadable=0,
        values=Values(nothing, nothing, nothing, nothing.astype(float), nothing, nothing),
        marks=Marks(nothing, nothing, nothing, nothing),
    )


if __name__ == "__main__":
    main()
