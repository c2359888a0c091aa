"""Errors weighed by severity: the penalty per response, as in MQM."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray, Scores, sum_by
from evalkit.stats.scores import ScoreRow, mean_amounts
from evalkit.vocabulary import Severity

#: What an error weighs unless a study says otherwise.
SEVERITY_WEIGHTS = {Severity.MINOR: 1.0, Severity.MAJOR: 5.0, Severity.CRITICAL: 10.0}


@dataclass(frozen=True, slots=True)
class ErrorWeights:
    """What an error weighs by its severity, and where a tag weighs something else.

    Attributes
    ----------
    severities : mapping of Severity to float
    tags : mapping of (tag, Severity) to float
        Keys of tags as the taxonomy has them; an error without a severity weighs as a minor one.
    """

    severities: Mapping[Severity, float] = field(default_factory=lambda: dict(SEVERITY_WEIGHTS))
    tags: Mapping[tuple[str, Severity], float] = field(default_factory=dict)

    def of(self, tag: str, severity: Severity) -> float:
        """Return what an error of this tag and severity weighs."""
        return float(self.tags.get((tag, severity), self.severities[severity]))


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Who looked at which response for errors, found some or not.

    Attributes
    ----------
    case, model, category : IntArray of shape (n_looks,)
        Cluster of the response, and indices into ``models`` and ``categories``.
    """

    case: IntArray
    model: IntArray
    category: IntArray
    models: tuple[str, ...]
    categories: tuple[str, ...]


def error_penalties(looks: Looks, *, look: IntArray, weight: FloatArray) -> tuple[ScoreRow, ...]:
    """Return the mean penalty of a look at a response, per model and category.

    Parameters
    ----------
    looks : Looks
        A look without errors counts, with a penalty of 0.
    look : IntArray of shape (n_errors,)
        Which look found each error.
    weight : FloatArray of shape (n_errors,)
        What the error costs, by its severity and kind (MQM: major 5, minor 1 …).

    Returns
    -------
    tuple of ScoreRow
        As of ``mean_amounts``: lower is better, intervals clustered by case.

    References
    ----------
    Freitag et al. (2021), "Experts, Errors, and Context", TACL 9.
    """
    penalty = sum_by(look, weight, n_codes=len(looks.case))
    one = np.ones(len(penalty), dtype=np.int64)
    return mean_amounts(
        Scores(
            looks.case,
            looks.model,
            looks.category,
            penalty,
            one,
            looks.models,
            looks.categories,
        )
    )
