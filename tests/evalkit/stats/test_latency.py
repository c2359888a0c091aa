import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import lognorm, t as student

from evalkit.stats.latency import cost_per_acceptable, mean, quantile
from tests.evalkit.stats.ends import degrees_of, ends


def test_the_interval_of_a_median_runs_between_the_published_order_statistics():
    # Conover (1999), table A3 / any sign-test table: n = 10 gives ranks 2 and 9, n = 20 gives
    # 6 and 15 (P(Bin(20, ½) ≤ 5) = .0207, P(≤ 6) = .0577).
    ten = quantile(np.arange(1.0, 11.0), share=0.5)
    twenty = quantile(np.arange(1.0, 21.0)[::-1], share=0.5)

    assert (ten.value, ten.low, ten.high) == (5.5, 2.0, 9.0)
    assert (twenty.low, twenty.high) == (6.0, 15.0)


def test_p95_needs_seventy_two_responses_for_an_interval():
    # 1 - .95^n ≥ .975 first holds at n = 72.
    short = quantile(np.arange(71.0), share=0.95)
    enough = quantile(np.arange(72.0), share=0.95)

    assert short.value == pytest.approx(66.5)
    assert short.low is None
    assert "72" in short.reason
    assert enough.high == 71.0
    assert enough.low is not None


def test_the_quantile_of_nothing_is_undefined():
    found = quantile(np.array([]), share=0.5)

    assert found.value is None
    assert found.reason


@given(n=st.integers(72, 400), share=st.sampled_from([0.25, 0.5, 0.9, 0.95]))
def test_a_quantile_lies_inside_its_interval(n, share):
    values = np.random.default_rng(n).lognormal(size=n)

    found = quantile(values, share=share)

    assert found.low <= found.value <= found.high


def test_the_interval_of_the_median_covers_the_truth_as_often_as_it_says():
    # By construction at least 95 %, here exactly P(8 ≤ Bin(25, ½) ≤ 17) = .9567; 2,000 draws
    # have a standard error of 0.0046.
    rng = np.random.default_rng(0)
    found = [quantile(rng.exponential(size=25), share=0.5) for _ in range(2000)]

    covered = np.mean([f.low <= np.log(2) <= f.high for f in found])

    assert covered == pytest.approx(0.9567, abs=0.015)


def test_a_mean_of_amounts_stays_above_zero_and_reaches_further_up_than_down():
    # 1, 2, 3, 4: mean 2.5, s² = 5/3, se = sqrt(5/12); less spread out than a normal, so t(3).
    found = mean(np.array([1.0, 2.0, 3.0, 4.0]))

    assert (found.value, found.n) == (2.5, 4)
    assert (found.low, found.high) == pytest.approx(
        ends(2.5, np.sqrt(5 / 12), 3, lowest=0.0, highest=np.inf), abs=1e-9
    )
    assert 0 < 2.5 - found.low < found.high - 2.5


def test_the_mean_of_nothing_is_undefined():
    assert mean(np.array([])).value is None


def test_a_cost_that_one_case_makes_has_few_degrees_of_freedom():
    # Ten cases, all accepted, nine at 1 and one at 30: 3.9 each. Codes have gaps, as row ids do.
    cost = np.append(np.ones(9), 30.0)

    found = cost_per_acceptable(case=3 * np.arange(10) + 1, cost=cost, acceptable=np.ones(10))

    error = cost.std(ddof=1) / np.sqrt(10)
    t = student.ppf(0.975, degrees_of(cost - 3.9))
    assert found.value == pytest.approx(3.9)
    assert found.high / 3.9 == pytest.approx(np.exp(t * error / 3.9))
    assert t > 2.5  # Student's t of 9 degrees is 2.26


def test_cost_per_acceptable_is_all_cost_over_the_acceptable_answers():
    # Costs 1, 2, 3 with 1, ½ and 0 accepted: 6 / 1.5 = 4. Residuals 1 - 4, 2 - 2, 3 - 0 = -3, 0, 3;
    # se = sqrt(3/2 · 18) / 1.5 = 3.4641, on the log scale 0.8660; t(2) = 4.302653.
    found = cost_per_acceptable(
        case=np.array([0, 1, 2]),
        cost=np.array([1.0, 2.0, 3.0]),
        acceptable=np.array([1.0, 0.5, 0.0]),
    )

    assert found.value == pytest.approx(4)
    assert found.high == pytest.approx(4 * np.exp(4.30265273 * np.sqrt(0.75)))
    assert found.low == pytest.approx(4 / np.exp(4.30265273 * np.sqrt(0.75)))


def test_where_no_answer_is_acceptable_none_has_a_price():
    found = cost_per_acceptable(
        case=np.array([0, 1]), cost=np.array([1.0, 2.0]), acceptable=np.zeros(2)
    )

    assert found.value is None
    assert "acceptable" in found.reason
    assert found.n == 2


def test_cost_per_acceptable_of_one_case_has_no_interval():
    found = cost_per_acceptable(
        case=np.array([3, 3]), cost=np.array([1.0, 2.0]), acceptable=np.ones(2)
    )

    assert found.value == 1.5
    assert found.low is None


@pytest.mark.slow
@pytest.mark.parametrize(("share", "n"), [(0.5, 50), (0.5, 200), (0.95, 100), (0.95, 200)])
def test_intervals_of_quantiles_cover_at_least_as_often_as_they_say(share, n):
    truth = float(lognorm.ppf(share, 1.0))
    found = [
        quantile(np.random.default_rng(seed).lognormal(0, 1, n), share=share)
        for seed in range(1000)
    ]

    # Order statistics make steps, always to the safe side; a standard error is 0.7 %.
    assert 0.94 <= np.mean([f.low <= truth <= f.high for f in found]) <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("n_cases", [100, 200])
def test_the_price_of_an_acceptable_answer_is_covered(n_cases):
    def prices(rng, n_cases):
        # Two responses a case; longer cases cost more and fail more often.
        long = rng.normal(0, 0.6, n_cases)
        case = np.repeat(np.arange(n_cases), 2)
        cost = 0.01 * np.exp(long[case]) * rng.gamma(4, 0.25, len(case))
        chance = 1 / (1 + np.exp(-1 + 0.5 * long + rng.normal(0, 0.7, n_cases)))
        return {"case": case, "cost": cost, "acceptable": rng.binomial(2, chance[case]) / 2}

    big = prices(np.random.default_rng(3), 1_000_000)
    truth = big["cost"].sum() / big["acceptable"].sum()
    found = [
        cost_per_acceptable(**prices(np.random.default_rng(seed), n_cases)) for seed in range(1500)
    ]

    assert 0.93 <= np.mean([f.low <= truth <= f.high for f in found]) <= 0.97
