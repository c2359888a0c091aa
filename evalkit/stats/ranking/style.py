"""Ranking with style held equal: length, headers, lists, bold, and the side a response was on."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import Comparisons, FloatArray, IntArray, sum_by
from evalkit.stats.intervals import MIN_CASES, Estimate, compact_codes, t_interval
from evalkit.stats.ranking import bradley_terry
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE

_MAX_ITERATIONS = 100
_MAX_STEP = 2.0
# Below this the effects cannot be told from the models': the fit has no single maximum.
_SINGULAR = 1e-9
_ONE_CASE = "An interval needs comparisons on at least 2 cases; there is 1."


@dataclass(frozen=True, slots=True, eq=False)
class StyleControl:
    """Strengths with style held equal.

    Attributes
    ----------
    strengths : mapping of model to Estimate
        Log-odds, mean zero, as two responses of equal style would be judged.
    raw : mapping of model to Estimate
        The same comparisons without style, for the board beside it.
    left : Estimate
        Log-odds that the left of two equal responses wins; 0 is fair.
    effects : mapping of feature to Estimate
        Log-odds for one standard deviation more of the feature.
    covariance : FloatArray of shape (n_models + 1 + n_features,) twice
        Of strengths, left and effects, in this order.
    n_cases_of_model : IntArray of shape (n_models,)
        Cases each model was compared on.
    """

    strengths: dict[str, Estimate]
    raw: dict[str, Estimate]
    left: Estimate
    effects: dict[str, Estimate]
    covariance: FloatArray
    n_comparisons: int
    n_cases: int
    n_cases_of_model: IntArray


def style_difference(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return how much more of a feature the left response has, between -1 and 1.

    Parameters
    ----------
    left, right : FloatArray of shape (n_entries,)
        Counts: tokens or characters, headers, list entries, bold passages.

    Notes
    -----
    ``(left - right) / (left + right + 1)``: a response twice as long counts the same at any
    length (LMArena, "Does style matter?", 2024).
    """
    difference: FloatArray = (left - right) / (left + right + 1)
    return difference


def control_style(
    comparisons: Comparisons, *, features: dict[str, FloatArray] | None = None
) -> StyleControl:
    """Fit strengths, the advantage of the left side, and style effects together.

    Parameters
    ----------
    comparisons : Comparisons
        As for ``rank_models``.
    features : mapping of name to FloatArray of shape (n_entries,), optional
        How much more of a feature the left response has (``style_difference``). They are
        divided by their standard deviation, never centred: centring would hide a preference
        for a side. Without any, only the side is held equal.

    Returns
    -------
    StyleControl
        Intervals are clustered by case with t(n_cases - 1).

    Raises
    ------
    UndefinedStatisticError
        Where the models cannot be ranked, a strength would be infinite, or a feature cannot be
        told from the models (one model always has more of it by the same amount).

    References
    ----------
    Agresti (2013), Categorical Data Analysis, section 11.6 (order effect); LMArena (2024).
    """
    compared = comparisons.left != comparisons.right
    data, _ = bradley_terry.compared_only(_only(comparisons, compared))
    _require_finite(data)
    chosen = {name: column[compared] for name, column in (features or {}).items()}
    columns = [np.ones(len(data.left))]
    columns += [_scaled(name, feature, n=data.n) for name, feature in chosen.items()]
    design = np.asfortranarray(np.column_stack(columns))
    parameters, covariance, n_cases = _fit(data, design)
    raw = bradley_terry.fit(data)
    n_models = len(data.models)
    estimates = _estimates(parameters, covariance, int(data.n.sum()), n_cases)
    plain = _estimates(raw.strength, raw.covariance, int(data.n.sum()), n_cases)
    return StyleControl(
        strengths=dict(zip(data.models, estimates[:n_models], strict=True)),
        raw=dict(zip(data.models, plain, strict=True)),
        left=estimates[n_models],
        effects=dict(zip(chosen, estimates[n_models + 1 :], strict=True)),
        covariance=covariance,
        n_comparisons=int(data.n.sum()),
        n_cases=n_cases,
        n_cases_of_model=_cases_of_models(data),
    )


def _cases_of_models(data: Comparisons) -> IntArray:
    n_models = len(data.models)
    case = compact_codes(data.case).astype(np.int64) * n_models
    cells = np.unique(np.concatenate([case + data.left, case + data.right]))
    return np.bincount(cells % n_models, minlength=n_models).astype(np.int64)


def _require_finite(data: Comparisons) -> None:
    wins = bradley_terry.half_wins(bradley_terry.pair_counts(data))
    bradley_terry.require_connected(wins, data.models)
    if bradley_terry.has_infinite_strength(wins):
        raise UndefinedStatisticError(
            "A model or group of models never lost to the others, so style cannot be told from "
            "strength."
        )


