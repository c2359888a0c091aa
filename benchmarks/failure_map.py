"""How long the failure map of many marks takes, beside one pass over the marks.

    python -m benchmarks.failure_map [--marks 100000]

Ten models on the same cases in twenty categories, twelve tags with a severity; processor time, the
median of three runs after a first one. Wanted: at most a second for 100,000 marks.
"""

import argparse
import statistics
import time
from dataclasses import replace

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
    seconds = []
    for _ in range(4):
        start = time.process_time()
        made = failure_map(replace(drawn))
        seconds.append(time.process_time() - start)
    n_marks = int((drawn.marks.tag != NO_TAG).sum())
    warm = statistics.median(seconds[1:])
    print(f"{n_marks:,} marks, {len(made.cells):,} cells: {warm:.2f} s of processor time")


if __name__ == "__main__":
    main()
