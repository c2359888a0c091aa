"""What more annotations would buy: the plan, its sentences and its JSON."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from evalkit.errors import RefusedError
from evalkit.reports.power import sentences as words
from evalkit.reports.power.report import power_document, power_report
from evalkit.reports.power.scores import score_power
from evalkit.study.subjects import PREFERRED
from tests.evalkit.collected_studies import HELPFUL, LEFT, RIGHT, TIE, collected

A, B = range(2)
Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution


def pilot(*, n_cases, won):
    """Compare A with B once per case; A wins the first of them."""
    return collected(
        n_cases=n_cases,
        preferences=[(0, case, A, B, LEFT if case < won else RIGHT) for case in range(n_cases)],
    )


def scored(seed=1, *, n_cases=30, per_case=3, between=0.5, within=1.0):
    """Score A by several annotators; cases and annotators both vary."""
    rng = np.random.default_rng(seed)
    level = 3 + between * rng.standard_normal(n_cases)
    return collected(
        n_cases=n_cases,
        scores=[
            (who, case, A, float(np.clip(level[case] + within * rng.standard_normal(), 1, 5)))
            for case in range(n_cases)
            for who in range(per_case)
        ],
    )


def of_scores(report):
    return next(one for one in report.intervals if one.subject != PREFERRED)


def test_the_comparisons_needed_are_those_of_the_textbook():
    # Won 52 %: n = (1.960 + 0.842)² / (p(1-p) g²) with g = log(0.52/0.48) = 0.0800 (F15).
    gap = math.log(0.52 / 0.48)
    expected = (Z + 0.8416212) ** 2 / (0.52 * 0.48 * gap * gap)

    (pair,) = power_report(pilot(n_cases=1000, won=520)).pairs

    assert pair.n_needed == pytest.approx(expected, rel=0.01)
    assert pair.n_cases_needed == pytest.approx(pair.n_needed)  # one comparison per case


def test_the_need_does_not_depend_on_how_large_the_pilot_was():
    (small,) = power_report(pilot(n_cases=500, won=260)).pairs
    (large,) = power_report(pilot(n_cases=2000, won=1040)).pairs

    # At the same share won; what is left is the one degree of freedom of the pilot.
    assert small.is_settled is large.is_settled is False
    assert small.n_needed == pytest.approx(large.n_needed, rel=0.01)


def test_two_models_that_are_told_apart_need_nothing():
    (pair,) = power_report(pilot(n_cases=100, won=80)).pairs

    assert pair.is_settled
    assert pair.n_needed is None
    assert words.pair_sentence(power_report(pilot(n_cases=100, won=80)), pair) == (
        "A is ahead of B at 95 % already."
    )


def test_as_many_cases_as_the_plan_asks_for_find_the_difference_four_times_in_five():
    (pair,) = power_report(pilot(n_cases=100, won=58)).pairs
    rng = np.random.default_rng(5)
    n, found = pair.n_needed, 0
    for _ in range(400):
        share = rng.binomial(n, 0.58) / n
        found += abs(share - 0.5) > Z * math.sqrt(share * (1 - share) / n)

    # 400 trials at 80 %: three standard errors are 6 points.
    assert found / 400 == pytest.approx(0.8, abs=0.06)


def test_half_the_width_takes_four_times_the_cases():
    wide = of_scores(power_report(scored(), half_width=0.04))
    narrow = of_scores(power_report(scored(), half_width=0.02))

    assert narrow.n_cases_needed == pytest.approx(4 * wide.n_cases_needed, abs=4)


def test_the_width_there_is_needs_the_cases_there_are():
    one = of_scores(power_report(scored()))
    now = (one.estimate.high - one.estimate.low) / 2

    again = of_scores(power_report(scored(), half_width=now / 4))  # of a scale 4 wide

    assert again.n_cases_needed == again.n_cases_now == 30


def test_the_overlap_asked_for_is_the_least_that_is_enough():
    one = of_scores(power_report(scored(between=0.3, within=1.2), half_width=0.05))

    now = (one.estimate.high - one.estimate.low) / 2

    def half(per_case):
        # The interval in hand narrows as the variance of a case's mean does.
        spread = one.spread
        at, at_now = (spread.between + spread.within / m for m in (per_case, one.per_case_now))
        return now * math.sqrt(at / at_now)

    assert one.per_case_needed > one.per_case_now
    assert half(one.per_case_needed) <= 0.2 < half(one.per_case_needed - 1)  # 5 % of 4


def test_where_cases_differ_too_much_no_overlap_is_enough():
    report = power_report(scored(between=1.2, within=0.2), half_width=0.02)
    one = of_scores(report)

    assert one.per_case_needed is None
    assert one.reason is None
    assert words.where_to_spend(report).startswith("New cases buy more")


def test_one_annotation_per_case_cannot_tell_cases_from_annotators():
    one = of_scores(power_report(scored(per_case=1), half_width=0.02))

    assert one.n_cases_needed > one.n_cases_now
    assert one.more is None
    assert "annotated twice" in one.reason


def test_values_that_are_all_equal_do_not_make_less_overlap_enough():
    # Wilson's interval of 20 ties on 10 cases is far wider than ± 5 points.
    ties = [(who, case, 0, 1, TIE) for case in range(10) for who in (0, 1)]
    report = power_report(collected(n_cases=10, preferences=ties))

    for one in report.intervals:
        assert one.n_cases_needed > one.n_cases_now
        assert (one.per_case_needed, one.more) == (None, None)
        assert one.reason == "All scores are equal, so there is nothing to narrow."
        assert words.overlap(one) == "cannot be told while all annotations are equal"
    assert words.where_to_spend(report).startswith("All annotations of a model are equal so far")


def test_models_as_good_as_equal_are_called_so():
    report = power_report(pilot(n_cases=100, won=50))
    nearly = power_report(pilot(n_cases=1001, won=501))

    assert "equal models" in words.pair_sentence(report, report.pairs[0])
    assert "no realistic number" in words.pair_sentence(nearly, nearly.pairs[0])


def test_the_work_of_one_annotator_is_that_of_one():
    report = power_report(pilot(n_cases=100, won=62))
    one = replace(report.pairs[0], n_needed=report.pairs[0].n_now + 1, is_settled=False)

    assert words.pair_sentence(report, replace(one, n_cases_needed=101)).endswith(
        "the work of 1 annotator who does as much as the typical one so far."
    )


def scored_apart(*, n_cases, ahead):
    """Score B three and A two to four, so that A is ahead by ``ahead`` on average."""
    n_up = round(n_cases * (1 + ahead) / 2)
    values = [(0, case, A, 4.0 if case < n_up else 2.0) for case in range(n_cases)]
    return collected(
        n_cases=n_cases, scores=values + [(0, case, B, 3.0) for case in range(n_cases)]
    )


def test_the_cases_a_score_needs_are_those_of_the_textbook():
    (pair,) = score_power(scored_apart(n_cases=100, ahead=0.1), HELPFUL)

    # Differences are +1 for 55 and -1 for 45 of 100 cases: mean 0.1, s² = (100/99)(1 - 0.01);
    # n = ((1.960 + 0.842) s / 0.1)² + 1.960² / 2 (F15; Guenther 1981 for Student's t).
    expected = (Z + 0.8416212) ** 2 * (100 / 99) * 0.99 / 0.01 + Z**2 / 2
    assert (pair.model, pair.difference.n) == ("A", 100)
    assert pair.difference.value == pytest.approx(0.1)
    assert pair.n_cases_needed == pytest.approx(expected, rel=0.01)
    assert words.score_sentence(pair) == "To show A ahead of B: about 690 new cases."


def test_the_model_ahead_is_named_first_and_a_settled_pair_needs_nothing():
    (pair,) = score_power(scored_apart(n_cases=100, ahead=-0.6), HELPFUL)

    assert (pair.model, pair.other) == ("B", "A")
    assert pair.difference.low > 0
    assert pair.is_settled
    assert pair.n_cases_needed is None
    assert words.score_sentence(pair) == "B is ahead of A at 95 % already."


def test_scores_that_are_equal_or_not_there_say_why_nothing_is_needed():
    (equal,) = score_power(scored_apart(n_cases=100, ahead=0.0), HELPFUL)
    (none,) = score_power(scored(), HELPFUL)

    assert "equal" in equal.reason
    assert "on no case yet" in none.reason
    assert equal.n_cases_needed is none.n_cases_needed is None
    assert none.difference.value is None


def test_nothing_collected_has_a_reason():
    report = power_report(collected())

    assert report.pairs == report.intervals == ()
    assert report.reason
    assert words.power_sentences(report)[0] == report.reason


@pytest.mark.parametrize("half_width", [0.0, -0.1, 0.5, 3.0, math.nan])
def test_a_half_width_that_is_none_is_refused(half_width):
    with pytest.raises(RefusedError, match="share of the scale"):
        power_report(collected(), half_width=half_width)


def test_the_document_is_plain_json_without_nan():
    document = power_document(scored(), half_width=0.02)

    document = json.loads(json.dumps(document, allow_nan=False))
    entry = document["intervals"][0]
    assert (entry["criterion"], entry["model"], entry["half_width"]) == ("helpful", "A", 0.08)
    assert entry["doubled"]["new_cases"] == pytest.approx(entry["doubled"]["now"] / math.sqrt(2))
    (pair,) = document["score_pairs"]
    assert (pair["criterion"], pair["model"], pair["other"]) == ("helpful", "A", "B")
    assert "on no case yet" in pair["reason"]
    assert (pair["n_cases_now"], pair["n_cases_needed"]) == (0, None)
