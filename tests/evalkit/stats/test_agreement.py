import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from sklearn.metrics import cohen_kappa_score

from evalkit.stats import counts
from evalkit.stats.agreement.krippendorff import (
    krippendorff_alpha,
    pairwise_agreement,
    percent_agreement,
)
from evalkit.stats.counts import (
    BOTH_BAD,
    LEFT,
    PREFERENCE_VALUES,
    RIGHT,
    TIE,
    Codings,
    preference_codings,
)
from evalkit.vocabulary import Level
from tests.evalkit.stats.ends import ends, jackknife_of, least_by_program

# Four annotators, twelve units, 0 where nothing was given: Krippendorff (2011), section C.
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


def random_matrix(seed, *, annotators=4, units=40, n_values=5):
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, n_values + 1, units)
    guess = rng.integers(1, n_values + 1, (annotators, units))
    given = np.where(rng.random((annotators, units)) < 0.5, truth, guess)
    return np.where(rng.random((annotators, units)) < 0.8, given, 0)


@pytest.mark.parametrize(
    ("level", "published"),
    [(Level.NOMINAL, 0.743), (Level.ORDINAL, 0.815), (Level.INTERVAL, 0.849)],
)
def test_alpha_matches_krippendorffs_published_example(level, published):
    alpha = krippendorff_alpha(codings(PUBLISHED), level)

    assert alpha.value == pytest.approx(published, abs=0.0005)
    # Eleven units have two values or more; they hold 40 of the 41 values.
    assert (alpha.n_units, alpha.n_labels) == (11, 40)
    assert alpha.low < alpha.value < alpha.high <= 1


@given(seed=st.integers(0, 10**6), level=st.sampled_from(list(Level)))
def test_alpha_equals_the_krippendorff_package(seed, level):
    matrix = random_matrix(seed, annotators=2 + seed % 4, units=3 + seed % 40)
    given = np.where(matrix > 0, matrix, np.nan)
    pairable = given[:, (matrix > 0).sum(axis=0) > 1]
    assume(len(np.unique(pairable[~np.isnan(pairable)])) > 1)

    alpha = krippendorff_alpha(codings(matrix), level)

    oracle = krippendorff.alpha(
        reliability_data=given, level_of_measurement=level.value, value_domain=SCALE
    )
    assert alpha.value == pytest.approx(oracle, abs=1e-12)


@given(seed=st.integers(0, 10**6), level=st.sampled_from(list(Level)))
def test_alphas_interval_is_the_jackknife_over_cases_done_by_refitting(seed, level):
    matrix = random_matrix(seed, units=24)
    case = np.arange(24) // 2
    data = codings(matrix, case=case)

    alpha = krippendorff_alpha(data, level)

    left_out = []
    # A case without a unit judged twice has no part in alpha.
    for left in np.unique(case[(matrix > 0).sum(axis=0) > 1]):
        kept = np.where(matrix[:, case != left] > 0, matrix[:, case != left], np.nan)
        left_out.append(
            krippendorff.alpha(
                reliability_data=kept, level_of_measurement=level.value, value_domain=SCALE
            )
        )
    # The lowest alpha is that of the table with these margins that has the most disagreement.
    given = np.where(matrix > 0, matrix, np.nan)[:, (matrix > 0).sum(axis=0) > 1]
    counts = np.array([(given == value).sum() for value in SCALE])
    n, share = counts.sum(), counts / counts.sum()
    place = np.cumsum(counts) - counts / 2 if level is Level.ORDINAL else np.array(SCALE)
    apart = (place[:, None] - place) ** 2 if level is not Level.NOMINAL else 1 - np.eye(len(SCALE))
    most = -least_by_program(share, share, -apart / apart.max()) * apart.max()
    lowest = 1 - (n - 1) / n * most / (share @ apart @ share)
    error, degrees = jackknife_of(left_out)
    assert (alpha.low, alpha.high) == pytest.approx(
        ends(alpha.value, error, degrees, lowest=lowest), abs=1e-9
    )


