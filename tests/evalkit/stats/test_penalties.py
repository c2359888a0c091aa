import numpy as np
import pytest

from evalkit.stats.penalties import Looks, error_penalties


def test_the_penalty_is_the_weighted_errors_per_look_and_looks_without_errors_count():
    # Model a: case 0 with 5 + 1, case 1 with nothing: mean 3. Model b: 0.1 and 25: 12.55.
    looks = Looks(
        np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), np.zeros(4, int), ("a", "b"), ("x",)
    )

    rows = error_penalties(
        looks, look=np.array([0, 0, 2, 3]), weight=np.array([5.0, 1.0, 0.1, 25.0])
    )

    overall = {row.model: row.estimate.value for row in rows if row.category is None}
    assert overall == pytest.approx({"a": 3.0, "b": 12.55})


def test_a_model_nobody_found_an_error_in_has_a_penalty_of_zero():
    looks = Looks(np.array([0, 1]), np.zeros(2, int), np.zeros(2, int), ("a",), ("x",))

    row = error_penalties(looks, look=np.zeros(0, int), weight=np.zeros(0))[0]

    assert row.estimate.value == 0
    assert row.estimate.n == 2
    # No errors in two looks do not prove that there never are any.
    assert row.estimate.low is None
