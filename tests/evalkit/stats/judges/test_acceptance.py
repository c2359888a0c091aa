"""Verdicts taken unseen: the promise about how many are wrong holds, or nothing is promised."""

import numpy as np
import pytest
from scipy import stats

from evalkit.stats.judges.acceptance import (
    Verdicts,
    accept_verdicts,
    curve,
    labels_needed,
    least_labels,
)


def verdicts(certainty, is_wrong, case=None):
    n = len(certainty)
    return Verdicts(
        np.array(certainty, dtype=float),
        np.array(is_wrong, dtype=bool),
        np.arange(n) if case is None else np.array(case),
    )


def drawn(rng, n, *, wrong_at=lambda certainty: 0.4 * (1 - certainty), per_case=1):
    """Return verdicts that are wrong less often the more certain they are."""
    certainty = rng.random(n)
    draw = np.repeat(rng.random(-(-n // per_case)), per_case)[:n]
    return verdicts(certainty, draw < wrong_at(certainty), np.arange(n) // per_case)


def test_59_verdicts_without_a_wrong_one_show_at_most_5_percent():
    # .95^59 = .0485, .95^58 = .0510: the rule of three, exactly.
    assert least_labels(risk=0.05, error=0.05) == 59
    assert least_labels(risk=0.1, error=0.05) == 29

    dev = verdicts([1.0] * 60, [False] * 60)
    enough = accept_verdicts(dev, verdicts([1.0] * 59, [False] * 59), risk=0.05)
    short = accept_verdicts(dev, verdicts([1.0] * 58, [False] * 58), risk=0.05)

    assert enough.threshold == 1.0
    assert enough.tried[0].p_value == pytest.approx(0.95**59)
    assert short.threshold is None
    assert "58 labels at this certainty are too few" in short.reason
    assert "it takes 59" in short.reason


def test_the_test_of_a_threshold_is_the_exact_binomial():
    # P(Bin(100, .1) ≤ 4) = .0237, P(≤ 5) = .0576 (Clopper & Pearson 1934).
    dev = verdicts([1.0] * 100, [False] * 100)

    four = accept_verdicts(dev, verdicts([1.0] * 100, [True] * 4 + [False] * 96), risk=0.1)
    five = accept_verdicts(dev, verdicts([1.0] * 100, [True] * 5 + [False] * 95), risk=0.1)

    assert four.threshold == 1.0
    assert four.tried[0].p_value == pytest.approx(0.0237, abs=1e-4)
    assert four.wrong.value == pytest.approx(0.04)
    assert five.threshold is None
    assert five.tried[0].p_value == pytest.approx(0.0576, abs=1e-4)
    assert "5 of 100 verdicts are wrong" in five.reason


def test_a_judge_that_is_wrong_too_often_on_dev_is_not_tried_at_all():
    dev = verdicts([0.2, 0.8] * 50, [True, False] * 25 + [True, True] * 25)

    result = accept_verdicts(dev, verdicts([1.0] * 500, [False] * 500), risk=0.05)

    assert (result.threshold, result.tried) == (None, ())
    assert "nothing to certify" in result.reason


def test_thresholds_go_down_until_the_first_that_fails():
    rng = np.random.default_rng(2)
    result = accept_verdicts(drawn(rng, 4000), drawn(rng, 4000), risk=0.1)

    thresholds = [row.threshold for row in result.tried]
    assert thresholds == sorted(thresholds, reverse=True)
    assert all(row.p_value <= 0.05 for row in result.tried[:-1])
    assert result.threshold == min(row.threshold for row in result.tried if row.p_value <= 0.05)
    # Wrong with .4(1 - c): above c the mean is .2(1 - c), which is .1 at c = .5.
    assert 0.45 < result.threshold < 0.75
    assert result.accepted.value == pytest.approx(1 - result.threshold, abs=0.05)


def test_verdicts_of_one_case_that_are_wrong_together_need_more_cases():
    rng = np.random.default_rng(3)
    dev = verdicts([1.0] * 500, rng.random(500) < 0.02)
    alone = verdicts([1.0] * 100, [True] * 2 + [False] * 98)
    together = verdicts([1.0] * 100, [True] * 2 + [False] * 98, np.arange(100) // 5)

    assert accept_verdicts(dev, alone, risk=0.1).threshold == 1.0
    assert accept_verdicts(dev, together, risk=0.1).threshold is None


@pytest.mark.slow
@pytest.mark.parametrize("per_case", [1, 5])
def test_more_than_the_risk_is_promised_at_most_as_often_as_stated(per_case):
    # Simulation with known truth: above threshold t the share of wrong verdicts is .2(1 - t).
    rng = np.random.default_rng(per_case)
    broken = 0
    for _ in range(400):
        dev = drawn(rng, 400, per_case=per_case)
        certification = drawn(rng, 400, per_case=per_case)
        result = accept_verdicts(dev, certification, risk=0.1)
        if result.threshold is not None:
            broken += 0.2 * (1 - result.threshold) > 0.1

    assert broken / 400 <= 0.05 + 0.022


def test_the_labels_a_promise_takes_grow_with_what_is_wrong_until_none_will_do():
    # None wrong: the rule of three. One of 100 wrong: scipy's binomial by hand, the least n with
    # P(Bin(n, .05) <= ceil(n / 100)) <= .05; one more wrong verdict each hundred.
    assert labels_needed(0.0, risk=0.05, error=0.05) == 59
    n = next(n for n in range(1, 500) if stats.binom.cdf(-(-n // 100), n, 0.05) <= 0.05)
    assert labels_needed(0.01, risk=0.05, error=0.05) == n
    assert labels_needed(0.05, risk=0.05, error=0.05) is None
    assert labels_needed(0.0499, risk=0.05, error=0.05) is None


def test_the_curve_goes_from_the_surest_verdict_to_all_and_leaves_out_those_without_a_verdict():
    rows = verdicts([1.0, 1.0, 0.5, 0.0], [False, True, True, False])

    points = curve(rows)

    assert [point.threshold for point in points] == [1.0, 0.5]
    assert [point.accepted.value for point in points] == [0.5, 0.75]
    assert [point.wrong.value for point in points] == [0.5, pytest.approx(2 / 3)]
