"""Means corrected for a judge's errors: by hand, by another implementation, and against truth."""

import numpy as np
import pytest
import truescore

from evalkit.stats.intervals import clustered_means, share_estimate
from evalkit.stats.judges.correction import (
    MIN_LABELS,
    Correction,
    Design,
    JudgedUnits,
    Method,
    corrected_mean,
)
from evalkit.stats.judges.error_rates import share_by_error_rates

NOBODY = float("nan")


def judged(verdict, label, *, case=None, odds=None, limits=(0.0, 1.0)):
    """Return units of one case each, unless said otherwise."""
    n = len(verdict)
    return JudgedUnits(
        np.array(verdict, dtype=float),
        np.array(label, dtype=float),
        np.arange(n) if case is None else np.array(case),
        np.full(n, np.nan) if odds is None else np.array(odds, dtype=float),
        limits,
    )


def simulated(rng, *, n, n_labels, share=0.6, sensitivity=0.85, specificity=0.8, per_case=1):
    """Return truth and verdicts; units of a case agree half the time where there are several."""
    case = np.repeat(np.arange(n // per_case), per_case)
    by_case = rng.random(n // per_case) < share
    alike = rng.random(n) < (0.5 if per_case > 1 else 0.0)
    truth = np.where(alike, by_case[case], rng.random(n) < share).astype(float)
    right = rng.random(n) < np.where(truth == 1, sensitivity, specificity)
    return case, truth, np.where(right, truth, 1 - truth)


def labelled_at_random(rng, truth, n_labels):
    label = np.full(len(truth), NOBODY)
    places = rng.choice(len(truth), n_labels, replace=False)
    label[places] = truth[places]
    return label


def test_ppi_gives_what_another_implementation_gives():
    # truescore 0.7.4 after Angelopoulos et al. (2023).
    rng = np.random.default_rng(3)
    _, truth, verdict = simulated(rng, n=400, n_labels=100)
    label = labelled_at_random(rng, truth, 100)

    ours = corrected_mean(judged(verdict, label), Design.RANDOM)
    places = np.flatnonzero(~np.isnan(label))
    theirs = truescore.ppi_estimate(verdict, label[places], places)

    assert ours.method is Method.PPI
    assert ours.corrected.value == pytest.approx(theirs.point, abs=1e-9)
    # ppi-python 0.2.3, ppi_mean_pointestimate of the same 100 labels and 300 other verdicts.
    assert ours.corrected.value == pytest.approx(0.544725406935598, abs=1e-9)
    # Student's t and the shape of a share's interval instead of the normal one of both.
    for low, high in ((theirs.low, theirs.high), (0.4581169409578203, 0.6313338729133757)):
        assert ours.corrected.low == pytest.approx(low, abs=0.01)
        assert ours.corrected.high == pytest.approx(high, abs=0.01)


def test_ppi_of_numbers_that_can_be_followed_by_hand():
    # 50 labels, 50 without. Labelled: 20 of 25 verdicts of 1 are 1, 5 of 25 of 0 are.
    # Mean label .5; cov = E[yf] - E[y]E[f] = 20/100·2 ... = .4 - .25 = .15; the verdicts of all
    # have the mean (25 + 35)/100 = .6 and the variance .24, by n - 1;
    # weight = cov/((1 + 50/50)·var).
    verdict = [1] * 25 + [0] * 25 + [1] * 35 + [0] * 15
    label = [1] * 20 + [0] * 5 + [1] * 5 + [0] * 20 + [NOBODY] * 50

    result = corrected_mean(judged(verdict, label), Design.RANDOM)

    weight = 0.15 / (2 * 0.24 * 100 / 99)
    assert result.weight == pytest.approx(weight)
    assert result.corrected.value == pytest.approx(0.5 + weight * (0.7 - 0.5))
    assert result.people.value == pytest.approx(0.5)


def test_post_stratified_is_how_often_the_judge_is_right_of_each_verdict():
    # 60 of 100 verdicts are 1: people labelled 10 of them, 8 of these 1; of the 40 others 20, 5.
    verdict = [1] * 60 + [0] * 40
    label = [1] * 8 + [0] * 2 + [NOBODY] * 50 + [1] * 5 + [0] * 15 + [NOBODY] * 20

    result = corrected_mean(judged(verdict, label), Design.BY_VERDICT)

    assert result.method is Method.STRATA
    assert result.corrected.value == pytest.approx(0.6 * 0.8 + 0.4 * 0.25)
    assert result.people.value == pytest.approx(0.6 * 0.8 + 0.4 * 0.25)
    assert result.corrected.n == 30


def test_the_error_of_the_post_stratified_mean_is_the_published_one():
    # var = Σ W² p(1-p)/n + W₁W₀(p₁-p₀)²/N (Cochran 1977, 12.2), each unit its own case.
    rng = np.random.default_rng(8)
    verdict = np.array([1] * 1200 + [0] * 800, dtype=float)
    label = np.full(2000, NOBODY)
    label[:200] = rng.random(200) < 0.8
    label[1200:1400] = rng.random(200) < 0.3

    result = corrected_mean(judged(verdict, label), Design.BY_VERDICT).corrected

    p1, p0 = label[:200].mean(), label[1200:1400].mean()
    error = np.sqrt(
        0.36 * p1 * (1 - p1) / 200 + 0.16 * p0 * (1 - p0) / 200 + 0.24 * (p1 - p0) ** 2 / 2000
    )
    assert (result.high - result.low) / 2 == pytest.approx(1.96 * error, rel=0.02)


def test_known_odds_that_are_all_equal_are_a_random_sample():
    rng = np.random.default_rng(4)
    _, truth, verdict = simulated(rng, n=300, n_labels=60)
    label = labelled_at_random(rng, truth, 60)

    weighted = corrected_mean(judged(verdict, label, odds=[0.2] * 300), Design.KNOWN_ODDS)
    places = ~np.isnan(label)
    slope, level = np.polyfit(verdict[places], label[places], 1)

    # With even odds it is the regression estimator: the line at the mean of all verdicts.
    assert weighted.corrected.value == pytest.approx(level + slope * verdict.mean())
    assert weighted.people.value == pytest.approx(label[places].mean())


def test_labels_of_unlikely_units_count_for_all_of_their_like():
    # Of 100 units that were asked for always and 100 asked for one time in ten: 1 and 0 each.
    odds = [1.0] * 100 + [0.1] * 100
    label = [1.0] * 100 + [0.0] * 10 + [NOBODY] * 90

    result = corrected_mean(judged([0.5] * 200, label, odds=odds), Design.KNOWN_ODDS)

    assert result.people.value == pytest.approx(0.5)
    assert result.corrected.value == pytest.approx(0.5)


def test_few_labels_leave_people_alone_with_the_interval_they_have_everywhere():
    verdict = [1] * 60 + [0] * 40
    label = [1] * 20 + [0] * 20 + [NOBODY] * 60
    assert len(label) - 60 < MIN_LABELS

    result = corrected_mean(judged(verdict, label), Design.RANDOM)

    even = np.ones(40, dtype=int)
    alone = share_estimate(
        clustered_means(
            0 * even, case=np.arange(40), value=np.array(label[:40], float), n=even, n_groups=1
        )
    )
    assert result.method is Method.PEOPLE
    assert result.corrected == result.people == alone


@pytest.mark.parametrize(
    ("design", "phrase"),
    [(Design.UNKNOWN, "not recorded how"), (Design.KNOWN_ODDS, "odds are not recorded")],
)
def test_without_a_known_design_nothing_is_corrected(design, phrase):
    result = corrected_mean(judged([1, 0, 1, 0] * 30, [1, 0, NOBODY, 1] * 30), design)

    assert result.method is Method.NONE
    assert result.corrected.value is None
    assert result.people.value is None
    assert phrase in result.corrected.reason
    assert result.labels_saved is None


def test_nobody_asked_is_a_sentence():
    result = corrected_mean(judged([1, 0], [NOBODY, NOBODY]), Design.RANDOM)

    assert (result.corrected.value, result.corrected.n) == (None, 0)
    assert "labelled none" in result.corrected.reason


def test_a_verdict_that_people_hardly_saw_is_named():
    label = [1] * 20 + [NOBODY] * 20 + [0] * 2 + [NOBODY] * 20

    result = corrected_mean(judged([1] * 40 + [0] * 22, label), Design.BY_VERDICT)

    assert result.corrected.value is None
    assert "gave 0, people labelled 2" in result.corrected.reason


@pytest.mark.parametrize("design", [Design.RANDOM, Design.BY_VERDICT])
def test_labels_that_are_all_the_same_leave_an_interval(design):
    verdict = [1] * 150 + [0] * 50
    label = [1] * 60 + [NOBODY] * 90 + [1] * 20 + [NOBODY] * 30

    result = corrected_mean(judged(verdict, label), design).corrected

    assert result.value == pytest.approx(1.0)
    assert result.low < 0.99
    assert result.high == pytest.approx(1.0)


def test_differences_of_two_models_have_their_own_ends():
    # Labels -1, 0 and 1 mirrored: the mirrored mean and interval.
    rng = np.random.default_rng(6)
    truth = rng.integers(-1, 2, 400).astype(float)
    verdict = np.where(rng.random(400) < 0.7, truth, 0.0)
    label = labelled_at_random(rng, truth, 120)

    result = corrected_mean(judged(verdict, label, limits=(-1.0, 1.0)), Design.RANDOM)
    turned = corrected_mean(judged(-verdict, -label, limits=(-1.0, 1.0)), Design.RANDOM)

    assert turned.corrected.value == pytest.approx(-result.corrected.value)
    assert turned.corrected.low == pytest.approx(-result.corrected.high)
    assert result.labels_saved > 0


def test_labels_saved_are_those_that_people_alone_would_need_more():
    # Four times the labels halve an interval: three times as many more.
    people = corrected_mean(judged([1, 0] * 40, [1, 0] * 40), Design.RANDOM).people
    width = people.high - people.low
    half = type(people)(people.value, people.value, people.value + width / 2, people.n)

    assert Correction(half, people, Method.PPI).labels_saved == pytest.approx(3 * people.n)
    assert Correction(people, people, Method.PPI).labels_saved == 0


def test_rogan_gladen_gives_the_value_of_another_implementation():
    # truescore 0.7.4; the value of ours is smoothed (Lee et al.), so many labels are needed.
    rng = np.random.default_rng(5)
    _, truth, verdict = simulated(rng, n=40_000, n_labels=0)
    label = labelled_at_random(rng, truth, 20_000)
    places = np.flatnonzero(~np.isnan(label))

    ours = share_by_error_rates(verdict=verdict, label=label, case=np.arange(40_000))
    theirs = truescore.rogan_gladen_estimate(verdict, label[places], places)

    assert ours.value == pytest.approx(theirs.point, abs=1e-3)
    assert ours.low == pytest.approx(theirs.low, abs=1e-3)
    assert ours.high == pytest.approx(theirs.high, abs=1e-3)


def test_rogan_gladen_with_lee_et_al_s_interval_followed_by_hand():
    # 200 verdicts, 110 of them 1; of 40 labels 20 are 1 (the judge says 1 of 17) and 20 are 0
    # (the judge says 0 of 15). With z² = 3.8415: p = (110 + 1.9207)/203.8415,
    # q1 = 18/22, q0 = 16/22, n of these 22 each.
    verdict = [1] * 17 + [0] * 3 + [0] * 15 + [1] * 5 + [1] * 88 + [0] * 72
    label = [1] * 20 + [0] * 20 + [NOBODY] * 160

    result = share_by_error_rates(
        verdict=np.array(verdict, float), label=np.array(label, float), case=np.arange(200)
    )

    z2, z = 3.841458820694124, 1.959963984540054
    p, n = (110 + z2 / 2) / (200 + z2), 200 + z2
    q1, q0, m = 18 / 22, 16 / 22, 22
    share = (p + q0 - 1) / (q0 + q1 - 1)
    shift = 2 * z2 * (share * q1 * (1 - q1) / m - (1 - share) * q0 * (1 - q0) / m)
    error = np.sqrt(
        p * (1 - p) / n + (1 - share) ** 2 * q0 * (1 - q0) / m + share**2 * q1 * (1 - q1) / m
    ) / (q0 + q1 - 1)
    assert result.value == pytest.approx(share)
    assert result.low == pytest.approx(max(0.0, share + shift - z * error))
    assert result.high == pytest.approx(min(1.0, share + shift + z * error))


def test_a_judge_that_guesses_corrects_nothing():
    verdict = np.array([1, 0] * 100, float)
    label = np.array(([1, 1] * 10 + [0, 0] * 10) + [NOBODY] * 160)

    result = share_by_error_rates(verdict=verdict, label=label, case=np.arange(200))

    assert result.value is None
    assert "guesses" in result.reason


def test_people_with_one_answer_leave_an_error_rate_unknown():
    label = np.array([1.0] * 10 + [NOBODY] * 10)

    result = share_by_error_rates(
        verdict=np.array([1.0, 0.0] * 10), label=label, case=np.arange(20)
    )

    assert result.value is None
    assert "one answer only" in result.reason


def _drawn(rng, design, truth, verdict, n_labels):
    """Label as a design says; Neyman's rates are those of the true spread within verdicts."""
    n = len(truth)
    odds = np.full(n, np.nan)
    if design is Design.RANDOM:
        return labelled_at_random(rng, truth, n_labels), odds
    if design is Design.KNOWN_ODDS:
        odds = np.where(verdict == 0, 1.0, 0.4) * rng.choice([0.5, 1.0], n)
        odds = np.minimum(1.0, odds * n_labels / odds.sum())
        label = np.where(rng.random(n) < odds, truth, NOBODY)
        return label, odds
    label = np.full(n, NOBODY)
    of = truth if design is Design.BY_LABEL else verdict
    for value in (0.0, 1.0):
        places = np.flatnonzero(of == value)
        take = rng.choice(places, min(n_labels // 2, len(places)), replace=False)
        label[take] = truth[take]
    return label, odds


@pytest.mark.slow
@pytest.mark.parametrize("per_case", [1, 4])
@pytest.mark.parametrize("n_labels", [50, 400])
@pytest.mark.parametrize("design", [Design.RANDOM, Design.BY_VERDICT, Design.KNOWN_ODDS])
def test_corrected_intervals_hold_the_truth_under_every_design(design, n_labels, per_case):
    # Simulation with known truth: a share of .6, a judge with sensitivity .85, specificity .8.
    rng = np.random.default_rng([n_labels, per_case])
    n_studies, hits, people_hits = 400, 0, 0
    for _ in range(n_studies):
        case, truth, verdict = simulated(rng, n=1000, n_labels=n_labels, per_case=per_case)
        label, odds = _drawn(rng, design, truth, verdict, n_labels)
        result = corrected_mean(judged(verdict, label, case=case, odds=odds), design)
        hits += result.corrected.low <= 0.6 <= result.corrected.high
        people_hits += result.people.low <= 0.6 <= result.people.high

    # 93 to 97 of 100, and about 2 standard errors of 400 studies (1.1 points) beyond.
    assert 0.93 - 0.023 <= hits / n_studies <= 0.97 + 0.018
    assert people_hits / n_studies >= 0.93 - 0.023


@pytest.mark.slow
@pytest.mark.parametrize("n_labels", [50, 400])
def test_labels_chosen_by_what_people_say_still_hold_the_truth_by_error_rates(n_labels):
    rng = np.random.default_rng(n_labels)
    hits = n_defined = 0
    for _ in range(400):
        case, truth, verdict = simulated(rng, n=1000, n_labels=n_labels)
        label, odds = _drawn(rng, Design.BY_LABEL, truth, verdict, n_labels)
        result = corrected_mean(judged(verdict, label, case=case, odds=odds), Design.BY_LABEL)
        if result.corrected.low is not None:
            n_defined += 1
            hits += result.corrected.low <= 0.6 <= result.corrected.high

    # Above the nominal level where the labels come from the same units: their errors are then
    # those of the very verdicts that are corrected.
    assert hits / n_defined >= 0.93
    assert n_defined >= 390


def test_ties_alone_leave_an_interval_too():
    # Each label is half a win: half a label at each end of the scale gives a variance of
    # ((.25 n + .5) / (n + 1) - .25) / n = .25 / (n (n + 1)), so an error of .0476 for n = 10.
    estimate = corrected_mean(
        judged([1.0, 0.0] * 5 + [1.0] * 4, [0.5] * 10 + [NOBODY] * 4), Design.RANDOM
    ).corrected
    shifted = corrected_mean(judged([0.0] * 10, [0.0] * 10, limits=(-1.0, 1.0)), Design.RANDOM)

    assert estimate.value == 0.5
    assert estimate.low < 0.5 < estimate.high
    assert shifted.corrected.low < 0.0 < shifted.corrected.high
