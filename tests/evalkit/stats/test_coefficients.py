import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from irrCAC.raw import CAC
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as oracle_fleiss

from evalkit.stats.agreement.coefficients import (
    fleiss_kappa,
    gwet_ac,
    value_agreement,
)
from evalkit.stats.agreement.kappa import agreement_with_rest, pairwise_agreement
from evalkit.stats.agreement.krippendorff import krippendorff_alpha, percent_agreement
from evalkit.stats.agreement.weights import Weights
from evalkit.stats.counts import Codings, tag_codings
from evalkit.vocabulary import Level
from tests.evalkit.stats.ends import ends, jackknife_of, least_by_program

# Four annotators, twelve units, 0 where nothing was given: Krippendorff (2011), section C. Gwet's
# package irrCAC publishes its coefficients for the same table.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
)
SCALE = (1.0, 2.0, 3.0, 4.0, 5.0)


def codings(matrix, *, values=SCALE, case=None):
    """Build from annotators by units, with places on the scale from 1 and 0 for nothing."""
    annotator, unit = np.nonzero(matrix)
    names = tuple(f"annotator {k}" for k in range(len(matrix)))
    cases = unit if case is None else np.asarray(case)[unit]
    return Codings(unit, cases, annotator, matrix[annotator, unit] - 1, values, names)


def random_full_matrix(seed, *, annotators=4, units=40, n_values=5):
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, n_values + 1, units)
    guess = rng.integers(1, n_values + 1, (annotators, units))
    return np.where(rng.random((annotators, units)) < 0.5, truth, guess)


def random_matrix(seed, *, annotators=4, units=40, n_values=5):
    """Return the same with a quarter missing, and no unit without any value."""
    matrix = random_full_matrix(seed, annotators=annotators, units=units, n_values=n_values)
    missing = np.random.default_rng(seed + 1).random(matrix.shape) < 0.25
    missing[0] &= ~missing[1:].all(axis=0)
    return np.where(missing, 0, matrix)


def irrcac(matrix, weights):
    """Give Gwet's own package the same values and scale; 15 digits instead of its 5."""
    table = pd.DataFrame(np.where(matrix > 0, matrix, np.nan).T)
    return CAC(table, weights=weights.value, categories=list(range(1, 6)), digits=15)


@given(seed=st.integers(0, 10**6), weights=st.sampled_from(list(Weights)))
def test_coefficients_and_standard_errors_equal_irrcac_with_missing_values(seed, weights):
    matrix = random_matrix(seed, annotators=2 + seed % 4, units=10 + seed % 40)
    data, oracle = codings(matrix), irrcac(matrix, weights)

    gwet, published = gwet_ac(data, weights=weights), oracle.gwet()["est"]
    assert gwet.value == pytest.approx(published["coefficient_value"], abs=1e-9)
    assert gwet.standard_error == pytest.approx(published["se"], abs=1e-9)

    # Its interval for Fleiss is linearised, ours a jackknife: the value alone can be equal.
    fleiss, published = fleiss_kappa(data, weights=weights), oracle.fleiss()["est"]
    assert fleiss.value == pytest.approx(published["coefficient_value"], abs=1e-9)
    if weights is Weights.IDENTITY:
        assert percent_agreement(data).value == pytest.approx(published["pa"], abs=1e-9)


def test_the_jackknife_of_fleiss_kappa_comes_near_the_linearised_error_of_irrcac():
    matrix = random_matrix(3, units=400)

    found = fleiss_kappa(codings(matrix))

    # Both are right to first order; with 400 units they differ by under two percent.
    linearised = irrcac(matrix, Weights.IDENTITY).fleiss()["est"]["se"]
    assert found.standard_error == pytest.approx(linearised, rel=0.02)


def test_alpha_equals_irrcacs_where_its_weights_mean_the_same():
    matrix = random_matrix(4)

    nominal = krippendorff_alpha(codings(matrix), Level.NOMINAL).value
    interval = krippendorff_alpha(codings(matrix), Level.INTERVAL).value

    for weights, alpha in ((Weights.IDENTITY, nominal), (Weights.QUADRATIC, interval)):
        oracle = irrcac(matrix, weights).krippendorff()["est"]["coefficient_value"]
        assert alpha == pytest.approx(oracle, abs=1e-9)


def test_gwets_ac1_matches_the_published_example_with_its_interval():
    found = gwet_ac(codings(PUBLISHED))

    # irrCAC: AC1 .77544, SE .14295, interval .46081 to 1.
    assert found.value == pytest.approx(0.77544, abs=5e-6)
    assert found.standard_error == pytest.approx(0.14295, abs=5e-6)
    assert (found.low, found.high) == (pytest.approx(0.46081, abs=5e-6), 1.0)
    assert (found.n_units, found.n_labels) == (11, 40)


