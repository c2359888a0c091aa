"""How sure against how often right: scikit-learn's curve, and judges whose error is known."""

import numpy as np
import pytest
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
