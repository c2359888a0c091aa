from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import binomtest, permutation_test, ttest_1samp
from statsmodels.stats.multitest import multipletests

from evalkit.stats.significance import (
    benjamini_hochberg,
    holm,
    mcnemar,
    sign_flip,
)

P_VALUES = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216])


def test_mcnemar_by_exact_and_mid_p():
    # P(Bin(37, ½) ≤ 12) twice; statsmodels' mcnemar(exact=True) gives the first.
    found = mcnemar(only_first=25, only_second=12)

    assert found.p_exact == pytest.approx(0.0470310, abs=5e-8)
    assert found.p_mid == pytest.approx(0.0335524, abs=5e-8)
    assert found.p_value == found.p_mid


@given(b=st.integers(0, 60), c=st.integers(0, 60))
def test_mcnemar_equals_scipys_binomial_test(b, c):
    found = mcnemar(only_first=b, only_second=c)

    if b + c == 0:
        assert found.p_value == 1
        assert found.reason
        return
    assert found.p_exact == pytest.approx(binomtest(b, b + c).pvalue, abs=1e-9)


def test_many_discordant_cases_use_the_exact_value():
    found = mcnemar(only_first=120, only_second=100)

    assert found.p_value == found.p_exact


def test_holm_and_benjamini_hochberg_match_the_published_example():
    # p values of Benjamini & Hochberg's method as in statsmodels' documentation of multipletests.
    assert holm(P_VALUES) == pytest.approx([0.01, 0.072, *[0.312] * 5, *[0.615] * 3], abs=5e-4)
    assert benjamini_hochberg(P_VALUES) == pytest.approx(
        [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.1057, 0.216, 0.216, 0.216], abs=5e-5
    )


@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=20), seed=st.integers(0, 100))
def test_corrections_equal_statsmodels_in_any_order(p_values, seed):
    shuffled = np.random.default_rng(seed).permutation(p_values)

    # It collects garbage at every call, which takes a second where many modules are loaded.
    with patch("gc.collect"):
        oracle = {
            method: multipletests(shuffled, method=method)[1] for method in ("holm", "fdr_bh")
        }
    assert holm(shuffled) == pytest.approx(oracle["holm"], abs=1e-9)
    assert benjamini_hochberg(shuffled) == pytest.approx(oracle["fdr_bh"], abs=1e-9)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_tests_that_were_not_made_are_not_counted(adjust):
    # Of two tests, by hand: Holm 2 · 0.01, 1 · 0.04; Benjamini & Hochberg 2/1 · 0.01, 2/2 · 0.04.
    adjusted = adjust(np.array([0.01, np.nan, 0.04]))

    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("untested", [[], [np.nan, np.nan]])
def test_where_nothing_was_tested_nothing_is_adjusted(adjust, untested):
    assert np.isnan(adjust(np.array(untested, dtype=np.float64))).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_few_cases_are_tested_by_every_pattern_of_signs(seed):
    rng = np.random.default_rng(seed)
    differences = rng.integers(-3, 4, 9).astype(float)

    found = sign_flip(differences[:, None]).p_value[0]

    oracle = permutation_test(
        (differences,),
        lambda x, axis: np.abs(np.mean(x, axis=axis)),
        permutation_type="samples",
        vectorized=True,
        n_resamples=2**9,
        alternative="greater",
    )
    assert found == pytest.approx(oracle.pvalue, abs=1e-12)


def test_all_cases_in_one_direction_give_the_smallest_p_there_is():
    # Of 2^8 patterns, two are as extreme as all plus: all plus and all minus.
    assert sign_flip(np.ones((8, 1))).p_value[0] == pytest.approx(2 / 256)


def test_the_smallest_p_of_drawn_signs_is_one_in_as_many_as_were_drawn():
    # 2^40 patterns, of which 10,000 are drawn: none is as extreme, and the data count as one.
    assert sign_flip(np.arange(1.0, 41.0)[:, None]).p_value[0] == 1 / 10_001
    # Differences of one size: 2 of the 2^40 patterns of signs.
    assert sign_flip(np.ones((40, 1))).p_value[0] == pytest.approx(2.0**-39)


def test_differences_that_cancel_prove_nothing():
    # The sum is zero, so every pattern of signs is as extreme.
    assert sign_flip(np.array([[0.1], [0.2], [-0.3], [0.3], [-0.3]])).p_value[0] == 1