@pytest.mark.parametrize(
    ("weights", "published"),
    [(Weights.QUADRATIC, 0.914), (Weights.LINEAR, 0.85874), (Weights.ORDINAL, 0.89894)],
)
def test_gwets_ac2_matches_the_published_example(weights, published):
    found = gwet_ac(codings(PUBLISHED), weights=weights)

    assert found.value == pytest.approx(published, abs=5e-5)


def test_fleiss_kappa_with_missing_values_matches_the_published_example():
    assert fleiss_kappa(codings(PUBLISHED)).value == pytest.approx(0.76117, abs=5e-6)


@given(seed=st.integers(0, 10**6))
def test_fleiss_kappa_equals_statsmodels_without_missing_values(seed):
    matrix = random_full_matrix(seed)
    table = np.stack([(matrix == k).sum(axis=0) for k in range(1, 6)], axis=1)

    found = fleiss_kappa(codings(matrix))

    assert found.value == pytest.approx(oracle_fleiss(table), abs=1e-9)


def test_fleiss_interval_is_the_jackknife_over_cases_done_by_refitting():
    matrix, case = random_full_matrix(2, units=24), np.arange(24) // 2

    found = fleiss_kappa(codings(matrix, case=case))

    left = [fleiss_kappa(codings(matrix[:, case != c])).value for c in range(12)]
    units = matrix.T[:, :, None] == np.arange(1, 6)
    share = units.mean(axis=(0, 1))
    lowest = (least_by_program(share, share, np.eye(5)) - share @ share) / (1 - share @ share)
    assert (found.low, found.high) == pytest.approx(
        ends(found.value, *jackknife_of(left), lowest=lowest), abs=1e-8
    )


def test_skewed_values_upset_alpha_but_not_ac1():
    # The kappa paradox: 96 of 100 units agree, nearly all on one value. Feinstein & Cicchetti
    # (1990), Journal of Clinical Epidemiology 43.
    matrix = np.ones((2, 100), dtype=int)
    matrix[0, :2], matrix[1, 2:4] = 2, 2

    data = codings(matrix, values=("fine", "wrong"))

    assert krippendorff_alpha(data, Level.NOMINAL).value < 0.05
    # pe = 2 · ¼·Σ… : prevalence .02, pe = 2 · .02 · .98 = .0392, (.96 - .0392) / .9608.
    assert gwet_ac(data).value == pytest.approx((0.96 - 0.0392) / 0.9608)


def test_ac1_counts_the_declared_scale_not_the_values_that_occur():
    matrix = np.array([[1, 2, 1, 1], [1, 2, 2, 1]])

    narrow = gwet_ac(codings(matrix, values=("a", "b"))).value

    assert gwet_ac(codings(matrix)).value > narrow


def test_coefficients_say_why_they_are_undefined():
    alone = codings(np.array([[1, 0], [0, 2]]))
    equal = codings(np.full((3, 5), 2))

    for coefficient in (fleiss_kappa, gwet_ac):
        assert coefficient(alone).value is None
        assert "two annotators" in coefficient(alone).reason
    assert fleiss_kappa(equal).value is None
    # Perfect agreement on one value is perfect to Gwet, and no spread tells no uncertainty.
    assert gwet_ac(equal).value == 1
    assert gwet_ac(equal).low is None


@given(
    seed=st.integers(0, 10**6),
    weights=st.sampled_from([Weights.LINEAR, Weights.QUADRATIC]),
)
def test_kappa_of_two_plain_and_weighted_equals_scikit_learn(seed, weights):
    matrix = random_full_matrix(seed, annotators=3, units=30)

    def oracle(one, other, name):
        return cohen_kappa_score(matrix[one], matrix[other], weights=name, labels=[1, 2, 3, 4, 5])

    for pair in pairwise_agreement(codings(matrix), weights=weights):
        two = [codings(matrix).annotators.index(name) for name in pair.annotators]
        assert pair.cohen_kappa.value == pytest.approx(oracle(*two, None), abs=1e-9)
        weighted = pair.weighted_cohen_kappa
        assert weighted.value == pytest.approx(oracle(*two, weights.value), abs=1e-9)


@pytest.mark.parametrize("weights", [Weights.LINEAR, Weights.QUADRATIC])
def test_the_interval_of_weighted_kappa_is_a_jackknife_over_what_scikit_learn_gives(weights):
    matrix = random_full_matrix(3, annotators=2, units=30)
    labels = [1, 2, 3, 4, 5]
    left_out = np.array(
        [
            cohen_kappa_score(*np.delete(matrix, one, axis=1), weights=weights.value, labels=labels)
            for one in range(30)
        ]
    )

    found = pairwise_agreement(codings(matrix), weights=weights)[0].weighted_cohen_kappa

    share = [np.array([(row == label).mean() for label in labels]) for row in matrix]
    power = {Weights.LINEAR: 1, Weights.QUADRATIC: 2}[weights]
    credit = 1 - (np.abs(np.subtract.outer(labels, labels)) / 4) ** power
    chance = share[0] @ credit @ share[1]
    lowest = (least_by_program(*share, credit) - chance) / (1 - chance)
    assert (found.low, found.high) == pytest.approx(
        ends(found.value, *jackknife_of(left_out), lowest=lowest), abs=1e-8
    )


