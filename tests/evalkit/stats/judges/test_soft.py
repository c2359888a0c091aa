"""How sure against how often right: scikit-learn's curve, and judges whose error is known."""

import numpy as np
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from evalkit.stats.judges.soft import LEAST, MOST_BINS, SureVerdicts, calibration


def verdicts(rng, n, *, over=0.0):
    """Return verdicts of a judge that is surer than right by so much throughout."""
    sure = rng.uniform(0.5, 1.0, n)
    right = (rng.random(n) < sure - over).astype(float)
    return SureVerdicts(sure, right, np.arange(n))


def test_the_curve_and_the_brier_score_are_scikit_learns():
    told = verdicts(np.random.default_rng(1), 400, over=0.1)

    measured = calibration(told)

    right, sure = calibration_curve(told.right, told.sure, n_bins=MOST_BINS, strategy="quantile")
    assert [each.right.value for each in measured.bins] == pytest.approx(right.tolist(), abs=0.03)
    assert [each.sure for each in measured.bins] == pytest.approx(sure.tolist(), abs=0.01)
    assert {each.right.n for each in measured.bins} == {40}
    assert measured.brier.value == pytest.approx(brier_score_loss(told.right, told.sure))
    assert measured.surer.value == pytest.approx((told.sure - told.right).mean())


def test_verdicts_of_one_certainty_share_a_bin():
    right = np.repeat([1.0, 0.0], [60, 40])
    measured = calibration(SureVerdicts(np.full(100, 0.9), right, np.arange(100)))

    (only,) = measured.bins
    assert (only.sure, only.right.value) == (pytest.approx(0.9), pytest.approx(0.6))
    assert only.gap.value == pytest.approx(-0.3)
    # One gap, far from 0: its distance is what it is, chance adds nothing to it.
    assert measured.error.value == pytest.approx(0.3, abs=0.003)
    assert measured.error.low < 0.3 < measured.error.high


def test_too_few_verdicts_are_counted_and_nothing_is_measured():
    measured = calibration(verdicts(np.random.default_rng(2), LEAST - 1))

    assert measured.bins == ()
    assert measured.error.value is None
    assert f"It takes {LEAST} verdicts" in measured.error.reason


def test_cases_with_several_verdicts_are_no_more_than_cases():
    told = verdicts(np.random.default_rng(3), 100, over=0.2)
    thrice = SureVerdicts(*(np.tile(column, 3) for column in (told.sure, told.right, told.case)))

    once, again = calibration(told), calibration(thrice)

    assert again.surer.value == pytest.approx(once.surer.value)
    width, wide = (row.surer.high - row.surer.low for row in (once, again))
    assert wide == pytest.approx(width, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("n", [100, 400])
def test_the_interval_of_the_error_holds_the_truth_and_a_calibrated_judge_has_nearly_none(n):
    rng = np.random.default_rng(4)
    for over in (0.0, 0.1):
        errors = [calibration(verdicts(rng, n, over=over)).error for _ in range(200)]

        assert sum(row.low <= over <= row.high for row in errors) / 200 >= 0.92
        # Without the correction it is .10 and .05 of a judge that is right as often as it is sure.
        mean = np.mean([row.value for row in errors])
        assert mean == pytest.approx(over, abs=0.06 if n == 100 else 0.035)


def test_where_all_are_right_the_error_is_no_surer_than_the_share_right_is():
    same = SureVerdicts(np.full(40, 0.8), np.ones(40), np.arange(40))

    found = calibration(same)

    # Right in 40 of 40: Wilson's lower end with t(39) is 40 / (40 + t²), that of the gap .8 less.
    t = stats.t.ppf(0.975, 39)
    unseen = 1 - 40 / (40 + t**2)
    assert found.error.low == pytest.approx(0.2 - unseen, abs=0.01)
    assert found.error.high == pytest.approx(0.2 + unseen, abs=0.01)


def test_of_one_case_there_is_no_error_and_the_reason_says_so():
    of_one = calibration(SureVerdicts(np.full(40, 0.8), np.ones(40), np.zeros(40, dtype=int)))

    assert of_one.error.value is None
    assert "at least 2 cases" in of_one.error.reason


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.slow
def test_a_judge_that_states_one_certainty_has_an_interval_that_holds_its_error(n):
    """A judge always sure of .95 and right in 97 of 100: its error is .02."""
    rng = np.random.default_rng(n)
    errors = [
        calibration(
            SureVerdicts(np.full(n, 0.95), (rng.random(n) < 0.97).astype(float), np.arange(n))
        ).error
        for _ in range(200)
    ]

    # Of 200 studies that hold the truth in 95 of 100 fewer than 181 do in 1 of 400 (binomial).
    assert sum(error.low <= 0.02 <= error.high for error in errors) >= 181
    assert all(error.high > error.low for error in errors)
