"""What quality is measured by: a number per model, overall and by category, with its tests."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evalkit import text
from evalkit.phrases import capital
from evalkit.reports.errors.penalties import penalty_scores
from evalkit.reports.pair.significance import SIGNIFICANT, turned
from evalkit.stats.counts import Scores
from evalkit.stats.differences import PairedDifference, category_differences, score_differences
from evalkit.stats.intervals import (
    ClusteredMeans,
    Estimate,
    amount_estimate,
    clustered_means,
    cut_off,
    mean_estimate,
    share_estimate,
)
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.stats.significance import benjamini_hochberg
from evalkit.study.collected import Collected, Criterion, comparisons, scores_of_criterion
from evalkit.study.looks import acceptable, scores_of_looks
from evalkit.study.subject_keys import ACCEPTABLE, PENALTY, PREFERENCE
from evalkit.study.subjects import subject_key

_TITLES = {
    PREFERENCE: "Preference",
    ACCEPTABLE: "Acceptable responses",
    PENALTY: "Weight of errors",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What quality is measured by; ``limits`` are the ends of its scale.

    ``criterion`` is None for the preference and for acceptable responses, which are shares, and
    for the weight of errors, of which less is better.
    """

    key: str
    criterion: Criterion | None
    limits: tuple[float, float]

    @property
    def title(self) -> str:
        """Return its name as a heading: ``Preference``, ``Helpfulness``."""
        return _TITLES[self.key] if self.criterion is None else capital(self.key.replace("_", " "))

    @property
    def number_name(self) -> str:
        """Return what its numbers are called: ``Win rate``, ``Helpfulness``."""
        if self.is_preference:
            return "Win rate"
        return "Acceptable" if self.is_acceptable else self.title

    @property
    def form(self) -> text.Format:
        """Return how its values are written."""
        return text.percent if self.is_share else text.number

    @property
    def is_preference(self) -> bool:
        """Say whether this is the preference."""
        return self.criterion is None and self.key == PREFERENCE

    @property
    def is_acceptable(self) -> bool:
        """Say whether this is the share of acceptable responses."""
        return self.criterion is None and self.key == ACCEPTABLE

    @property
    def is_penalty(self) -> bool:
        """Say whether this is the weight of the errors in a response."""
        return self.criterion is None and self.key == PENALTY

    @property
    def is_share(self) -> bool:
        """Say whether values are shares, 0–1."""
        return self.criterion is None and not self.is_penalty

    @property
    def sign(self) -> int:
        """Return −1 where less is better, else 1."""
        return -1 if self.is_penalty else 1


@dataclass(frozen=True, slots=True)
class Number:
    """One number of one model, and how far it is above the baseline's.

    Attributes
    ----------
    category : str or None
        None for all categories together.
    difference : Estimate or None
        ``model`` minus baseline, paired by case; None for the baseline itself.
    p_adjusted : float or None
        By Holm over all pairs of models overall, by Benjamini–Hochberg over all models and
        categories inside them.
    is_decided : bool
        Whether the model differs from the baseline beyond chance.
    raw : Estimate or None
        The share won of the comparisons the model was in, where ``estimate`` is its win rate
        against an average opponent; else None.
    """

    model: str
    category: str | None
    estimate: Estimate
    n_cases: int
    difference: Estimate | None
    p_adjusted: float | None
    is_decided: bool
    raw: Estimate | None = None


@dataclass(frozen=True, slots=True)
class MeasureNumbers:
    """A measure with a number for every model, overall and, of the chosen one, by category.

    ``pairs`` are the overall differences of every two models.
    """

    measure: Measure
    overall: tuple[Number, ...]
    cells: tuple[Number, ...]
    pairs: tuple[PairedDifference, ...]


def available_measures(collected: Collected) -> tuple[Measure, ...]:
    """Return what quality can be measured by: that for which anything was collected."""
    measures = []
    compared = comparisons(collected)
    if (compared.left != compared.right).any():
        measures.append(Measure(PREFERENCE, None, (0.0, 1.0)))
    scored = set(collected.values.criterion.tolist())
    measures += [
        Measure(subject_key(criterion), criterion, (min(criterion.values), max(criterion.values)))
        for place, criterion in enumerate(collected.criteria)
        if place in scored and criterion.has_mean
    ]
    if collected.penalties is not None and len(collected.penalties.output):
        measures.append(Measure(PENALTY, None, (0.0, np.inf)))
    if len(acceptable(collected).output):
        measures.append(Measure(ACCEPTABLE, None, (0.0, 1.0)))
    return tuple(measures)


def measure_numbers(
    collected: Collected, measure: Measure, *, baseline: str, with_cells: bool = False
) -> MeasureNumbers:
    """Set every model beside a baseline on one measure, by category only on demand.

    Parameters
    ----------
    collected : Collected
    measure : Measure
        Of ``available_measures``.
    baseline : str
        One of ``collected.models``.

    Notes
    -----
    Differences are paired by case, with Student's t interval and p values from flipping the
    signs of cases. Those of the preference are of win rates against whoever was met on the case.
    """
    scores = scores_of(collected, measure)
    pairs = score_differences(scores)
    to_baseline = {
        turned_pair.model: (turned_pair.estimate, turned_pair.p_adjusted)
        for pair in pairs
        if baseline in (pair.model, pair.other)
        for turned_pair in [
            turned(pair, model=pair.other if pair.model == baseline else pair.model)
        ]
    }
    overall = tuple(
        _number(measure, model, None, *whole, to_baseline.get(model))
        for model, whole in zip(collected.models, _estimates(scores, measure, 0), strict=True)
    )
    cells = _cells(collected, scores, measure, baseline) if with_cells else ()
    return MeasureNumbers(measure, overall, cells, pairs)


