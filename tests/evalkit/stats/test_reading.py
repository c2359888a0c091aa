import numpy as np
import pytest

from evalkit.stats.agreement.krippendorff import Agreement, krippendorff_alpha, percent_agreement
from evalkit.stats.counts import Codings
from evalkit.stats.reading import read_agreement
from evalkit.vocabulary import Level

EVEN = Codings(
    np.array([0, 0, 1, 1]),
    np.array([0, 0, 1, 1]),
    np.array([0, 1, 0, 1]),
    np.array([0, 0, 1, 1]),
    ("no", "yes"),
    ("a", "b"),
)


def agreement(value, low, high):
    return Agreement(value, low, high, 50, 100)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.9, "can rest"),
        (0.7, "tentative"),
        (0.4, "guidelines"),
        (0.05, "hardly more than by chance"),
        (-0.4, "contradict"),
    ],
)
def test_the_reading_follows_krippendorffs_lines(value, said):
    alpha = agreement(value, value - 0.01, value + 0.01)

    assert said in read_agreement(alpha, agreement(0.7, 0.6, 0.8), EVEN)


def test_an_interval_across_a_line_is_said():
    text = read_agreement(agreement(0.75, 0.6, 0.85), agreement(0.8, 0.7, 0.9), EVEN)

    assert "lines at 0.667 and 0.8" in text
    assert "50 units" in text


def test_one_dominant_value_sends_the_reader_to_ac1():
    matrix = np.zeros((2, 100), dtype=int)
    matrix[0, :2], matrix[1, 2:4] = 1, 1
    annotator, unit = np.divmod(np.arange(200), 100)
    data = Codings(unit, unit, annotator, matrix.reshape(-1), ("fine", "unsafe"), ("a", "b"))

    text = read_agreement(krippendorff_alpha(data, Level.NOMINAL), percent_agreement(data), data)

    assert "98 % of all values are “fine”" in text
    assert "AC1" in text


def test_an_undefined_alpha_reads_as_its_reason():
    alpha = Agreement(None, None, None, 0, 0, "Nothing has been judged by two annotators yet.")

    assert read_agreement(alpha, alpha, EVEN) == alpha.reason


@pytest.mark.parametrize(("n_common", "dominates"), [(79, False), (80, True), (94, True)])
def test_a_value_dominates_from_four_fifths_of_all_values_on(n_common, dominates):
    value = np.where(np.arange(100) < n_common, 0, 1)
    data = Codings(np.arange(100) // 2, np.arange(100) // 2, np.arange(100) % 2, value,
                   ("fine", "unsafe"), ("a", "b"))  # fmt: skip

    high = read_agreement(agreement(0.3, 0.2, 0.4), agreement(0.9, 0.8, 0.95), data)
    low = read_agreement(agreement(0.3, 0.2, 0.4), agreement(0.7, 0.6, 0.8), data)

    assert ("AC1" in high) is dominates
    assert ("flatters" in low) is dominates
    # Where alpha is high, no common value has cost it anything.
    assert "AC1" not in read_agreement(agreement(0.9, 0.8, 0.95), agreement(0.9, 0.8, 1), data)
