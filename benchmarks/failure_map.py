"""How long the failure map of many marks takes, beside one sort of a million numbers.

    python -m benchmarks.failure_map [--marks 100000]

Ten models on the same cases in twenty categories, twelve tags with a severity; processor time, the
least of five runs after a first one, in turn with the sort: of another machine, or of a busy one,
the ratio tells. Warm is a process that made a map before; the study is read, and everything of the
map is computed anew. Wanted: at most a second for 100,000 marks.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from evalkit.reports.errors.failure_map import failure_map
from evalkit.severity import DEFAULT_SEVERITIES
from evalkit.study.collected import (
    NO_TAG,
    Collected,
    Judged,
    Marks,
    Outputs,
    Penalties,
    Preferences,
    Tag,
    Values,
)
from evalkit.vocabulary import AnnotatorKind

N_MODELS, N_CATEGORIES, N_TAGS = 10, 20, 12
#: Marks per response.
_RATE = 1.2


def study(n_marks: int) -> Collected:
    """Draw a study with about so many marks; cases fail in all their responses alike."""
    rng = np.random.default_rng(0)
    n_cases = round(n_marks / (N_MODELS * _RATE))
    n = n_cases * N_MODELS
    chance = np.repeat(rng.beta(0.3, 0.3 * (N_TAGS / _RATE - 1), (n_cases, N_TAGS)), N_MODELS, 0)
    response, tag = np.nonzero(rng.random((n, N_TAGS)) < chance)
    every, unknown = np.arange(n), np.full(n, np.nan)
    output = np.concatenate([response, every])
    severity = rng.integers(0, len(DEFAULT_SEVERITIES), len(response))
    none = np.zeros(0, dtype=np.int64)
    return Collected(
        study="Benchmark",
        models=tuple(f"model-{place:02d}" for place in range(N_MODELS)),
        categories=tuple(f"category-{place:02d}" for place in range(N_CATEGORIES)),
        annotators=(Judged("Ada", AnnotatorKind.HUMAN, False),),
        criteria=(),
        tags=tuple(Tag(f"tag-{place}", f"Tag {place}") for place in range(N_TAGS)),
        unsafe=(),
        outputs=Outputs(
            every,
            np.repeat(np.arange(n_cases), N_MODELS),
            np.tile(np.arange(N_MODELS), n_cases),
            np.repeat(rng.integers(0, N_CATEGORIES, n_cases), N_MODELS),
            every >= 0,
            *[unknown] * 5,
        ),
        preferences=Preferences(*[none] * 6, none > 0, none > 0, none, none, none > 0),
        n_unreadable=0,
        values=Values(none, none, none, none.astype(np.float64), none, none),
        marks=Marks(
            output,
            np.zeros_like(output),
            np.concatenate([tag, np.full(n, NO_TAG)]),
            output,
            np.concatenate([severity, np.full(n, len(DEFAULT_SEVERITIES))]),
        ),
        penalties=Penalties(every, np.zeros(n)),
    )


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=100_000)
    drawn = study(parser.parse_args().marks)
    numbers = np.random.default_rng(1).random(1_000_000)
    made, seconds, floors = failure_map(drawn), [], []
    for _ in range(5):
        floors.append(_seconds(lambda: np.sort(numbers, kind="stable")))
        seconds.append(_seconds(lambda: failure_map(replace(drawn))))
    n_marks = int((drawn.marks.tag != NO_TAG).sum())
    print(
        f"{n_marks:,} marks, {len(made.cells):,} cells: {min(seconds):.2f} s of processor time, "
        f"{min(seconds) / min(floors):.1f} × a sort of a million numbers"
    )


def _seconds(run: Callable[[], Any]) -> float:
    """Return the processor time of a run."""
    started = time.process_time()
    run()
    return time.process_time() - started


if __name__ == "__main__":
    main()