@pytest.mark.parametrize("level", list(Level))
def test_alpha_does_not_depend_on_the_order_of_entries_units_or_annotators(level):
    data = codings(PUBLISHED)
    order = np.random.default_rng(0).permutation(len(data.unit))
    turned = Codings(
        11 - data.unit[order],
        1000 * data.case[order],
        3 - data.annotator[order],
        data.value[order],
        data.values,
        data.annotators,
    )

    before, after = krippendorff_alpha(data, level), krippendorff_alpha(turned, level)

    assert (after.value, after.low) == pytest.approx((before.value, before.low), abs=1e-12)


def test_nominal_alpha_does_not_depend_on_the_names_of_the_values():
    renamed = np.array([0, 3, 1, 5, 2, 4])[PUBLISHED]

    before = krippendorff_alpha(codings(PUBLISHED), Level.NOMINAL)
    after = krippendorff_alpha(codings(renamed), Level.NOMINAL)

    assert after.value == pytest.approx(before.value, abs=1e-12)


def test_ordinal_alpha_depends_on_the_order_of_the_values_only():
    stretched = codings(PUBLISHED, values=(1.0, 10.0, 11.0, 50.0, 1e6))

    before = krippendorff_alpha(codings(PUBLISHED), Level.ORDINAL)

    assert krippendorff_alpha(stretched, Level.ORDINAL).value == pytest.approx(before.value)


def test_units_of_one_case_are_left_out_together():
    doubled = np.hstack([PUBLISHED, PUBLISHED])

    alone = krippendorff_alpha(codings(doubled), Level.NOMINAL)
    together = krippendorff_alpha(codings(doubled, case=[*range(12)] * 2), Level.NOMINAL)

    # The copies say nothing new, so the interval must not narrow by them.
    single = krippendorff_alpha(codings(PUBLISHED), Level.NOMINAL)
    assert together.high - together.low == pytest.approx(single.high - single.low, rel=0.05)
    assert alone.high - alone.low < 0.8 * (together.high - together.low)


def test_alpha_says_why_it_is_undefined_when_nothing_was_judged_twice():
    alpha = krippendorff_alpha(codings(np.array([[1, 0], [0, 2]])), Level.NOMINAL)

    assert alpha.value is None
    assert "two annotators" in alpha.reason
    assert alpha.n_units == 0


def test_alpha_says_why_it_is_undefined_when_all_values_are_equal():
    alpha = krippendorff_alpha(codings(np.full((3, 5), 2)), Level.ORDINAL)

    assert alpha.value is None
    assert "equal" in alpha.reason
    assert (alpha.n_units, alpha.n_labels) == (5, 15)


def test_alpha_of_one_unit_has_a_value_but_no_interval():
    alpha = krippendorff_alpha(codings(np.array([[1], [2]])), Level.NOMINAL)

    # Observed disagreement 1, expected 1: Krippendorff's formula gives 0.
    assert alpha.value == pytest.approx(0.0)
    assert alpha.low is None
    assert "2 cases" in alpha.reason


def test_alpha_has_no_interval_when_one_case_decides_whether_it_is_defined():
    matrix = np.array([[1, 1, 1, 1], [1, 1, 1, 2]])

    alpha = krippendorff_alpha(codings(matrix), Level.NOMINAL)

    assert alpha.value is not None
    assert (alpha.low, alpha.high) == (None, None)
    assert "One case" in alpha.reason


@pytest.mark.parametrize("level", [Level.NOMINAL, Level.ORDINAL, Level.INTERVAL])
@pytest.mark.parametrize("seed", range(20))
def test_alpha_where_nobody_differs_is_exactly_one(level, seed):
    # 1 - 0 / expected, by definition; values of no short binary form made it 1.0000000000000002.
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 4, 420)
    matrix = np.where(rng.random((4, 420)) < 0.6, truth, 0)

    alpha = krippendorff_alpha(codings(matrix, values=(0.1, 0.7, 1.9)), level)

    assert (alpha.value, alpha.low) == (1.0, None)


def test_alpha_of_perfect_agreement_is_one_and_claims_no_certainty():
    alpha = krippendorff_alpha(codings(np.array([[1, 2, 3], [1, 2, 3]])), Level.INTERVAL)

    assert alpha.value == 1
    assert alpha.low is None
    assert alpha.reason