def test_without_weights_two_have_their_plain_kappa_alone():
    pair = pairwise_agreement(codings(random_full_matrix(1, annotators=2)))[0]

    assert pair.weights is Weights.IDENTITY
    assert pair.weighted_cohen_kappa is None


def test_of_two_annotators_the_rest_is_the_other():
    matrix = random_full_matrix(1, annotators=2)

    pair, rest = pairwise_agreement(codings(matrix))[0], agreement_with_rest(codings(matrix))

    for row in rest:
        assert row.kappa.value == pytest.approx(pair.cohen_kappa.value)
        assert row.kappa.low == pytest.approx(pair.cohen_kappa.low)
        assert row.percent_agreement.value == pytest.approx(pair.percent_agreement.value)
        assert row.n == 40


def test_a_unit_counts_once_however_many_others_judged_it():
    # Annotator 0 agrees with both others on unit 0, with one of two on unit 1, with the only
    # other on unit 2: (1 + ½ + 1) / 3.
    matrix = np.array([[1, 1, 2], [1, 1, 2], [1, 2, 0]])

    found = agreement_with_rest(codings(matrix))[0]

    assert found.percent_agreement.value == pytest.approx(2.5 / 3)
    assert found.n == 3


def test_the_annotator_who_guesses_agrees_least_with_the_rest():
    matrix = random_full_matrix(0, annotators=5, units=100)
    matrix[2] = np.random.default_rng(9).integers(1, 6, 100)

    found = agreement_with_rest(codings(matrix))

    assert min(found, key=lambda row: row.kappa.value).annotator == "annotator 2"
    assert abs(found[2].kappa.value) < 0.15


def test_an_annotator_alone_has_no_agreement_but_a_reason():
    found = agreement_with_rest(codings(np.array([[1, 1, 0], [2, 1, 0], [0, 0, 1]])))

    assert found[2].kappa.value is None
    assert "two annotators" in found[2].kappa.reason
    assert found[2].n == 0


def test_agreement_on_a_tag_is_how_often_the_second_marks_what_the_first_did():
    # Outputs: both mark it (2 marks, both seconded); one of two marks it (1, not); none; one
    # of three annotators marks it (0 of 2 others). 2 seconded of 4 marks.
    matrix = np.array([[2, 2, 1, 2], [2, 1, 1, 1], [0, 0, 0, 1]])
    annotator, unit = np.nonzero(matrix)

    data = tag_codings(
        unit=unit,
        case=unit,
        annotator=annotator,
        is_marked=matrix[annotator, unit] == 2,
        annotators=("a", "b", "c"),
    )

    found = value_agreement(data, "marked")
    assert found.value == pytest.approx(0.5)
    assert found.n == 4


def test_a_tag_nobody_marked_has_no_agreement_but_a_reason():
    data = codings(np.ones((2, 3), dtype=int), values=("not marked", "marked"))

    found = value_agreement(data, "marked")

    assert found.value is None
    assert found.reason


@pytest.mark.parametrize("coefficient", [fleiss_kappa, gwet_ac])
def test_one_unit_judged_twice_among_many_gives_no_interval_but_a_reason(coefficient):
    # Twenty units, of which a second annotator judged one: its t interval began at -11.71.
    matrix = np.array([[2, *([1] * 19)], [1, *([0] * 19)]])

    found = coefficient(codings(matrix, values=("no", "yes")))

    assert (found.low, found.high) == (None, None)
    assert found.reason


@given(seed=st.integers(0, 10**6), weights=st.sampled_from(list(Weights)))
def test_intervals_of_agreement_stay_in_the_range_of_the_coefficient(seed, weights):
    rng = np.random.default_rng(seed)
    matrix = random_full_matrix(seed, annotators=2, units=int(rng.integers(2, 6)), n_values=3)
    matrix = np.column_stack([matrix, [[1] * 20, [0] * 20]])

    found = gwet_ac(codings(matrix, values=SCALE[:3]), weights=weights)

    # Credit is 0 at least. By chance it is the mean of the weights where Gwet's Σp(1-p) is
    # largest: two thirds with quadratic weights. (0 - 2/3) / (1/3) = -2.
    if found.low is not None:
        assert -2 - 1e-9 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1
