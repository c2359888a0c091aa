"""What a small study collected, written down case by case; for the reports' tests."""

import math

import numpy as np

from evalkit.study.collected import (
    Collected,
    Criterion,
    Judged,
    Marks,
    Outputs,
    Preferences,
    Tag,
    Values,
)
from evalkit.vocabulary import AnnotatorKind, Level

LEFT, RIGHT, TIE, BOTH_BAD = range(4)
HELPFUL = Criterion("helpful", "How helpful?", Level.ORDINAL, (1.0, 2.0, 3.0, 4.0, 5.0), ("",) * 5)


def collected(
    *,
    models=("A", "B"),
    n_cases=16,
    preferences=(),
    scores=(),
    marks=(),
    costs=None,
    latencies=None,
):
    """Build a study; even cases are of code, odd ones of support; output = model * n_cases + case.

    preferences are (annotator, case, left model, right model, preference), scores (annotator,
    case, model, value), marks (annotator, case, model, tag); costs and latencies are one number
    per model.
    """
    n = len(models) * n_cases
    given = np.array(preferences, dtype=np.int64).reshape(-1, 5)
    scored = np.array(scores, dtype=np.float64).reshape(-1, 4)
    who = scored[:, :3].astype(np.int64)
    marked = np.array(marks, dtype=np.int64).reshape(-1, 4)
    n_annotators = 1 + int(max([0, *given[:, 0], *who[:, 0], *marked[:, 0]]))
    unknown = np.full(n, math.nan)
    return Collected(
        study="Trial",
        models=tuple(models),
        categories=("code", "support"),
        annotators=tuple(
            Judged(f"Annotator {place}", AnnotatorKind.HUMAN, False)
            for place in range(n_annotators)
        ),
        criteria=(HELPFUL,),
        tags=(Tag("unsafe", "Unsafe"),),
        unsafe=(0,),
        outputs=Outputs(
            id=np.arange(n) + 1,
            case=np.tile(np.arange(n_cases), len(models)),
            model=np.repeat(np.arange(len(models)), n_cases),
            category=np.tile(np.arange(n_cases) % 2, len(models)),
            is_counted=np.ones(n, dtype=bool),
            latency_ms=unknown if latencies is None else np.repeat(latencies, n_cases) * 1.0,
            cost_usd=unknown if costs is None else np.repeat(costs, n_cases) * 1.0,
            input_tokens=unknown,
            output_tokens=unknown,
            reasoning_tokens=unknown,
        ),
        preferences=Preferences(
            left=given[:, 2] * n_cases + given[:, 1],
            right=given[:, 3] * n_cases + given[:, 1],
            annotator=given[:, 0],
            preference=given[:, 4],
            n=np.ones(len(given), dtype=np.int64),
            latest=np.arange(len(given)),
            is_dealt=np.ones(len(given), dtype=bool),
            is_seen=np.ones(len(given), dtype=bool),
            strength=np.zeros(len(given), dtype=np.int64),
            certainty=np.zeros(len(given), dtype=np.int64),
            asks_strength=np.zeros(len(given), dtype=bool),
        ),
        n_unreadable=0,
        values=Values(
            criterion=np.zeros(len(who), dtype=np.int64),
            output=who[:, 2] * n_cases + who[:, 1],
            annotator=who[:, 0],
            value=scored[:, 3],
            n=np.ones(len(who), dtype=np.int64),
            latest=np.arange(len(who)),
        ),
        marks=Marks(
            marked[:, 2] * n_cases + marked[:, 1], marked[:, 0], marked[:, 3], look=marked[:, 0]
        ),
    )
