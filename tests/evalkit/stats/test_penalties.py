import pytest

from evalkit.stats.penalties import ErrorWeights
from evalkit.vocabulary import Severity


def test_an_error_weighs_by_its_severity_unless_its_tag_weighs_something_else():
    # MQM's own: a minor error of punctuation weighs a tenth (Freitag et al. 2021).
    weights = ErrorWeights(tags={("punctuation", Severity.MINOR): 0.1})

    assert weights.of("punctuation", Severity.MINOR) == 0.1
    assert weights.of("punctuation", Severity.MAJOR) == 5
    assert [weights.of("tone", one) for one in Severity] == pytest.approx([1, 5, 10])
