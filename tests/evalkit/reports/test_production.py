"""What is weighted to production: what is said of shares, of who comes first, of what lacks."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.production.report import production_report
from evalkit.reports.production.sentences import NOTHING_HERE, basis, how_to_read, what_changes
from evalkit.reports.production.tables import production_blocks
from evalkit.study.collected import Limits, Penalties
from evalkit.study.traffic import Traffic
from tests.evalkit.collected_studies import LEFT, collected

HALVES = Traffic((("code", 1.0), ("support", 1.0)))


def study(wins, *, models=("A", "B"), traffic=HALVES, n_cases=16, **more):
    """Compare models by ``wins``: (case, model that won, model that lost)."""
    of = [(0, case, models.index(won), models.index(lost), LEFT) for case, won, lost in wins]
    return replace(
        collected(preferences=of, models=models, n_cases=n_cases, **more), traffic=traffic
    )


def mostly(won, lost, cases):
    """Return wins of one over another on three of four of the cases."""
    return [
        (case, won, lost) if place % 4 else (case, lost, won) for place, case in enumerate(cases)
    ]


@pytest.mark.parametrize("models", [("A", "B"), ("B", "A")])
def test_models_as_strong_as_each_other_are_level_whatever_they_are_called(models):
    # A wins all of code, B all of support, and production asks as much of both.
    wins = [(case, *(("A", "B") if case % 2 == 0 else ("B", "A"))) for case in range(16)]
    report = production_report(study(wins, models=models))

    assert set(report.first) == set(report.first_weighted) == {"A", "B"}
    assert report.lead is None
    assert what_changes(report) == (
        f"Weighted to production {models[0]} and {models[1]} are level as before."
    )


def test_who_came_first_alone_and_is_level_once_weighted_does_not_stay_first():
    # Code: A on 3 of 4 of 12 cases; support: B on 3 of 4 of 4 cases.
    wins = mostly("A", "B", range(0, 24, 2)) + mostly("B", "A", range(1, 8, 2))
    report = production_report(study(wins, n_cases=24))

    assert report.first == ("A",)
    assert what_changes(report) == (
        "Weighted to production A and B are level; as collected A comes first."
    )


def test_shares_are_those_that_were_stated_also_where_a_category_is_looked_at_alone():
    wins = mostly("A", "B", range(0, 16, 2))
    shares = Traffic((("code", 20.0), ("support", 80.0)))
    whole = study(wins, traffic=shares)
    outputs = replace(whole.outputs, category=np.zeros(32, dtype=np.int64))
    report = production_report(
        replace(whole, categories=("code",), outputs=outputs, limits=Limits(categories=("code",)))
    )

    assert report.shares == (("code", 0.2),)
    assert basis(report) == ("Production: code 20 %. Weighted numbers speak of these 20 % alone.",)


def test_what_has_no_case_is_said_by_the_same_shares_as_what_has():
    stated = Traffic((("code", 20.0), ("support", 30.0), ("law", 50.0)))
    report = production_report(study(mostly("A", "B", range(16)), traffic=stated))

    assert basis(report) == (
        "Production: code 20 % and support 30 %.",
        "No case is of law (50 %): weighted numbers speak of the other 50 % of production alone.",
    )


def test_a_category_of_which_a_share_of_0_was_stated_is_not_said_to_be_without_a_statement():
    stated = Traffic((("code", 1.0), ("support", 0.0)))
    report = production_report(study(mostly("A", "B", range(16)), traffic=stated))

    assert report.no_share == (("support", 8),)
    assert "for production has no share of it: support (8 cases)" in " ".join(basis(report))


def test_a_model_that_was_not_compared_in_a_category_has_no_number_and_is_not_placed():
    wins = mostly("A", "B", range(16))
    wins += [(case, "C", lost) for case in range(0, 16, 2) for lost in "AB" if case or lost == "A"]
    wins += [(0, "B", "C"), (2, "A", "C")]
    report = production_report(study(wins, models=("A", "B", "C")))
    preference = report.measures[0]

    for rows in (preference.rows, preference.strengths):
        assert rows[2].weighted.value is None
        assert rows[2].weighted.reason == (
            "Nothing of it was judged in support (50 % of production), so nothing can be said of "
            "the whole."
        )
    assert report.first == ("C",)
    assert report.first_weighted == ("A",)
    told = what_changes(report)
    assert told.startswith("Weighted to production of those that can be placed A comes first")
    assert "as collected C comes first. Not placed: C" in told
    assert report.next_weighted == ("B",)


def test_weights_of_errors_are_weighed_too():
    # One look each: errors of A weigh 4 on every case of code and 0 on support; production: 1 to 3.
    whole = study([], traffic=Traffic((("code", 1.0), ("support", 3.0))))
    output = np.arange(32)
    weight = np.where((output < 16) & (output % 2 == 0), 4.0, 1.0 * (output % 4 == 1))
    penalties = Penalties(output, weight)
    (measure,) = production_report(replace(whole, penalties=penalties)).of(("penalty",))
    first = measure.rows[0]

    assert first.as_collected.value == pytest.approx((4.0 + 0.5) / 2)
    assert first.weighted.value == pytest.approx(0.25 * 4.0 + 0.75 * 0.5)
    assert 0.0 <= first.weighted.low < first.weighted.value < first.weighted.high


def test_where_chances_alone_are_recorded_no_shares_are_spoken_of():
    whole = study(mostly("A", "B", range(16)), traffic=Traffic())
    chance = np.where(whole.outputs.case < 8, 0.5, 0.1)
    report = production_report(replace(whole, outputs=replace(whole.outputs, sampled=chance)))

    assert "share of production" not in how_to_read(report)
    assert "no shares of categories are stated" in how_to_read(report)
    assert "its share of production" in how_to_read(production_report(study([(0, "A", "B")])))


@pytest.mark.parametrize("asked", [True, False])
def test_that_production_is_asked_nothing_here_is_said_of_cases_and_not_of_what_was_judged(asked):
    stated = HALVES if asked else Traffic((("chat", 1.0),))
    report = production_report(study([], traffic=stated))
    told = [
        sentence for block in production_blocks(report, ("A", "B")) for sentence in block.sentences
    ]

    assert not report.measures
    assert (NOTHING_HERE in told) is not asked
