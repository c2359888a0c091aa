"""Means that may be looked at every day: they keep their promise at every look."""

import numpy as np
import pytest
import truescore

from evalkit.stats.judges.betting import confidence_sequence


def test_intervals_only_move_towards_each_other_and_hold_the_mean():
    rng = np.random.default_rng(1)
    values = (rng.random(400) < 0.7).astype(float)

    sequence = confidence_sequence(values)

    assert np.all(np.diff(sequence.low) >= 0)
    assert np.all(np.diff(sequence.high) <= 0)
    assert sequence.low[-1] < values.mean() < sequence.high[-1]
    assert sequence.high[-1] - sequence.low[-1] < 0.2


def test_values_turned_over_turn_the_sequence_over():
    rng = np.random.default_rng(2)
    values = rng.random(100)

    straight, turned = confidence_sequence(values), confidence_sequence(1.0 - values)

    np.testing.assert_allclose(turned.low, 1.0 - straight.high, atol=1e-9)
    np.testing.assert_allclose(turned.high, 1.0 - straight.low, atol=1e-9)


def test_it_is_as_short_as_that_of_another_implementation():
    # truescore 0.7.4: the predictable plug-in empirical Bernstein sequence. Both
    # hold the same promise; ours ends at means of a grid, a thousandth apart.
    rng = np.random.default_rng(3)
    values = (rng.random(500) < 0.9).astype(float)

    ours = confidence_sequence(values)
    theirs = truescore.sequential.confidence_sequence(values)

    assert ours.high[-1] - ours.low[-1] < theirs.high - theirs.low + 2 * 0.001
    assert ours.low[-1] < theirs.high
    assert ours.high[-1] > theirs.low


def test_no_value_leaves_everything_possible():
    assert len(confidence_sequence(np.array([])).low) == 0


@pytest.mark.slow
@pytest.mark.parametrize("mean", [0.5, 0.95])
def test_looking_after_every_case_rarely_misses_the_truth(mean):
    # Simulation: at most 5 of 100 sequences of 200 looks ever miss; 150 of them, so 3.5 points.
    rng = np.random.default_rng(int(mean * 100))
    misses = 0
    for _ in range(150):
        sequence = confidence_sequence((rng.random(200) < mean).astype(float))
        misses += bool(np.any((sequence.low > mean) | (sequence.high < mean)))

    assert misses / 150 <= 0.05 + 0.035
