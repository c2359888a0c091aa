"""Bradley-Terry strengths of people, moved by a judge's verdicts on everything."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.stats.intervals import MIN_CASES, Estimate, t_interval
from evalkit.stats.judges.correction import MIN_LABELS, Design
from evalkit.stats.ranking.bradley_terry import (
    fit_strengths,
    has_infinite_strength,
    information_inverse,
    require_connected,
)

_MAX_ITERATIONS = 100
_MAX_STEP = 2.0
#: Below this a standard error is what rounding leaves of none.
_NO_SPREAD = 1e-9
_ALL_ALIKE = (
    "All cases that people labelled say the same, as ties alone do, so they show no spread to "
    "make an interval of."
)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPairs:
    """Comparisons that a judge judged, some of which people labelled too.

    Attributes
    ----------
    first, second : IntArray of shape (n_units,)
        The two models, indices into ``models``; never the same.
    verdict, label : FloatArray of shape (n_units,)
        How far the first is better, 0–1, as the judge and as people say; ``label`` is ``NaN``
        where nobody was asked.
    case : IntArray of shape (n_units,)
        The cluster of each unit, any codes.
    odds : FloatArray of shape (n_units,)
        With which probability a unit was to be labelled; of units with a label above 0. Only
        their ratios count, so a random sample may have any one number.
    models : tuple of str
    """

    first: IntArray
    second: IntArray
    verdict: FloatArray
    label: FloatArray
    case: IntArray
    odds: FloatArray
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedStrengths:
    """Strengths by people alone and with the judge, each with its interval, in log-odds.

    ``weight`` is how much of the judge entered, 0–1. ``covariance`` of shape (M, M) is of the
    corrected strengths, whose mean is zero; ``degrees`` are those of Student's t.
    """

    models: tuple[str, ...]
    people: tuple[Estimate, ...]
    corrected: tuple[Estimate, ...]
    weight: float
    covariance: FloatArray
    degrees: int

    def difference(self, model: int, other: int) -> Estimate:
        """Return by how much one model is stronger than another, corrected."""
        strength = [row.value or 0.0 for row in self.corrected]
        slope = np.zeros(len(self.models))
        slope[model], slope[other] = 1.0, -1.0
        error = float(np.sqrt(slope @ self.covariance @ slope))
        gap = strength[model] - strength[other]
        return _estimate(gap, error, self.degrees, self.corrected[model].n)


def corrected_strengths(judged: JudgedPairs, design: Design) -> CorrectedStrengths:
    """Fit people's Bradley-Terry strengths with the help of a judge of every comparison.

    Parameters
    ----------
    judged : JudgedPairs
    design : Design
        RANDOM, BY_VERDICT or KNOWN_ODDS; the latter two by their ``odds``.

    Returns
    -------
    CorrectedStrengths
        Of the population that the cases are a sample of, intervals clustered by case by
        Student's t; without an interval where all cases say the same, as of nothing but ties.

    Raises
    ------
    UndefinedStatisticError
        Of another design, below ``MIN_LABELS`` labels or 2 cases, where people's labels do not
        connect the models, or where a model won or lost all of them.

    Notes
    -----
    With ``x`` of a unit +1 at its first model and -1 at its second, ``p = σ(xᵀθ)``, shares
    ``b = 1/N`` of all units and ``a ∝ 1/odds`` of those with a label (each sums to 1), people's
    strengths solve the weighted likelihood equations ``Σ a (y - p) x = 0``. The judge's own score
    has the same mean over both sets but for the luck of the draw, so for every λ

        ``g(θ) = Σ a (y - p) x + λ [ Σ b (f - p) x - Σ a (f - p) x ] = 0``

    has people's strengths as its solution on the whole population, whatever the judge's errors
    (prediction-powered inference: Angelopoulos et al. 2023, section 3). It is the likelihood
    equation of half-wins ``W = Wₐ(y) + λ (W_b(f) - Wₐ(f))`` on ``n = (1 - λ) nₐ + λ n_b``
    comparisons, which Newton's method solves. With H its slope and ``S_g`` the part of case g in
    it, ``cov θ = H⁺ [c Σ S_g S_gᵀ] H⁺`` (sandwich, Liang & Zeger 1986), ``c = G/(G - M)`` for M - 1
    strengths and λ fitted to G cases with labels, of these Kish's effective number ``1 / Σ a_g²``
    where odds differ (MacKinnon & White 1985, HC1). ``S_g`` is linear
    in λ, ``A_g + λ B_g``, so at people's strengths the trace of the covariance is least at
    ``λ = -tr(H⁺ Σ A Bᵀ H⁺) / tr(H⁺ Σ B Bᵀ H⁺)``, held to [0, 1], as PPI++ chooses it.

    References
    ----------
    Angelopoulos, Duchi & Zrnic (2023), arXiv 2311.01453 (PPI++, power tuning); Hunter (2004);
    Särndal, Swensson & Wretman (1992), chapter 6; Kish (1965), Survey Sampling, section 11.7.
    """
    _require(judged, design)
    labelled = ~np.isnan(judged.label)
    share = np.zeros(len(judged.label))
    odds = np.ones(len(share)) if design is Design.RANDOM else judged.odds
    share[labelled] = 1.0 / odds[labelled]
    share /= share.sum()
    even = np.full(len(share), 1.0 / len(share))
    label = np.where(labelled, judged.label, 0.0)

    wins = _wins(judged, share, label)
    require_connected(wins, judged.models)
    if has_infinite_strength(wins):
        raise UndefinedStatisticError(
            "A model won, or lost, every comparison that people labelled: its strength has no end."
        )
    alone = fit_strengths(wins)
    pulls = _Pulls(judged, share, even, label)
    bread = information_inverse(_both(wins), _expected(alone))
    of_people, of_judge = pulls.at(alone)
    square = float(np.trace(bread @ (of_judge.T @ of_judge) @ bread))
    shared = float(np.trace(bread @ (of_people.T @ of_judge) @ bread))
    weight = 0.0 if square <= 0.0 else min(1.0, max(0.0, -shared / square))

    moved = weight * (_wins(judged, even, judged.verdict) - _wins(judged, share, judged.verdict))
    strength = _solved(wins + moved, alone)
    n, n_cases = int(labelled.sum()), pulls.n_labelled_cases
    covariance = pulls.covariance(strength, _both(wins + moved), weight)
    return CorrectedStrengths(
        models=judged.models,
        people=_estimates(alone, pulls.covariance(alone, _both(wins), 0.0), n, n_cases - 1),
        corrected=_estimates(strength, covariance, n, n_cases - 1),
        weight=weight,
        covariance=covariance,
        degrees=n_cases - 1,
    )


def _require(judged: JudgedPairs, design: Design) -> None:
    labelled = ~np.isnan(judged.label)
    n = int(labelled.sum())
    if design not in (Design.RANDOM, Design.BY_VERDICT, Design.KNOWN_ODDS):
        raise UndefinedStatisticError(
            "It is not known with which odds these were labelled, so strengths cannot be corrected."
        )
    if n < MIN_LABELS or len(np.unique(judged.case[labelled])) < MIN_CASES:
        raise UndefinedStatisticError(
            f"People labelled {n} comparisons; corrected strengths need {MIN_LABELS} of 2 cases."
        )
    if design is not Design.RANDOM and not bool(np.all(judged.odds[labelled] > 0.0)):
        raise UndefinedStatisticError("The odds of some labels are not recorded.")


class _Pulls:
    """What each case adds to the equations, of people's part and of the judge's."""

    def __init__(
        self, judged: JudgedPairs, share: FloatArray, even: FloatArray, label: FloatArray
    ) -> None:
        self._judged, self._share, self._even, self._label = judged, share, even, label
        cases, self._case = np.unique(judged.case, return_inverse=True)
        self._n_cases = len(cases)
        of_case = sum_by(self._case, share, n_codes=self._n_cases)
        self.n_labelled_cases = int(np.count_nonzero(of_case))
        n_worth, n_models = float(1.0 / (of_case @ of_case)), len(judged.models)
        self._few = n_worth / max(1.0, n_worth - n_models)

    def at(self, strength: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return both parts at some strengths, each of shape (n_cases, n_models)."""
        judged = self._judged
        chance = expit(strength[judged.first] - strength[judged.second])
        of_people = self._share * (self._label - chance)
        of_judge = (self._even - self._share) * (judged.verdict - chance)
        return self._summed(of_people), self._summed(of_judge)

    def covariance(self, strength: FloatArray, n: FloatArray, weight: float) -> FloatArray:
        """Return the sandwich; without the judge the cases are those that people labelled."""
        of_people, of_judge = self.at(strength)
        pull = of_people + weight * of_judge
        bread = information_inverse(n, _expected(strength))
        covariance: FloatArray = bread @ (pull.T @ pull) @ bread * self._few
        return covariance

    def _summed(self, rest: FloatArray) -> FloatArray:
        n_models, judged = len(self._judged.models), self._judged
        size = self._n_cases * n_models
        flat = sum_by(self._case * n_models + judged.first, rest, n_codes=size)
        flat -= sum_by(self._case * n_models + judged.second, rest, n_codes=size)
        pulls: FloatArray = flat.reshape(self._n_cases, n_models)
        return pulls


