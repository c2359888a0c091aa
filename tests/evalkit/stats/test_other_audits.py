"""What other packages that audit judges make of the same answers: evalaudit 0.6, cje-eval 0.9."""

import cje
import evalaudit
import numpy as np
import pandas as pd
import pytest

from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.stats.counts import LEFT, RIGHT, Codings
from evalkit.stats.intervals import clustered_means
from evalkit.stats.judges.ceiling import ceiling
from evalkit.stats.judges.correction import Design, JudgedUnits, corrected_mean
from evalkit.stats.judges.orders import positions
from evalkit.stats.ranking.bradley_terry import fit_strengths
from evalkit.stats.significance import mcnemar
from evalkit.vocabulary import Level

N_UNITS, JUDGE = 60, 3


def answers(rng, *, n_values=3):
    """Return what three people and a judge said of each unit, each right on two of three."""
    unit, who = np.divmod(np.arange(4 * N_UNITS), 4)
    truth = rng.integers(0, n_values, N_UNITS)
    is_right = rng.random(len(unit)) < 2 / 3
    value = np.where(is_right, truth[unit], rng.integers(0, n_values, len(unit)))
    scale = tuple(float(level) for level in range(n_values))
    return Codings(unit, unit, who, value, scale, ("A", "B", "C", "judge"))


@pytest.mark.parametrize("level", [Level.NOMINAL, Level.ORDINAL, Level.INTERVAL])
def test_alpha_is_that_of_evalaudit_at_every_level(level):
    every = answers(np.random.default_rng(1), n_values=5)
    some = every.at(np.random.default_rng(2).random(len(every.unit)) < 0.8)
    table = pd.DataFrame({"item_id": some.unit, "rater_id": some.annotator, "rating": some.numbers})

    theirs = evalaudit.rater_agreement(table, level=level.value, bootstrap_ci=False)

    assert krippendorff_alpha(some, level).value == pytest.approx(theirs.alpha, abs=1e-9)


def test_the_human_ceiling_is_that_of_evalaudit_but_for_its_correction_for_few_labels():
    """evalaudit measures people and the judge by Krippendorff's alpha.

    Of N labels alpha takes chance without drawing a label twice, which is N/(N-1) of the chance
    that ours has: 1 - alpha = (1 - ours) (N-1)/N. Of judge and people alpha pools both for chance,
    while ours keeps what each of them says apart, so that a judge with habits of its own gains
    nothing by them; where both say each value equally often the two are one.
    """
    every = answers(np.random.default_rng(3))
    people = every.at(every.annotator != JUDGE)
    verdicts = every.at(every.annotator == JUDGE)
    baseline = pd.DataFrame(
        {
            "item_id": people.unit,
            "cluster_id": people.case,
            "rater_id": people.annotator,
            "rating": people.value,
        }
    )

    ours = ceiling(every, JUDGE)
    theirs = evalaudit.judge_validation(
        people.value[people.annotator == 0],
        verdicts.value,
        item_ids=verdicts.unit,
        human_baseline=baseline,
        ties="category",
        n_boot=0,
    )

    n_labels = len(people.unit)
    alpha = 1 - (1 - ours.people.value) * (n_labels - 1) / n_labels
    assert alpha == pytest.approx(theirs.baseline_human_human, abs=1e-9)
    said, judged = (np.bincount(of.value) / len(of.value) for of in (people, verdicts))
    # Each person's label stands beside the verdict once: as many of both.
    pooled, observed = (said + judged) / 2, 1 - (1 - ours.judge.value) * (1 - said @ judged)
    disagree = (1 - observed) / ((1 - pooled @ pooled) * 2 * n_labels / (2 * n_labels - 1))
    assert 1 - disagree == pytest.approx(theirs.baseline_judge_human, abs=1e-9)


