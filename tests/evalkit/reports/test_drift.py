"""Checks of anchors: which judge moved, since when, and the same in table, words and JSON."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from evalkit.reports.drift.document import drift_document
from evalkit.reports.drift.report import AnchorLook, DriftStanding, drift_report
from evalkit.reports.drift.sentences import drift_verdict, row_in_words
from evalkit.reports.drift.tables import drift_section, drift_table
from evalkit.vocabulary import JudgeTask
from tests.evalkit.reports.test_annotators import study

BEGUN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
TURNED = {"left": "right", "right": "left", "tie": "tie"}


def look(words, *, day=0, judge="judge", served=("m-1",)):
    """Give a check in which a judge says these of the anchors in both orders, always the same."""
    answers = {
        (anchor, is_turned, number): {"preference": TURNED[word] if is_turned else word}
        for anchor, word in enumerate(words)
        for is_turned in (False, True)
        for number in (1, 2)
    }
    moment = BEGUN + timedelta(days=day)
    return AnchorLook(judge, JudgeTask.PAIR, moment, served, 0.5, answers)


ALL_LEFT = dict.fromkeys(range(10), "left")
FIRST = look(["left"] * 10)
SAME = look(["left"] * 10, day=1)
MOVED = look(["right"] * 4 + ["left"] * 6, day=2, served=("m-2",))
STILL = look(["right"] * 4 + ["left"] * 6, day=3, served=("m-2",))


def test_each_check_is_held_against_the_first_since_the_judge_last_moved():
    report = drift_report("Study", [FIRST, SAME, MOVED, STILL], ALL_LEFT)

    assert [row.standing for row in report.rows] == [
        DriftStanding.FIRST,
        DriftStanding.SAME,
        DriftStanding.MOVED,
        DriftStanding.SAME,
    ]
    since = [None, FIRST.checked_at, FIRST.checked_at, MOVED.checked_at]
    assert [row.since for row in report.rows] == since
    moved = report.rows[2]
    # Four of ten anchors in two orders that never waver: a third of the partings to the power 8.
    assert moved.drift.p_value == pytest.approx((1 / 3) ** 8)
    assert moved.power is None
    assert (moved.drift.flips, moved.drift.floor) == (0.4, 0.0)


def test_a_changed_judge_is_right_less_often_and_mcnemar_counts_the_anchors():
    report = drift_report("Study", [FIRST, MOVED], ALL_LEFT)

    # 4 against 0: the mid-p of a sign test is half of 2 · (1/2)^4, plus nothing below.
    assert (report.rows[1].correctness.only_first, report.rows[1].correctness.only_second) == (4, 0)
    assert report.rows[1].correctness.p_value == pytest.approx(1 / 16)
    assert [row.right.value for row in report.rows] == [1.0, 0.6]
    words = row_in_words(report.rows[1])
    assert "It is wrong by now on 4 anchors that it was right on" in words
    assert "judge has moved. Numbers from before and after are of different" in drift_verdict(
        report
    )


def test_anchors_on_which_people_are_split_say_nothing_of_who_is_right():
    report = drift_report("Study", [FIRST, SAME], {})

    assert report.rows[0].right.value is None
    assert report.rows[1].correctness is None
    assert report.rows[1].standing is DriftStanding.SAME


def test_another_judge_begins_anew_and_what_was_not_answered_in_both_is_left_out():
    other = look(["right"] * 10, day=1, judge="judge 2")
    fewer = AnchorLook(
        "judge",
        JudgeTask.PAIR,
        BEGUN,
        (),
        None,
        {place: answer for place, answer in SAME.answers.items() if place[0] < 3 and place[2] == 1},
    )

    report = drift_report("Study", [FIRST, other, fewer], ALL_LEFT)

    assert [row.look.judge for row in report.rows] == ["judge", "judge", "judge 2"]
    assert report.rows[2].standing is DriftStanding.FIRST
    assert report.rows[1].drift.flips is None
    assert report.rows[1].standing is DriftStanding.NOT_COMPARED
    assert "not compared. No anchor was answered twice in both" in row_in_words(report.rows[1])
    assert [cell.text for cell in drift_table(report).rows[1][2:8]] == [
        "not compared",
        "2026-11-01 09:30 UTC",
        *["—"] * 4,
    ]
    check = drift_document(study(), report)["checks"][1]
    assert (check["standing"], check["drift"]["p_value"], check["level"]) == (
        "not_compared",
        None,
        None,
    )


def test_that_no_judge_moved_is_said_of_checks_that_were_compared_alone():
    once = look(["left"] * 10, day=1)
    none_whole = replace(
        FIRST, answers={place: answer for place, answer in FIRST.answers.items() if place[2] == 1}
    )

    first = drift_verdict(drift_report("Study", [FIRST], ALL_LEFT))
    apart = drift_report("Study", [none_whole, once, SAME], ALL_LEFT)

    assert first == drift_verdict(drift_report("Study", [none_whole, once], ALL_LEFT))
    assert first.startswith("Whether a judge has moved cannot be told yet")
    # A first check that answered nothing twice gives way to the next.
    assert [row.standing for row in apart.rows] == ["first", "not_compared", "same"]
    assert apart.rows[2].since == once.checked_at
    assert drift_verdict(apart) == "No judge has moved in 1 check held against an earlier one."


def test_the_newest_checks_are_those_of_every_judge_and_each_at_which_one_moved():
    turned = ["right"] * 10
    looks = [FIRST, look(turned, day=9)]
    looks += [look(turned, day=day, judge="judge 2") for day in range(1, 6)]

    report = drift_report("Study", looks, ALL_LEFT)

    assert [(row.look.judge, row.look.checked_at) for row in report.newest(2)] == [
        ("judge", BEGUN + timedelta(days=9)),
        ("judge 2", BEGUN + timedelta(days=5)),
    ]
    early = drift_report("Study", [FIRST, MOVED, *looks[2:]], ALL_LEFT)
    assert [row.standing for row in early.newest(1)] == ["moved", "same"]


def test_later_checks_are_asked_for_more_and_each_move_begins_anew():
    # Two pairs that turned in both orders are p = 1/81: enough for the first check held against
    # one, not for the second (6/π² · 0.05 / 4 = 0.0076).
    little = look(["right"] * 2 + ["left"] * 8, day=2)

    second = drift_report("Study", [FIRST, SAME, little], ALL_LEFT).rows[-1]
    first = drift_report("Study", [FIRST, little], ALL_LEFT).rows[-1]
    anew = drift_report("Study", [FIRST, SAME, MOVED, STILL], ALL_LEFT).rows

    assert (first.standing, second.standing) == (DriftStanding.MOVED, DriftStanding.SAME)
    assert [row.number for row in anew] == [None, 1, 2, 1]
    assert second.level == pytest.approx(0.05 * 6 / math.pi**2 / 4)
    assert "(p = 0.012, level 0.008, 20 questions)" in row_in_words(second)


def test_replies_that_may_have_been_kept_are_named_where_a_judge_moved_that_never_wavers():
    turned = look(["right"] * 5 + ["left"] * 5, day=1)
    wavering = replace(turned, answers={**turned.answers, (9, False, 1): {"preference": "tie"}})

    steady, wavers = (
        row_in_words(drift_report("Study", [FIRST, each], ALL_LEFT).rows[1])
        for each in (turned, wavering)
    )

    assert "something in between keeps replies" in steady
    assert "it has moved" in wavers
    assert "keeps replies" not in wavers


def test_the_power_of_a_check_that_found_nothing_is_said():
    row = drift_report("Study", [FIRST, SAME], ALL_LEFT).rows[1]

    # Two of ten anchors are needed, in both orders each: 1 - 0.9^10 - 10 · 0.1 · 0.9^9.
    assert row.power == pytest.approx(1 - 0.9**10 - 0.9**9)
    assert "this check would have noticed with a probability of" in row_in_words(row)


def test_table_words_and_document_say_the_same():
    report = drift_report("Study", [FIRST, MOVED], ALL_LEFT)
    document = drift_document(study(), report)

    cells = [[cell.text for cell in row] for row in drift_table(report).rows]
    assert cells[1][:6] == [
        "judge",
        "2026-11-03 09:30 UTC",
        "has moved",
        "2026-11-01 09:30 UTC",
        "40 %",
        "0 %",
    ]
    assert cells[1][-2] == "m-2"
    assert [check["sentence"] for check in document["checks"]] == [
        row_in_words(row) for row in report.rows
    ]
    assert document["checks"][1]["drift"]["flips"] == 0.4
    assert document["checks"][1]["standing"] == "moved"
    assert drift_section(report).blocks
    assert drift_section(drift_report("Study", [], {})).blocks[0].text == (
        "No judge has been asked about anchors yet."
    )