def model_estimates(collected: Collected, measure: Measure) -> dict[str, Estimate]:
    """Return the number of every model on one measure, all categories together."""
    estimates = _estimates(scores_of(collected, measure), measure, 0)
    return {
        model: estimate for model, (estimate, _) in zip(collected.models, estimates, strict=True)
    }


def against(
    collected: Collected, measure: Measure, *, model: str, other: str
) -> tuple[Number, ...]:
    """Return ``model`` minus ``other`` category by category, adjusted over these categories."""
    scores = scores_of(collected, measure)
    cells = category_differences(scores, model=model, other=other)
    return tuple(
        Number(
            model=model,
            category=pair.category,
            estimate=pair.estimate,
            n_cases=pair.estimate.n,
            difference=_within(pair.estimate, measure),
            p_adjusted=pair.p_adjusted,
            is_decided=is_small(pair.p_adjusted),
        )
        for pair in cells
    )


def number_entry(number: Number) -> dict[str, Any]:
    """Return one number with its difference to the baseline."""
    return {
        "model": number.model,
        "category": number.category,
        **asdict(number.estimate),
        "raw": None if number.raw is None else asdict(number.raw),
        "n_cases": number.n_cases,
        "difference": None if number.difference is None else asdict(number.difference),
        "p_adjusted": number.p_adjusted,
        "is_decided": number.is_decided,
    }


def scores_of(collected: Collected, measure: Measure) -> Scores:
    """Return what a measure averages; each comparison is a score of both its models."""
    if measure.is_acceptable:
        return scores_of_looks(collected, acceptable(collected))
    if measure.is_penalty:
        return penalty_scores(collected)
    if measure.criterion is not None:
        return scores_of_criterion(collected, collected.criteria.index(measure.criterion))
    return _win_scores(collected)


def _win_scores(collected: Collected) -> Scores:
    """Return each comparison as a score of both its models: 1 won, 0 lost, else a half."""
    preferences, outputs = collected.preferences, collected.outputs
    other = outputs.model[preferences.left] != outputs.model[preferences.right]
    left, right = preferences.left[other], preferences.right[other]
    share = LEFT_SHARE[preferences.preference[other]]
    output = np.concatenate([left, right])
    return Scores(
        case=outputs.case[output],
        model=outputs.model[output],
        category=outputs.category[output],
        value=np.concatenate([share, 1 - share]),
        n=np.concatenate([preferences.n[other], preferences.n[other]]),
        models=collected.models,
        categories=collected.categories,
    )


def _cells(
    collected: Collected, scores: Scores, measure: Measure, baseline: str
) -> tuple[Number, ...]:
    """Return every model in every category; the tests against the baseline are one family."""
    tests = [
        pair
        for model in collected.models
        if model != baseline
        for pair in category_differences(scores, model=model, other=baseline)
    ]
    p_values = [np.nan if pair.p_value is None else pair.p_value for pair in tests]
    adjusted = benjamini_hochberg(np.array(p_values, dtype=np.float64))
    tested = {
        (pair.model, pair.category): (pair.estimate, None if np.isnan(p) else float(p))
        for pair, p in zip(tests, adjusted, strict=True)
    }
    n_categories = len(collected.categories)
    places = [(model, category) for model in collected.models for category in collected.categories]
    estimates = _estimates(scores, measure, n_categories) if n_categories else []
    return tuple(
        _number(measure, *place, *whole, tested.get(place))
        for place, whole in zip(places, estimates, strict=True)
    )


def _estimates(scores: Scores, measure: Measure, n_categories: int) -> list[tuple[Estimate, int]]:
    """Return the numbers of all models overall, or model by model in every category."""
    form: Callable[[ClusteredMeans, int], Estimate] = mean_estimate
    if measure.is_share:
        form = share_estimate
    elif measure.is_penalty:
        form = amount_estimate
    group = scores.model.astype(np.int64)
    n_groups = len(scores.models)
    if n_categories:
        group, n_groups = group * n_categories + scores.category, n_groups * n_categories
    means = clustered_means(
        group, case=scores.case, value=scores.value, n=scores.n, n_groups=n_groups
    )
    return [
        (cut_off(form(means, place), measure.limits), int(means.n_cases[place]))
        for place in range(n_groups)
    ]


def _number(
    measure: Measure,
    model: str,
    category: str | None,
    estimate: Estimate,
    n_cases: int,
    tested: tuple[Estimate, float | None] | None,
) -> Number:
    difference, p = tested or (None, None)
    return Number(
        model=model,
        category=category,
        estimate=estimate,
        n_cases=n_cases,
        difference=None if difference is None else _within(difference, measure),
        p_adjusted=p,
        is_decided=is_small(p),
    )


def _within(estimate: Estimate, measure: Measure) -> Estimate:
    """End the interval of a difference where none can lie beyond."""
    reach = measure.limits[1] - measure.limits[0]
    return cut_off(estimate, (-reach, reach))


def is_small(p: float | None) -> bool:
    """Say whether an adjusted p value is beyond chance."""
    return p is not None and p <= SIGNIFICANT