def test_percent_agreement_is_the_mean_share_of_agreeing_pairs():
    # Units: all three agree (1), two of three agree (1/3), two disagree (0); one alone is out.
    matrix = np.array([[1, 1, 1, 1], [1, 1, 2, 0], [1, 2, 0, 0]])

    agreement = percent_agreement(codings(matrix))

    assert agreement.value == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert (agreement.n_units, agreement.n_labels) == (3, 8)
    assert 0 <= agreement.low < agreement.value < agreement.high <= 1


def test_percent_agreement_of_the_published_example():
    # Gwet's irrCAC on the same data: 0.81818.
    assert percent_agreement(codings(PUBLISHED)).value == pytest.approx(0.81818, abs=5e-6)


def test_percent_agreement_without_overlap_says_so():
    agreement = percent_agreement(codings(np.array([[1, 0], [0, 2]])))

    assert agreement.value is None
    assert agreement.reason


@given(seed=st.integers(0, 10**6))
def test_kappa_of_every_pair_equals_scikit_learn(seed):
    matrix = random_matrix(seed, annotators=3, units=30)

    found = pairwise_agreement(codings(matrix))

    assert [pair.annotators for pair in found] == [
        ("annotator 0", "annotator 1"),
        ("annotator 0", "annotator 2"),
        ("annotator 1", "annotator 2"),
    ]
    for pair, (a, b) in zip(found, [(0, 1), (0, 2), (1, 2)], strict=True):
        both = (matrix[a] > 0) & (matrix[b] > 0)
        one, other = matrix[a][both], matrix[b][both]
        assert pair.cohen_kappa.value == pytest.approx(cohen_kappa_score(one, other), abs=1e-12)
        assert pair.percent_agreement.value == pytest.approx((one == other).mean())
        assert pair.n == both.sum()


def test_kappas_interval_is_the_jackknife_over_cases_done_by_refitting():
    matrix = random_matrix(4, annotators=2, units=60)
    case = np.arange(60) // 3
    both = (matrix > 0).all(axis=0)

    pair = pairwise_agreement(codings(matrix, case=case))[0]

    one, other, case = matrix[0][both], matrix[1][both], case[both]
    left = [cohen_kappa_score(one[case != c], other[case != c]) for c in np.unique(case)]
    share = [np.array([(given == value).mean() for value in SCALE]) for given in (one, other)]
    chance = share[0] @ share[1]
    lowest = (least_by_program(*share, np.eye(len(SCALE))) - chance) / (1 - chance)
    assert (pair.cohen_kappa.low, pair.cohen_kappa.high) == pytest.approx(
        ends(pair.cohen_kappa.value, *jackknife_of(left), lowest=lowest), abs=1e-9
    )


def test_studies_too_large_for_a_table_agree_the_same(monkeypatch):
    data = codings(random_matrix(5, annotators=3))
    before = tuple(pairwise_agreement(data)), krippendorff_alpha(data, Level.ORDINAL)

    monkeypatch.setattr(counts, "TABLE_CELLS", -(10**9))

    assert (tuple(pairwise_agreement(data)), krippendorff_alpha(data, Level.ORDINAL)) == before


def test_kappa_of_two_who_always_gave_one_value_is_undefined_with_a_reason():
    pair = pairwise_agreement(codings(np.full((2, 4), 3)))[0]

    assert pair.cohen_kappa.value is None
    assert "equal" in pair.cohen_kappa.reason
    assert pair.percent_agreement.value == 1
    # Four cases without disagreement do not prove that there never is any.
    assert pair.percent_agreement.low < 0.6


def test_annotators_without_units_in_common_make_no_pair():
    pairs = pairwise_agreement(codings(np.array([[1, 1, 0], [2, 1, 0], [0, 0, 1]])))

    assert [(pair.annotators, pair.n) for pair in pairs] == [(("annotator 0", "annotator 1"), 2)]


def test_preferences_are_compared_by_model_not_by_side():
    data = preference_codings(
        case=np.array([0, 0, 0, 0]),
        left=np.array([2, 5, 2, 5]),
        right=np.array([5, 2, 5, 2]),
        preference=np.array([LEFT, RIGHT, TIE, BOTH_BAD]),
        annotator=np.array([0, 1, 2, 3]),
        annotators=("a", "b", "c", "d"),
    )

    assert data.unit.tolist() == [0, 0, 0, 0]
    assert [PREFERENCE_VALUES[v] for v in data.value] == [
        "first model wins",
        "first model wins",
        "tie",
        "both bad",
    ]
