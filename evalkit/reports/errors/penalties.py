"""Error marks weighed by severity: what the errors in a model's responses cost, per response."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evalkit.errors import RefusedError
from evalkit.phrases import joined
from evalkit.severity import DEFAULT_SEVERITIES, Severity, severity_name
from evalkit.stats.counts import Scores
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.scores import ScoreRow, mean_amounts
from evalkit.study.collected import Collected

NO_LOOKS = "Nothing has been looked at for errors yet."
NO_SEVERITY = "No error found has a severity, so errors cannot be weighed."


def no_penalties(collected: Collected) -> str:
    """Say why there are no penalties."""
    return NO_SEVERITY if len(collected.marks.output) else NO_LOOKS


def weights_in_words(weights: ErrorWeights) -> str:
    """Say what errors weigh, and what becomes of their weights."""
    first, *graver = weights.severities
    named = [f"{first.weight:g} where it is {first.name} or has no severity"]
    named += [f"{severity.weight:g} where it is {severity.name}" for severity in graver]
    others = ", ".join(
        f"a {severity_name(weights.severities, key)} “{tag}” {weight:g}"
        for (tag, key), weight in weights.tags.items()
    )
    return (
        f"Each error weighs {joined(named)}{f'; {others}' if others else ''}. A response "
        "weighs what its errors weigh together, averaged over all looks at it."
    )


def read_weights(
    written: Sequence[str], severities: Sequence[Severity] = DEFAULT_SEVERITIES
) -> ErrorWeights:
    """Read what errors shall weigh from words like ``major=5`` or ``minor:Punctuation=0.1``.

    Parameters
    ----------
    written : sequence of str
        ``SEVERITY=NUMBER`` for all tags, ``SEVERITY:TAG=NUMBER`` for one; what is not said keeps
        its usual weight.
    severities : sequence of Severity
        Those that there are, by their keys, with their usual weights.

    Raises
    ------
    RefusedError
        For a severity that is none, or a weight that is no number of 0 or more.
    """
    usual = {severity.key: severity.weight for severity in severities}
    weighed = dict(usual)
    tags: dict[tuple[str, str], float] = {}
    for words in written:
        what, _, number = words.rpartition("=")
        name, _, tag = what.partition(":")
        weight = _weight(number)
        if name not in usual or weight is None:
            raise RefusedError(
                f"A weight is written SEVERITY=NUMBER or SEVERITY:TAG=NUMBER, like major=5; the "
                f"severities are {', '.join(usual)}, and no weight is below 0. Found “{words}”."
            )
        if tag:
            tags[tag, name] = weight
        else:
            weighed[name] = weight
    weighted = tuple(replace(severity, weight=weighed[severity.key]) for severity in severities)
    return ErrorWeights(weighted, tags)


def _weight(number: str) -> float | None:
    try:
        weight = float(number)
    except ValueError:
        return None
    return weight if 0 <= weight < float("inf") else None


def weights_entry(weights: ErrorWeights) -> dict[str, object]:
    """Return the weights as JSON: of severities, and of tags that weigh something else."""
    tags: dict[str, dict[str, float]] = {}
    for (tag, severity), weight in weights.tags.items():
        tags.setdefault(tag, {})[severity] = weight
    return {
        "severities": {severity.key: severity.weight for severity in weights.severities},
        "tags": tags,
    }


def penalty_rows(collected: Collected) -> tuple[ScoreRow, ...]:
    """Return the mean penalty per response, per model and category; lower is better.

    Parameters
    ----------
    collected : Collected

    Returns
    -------
    tuple of ScoreRow
        Empty where no error of the study has a severity. No interval reaches below zero.

    References
    ----------
    Freitag et al. (2021), "Experts, Errors, and Context", TACL 9.
    """
    scores = penalty_scores(collected)
    return mean_amounts(scores) if len(scores.n) else ()


def penalty_scores(collected: Collected) -> Scores:
    """Return what the errors found at each look at a response weigh together."""
    penalties, outputs = collected.penalties, collected.outputs
    output = np.zeros(0, dtype=np.int64) if penalties is None else penalties.output
    return Scores(
        case=outputs.case[output],
        model=outputs.model[output],
        category=outputs.category[output],
        value=np.zeros(0) if penalties is None else penalties.weight,
        n=np.ones(len(output), dtype=np.int64),
        models=collected.models,
        categories=collected.categories,
    )