def _only(comparisons: Comparisons, places: np.ndarray) -> Comparisons:
    return Comparisons(
        comparisons.case[places],
        comparisons.left[places],
        comparisons.right[places],
        comparisons.preference[places],
        comparisons.n[places],
        comparisons.models,
    )


def _scaled(name: str, feature: FloatArray, *, n: IntArray) -> FloatArray:
    """Divide by the standard deviation over comparisons, not entries."""
    centre = float(np.average(feature, weights=n))
    spread = float(np.sqrt(np.average((feature - centre) ** 2, weights=n)))
    if spread <= 1e-12 * max(1.0, abs(centre)):
        raise UndefinedStatisticError(
            f"Every comparison has the same difference in {name}, so its effect cannot be told."
        )
    scaled: FloatArray = feature / spread
    return scaled


def _fit(data: Comparisons, design: FloatArray) -> tuple[FloatArray, FloatArray, int]:
    """Return parameters (strengths of mean zero, then effects), covariance and cases."""
    n_models = len(data.models)
    weight, won = data.n.astype(np.float64), LEFT_SHARE[data.preference]
    parameters = np.zeros(n_models + design.shape[1])
    for _ in range(_MAX_ITERATIONS):
        gap = parameters[data.left] - parameters[data.right] + design @ parameters[n_models:]
        expected = expit(gap)
        rest = weight * (won - expected)
        information = _information(data, design, weight * expected * (1 - expected))
        if not np.linalg.cond(information) < 1 / _SINGULAR:
            raise UndefinedStatisticError(
                "The style features cannot be told from the models or from each other."
            )
        step = np.linalg.solve(information, _gradient(data, design, rest))
        step *= min(1.0, _MAX_STEP / max(float(np.abs(step).max()), 1e-300))
        parameters += step
        if np.abs(step).max() < 1e-11:
            break
    parameters[:n_models] -= parameters[:n_models].mean()
    bread = np.linalg.inv(information)
    bread[:n_models, :n_models] -= bread[:n_models, :n_models].mean()
    scores = _scores(data, design, rest)
    n_cases = len(scores)
    meat = scores.T @ scores * (n_cases / max(n_cases - 1, 1))
    covariance = bread @ meat @ bread
    return parameters, covariance, n_cases


def _gradient(data: Comparisons, design: FloatArray, rest: FloatArray) -> FloatArray:
    models = _against(data.left, data.right, rest[:, None], n_codes=len(data.models))
    return np.concatenate([models[:, 0], design.T @ rest])


def _information(data: Comparisons, design: FloatArray, curvature: FloatArray) -> FloatArray:
    """Return the information; its block of models is pinned to strengths of mean zero."""
    n_models = len(data.models)
    pair = data.left.astype(np.int64) * n_models + data.right
    weight = sum_by(pair, curvature, n_codes=n_models * n_models).reshape(n_models, n_models)
    weight = weight + weight.T
    models = np.diag(weight.sum(axis=1)) - weight
    pulled = curvature[:, None] * design
    cross = _against(data.left, data.right, pulled, n_codes=n_models)
    pin = np.trace(models) / n_models**2
    matrix: FloatArray = np.block([[models + pin, cross], [cross.T, design.T @ pulled]])
    return matrix


def _against(left: IntArray, right: IntArray, columns: FloatArray, *, n_codes: int) -> FloatArray:
    """Sum each column for the model on the left and against the one on the right."""
    return np.stack(
        [
            sum_by(left, column, n_codes=n_codes) - sum_by(right, column, n_codes=n_codes)
            for column in columns.T
        ],
        axis=1,
    )


def _scores(data: Comparisons, design: FloatArray, rest: FloatArray) -> FloatArray:
    """Return the score of each case, shape (n_cases, n_parameters)."""
    n_models = len(data.models)
    case = compact_codes(data.case).astype(np.int64)
    n_codes = int(case.max()) + 1
    models = _against(
        case * n_models + data.left,
        case * n_models + data.right,
        rest[:, None],
        n_codes=n_codes * n_models,
    ).reshape(n_codes, n_models)
    effects = [sum_by(case, rest * column, n_codes=n_codes) for column in design.T]
    seen = np.bincount(case, minlength=n_codes) > 0
    return np.column_stack([models, *effects])[seen]


def _estimates(values: FloatArray, covariance: FloatArray, n: int, n_cases: int) -> list[Estimate]:
    if n_cases < MIN_CASES:
        return [Estimate(float(value), None, None, n, _ONE_CASE) for value in values]
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    estimates = []
    for value, error in zip(values.tolist(), errors.tolist(), strict=True):
        interval = t_interval(value, standard_error=error, degrees=n_cases - 1)
        estimates.append(Estimate(value, interval.low, interval.high, n))
    return estimates
