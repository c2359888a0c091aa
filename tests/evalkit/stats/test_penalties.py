import pytest

from evalkit.severity import DEFAULT_SEVERITIES, Severity, gravity
from evalkit.stats.penalties import ErrorWeights

#: As WMT weighs marks of MQM (Freitag et al. 2021, TACL 9, table 12), the mildest first.
WMT = (
    Severity("neutral", "neutral", 0.0),
    Severity("minor-punctuation", "minor, punctuation", 0.1),
    Severity("minor", "minor", 1.0),
    Severity("major", "major", 5.0),
    Severity("non-translation", "non-translation", 25.0),
)


def test_an_error_weighs_by_its_severity_unless_its_tag_weighs_something_else():
    # MQM's own: a minor error of punctuation weighs a tenth (Freitag et al. 2021).
    weights = ErrorWeights(tags={("punctuation", "minor"): 0.1})

    assert weights.of("punctuation", "minor") == 0.1
    assert weights.of("punctuation", "major") == 5
    usual = [weights.of("tone", severity.key) for severity in DEFAULT_SEVERITIES]
    assert usual == pytest.approx([1, 5, 10])


def test_wmts_published_weights_are_severities_of_a_taxonomy():
    weights = ErrorWeights(WMT)

    assert [weights.of("any", severity.key) for severity in WMT] == [0, 0.1, 1, 5, 25]


def test_an_error_without_a_severity_weighs_as_one_of_the_mildest():
    assert ErrorWeights().of("tone", None) == 1
    assert ErrorWeights(tags={("tone", "minor"): 0.5}).of("tone", None) == 0.5
    assert ErrorWeights(WMT).of("tone", None) == 0


def test_how_grave_a_severity_is_is_told_by_its_rank_alone():
    heavier = tuple(Severity(each.key, each.name, 3 * each.weight) for each in WMT)

    # Ranks 0 to 4 of 4, whatever they weigh.
    assert [gravity(WMT, severity.key) for severity in WMT] == [0, 0.25, 0.5, 0.75, 1]
    assert [gravity(heavier, severity.key) for severity in heavier] == [0, 0.25, 0.5, 0.75, 1]
    assert gravity(WMT, None) == 0
    assert gravity(WMT, "huge") == 0
