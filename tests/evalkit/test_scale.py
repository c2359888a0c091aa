from decimal import Decimal

from hypothesis import given, strategies as st

from evalkit.scale import ScaleRange


@given(
    low=st.integers(-100, 100),
    n_steps=st.integers(1, 1_000),
    step=st.sampled_from(["0.1", "0.25", "0.5", "1", "5"]),
    at=st.integers(0, 1_000),
)
def test_every_whole_number_of_steps_between_the_ends_is_on_the_scale(low, n_steps, step, at):
    # Decimal counts exactly what binary numbers round.
    end = low + n_steps * Decimal(step)
    scale = ScaleRange(float(low), float(end), float(step))
    value = low + at * Decimal(step)

    assert scale.holds(float(value)) == (at <= n_steps)
    assert not scale.holds(float(value + Decimal(step) / 3))


def test_a_scale_without_steps_holds_all_between_its_ends():
    scale = ScaleRange(0, 100)

    assert scale.holds(33.333)
    assert not scale.holds(-0.001)
    assert not scale.holds(100.001)
    assert scale.in_words() == "0 to 100"
    assert ScaleRange(0, 5, 0.5).in_words() == "0 to 5 in steps of 0.5"
