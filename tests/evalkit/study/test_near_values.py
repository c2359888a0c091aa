"""What most say on a scale without steps: the mean of what most others lie near to."""

import pytest

from evalkit.study.near_values import said_by_most


@pytest.mark.parametrize(
    ("numbers", "most"),
    [
        # 5 of 100 is a twentieth: near. All three lie near 54, 50 and 58 not near each other.
        ([50.0, 54.0, 58.0], 54.0),
        # Two lie near each other, the third near nobody.
        ([50.0, 52.0, 90.0], 51.0),
        ([30.0], 30.0),
        # As many here as there.
        ([20.0, 80.0], None),
        ([], None),
    ],
)
def test_what_most_say_is_the_mean_of_what_most_others_lie_near_to(numbers, most):
    assert said_by_most(numbers, low=0.0, high=100.0) == (
        None if most is None else pytest.approx(most)
    )