def test_many_cases_come_near_the_t_test_on_normal_differences():
    # With 60 normal differences of mean 0.3, t = 2.07 in this draw's formula: the two tests are
    # asymptotically one; 10,000 draws have a standard error of 0.002 here.
    differences = np.random.default_rng(5).normal(0.3, 1, 60)
    found = sign_flip(differences[:, None]).p_value[0]

    assert found == pytest.approx(ttest_1samp(differences, 0).pvalue, abs=0.01)


def test_the_family_value_is_never_below_the_single_one_nor_above_bonferroni():
    differences = np.random.default_rng(1).normal(0.25, 1, (40, 6))

    found = sign_flip(differences)

    assert (found.p_family >= found.p_value).all()
    assert (found.p_family <= 6 * found.p_value + 0.01).all()


def test_tests_that_say_the_same_need_no_correction():
    column = np.random.default_rng(2).normal(0.3, 1, (30, 1))

    found = sign_flip(np.hstack([column, column, -column]))

    assert found.p_family == pytest.approx(found.p_value)


def test_a_test_without_cases_has_no_p_value():
    differences = np.array([[1.0, np.nan], [2.0, np.nan]])

    found = sign_flip(differences)

    assert found.p_value[0] == pytest.approx(0.5)
    assert np.isnan(found.p_value[1])


@pytest.mark.slow
def test_false_discoveries_among_equal_models_stay_below_the_stated_rate():
    # 700 studies without any difference: 10 pairs of 5 models, 40 cases. The share of studies
    # with any finding is at most 5 % in truth; a standard error is 0.8 %.
    rng = np.random.default_rng(0)
    any_family, any_holm, any_alone, single = [], [], [], []
    first, second = np.triu_indices(5, 1)
    for _ in range(700):
        means = rng.normal(size=(40, 1)) + rng.normal(size=(40, 5))
        found = sign_flip(means[:, first] - means[:, second])
        any_family.append((found.p_family <= 0.05).any())
        any_holm.append((holm(found.p_value) <= 0.05).any())
        any_alone.append((found.p_value <= 0.05).any())
        single.append((found.p_value <= 0.05).mean())

    # Max-T knows how the pairs hang together and so uses up its 5 %; Holm does not.
    assert 0.05 - 2 * 0.008 <= np.mean(any_family) <= 0.05 + 2 * 0.008
    assert np.mean(any_holm) <= 0.05 + 2 * 0.008
    assert 0.045 <= np.mean(single) <= 0.055
    # Without a correction every fourth study would find something.
    assert np.mean(any_alone) > 0.2


@pytest.mark.slow
def test_among_findings_by_category_at_most_one_in_twenty_is_false():
    # 600 studies of 20 categories of 15 cases; the models differ in 5 of them by a standard
    # deviation. Twenty studies are tested at once: beside one another their columns do not matter.
    rng, shares, found_true = np.random.default_rng(1), [], []
    differs = np.arange(20) < 5
    own = rng.normal(size=(600, 20, 15)) + differs[:, None]
    for batch in own.reshape(30, 20, 20, 15):
        differences = np.full((20, 15, 20, 20), np.nan)
        for k in range(20):
            differences[k, :, :, k] = batch[:, k].T
        p_values = sign_flip(differences.reshape(300, 400)).p_value.reshape(20, 20)
        for p_value in p_values:
            findings = benjamini_hochberg(p_value) <= 0.05
            shares.append((findings & ~differs).sum() / max(findings.sum(), 1))
            found_true.append(findings[differs].mean())

    # Expected: 5 % of the 15/20 categories that do not differ, 3.75 %; a standard error is 0.4 %.
    assert np.mean(shares) == pytest.approx(0.0375, abs=3 * 0.004)
    assert np.mean(found_true) > 0.5


@pytest.mark.slow
def test_versions_that_pass_alike_are_told_apart_in_at_most_one_test_of_twenty():
    # 100 cases that pass with a chance of their own, the same with both versions.
    rng = np.random.default_rng(2)
    chance = rng.beta(2, 1, (4000, 100))
    before, after = rng.random(chance.shape) < chance, rng.random(chance.shape) < chance
    lost, gained = (before & ~after).sum(axis=1), (after & ~before).sum(axis=1)
    tests = [
        mcnemar(only_first=int(b), only_second=int(c)) for b, c in zip(lost, gained, strict=True)
    ]

    # Exact is sure to stay below; mid-p comes nearer 5 %. A standard error is 0.35 %.
    exact, mid = (np.mean([getattr(t, p) <= 0.05 for t in tests]) for p in ("p_exact", "p_mid"))
    assert exact <= mid <= 0.05 + 2 * 0.0035
    assert mid > 0.03
