"""By how much each model was preferred, beside who was: the ranking goes by direction alone."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from evalkit import text
from evalkit.reports.document import Document
from evalkit.stats.counts import BoolArray, IntArray, Scores
from evalkit.stats.intervals import Estimate, clustered_means, cut_off, share_estimate
from evalkit.stats.scores import mean_scores, shares
from evalkit.study.collected import Collected, is_between
from evalkit.study.graded import GRADES, graded, grades
from evalkit.vocabulary import CERTAINTY_CODES, Certainty

_MUCH = GRADES[-1]
_ENDS = (GRADES[0], GRADES[-1])


@dataclass(frozen=True, slots=True)
class ModelStrength:
    """By how much one model was preferred to those it met.

    ``mean`` is on the scale from −2 (much worse) to 2 (much better); ``much_better`` is the share
    of its wins that were by much, ``much_worse`` that of its losses. All are of annotations, with
    intervals clustered by case.
    """

    model: str
    mean: Estimate
    much_better: Estimate
    much_worse: Estimate


@dataclass(frozen=True, slots=True)
class StrengthReport:
    """What was said of preferences besides their direction.

    ``models`` has those that met another one; it is empty where nobody was asked by how much.
    ``unsure`` is the share of preferences of which who was asked was not sure.
    """

    models: tuple[ModelStrength, ...]
    unsure: Estimate


def strength_report(
    collected: Collected, *, model: str | None = None, other: str | None = None
) -> StrengthReport:
    """Say by how much models were preferred, and how often annotators were not sure.

    Comparisons of a model with itself count nowhere. With ``model`` and ``other`` those of the
    two with each other are all that counts.
    """
    is_met = is_between(collected, *(name for name in (model, other) if name is not None))
    places = graded(collected)
    met = _of_both(collected, places[is_met[places]])
    rows = {
        mean.model: ModelStrength(
            mean.model,
            cut_off(mean.estimate, _ENDS),
            text.because(better.estimate, "It won none of them."),
            text.because(worse.estimate, "It lost none of them."),
        )
        for mean, better, worse in zip(
            mean_scores(met),
            shares(_where(met, met.value > 0), at_least=_MUCH),
            shares(_where(replace(met, value=-met.value), met.value < 0), at_least=_MUCH),
            strict=True,
        )
        if mean.category is None and mean.estimate.n
    }
    order = collected.models if model is None or other is None else (model, other)
    models = tuple(rows[name] for name in order if name in rows)
    return StrengthReport(models, _unsure(collected, is_met))


def strength_document(report: StrengthReport) -> Document:
    """Return it as JSON; see docs/reports.md."""
    return {
        "models": [asdict(row) for row in report.models],
        "unsure": asdict(report.unsure),
    }


def _of_both(collected: Collected, places: IntArray) -> Scores:
    """Return comparisons as scores: what one response gets, the other loses."""
    preferences, outputs = collected.preferences, collected.outputs
    toward_left = grades(collected, places)
    output = np.concatenate([preferences.left[places], preferences.right[places]])
    return Scores(
        case=outputs.case[output],
        model=outputs.model[output],
        category=np.zeros(len(output), dtype=np.int64),
        value=np.concatenate([toward_left, -toward_left]),
        n=np.tile(preferences.n[places], 2),
        models=collected.models,
        categories=("",),
    )


def _where(scores: Scores, keep: BoolArray) -> Scores:
    return replace(
        scores,
        case=scores.case[keep],
        model=scores.model[keep],
        category=scores.category[keep],
        value=scores.value[keep],
        n=scores.n[keep],
    )


def _unsure(collected: Collected, is_met: BoolArray) -> Estimate:
    """Return how often whoever was asked was not sure."""
    preferences = collected.preferences
    asked = np.flatnonzero(is_met & (preferences.certainty > 0))
    means = clustered_means(
        np.zeros(len(asked), dtype=np.int64),
        case=collected.outputs.case[preferences.left[asked]],
        value=(preferences.certainty[asked] == CERTAINTY_CODES[Certainty.UNSURE]).astype(float),
        n=preferences.n[asked],
        n_groups=1,
    )
    return share_estimate(means)
