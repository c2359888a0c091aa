import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import Comparisons
from evalkit.stats.differences import mean_difference
from evalkit.stats.intervals import Estimate, clustered_means, mean_estimate
from evalkit.stats.power import (
    cases_for_difference,
    cases_for_interval,
    cases_for_mcnemar,
    comparisons_for_pair,
    more_labels,
    spread_of_scores,
)
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.significance import mcnemar, sign_flip


def test_half_the_width_needs_four_times_the_cases():
    found = cases_for_interval(Estimate(0.5, 0.4, 0.6, 90), n_cases=50, half_width=0.05)

    assert found.n_needed == 200


def test_enough_cases_need_no_more():
    found = cases_for_interval(Estimate(0.5, 0.45, 0.55, 90), n_cases=50, half_width=0.1)

    assert found.n_needed == 13


def test_without_an_interval_nothing_can_be_planned():
    with pytest.raises(UndefinedStatisticError, match="first interval"):
        cases_for_interval(Estimate(0.5, None, None, 1, "One case."), n_cases=1, half_width=0.1)


def test_a_difference_of_half_a_standard_deviation_needs_the_textbook_number_of_cases():
    # (1.96 + 0.8416)² / 0.5² = 31.4 with the normal quantile; the paired t test needs 34 pairs
    # (Cohen 1988; the exact power at 34 is 80.8 %, at 33 79.5 %).
    pilot = np.array([1.0, -1.0] * 50)
    sd = pilot.std(ddof=1)

    assert cases_for_difference(pilot, difference=0.5 * sd).n_needed == 34


def test_mcnemar_needs_the_published_number_of_cases_and_then_has_the_power():
    n = cases_for_mcnemar(only_first=0.2, only_second=0.1)

    assert n == 234  # Connor (1987), by the formula
    draws = np.random.default_rng(0).multinomial(n, [0.2, 0.1, 0.7], 1500)
    found = [mcnemar(only_first=int(b), only_second=int(c)).p_value <= 0.05 for b, c, _ in draws]
    # 80 % asked for; the exact test gives a little less. A standard error is 0.01.
    assert np.mean(found) == pytest.approx(0.8, abs=0.05)


def test_equal_models_are_never_told_apart():
    with pytest.raises(UndefinedStatisticError, match="equal"):
        cases_for_mcnemar(only_first=0.1, only_second=0.1)
    with pytest.raises(UndefinedStatisticError, match="equal"):
        cases_for_difference(np.array([1.0, -1.0]))
    with pytest.raises(UndefinedStatisticError, match="no spread"):
        cases_for_difference(np.array([1.0, 1.0]))


def test_a_pair_of_models_needs_the_textbook_number_of_direct_comparisons():
    # 100 Elo = 0.5756 log-odds, p = .64: (1.96 + .8416)² / (p(1-p) gap²) = 103 comparisons.
    rows = [(case, 0, 1, 0 if case < 64 else 1, 1) for case in range(100)]
    ranking = rank_models(Comparisons(*np.array(rows).T, ("a", "b")))

    found = comparisons_for_pair(ranking.difference("a", "b"), n_comparisons=100, n_cases=100)

    # 100/99 in the sandwich makes it 1 % more, and Student's t costs two comparisons (Guenther).
    assert found.n_needed == pytest.approx(103 * 100 / 99 + 1.92, abs=1.5)


def test_few_cases_in_hand_do_not_ask_for_too_many():
    # 5 cases, sd 1, gap .5: ((1.96 + .8416) / .5)² + 1.92 = 33.3 cases, two comparisons each.
    half = 2.7764451 / np.sqrt(5)  # t(4) at 97.5 %, from tables
    gap = Estimate(0.5, 0.5 - half, 0.5 + half, 10)

    pair = comparisons_for_pair(gap, n_comparisons=10, n_cases=5)

    assert pair.n_needed == pytest.approx(2 * 33.3, abs=1)


def test_the_spread_of_scores_is_the_one_way_analysis_of_variance():
    # Cases (1, 3), (5, 7), (9, 11): means 2, 6, 10; within 6 / 3 = 2; between mean square
    # 2 · 32 / 2 = 32; variance between (32 - 2) / 2 = 15; ICC 15 / 17.
    value = np.array([1.0, 3, 5, 7, 9, 11])

    found = spread_of_scores(value, case=np.array([0, 0, 1, 1, 2, 2]))

    assert (found.within, found.between) == pytest.approx((2, 15))
    assert found.intraclass == pytest.approx(15 / 17)


def test_cases_with_many_annotations_do_not_pass_for_typical_ones():
    # Cases (2) and (4, 6, 8): within 8 / 2 = 4; means 2 and 6 around 5, between mean square
    # 1 · 9 + 3 · 1 = 12; typical size (4 - 10/4) / 1 = 1.5; between (12 - 4) / 1.5.
    found = spread_of_scores(np.array([2.0, 4, 6, 8]), case=np.array([0, 1, 1, 1]))

    assert (found.within, found.between) == pytest.approx((4, 8 / 1.5))
    assert found.per_case == 2