def _wins(judged: JudgedPairs, share: FloatArray, value: FloatArray) -> FloatArray:
    """Return weighted half-wins of row over column."""
    n_models = len(judged.models)
    wins = np.zeros(n_models * n_models)
    for row, column, of in (
        (judged.first, judged.second, value),
        (judged.second, judged.first, 1.0 - value),
    ):
        wins += sum_by(row * n_models + column, share * of, n_codes=n_models * n_models)
    return wins.reshape(n_models, n_models)


def _both(wins: FloatArray) -> FloatArray:
    n: FloatArray = wins + wins.T
    return n


def _expected(strength: FloatArray) -> FloatArray:
    expected: FloatArray = expit(strength[:, None] - strength[None, :])
    return expected


def _solved(wins: FloatArray, start: FloatArray) -> FloatArray:
    """Solve the likelihood equations of half-wins, of which some may lie below zero."""
    n, strength = _both(wins), start.copy()
    for _ in range(_MAX_ITERATIONS):
        expected = _expected(strength)
        gradient = (wins - n * expected).sum(axis=1)
        step = information_inverse(n, expected) @ gradient
        step *= min(1.0, _MAX_STEP / max(float(np.abs(step).max()), 1e-300))
        strength += step
        if float(np.abs(step).max()) < 1e-11:
            centred: FloatArray = strength - strength.mean()
            return centred
    raise UndefinedStatisticError(
        "With the judge's verdicts the strengths have no end: people labelled too few comparisons."
    )


def _estimates(
    strength: FloatArray, covariance: FloatArray, n: int, degrees: int
) -> tuple[Estimate, ...]:
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    rows = []
    for value, error in zip(strength.tolist(), errors.tolist(), strict=True):
        rows.append(_estimate(value, error, degrees, n))
    return tuple(rows)


def _estimate(value: float, error: float, degrees: int, n: int) -> Estimate:
    """Return a strength or a difference of two, without an interval where no case moves it."""
    if error <= _NO_SPREAD:
        return Estimate(value, None, None, n, _ALL_ALIKE)
    ends = t_interval(value, standard_error=error, degrees=degrees)
    return Estimate(value, ends.low, ends.high, n)
