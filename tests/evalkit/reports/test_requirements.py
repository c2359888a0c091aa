"""What a lead asks of a model: who meets which limit, who is near enough to the first."""

import pytest
from hypothesis import given, strategies as st

from evalkit.reports.decision.document import decided, decision_document, met
from evalkit.reports.decision.requirements import Meets, Requirements, at_most, model_answers
from evalkit.stats.intervals import Estimate
from tests.evalkit.collected_studies import LEFT, RIGHT, collected

A, B, C = range(3)


def scored(**taken):
    """A is a point better than B on every second of 16 cases, 3 or 4 better than C on all."""
    scores = [
        (0, case, model, value)
        for case in range(16)
        for model, value in ((A, 5), (B, 5 - case % 2), (C, 2 - case % 2))
    ]
    return collected(models=("A", "B", "C"), scores=scores, **taken)


def answers(found, requirements, quality=None):
    report = decided(found, quality=quality)
    return {row.model: row for row in model_answers(found, report, requirements)}


@given(st.floats(-9, 9), st.floats(0, 9), st.floats(-20, 20))
def test_an_answer_is_sure_only_where_the_whole_interval_is_on_one_side(low, width, limit):
    answer = at_most(Estimate(low + width / 2, low, low + width, 5), limit)

    assert (answer is Meets.YES) == (low + width <= limit)
    assert (answer is Meets.NO) == (low > limit)


def test_without_an_interval_nothing_is_decided_and_without_a_number_nothing_known():
    assert at_most(Estimate(1.0, None, None, 1, "one case"), 5.0) is Meets.UNDECIDED
    assert at_most(Estimate(None, None, None, 0, "none"), 5.0) is Meets.UNKNOWN


@pytest.mark.parametrize(
    ("margin", "answer"),
    [(0.8, Meets.YES), (0.5, Meets.UNDECIDED), (0.2, Meets.NO)],
)
def test_who_is_within_the_margin_goes_by_the_paired_interval(margin, answer):
    # Differences 0 and 1 by turns: mean 0.5, standard deviation sqrt(16/15)/2, error 0.1291;
    # t(15) at 97.5 % is 2.131 (Student's table), so the interval is 0.5 ± 0.275.
    row = answers(scored(), Requirements(margin=margin), "helpful")["B"]

    assert (row.behind.low, row.behind.high) == pytest.approx((0.225, 0.775), abs=1e-3)
    assert row.is_within is answer


def test_by_the_preference_points_are_how_far_beyond_half_the_first_would_win():
    # Of two models alone, strength says the share won: 24 of 32 are 25 points beyond half.
    wins = [(0, case, A, B, RIGHT if case % 4 == 3 else LEFT) for case in range(32)]

    row = answers(collected(n_cases=32, preferences=wins), Requirements(margin=50))["B"]

    assert row.behind.value == pytest.approx(25.0)
    assert row.is_within is Meets.YES


def test_limits_are_in_dollars_for_a_thousand_and_in_seconds():
    found = scored(latencies=(3000, 1000, 2000))

    rows = answers(found, Requirements(most_latency=2.0, most_cost=1.0), "helpful")

    assert [rows[model].meets_latency for model in "ABC"] == [
        Meets.NO,
        Meets.YES,
        Meets.YES,
    ]
    assert {rows[model].meets_cost for model in "ABC"} == {Meets.UNKNOWN}
    assert [rows[model].meets_all for model in "AB"] == [Meets.NO, Meets.UNKNOWN]


def test_the_sentences_say_who_is_near_enough_and_who_meets_what():
    found = scored(latencies=(3000, 1000, 2000), costs=(0.04, 0.002, 0.001))
    report = decided(found, quality="helpful")

    _, sentences = met(found, report, Requirements(most_latency=2.0, margin=1.0))

    assert sentences[:4] == [
        "B is within 1 point of A and costs 5 % as much.",
        "C is not within 1 point of A.",
        "B and C meet 2 s at the median; A does not meet it.",
        "Meets everything asked: B.",
    ]


def test_the_document_has_the_answers_and_nothing_where_nothing_was_asked():
    asked = decision_document(scored(), quality="helpful", requirements=Requirements(margin=1.0))

    rows = {row["model"]: row for row in asked["requirements"]["answers"]}
    assert (rows["A"]["is_within"], rows["A"]["behind"]) == (None, None)
    assert (rows["B"]["is_within"], rows["C"]["is_within"]) == ("yes", "no")
    assert asked["requirements"]["margin"] == 1.0
    assert decision_document(scored())["requirements"] is None