def test_new_cases_buy_more_where_cases_differ_and_overlap_only_where_annotators_do():
    rng = np.random.default_rng(0)
    case = np.repeat(np.arange(200), 2)
    cases_differ = rng.normal(0, 1, 200)[case] + rng.normal(0, 0.2, 400)
    annotators_differ = rng.normal(0, 0.2, 200)[case] + rng.normal(0, 1, 400)

    first = more_labels(spread_of_scores(cases_differ, case=case))
    second = more_labels(spread_of_scores(annotators_differ, case=case))

    # Twice the cases narrow by 1 - 1/√2 in any event.
    assert first.new_cases == pytest.approx(first.now / np.sqrt(2))
    assert first.more_overlap > 0.95 * first.now
    # The true share between cases is 0.04, known from 200 pairs to about ± 0.14.
    assert second.more_overlap == pytest.approx(second.new_cases, rel=0.12)


def test_nobody_judged_twice_leaves_the_spread_unknown():
    with pytest.raises(UndefinedStatisticError, match="annotated twice"):
        spread_of_scores(np.array([1.0, 2.0, 3.0]), case=np.array([0, 1, 2]))


def test_planned_cases_give_the_planned_width():
    low, high = proportion_confint(60, 100, method="wilson")
    plan = cases_for_interval(Estimate(0.6, low, high, 100), n_cases=100, half_width=0.03)

    n = plan.n_needed
    low, high = proportion_confint(round(0.6 * n), n, method="wilson")
    assert (high - low) / 2 == pytest.approx(0.03, rel=0.02)


@pytest.mark.slow
def test_recommended_cases_give_the_wanted_width_with_case_effects():
    # Three annotators a case; a pilot of 60 cases says how many an interval of ± 0.1 needs.
    def study(rng, n_cases):
        case = np.repeat(np.arange(n_cases), 3)
        value = rng.normal(0, 0.8, n_cases)[case] + rng.normal(0, 0.6, len(case))
        one = np.ones(len(case), dtype=int)
        return clustered_means(0 * case, case=case, value=value, n=one, n_groups=1)

    needed, widths = [], []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        pilot = mean_estimate(study(rng, 60))
        plan = cases_for_interval(pilot, n_cases=60, half_width=0.1)
        then = mean_estimate(study(rng, plan.n_needed))
        needed.append(plan.n_needed)
        widths.append((then.high - then.low) / 2)

    # Truth: a case mean varies by .8² + .6²/3 = .76, so 1.96² · .76 / .1² = 292 cases; planning
    # with t(59) for the normal quantile asks for 4 % more. Pilots scatter by a fifth.
    assert np.mean(needed) == pytest.approx(292 * (2.001 / 1.96) ** 2, rel=0.03)
    assert np.median(widths) == pytest.approx(0.1, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("power", [0.8, 0.95])
def test_recommended_cases_find_the_difference_as_often_as_wanted(power):
    pilot = np.random.default_rng(0).normal(size=500)
    pilot = 0.4 + (pilot - pilot.mean()) / pilot.std(ddof=1)
    n = cases_for_difference(pilot, power=power).n_needed

    studies = [np.random.default_rng(seed).normal(0.4, 1, n) for seed in range(3000)]
    by_interval = [mean_difference(drawn).low > 0 for drawn in studies]
    by_signs = sign_flip(np.column_stack(studies[::6])).p_value <= 0.05

    # Standard errors are at most 0.7 % and 1.8 %.
    assert np.mean(by_interval) == pytest.approx(power, abs=0.02)
    assert np.mean(by_signs) == pytest.approx(power, abs=0.04)


@pytest.mark.slow
def test_recommended_comparisons_separate_the_pair_as_often_as_wanted():
    # Three models, two comparisons a case that favour a model together; the gap of the first two
    # is what it seems in a large pilot.
    strength = np.array([0.35, 0.0, -0.35])

    def study(rng, n_cases):
        favour = strength + rng.normal(0, 0.5, (n_cases, 3))
        case = np.repeat(np.arange(n_cases), 2)
        left = rng.integers(0, 3, len(case))
        right = (left + rng.integers(1, 3, len(case))) % 3
        gap = favour[case, left] - favour[case, right]
        lost = rng.random(len(case)) > 1 / (1 + np.exp(-gap))
        one = np.ones(len(case), dtype=int)
        return Comparisons(case, left, right, lost.astype(int), one, ("a", "b", "c"))

    pilot = rank_models(study(np.random.default_rng(0), 20_000))
    plan = comparisons_for_pair(pilot.difference("a", "b"), n_comparisons=40_000, n_cases=20_000)
    found = [
        rank_models(study(np.random.default_rng(seed), plan.n_needed // 2)).difference("a", "b").low
        > 0
        for seed in range(1, 601)
    ]

    # A standard error of the power is 1.6 %; t for the normal quantile costs about one percent.
    assert np.mean(found) == pytest.approx(0.8, abs=0.04)


@pytest.mark.slow
def test_new_cases_and_more_overlap_narrow_the_interval_as_told():
    def half(rng, n_cases, overlap):
        case = np.repeat(np.arange(n_cases), overlap)
        value = rng.normal(0, 0.5, n_cases)[case] + rng.normal(0, 0.7, len(case))
        one = np.ones(len(case), dtype=int)
        means = clustered_means(0 * case, case=case, value=value, n=one, n_groups=1)
        return 1.96 * float(means.standard_error[0]), value, case

    rng = np.random.default_rng(3)
    told, seen = [], []
    for _ in range(300):
        now, value, case = half(rng, 100, 2)
        plan = more_labels(spread_of_scores(value, case=case))
        told.append([plan.now, plan.new_cases, plan.more_overlap])
        seen.append([now, half(rng, 200, 2)[0], half(rng, 100, 4)[0]])

    # 300 studies give each width to half a percent.
    assert np.mean(told, axis=0) == pytest.approx(np.mean(seen, axis=0), rel=0.02)
