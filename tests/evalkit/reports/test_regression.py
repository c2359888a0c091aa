"""Before and after: what is the same case, what passes, what broke, what cannot be said."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.regression import sentences as words
from evalkit.reports.regression.report import (
    AnsweredCase,
    Change,
    Side,
    regression_document,
    regression_report,
)
from evalkit.stats.regression import share_difference
from evalkit.stats.significance import mcnemar
from evalkit.study.passing import PassRule, Verdict
from tests.evalkit.collected_studies import collected

YES, NO = Verdict(2, 2), Verdict(0, 2)


def side(name, *cases):
    return Side(name, tuple(AnsweredCase(*case) for case in cases))


def report(before, after, verdicts):
    return regression_report(
        side("Old", *before), side("New", *after), verdicts=verdicts, measure=PassRule()
    )


def test_a_case_is_the_same_by_its_content_whatever_it_is_called():
    found = report([("h1", "a", "x", 1)], [("h1", "renamed", "y", 2)], {1: YES, 2: NO})

    (case,) = found.cases
    assert (case.key, case.category, case.change) == ("renamed", "y", Change.BROKE)
    assert found.new == found.removed == ()


def test_other_content_under_the_same_name_is_new_and_removed_and_says_so():
    found = report([("h1", "a", "x", 1)], [("h2", "a", "x", 2), ("h3", "b", "x", 3)], {2: YES})

    assert found.cases == ()
    assert [(one.key, one.is_changed) for one in found.new] == [("a", True), ("b", False)]
    assert [one.is_changed for one in found.removed] == [True]
    assert [one.verdict for one in found.new] == [YES, None]


def test_equal_content_that_occurs_twice_is_paired_in_order():
    found = report(
        [("h", "a", "x", 1), ("h", "b", "x", 2)], [("h", "a", "x", 3), ("h", "b", "x", 4)], {}
    )

    assert [(one.before_id, one.after_id) for one in found.cases] == [(1, 3), (2, 4)]


def test_of_cases_of_one_content_those_of_one_name_are_paired_first():
    found = report(
        [("h", "a", "x", 1), ("h", "b", "x", 2), ("h", "c", "x", 3)],
        [("h", "b", "x", 5), ("h", "c", "x", 6), ("h", "d", "x", 7), ("h", "e", "x", 8)],
        {},
    )

    assert [(one.before_id, one.after_id) for one in found.cases] == [(2, 5), (3, 6), (1, 7)]
    assert [one.name for one in found.cases] == ["b", "c", "d (before: a)"]
    assert [one.key for one in found.new] == ["e"]
    assert [one["case_before"] for one in regression_document(found)["cases"]] == ["b", "c", "a"]


def test_a_case_a_run_did_not_answer_is_not_shared():
    found = report([("h", "a", "x", None)], [("h", "a", "x", 2)], {2: YES})

    assert (found.n_shared, len(found.new), len(found.removed)) == (0, 1, 0)


def test_only_cases_judged_on_both_sides_are_tested():
    cases = [(f"h{n}", f"case-{n}", "x" if n < 7 else "y", n) for n in range(10)]
    after = [(key, name, category, n + 100) for key, name, category, n in cases]
    # 0-5 broke, 6 was repaired, 7 passes, 8 fails, 9 was judged before only.
    verdicts = dict.fromkeys(range(6), YES) | {n + 100: NO for n in range(6)}
    verdicts |= {6: NO, 106: YES, 7: YES, 107: YES, 8: NO, 108: NO, 9: YES}

    found = report(cases, after, verdicts)

    assert [len(found.of(change)) for change in Change] == [6, 1, 1, 1, 1]
    assert (found.n_shared, found.n_judged) == (10, 9)
    overall, x, y = found.rows
    assert overall.test.test == mcnemar(only_first=6, only_second=1)
    assert (x.test.n_cases, y.test.n_cases) == (7, 2)
    assert overall.difference.value == pytest.approx(-5 / 9)
    said = words.regression_basis(found)
    assert "10 cases answered by both, 1 of them not judged on both sides." in said
    assert any("Nothing can be said about y" in one for one in words.regression_findings(found))


def test_a_response_passes_if_more_than_half_say_so():
    assert [Verdict(n, 4).passes for n in range(5)] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("before", "after", "verdicts", "reason"),
    [
        ([("h1", "a", "x", 1)], [("h2", "b", "x", 2)], {1: YES, 2: YES}, "no case in common"),
        ([("h1", "a", "x", 1)], [("h1", "a", "x", 2)], {1: YES}, "judged on both sides"),
        ([("h1", "a", "x", 1)], [("h1", "a", "x", 2)], {}, "Acceptability was not asked for"),
    ],
)
def test_where_nothing_can_be_said_the_report_says_why(before, after, verdicts, reason):
    found = report(before, after, verdicts)

    assert found.rows == ()
    assert reason in words.regression_verdict(found)
    document = regression_document(found)
    json.dumps(document, allow_nan=False)
    assert (document["difference"], document["categories"]) == (None, [])
    assert reason in document["reason"]


def changed(n_broke, n_repaired, n_same=10):
    n = n_broke + n_repaired + n_same
    cases = [(f"h{place}", f"case-{place}", "x", place) for place in range(n)]
    after = [(key, name, category, place + 1000) for key, name, category, place in cases]
    was = [True] * n_broke + [False] * n_repaired + [True] * n_same
    now = [False] * n_broke + [True] * n_repaired + [True] * n_same
    verdicts = {place: YES if one else NO for place, one in enumerate(was)}
    verdicts |= {place + 1000: YES if one else NO for place, one in enumerate(now)}
    return report(cases, after, verdicts)


def test_the_verdict_takes_a_side_beyond_chance_only():
    # Mid-p of 8 against 0 is 2^-8 = 0.004; of 3 against 1: 2·(5/16) - 4/16 = 0.375.
    assert words.regression_verdict(changed(8, 0)).startswith(
        "New passes fewer cases than Old: 8 cases broke, 0 were repaired (−44 pp ["
    )
    assert "p = 0.004" in words.regression_verdict(changed(8, 0))
    assert words.regression_verdict(changed(0, 8)).startswith("New passes more cases than Old")
    open_one = words.regression_verdict(changed(3, 1))
    assert open_one.startswith("No change beyond chance from Old to New: 3 cases broke, 1 was")
    assert "p = 0.38" in open_one
    assert words.regression_verdict(changed(0, 0)).startswith("Nothing changed from Old to New")


def test_as_many_cases_as_are_needed_find_a_change_four_times_in_five():
    found = changed(11, 4, n_same=65)
    needed = found.rows[0].n_cases_needed
    generator = np.random.default_rng(3)

    counts = generator.multinomial(needed, [11 / 80, 4 / 80, 65 / 80], size=2000)
    hits = sum(
        mcnemar(only_first=int(lost), only_second=int(gained)).p_value <= 0.05
        for lost, gained, _ in counts
    )

    # Connor's formula: 80 %; three standard errors of 2,000 are 3 points, and it is asymptotic.
    assert hits / 2000 == pytest.approx(0.8, abs=0.05)
    assert f"about {needed:,} judged cases in all" in words.regression_power(found)


def test_a_change_that_is_shown_or_even_needs_no_number_of_cases():
    shown, even, none = changed(12, 0), changed(3, 3), report([], [], {})

    assert shown.rows[0].n_cases_needed is even.rows[0].n_cases_needed is None
    assert words.regression_power(shown) == words.regression_power(none) == ""
    assert "no number of cases" in words.regression_power(even)


def test_a_change_too_small_to_matter_is_called_so():
    said = words.regression_power(changed(51, 50, n_same=400))

    assert "no realistic number of cases" in said


def test_four_cases_that_all_broke_are_within_chance_and_five_are_not():
    # The mid-p value of n cases that all broke is 2^-n: what FEWEST_CASES rests on.
    assert mcnemar(only_first=words.FEWEST_CASES - 1, only_second=0).p_value > 0.05
    assert mcnemar(only_first=words.FEWEST_CASES, only_second=0).p_value < 0.05


def test_the_interval_of_paired_shares_is_that_of_bonett_and_price():
    # By hand, 40 cases, 12 lost, 4 gained: (4 + 1 - 12 - 1)/42 = -8/42;
    # se² = (18/42 - (8/42)²)/42, half width 1.959964·se = 0.18940.
    found = share_difference(n_cases=40, n_lost=12, n_gained=4)

    half = 1.959964 * ((18 / 42 - (8 / 42) ** 2) / 42) ** 0.5
    assert found.value == pytest.approx(-0.2)
    assert (found.low, found.high) == pytest.approx((-8 / 42 - half, -8 / 42 + half), abs=1e-6)


def test_the_interval_of_paired_shares_stays_on_its_scale_and_has_a_width():
    for n_cases in (1, 2, 5, 50):
        for n_lost, n_gained in ((n_cases, 0), (0, n_cases), (0, 0)):
            found = share_difference(n_cases=n_cases, n_lost=n_lost, n_gained=n_gained)
            assert -1 <= found.low <= found.value <= found.high <= 1
            assert found.low < found.high
    assert share_difference(n_cases=0, n_lost=0, n_gained=0).value is None


def test_the_interval_of_paired_shares_covers_the_truth():
    # Simulation: 60 cases, 20 % lost and 10 % gained; 95 % ± three standard errors of 4,000.
    generator = np.random.default_rng(7)
    counts = generator.multinomial(60, [0.2, 0.1, 0.7], size=4000)
    hits = 0
    for lost, gained, _ in counts:
        found = share_difference(n_cases=60, n_lost=int(lost), n_gained=int(gained))
        hits += found.low <= -0.1 <= found.high
    assert 0.94 <= hits / 4000 <= 0.97


def test_a_study_nobody_worked_in_is_not_said_to_have_judged():
    busy = collected(scores=[(0, 0, 0, 5)])
    idle = replace(busy, study="Idle", annotators=())

    assert words.judged_by([busy, idle]) == "Judged by 1 annotator in “Trial”."
