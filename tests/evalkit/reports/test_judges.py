"""Judges beside people: what is said of them, and of people first."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.sentences import judges_with_people
from evalkit.reports.judges.document import judges_document
from evalkit.reports.judges.report import CLOSE, JudgeStanding, judges_report
from evalkit.reports.judges.sentences import (
    NO_JUDGE,
    NO_PEOPLE,
    NOTHING_SHARED,
    judges_verdict,
    subjects_of,
    worth,
)
from evalkit.reports.judges.tables import confusion_table, judges_section, judges_table, ratios
from evalkit.stats.counts import LEFT, RIGHT, TIE
from evalkit.stats.judges.alternative import MIN_UNITS
from evalkit.study.collected import NO_TAG, Judged
from evalkit.study.subjects import PREFERRED, subject_key
from evalkit.study.who import entries_at
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.reports.test_annotators import study

N_CASES = 120


def judged(*accuracies, judges, n_cases=N_CASES, seed=3, shared=True):
    """Return a study in which each annotator says what is true with a known chance.

    The last ``judges`` annotators are judges; without ``shared`` they judge other cases.
    """
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n_cases)
    n_people = len(accuracies) - judges
    preferences = [
        (who, case, 0, int(truth[case] if rng.random() < right else rng.integers(0, 3)))
        for who, right in enumerate(accuracies)
        for case in range(n_cases)
        if shared or (case < n_cases / 2) == (who < n_people)
    ]
    of = study(n_cases=n_cases, n_annotators=len(accuracies), preferences=preferences)
    who = tuple(
        Judged(
            f"Judge {place - n_people + 1}" if place >= n_people else f"Person {place + 1}",
            AnnotatorKind.JUDGE if place >= n_people else AnnotatorKind.HUMAN,
            False,
        )
        for place in range(len(accuracies))
    )
    return replace(of, annotators=who)


def test_a_judge_like_a_person_a_poor_one_and_one_that_says_what_people_will_are_told_apart():
    collected = judged(0.8, 0.8, 0.8, 1.0, 0.3, judges=2, n_cases=300)

    report = judges_report(collected)

    assert [row.standing for row in report.rows] == [JudgeStanding.ABOVE, JudgeStanding.BELOW]
    assert judges_verdict(report) == (
        "On which response is better, Judge 1 agrees with people about as people do with each "
        "other, or more; Judge 2 agrees with people less than people do with each other."
    )
    assert report.rows[0].test.may_stand_in
    assert not report.rows[1].test.may_stand_in


def test_each_standing_is_what_the_interval_of_the_ratio_allows():
    for seed in range(6):
        collected = judged(0.7, 0.7, 0.7, 0.65, 0.9, judges=2, seed=seed)
        for row in judges_report(collected).rows:
            ratio = row.ceiling.ratio
            assert (row.standing is JudgeStanding.ABOVE) == (ratio.low > 1)
            assert (row.standing is JudgeStanding.BELOW) == (ratio.high < 1)
            assert (row.standing is JudgeStanding.CLOSE) == (CLOSE <= ratio.low <= 1 <= ratio.high)


def test_people_who_do_not_agree_are_said_before_any_judge_and_nothing_is_measured():
    collected = judged(0.0, 0.0, 0.0, 0.9, judges=1)

    report = judges_report(collected)

    assert not report.grounds[0].holds
    assert report.rows[0].standing is JudgeStanding.NO_GROUND
    assert judges_verdict(report).startswith("People do not agree well enough")
    words = [block.sentences for block in judges_section(report).blocks[:2]]
    assert "no judge can be right or wrong there yet" in words[1][0]
    assert "cannot be measured" in worth(report.rows[0], "which response is better")


@pytest.mark.parametrize(
    ("collected", "sentence"),
    [
        (judged(0.8, 0.8, judges=0), NO_JUDGE),
        (judged(0.8, 0.8, judges=2), NO_PEOPLE),
        (judged(0.8, 0.8, 0.8, judges=1, shared=False), NOTHING_SHARED),
    ],
)
def test_where_there_is_nothing_to_set_beside_each_other_a_sentence_says_what_is_missing(
    collected, sentence
):
    report = judges_report(collected)

    assert judges_verdict(report) == sentence
    assert report.rows == ()
    assert not judges_table(report)


def test_too_few_units_leave_the_stand_in_test_open_and_say_who_is_short():
    report = judges_report(judged(0.9, 0.9, 0.9, 0.9, judges=1, n_cases=20))

    test = report.rows[0].test
    assert test.winning_rate is None
    assert f"{MIN_UNITS} units" in test.reason
    assert "Person 1 has 20." in test.reason


def test_the_table_of_answers_adds_up_whichever_model_is_called_the_first():
    collected = judged(0.9, 0.8, 0.8, 0.7, judges=1)
    row = judges_report(collected).rows[0]

    better, tie = confusion_table(row).rows
    assert [cell.text for cell in (better[0], tie[0])] == ["one is better", "tie"]
    # People's answers where one is better, and where it is a tie: every unit once.
    counts = [
        [float(number) for number in cell.details[0].split(" of ")]
        for cells in (better, tie)
        for cell in cells[1:]
        if cell.details
    ]
    assert sum({whole for _, whole in counts}) == pytest.approx(N_CASES, abs=0.2)
    assert sum(part for part, _ in counts) == pytest.approx(N_CASES, abs=0.4)
    turned = replace(
        collected.preferences,
        left=collected.preferences.right,
        right=collected.preferences.left,
        preference=np.array([RIGHT, LEFT, TIE])[collected.preferences.preference],
    )
    again = judges_report(replace(collected, preferences=turned)).rows[0]
    assert confusion_table(again) == confusion_table(row)


def test_the_document_holds_every_number_of_the_tables():
    collected = judged(0.8, 0.8, 0.8, 0.9, 0.6, judges=2)
    report, document = judges_report(collected), judges_document(collected)

    assert document["verdict"] == judges_verdict(report)
    assert [subject_key(of) for of in subjects_of(report)] == [subject_key(PREFERRED)]
    assert document["people"][0]["can_be_measured_against"]
    for row, entry in zip(report.rows, document["judges"], strict=True):
        assert entry["judge"] == row.judge
        assert entry["ratio"]["value"] == row.ceiling.ratio.value
        assert entry["stand_in"]["may_stand_in"] == row.test.may_stand_in
        assert sum(map(sum, entry["confusion"])) == pytest.approx(N_CASES)


def test_judges_do_not_move_one_another():
    both = judges_report(judged(0.8, 0.8, 0.8, 0.9, 0.6, judges=2)).rows
    collected = judged(0.8, 0.8, 0.8, 0.9, 0.6, judges=2)
    keep = collected.preferences.annotator != 4
    alone = replace(
        collected,
        preferences=replace(
            collected.preferences,
            **{
                name: getattr(collected.preferences, name)[keep]
                for name in collected.preferences.__dataclass_fields__
            },
        ),
    )

    assert judges_report(alone).rows[0].ceiling == both[0].ceiling


def test_a_judge_that_marked_errors_alone_is_compared_on_them():
    # Two people and a judge look at twelve responses; the judge marks what the first person does.
    marks = [
        (who, output, 0 if output % 3 == 0 or (who == 1 and output == 1) else NO_TAG)
        for who in range(3)
        for output in range(12)
    ]
    of = study(n_cases=6, marks=[(output, who, tag) for who, output, tag in marks])
    who = (*of.annotators[:2], Judged("Gauge", AnnotatorKind.JUDGE, False))

    (sentence,) = judges_with_people(agreement_report(replace(of, annotators=who)))

    # 11 1/2 of 12 the same; chance is that of a judge who marks 4 of 12 and people 4 1/2 of 12.
    expected = (11.5 / 12 - (4 * 4.5 + 8 * 7.5) / 144) / (1 - (4 * 4.5 + 8 * 7.5) / 144)
    assert sentence.startswith("Gauge agrees with people on any error: κ ")
    assert f"{expected:.2f}" in sentence


def test_the_verdict_is_of_what_is_drawn_first_whichever_judge_comes_first():
    # The first judge scored alone; the second compared. The page draws the preference first.
    both = judged(0.8, 0.8, 0.8, 0.8, 0.8, judges=2, n_cases=60)
    values = judged_values(both, annotators=(0, 1, 2, 3))
    keep = both.preferences.annotator != 3
    collected = replace(both, values=values, preferences=entries_at(both.preferences, keep))

    report = judges_report(collected)

    assert report.rows[0].subject != PREFERRED
    assert subjects_of(report)[0] == PREFERRED
    assert "which response is better" in judges_verdict(report)


def judged_values(collected, *, annotators, n_outputs=40):
    """Return scores of the first criterion, 1 to 3 in turn, alike by all of them."""
    who = np.repeat(annotators, n_outputs)
    output = np.tile(np.arange(n_outputs), len(annotators))
    return replace(
        collected.values,
        criterion=np.zeros(len(who), dtype=int),
        output=output,
        annotator=who,
        value=1.0 + output % 3,
        n=np.ones(len(who), dtype=int),
        latest=np.arange(len(who)),
    )


def test_beside_a_single_person_judges_are_drawn_by_how_often_they_say_what_that_one_says():
    report = judges_report(judged(0.9, 0.3, 0.8, judges=2))

    picture, _ = ratios(report, PREFERRED)

    assert "says what most people say" in picture.title
    assert [line.label for line in picture.rows] == ["Judge 2", "Judge 1"]
    assert picture.rows[0].estimate == report.rows[1].majority.accuracy
    assert all(line.estimate.low is not None for line in picture.rows)
