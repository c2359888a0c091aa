"""Do 95 % intervals hold where few cases tell: rare errors, terrible ones, nearly perfect models?

What few cases decide moves in steps, so some intervals are longer than need be; none may be
shorter. Studies where an interval cannot be had are left out: they give a reason in its place.
"""

import numpy as np
import pytest
from scipy.stats import t as student

from evalkit.stats.agreement.coefficients import fleiss_kappa, gwet_ac, value_agreement
from evalkit.stats.agreement.kappa import pairwise_agreement
from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.stats.latency import cost_per_acceptable, mean
from evalkit.stats.scores import mean_scores
from evalkit.vocabulary import Level
from tests.evalkit.stats.simulated import (
    HIGHEST,
    LOWEST,
    N_ENDLESS,
    N_STUDIES,
    covered,
    marked,
    nearly_perfect,
    penalised,
)

pytestmark = pytest.mark.slow


def alpha(data):
    return krippendorff_alpha(data, Level.NOMINAL)


def kappa_of_two(data):
    return pairwise_agreement(data)[0].cohen_kappa


def priced(rng, n_cases):
    return rng.lognormal(0, 1, n_cases), (rng.random(n_cases) < 0.7).astype(float)


def per_acceptable(drawn):
    cost, acceptable = drawn
    return cost_per_acceptable(case=np.arange(len(cost)), cost=cost, acceptable=acceptable)


def share_held(coefficient, study, n_cases, n_studies=N_STUDIES):
    (share,) = shares_held([coefficient], study, n_cases, n_studies)
    return share


def shares_held(coefficients, study, n_cases, n_studies=N_STUDIES):
    """Give how often the truth is held by each of some coefficients of the same studies."""
    endless = study(np.random.default_rng(5), N_ENDLESS)
    studies = [study(np.random.default_rng(k), n_cases) for k in range(n_studies)]
    shares = []
    for coefficient in coefficients:
        estimates = [coefficient(drawn) for drawn in studies]
        told = [estimate for estimate in estimates if estimate.low is not None]
        assert len(told) > n_studies / 2
        shares.append(covered(told, [coefficient(endless).value] * len(told)))
    return shares


# Of the responses that are wrong, how many are: a usual tag, one often missed, one well defined.
TAGS = {
    "usual": {"rate": 0.06, "found": 0.7, "invented": 0.02},
    "often missed": {"rate": 0.06, "found": 0.3, "invented": 0.02},
    "well defined": {"rate": 0.06, "found": 0.95, "invented": 0.002},
    "on one response of fifty": {"rate": 0.02, "found": 0.7, "invented": 0.005},
}


@pytest.mark.parametrize("n_cases", [50, 200])
@pytest.mark.parametrize("tag", TAGS)
def test_agreement_on_a_rare_tag_is_covered(tag, n_cases):
    coefficients = [alpha, kappa_of_two, fleiss_kappa]

    held = shares_held(coefficients, lambda *drawn: marked(*drawn, **TAGS[tag]), n_cases)

    assert [LOWEST <= share <= 0.995 for share in held] == [True] * 3, held


@pytest.mark.parametrize("n_cases", [50, 200])
def test_gwets_ac1_and_how_often_a_second_marks_a_tag_are_covered(n_cases):
    # AC1 keeps the interval its author publishes: near 1 it misses on one side alone.
    held = shares_held([gwet_ac, lambda data: value_agreement(data, "marked")], marked, n_cases)

    assert [LOWEST <= share <= HIGHEST for share in held] == [True] * 2, held


def test_alpha_with_t_and_its_error_alone_would_not_be_covered():
    # The same jackknife without Wilson's form: the reason not to publish value ± t·se.
    def study(rng, n_cases):
        return marked(rng, n_cases, **TAGS["often missed"])

    truth, t, held = (
        alpha(study(np.random.default_rng(5), N_ENDLESS)).value,
        student.ppf(0.975, 49),
        [],
    )
    for seed in range(300):
        data = study(np.random.default_rng(seed), 50)
        marks = np.bincount(data.unit, weights=data.value).reshape(50, 2)
        # Three annotators and two values: alpha from units with 1 or 2 of 3 marks, by hand.
        split = ((marks == 1) | (marks == 2)).sum(axis=1)

        def by_counts(n_split, n_marks, n):
            q = n_marks / n
            return 1 - 2 * n_split / (n * 2 * q * (1 - q)) * (n - 1) / n

        n_split, n_marks = split.sum(), marks.sum()
        left = by_counts(n_split - split, n_marks - marks.sum(axis=1), 294)
        error = np.sqrt(49 / 50 * np.sum((left - left.mean()) ** 2))
        value = by_counts(n_split, n_marks, 300)
        assert value == pytest.approx(alpha(data).value)
        held.append(abs(value - truth) <= t * error)

    assert np.mean(held) < 0.85


@pytest.mark.parametrize("n_cases", [50, 200])
@pytest.mark.parametrize("clean", [0.0, 0.7])
def test_the_mean_of_penalties_is_covered(clean, n_cases):
    # Close to the lower bound, so more studies are drawn: a standard error is 0.5 %.
    held = share_held(mean, lambda *drawn: penalised(*drawn, clean=clean), n_cases, 3_000)

    assert 0.93 <= held <= 0.97


@pytest.mark.parametrize("n_cases", [50, 200])
def test_the_cost_of_an_acceptable_response_is_covered_where_few_cost_most(n_cases):
    # Close to the lower bound with few cases: 3,000 studies have a standard error of 0.4 %.
    assert LOWEST <= share_held(per_acceptable, priced, n_cases, 3_000) <= HIGHEST


@pytest.mark.parametrize("n_cases", [50, 200])
def test_the_mean_score_of_a_nearly_perfect_model_is_covered(n_cases):
    held = share_held(lambda data: mean_scores(data)[0].estimate, nearly_perfect, n_cases)

    assert LOWEST <= held <= HIGHEST