def test_what_order_does_to_a_judge_is_what_evalaudit_finds_where_it_calls_no_tie():
    """With ties the two differ: evalaudit sets such pairs aside, ours count them as a verdict."""
    rng = np.random.default_rng(4)
    first, second = rng.choice([LEFT, RIGHT], size=(2, 80), p=[0.6, 0.4])
    rows = [
        (pair, *shown, shown[int(choice)])
        for shown, verdicts in ((("x", "y"), first), (("y", "x"), second))
        for pair, choice in enumerate(verdicts)
    ]
    table = pd.DataFrame(rows, columns=["pair_id", "option_a", "option_b", "winner"])

    ours = positions(first, second, np.arange(80))
    theirs = evalaudit.position_bias(table)

    assert ours.positional.value == pytest.approx(theirs.consistency_rate, abs=1e-9)
    assert ours.primacy.value == pytest.approx(theirs.position_a_rate, abs=1e-9)


def test_strengths_are_those_of_evalaudit_with_ties_as_half_a_win_each():
    rng, names = np.random.default_rng(5), ["a", "b", "c", "d"]
    left, right = np.array([rng.permutation(4)[:2] for _ in range(200)]).T
    outcome = rng.integers(0, 3, 200)
    winner = np.where(outcome == 0, left, right)
    table = pd.DataFrame(
        {
            "item_id": np.arange(200),
            "model_a": np.array(names)[left],
            "model_b": np.array(names)[right],
            "winner": np.where(outcome == 2, "tie", np.array(names)[winner]),
        }
    )
    wins = np.zeros((4, 4))
    for one, other, result in zip(left, right, outcome, strict=True):
        wins[one, other] += (1.0, 0.0, 0.5)[result]
        wins[other, one] += (0.0, 1.0, 0.5)[result]

    theirs = evalaudit.bradley_terry(table, n_boot=0).ratings.set_index("model")["rating"]

    ours = fit_strengths(wins)
    assert ours == pytest.approx((theirs - theirs.mean())[names].to_numpy(), abs=1e-9)


def test_mcnemars_test_is_that_of_evalaudit_below_25_cases_that_differ():
    """From 25 on evalaudit takes the chi-square with continuity correction, ours stays exact."""
    first = np.array([1] * 13 + [0] * 4 + [1] * 20 + [0] * 9)
    second = np.array([0] * 13 + [1] * 4 + [1] * 20 + [0] * 9)

    theirs = evalaudit.compare_paired(first, second, method="mcnemar")

    ours = mcnemar(only_first=13, only_second=4)
    assert ours.p_exact == pytest.approx(theirs.p_value, abs=1e-9)


def test_with_a_label_for_every_unit_mean_and_error_between_cases_are_those_of_cje_eval():
    rng = np.random.default_rng(6)
    case, label = np.repeat(np.arange(40), 3), (rng.random(120) < 0.6).astype(float)

    theirs = cje.calibrated_mean_ci(rng.random(120), label, cluster_ids=case)

    ones = np.ones(120, dtype=np.int64)
    ours = clustered_means(0 * ones, case=case, value=label, n=ones, n_groups=1)
    assert ours.value[0] == pytest.approx(theirs.estimate, abs=1e-9)
    assert ours.standard_error[0] == pytest.approx(theirs.se, abs=1e-9)


def test_with_few_labels_cje_eval_is_as_wide_as_ours_and_near_it():
    """The two are other estimators of one mean, so they need not be equal.

    cje-eval first fits what a verdict is worth on the labels, in five folds that a seed draws, and
    adds the error of that fit to its interval; ours weighs the verdict by one number (PPI++), so
    that nothing hangs on a seed. Neither may be far from the other by its own error.
    """
    rng = np.random.default_rng(7)
    truth = (rng.random(400) < 0.6).astype(float)
    verdict = np.where(rng.random(400) < 0.85, truth, 1 - truth)
    label = np.full(400, np.nan)
    places = rng.choice(400, 100, replace=False)
    label[places] = truth[places]
    units = JudgedUnits(verdict, label, np.arange(400), np.full(400, np.nan), (0.0, 1.0))

    ours = corrected_mean(units, Design.RANDOM).corrected
    theirs = cje.calibrated_mean_ci(verdict, label, correction_weight="tuned")

    assert abs(ours.value - theirs.estimate) < theirs.se / 2
    low, high = theirs.ci
    assert ours.high - ours.low == pytest.approx(high - low, rel=0.1)
