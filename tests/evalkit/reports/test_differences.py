"""The cases on which a judge and people differ: which they are, and in which order."""

import time
from dataclasses import replace

import numpy as np
import pytest

from evalkit.judging.split import Split
from evalkit.reports.differences.document import differences_document
from evalkit.reports.differences.report import differences, judges_and_subjects
from evalkit.reports.differences.sentences import differences_verdict, left_out
from evalkit.reports.differences.tables import differences_section, differences_table
from evalkit.stats.counts import PREFERENCE_VALUES
from evalkit.study.collected import NO_TAG, Judged
from evalkit.study.distances import value_distances
from evalkit.study.splits import Splits
from evalkit.study.subjects import ANY_ERROR, PREFERRED, subject_key
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.reports.test_annotators import BOTH_BAD, LEFT, PASS, RIGHT, STARS, TIE, study

JUDGE = 3
_PARTS = list(Split)


def judged(preferences=(), values=(), marks=(), n_cases=6):
    """Return a study of three people and one judge."""
    collected = study(
        n_cases=n_cases, n_annotators=4, preferences=preferences, values=values, marks=marks
    )
    judge = Judged("judge", AnnotatorKind.JUDGE, False)
    return replace(collected, annotators=(*collected.annotators[:JUDGE], judge))


def all_in(part, n_cases=6):
    return Splits(np.arange(n_cases), np.full(n_cases, _PARTS.index(part)))


DEV = all_in(Split.DEV)


def test_the_worst_is_where_people_are_one_the_judge_is_sure_and_the_two_are_opposite():
    # By case, what people and the judge (in both orders) say of model A, on the left:
    #   0: A, A, A against B, B  -> 1 × 1 × 1
    #   1: A, A, B against B, B  -> 2/3 × 1 × 1
    #   2: A, A, A against B, B, and a third time the other way -> 1 × 2/3 × 1, of three people
    #   3: A, A, A against a tie -> 1 × 1 × 1/2
    #   4: A against A           -> no difference
    people = [(LEFT,) * 3, (LEFT, LEFT, RIGHT), (LEFT,) * 3, (LEFT,) * 3, (LEFT,)]
    given = [
        (who, case, 0, answer)
        for case, answers in enumerate(people)
        for who, answer in enumerate(answers)
    ]
    verdicts = [
        *[(JUDGE, case, 0, RIGHT) for case in range(3)],
        *[(JUDGE, case, 1, LEFT) for case in range(3)],
        (JUDGE, 2, 0, LEFT),
        (JUDGE, 3, 0, TIE),
        (JUDGE, 4, 0, LEFT),
    ]

    of = differences(judged([*given, *verdicts]), DEV, "judge", PREFERRED)

    assert of.case.tolist() == [0, 1, 2, 3]
    assert of.weight.tolist() == pytest.approx([1, 2 / 3, 2 / 3, 1 / 2])
    assert of.certainty.tolist() == pytest.approx([1, 1, 2 / 3, 1])
    assert of.unanimity.tolist() == pytest.approx([1, 2 / 3, 1, 1])
    assert of.distance.tolist() == [1, 1, 1, 0.5]
    assert (of.differ.value, of.differ.n) == (4 / 5, 5)


def test_equal_weights_are_in_the_order_of_row_numbers_whatever_models_are_called():
    given = [
        (who, case, 0, LEFT if who != JUDGE else RIGHT) for case in (4, 1, 3) for who in (0, 3)
    ]
    collected = judged(given)
    n = len(collected.outputs.id) // 2
    turned = np.roll(np.arange(2 * n), n)
    # The same with the models called the other way round: outputs are in the order of names.
    renamed = replace(
        collected,
        outputs=replace(
            collected.outputs, id=collected.outputs.id[turned], model=collected.outputs.model
        ),
        preferences=replace(
            collected.preferences,
            left=turned[collected.preferences.left],
            right=turned[collected.preferences.right],
        ),
    )

    for each in (collected, renamed):
        of = differences(each, DEV, "judge", PREFERRED)
        assert of.case.tolist() == [1, 3, 4]
        assert of.weight.tolist() == [1, 1, 1]


def test_where_people_split_evenly_the_judge_differs_only_if_nobody_of_the_most_says_so():
    given = [
        *[(0, 0, 0, LEFT), (1, 0, 0, TIE), (JUDGE, 0, 0, LEFT)],
        *[(0, 1, 0, LEFT), (1, 1, 0, TIE), (JUDGE, 1, 0, RIGHT)],
    ]

    of = differences(judged(given), DEV, "judge", PREFERRED)

    # A tie is the nearer of the two that most people say.
    assert of.case.tolist() == [1]
    assert of.distance.tolist() == [0.5]
    assert of.unanimity.tolist() == [0.5]


def test_only_where_people_agree_leaves_out_one_person_and_any_other_answer():
    given = [
        *[(who, 0, 0, LEFT) for who in range(3)],
        *[(0, 1, 0, LEFT), (1, 1, 0, LEFT), (2, 1, 0, TIE)],
        (0, 2, 0, LEFT),
        *[(JUDGE, case, 0, RIGHT) for case in range(3)],
    ]

    of = differences(judged(given), DEV, "judge", PREFERRED, is_agreed=True)

    assert of.case.tolist() == [0]
    assert of.differ.n == 1
    assert "where people agree with one another" in differences_verdict(of)


def test_what_the_judge_is_tested_on_is_counted_and_not_looked_at():
    given = [(who, case, 0, LEFT if who == 0 else RIGHT) for case in range(6) for who in (0, 3)]
    parts = [Split.TRAIN, Split.DEV, Split.TEST, Split.TEST, Split.TRAIN, Split.DEV]
    splits = Splits(np.arange(6), np.array([_PARTS.index(part) for part in parts]))

    of = differences(judged(given), splits, "judge", PREFERRED)

    assert of.case.tolist() == [0, 1, 4, 5]
    assert of.is_train.tolist() == [True, False, True, False]
    assert (of.n_test, of.differ.n) == (2, 4)
    assert "They hold 2 pairs of these." in left_out(of)[-1]


def test_a_judge_that_says_two_things_equally_often_is_counted_apart():
    given = [(0, 0, 0, LEFT), (JUDGE, 0, 0, LEFT), (JUDGE, 0, 1, LEFT)]

    of = differences(judged(given), DEV, "judge", PREFERRED)

    assert (of.n, of.n_unclear, of.differ.value) == (0, 1, None)
    assert left_out(of) == ("Of 1 pair it says two things equally often.",)
    assert differences_verdict(of) == (
        "judge and people have both judged 1 pair, on which response is better: it cannot be "
        "counted."
    )


def test_that_nothing_was_judged_together_is_said_only_where_it_is_so():
    both = [(who, case, 0, LEFT) for case in range(6) for who in (0, JUDGE)]
    apart = [(0, 0, 0, LEFT), (JUDGE, 1, 0, LEFT)]
    beside = [(0, 0, 0, LEFT), *[(JUDGE, 0, order, LEFT) for order in (0, 1)]]

    tested = differences(judged(both), all_in(Split.TEST), "judge", PREFERRED)
    nothing = differences(judged(apart), DEV, "judge", PREFERRED)
    unclear = differences(
        judged([*beside, (0, 1, 0, LEFT), (JUDGE, 1, 0, LEFT)]), DEV, "judge", PREFERRED
    )

    assert "have both judged 6 pairs" in differences_verdict(tested)
    assert "none of them can be counted" in differences_verdict(tested)
    assert "They hold 6 pairs of these." in left_out(tested)[-1]
    assert "have judged nothing together on which response is better" in differences_verdict(
        nothing
    )
    assert left_out(nothing) == ()
    assert left_out(unclear) == ("Of 1 pair more it says two things equally often.",)


def test_scores_are_apart_by_the_share_of_the_scale_and_kinds_by_being_others():
    # Of the response in case 0 two people say 4 and the judge 2 of 1 to 5; of that in case 1 five.
    values = [(0, 0, 0, 4.0), (0, 0, 1, 4.0), (0, 0, JUDGE, 2.0), (0, 1, 0, 5.0), (0, 1, JUDGE, 1)]
    passes = [(1, 0, 0, 1.0), (1, 0, JUDGE, 0.0)]

    collected = judged(values=[*values, *passes])

    stars = differences(collected, DEV, "judge", STARS)
    assert stars.case.tolist() == [1, 0]
    assert stars.distance.tolist() == [1.0, 0.5]
    assert differences(collected, DEV, "judge", PASS).distance.tolist() == [1.0]


def test_distances_are_0_to_themselves_and_the_same_both_ways():
    for subject, values in (
        (PREFERRED, PREFERENCE_VALUES),
        (STARS, STARS.values),
        (PASS, PASS.values),
        (ANY_ERROR, (0.0, 1.0)),
    ):
        apart = value_distances(subject, values)
        assert np.diag(apart).tolist() == [0.0] * len(values)
        assert (apart == apart.T).all()
        assert apart.max() == 1.0


def test_errors_are_looked_at_all_together_and_each():
    tone = 0
    # (output, annotator, tag): people mark the tone of output 0, the judge of output 1 alone.
    marks = [(0, 0, tone), (0, 1, tone), (0, JUDGE, NO_TAG), (1, 0, NO_TAG), (1, JUDGE, tone)]
    collected = judged(marks=marks)

    subjects = judges_and_subjects(collected)["judge"]

    assert [subject_key(subject) for subject in subjects] == ["any_error", "error:tone"]
    for subject in subjects:
        of = differences(collected, DEV, "judge", subject)
        assert of.case.tolist() == [0, 1]
        rows = differences_table(collected, of, [0, 1], {0: "c0", 1: "c1"}).rows
        assert [row[3].text for row in rows] == ["not marked", "marked"]
        assert rows[0][4].text == "2 × marked"


def test_a_judge_is_offered_with_what_it_judged_alone():
    collected = judged([(0, 0, 0, LEFT)], values=[(0, 0, JUDGE, 3.0)])

    assert judges_and_subjects(collected) == {"judge": (STARS,)}
    assert judges_and_subjects(study(preferences=[(0, 0, 0, LEFT)])) == {}


def test_the_document_and_the_section_say_what_the_table_does():
    given = [
        *[(0, 0, 0, LEFT), (1, 0, 0, BOTH_BAD), (2, 0, 0, LEFT)],
        *[(JUDGE, 0, 0, RIGHT), (JUDGE, 0, 1, LEFT)],
    ]
    collected = judged(given)
    of = differences(collected, DEV, "judge", PREFERRED)

    (judge,) = differences_document(collected, [of], {0: "refund"})["judges"]
    (case,) = judge["cases"]
    words = [
        cell.text
        for block in differences_section(collected, [of], {0: "refund"}).blocks
        for row in getattr(block, "rows", ())
        for cell in row
    ]

    assert case["by_people"] == [{"answer": "A is better", "n": 2}, {"answer": "both bad", "n": 1}]
    assert case["by_judge"] == [{"answer": "B is better", "n": 2}]
    assert (case["case"], case["models"], case["category"]) == ("refund", ["A", "B"], "even")
    assert case["weight"] == pytest.approx(2 / 3)
    assert {"refund", "A – B", "B is better", "2 × A is better, 1 × both bad"} <= set(words)


def test_a_hundred_thousand_pairs_are_listed_in_less_than_a_second_of_computing():
    n = 100_000
    rng = np.random.default_rng(3)
    base = judged([(0, 0, 0, LEFT)], n_cases=n)
    case = np.tile(np.arange(n), 4)
    preferences = replace(
        base.preferences,
        left=case,
        right=case + n,
        annotator=np.repeat([0, 1, 2, JUDGE], n),
        preference=rng.integers(0, 4, 4 * n),
        n=np.ones(4 * n, dtype=np.int64),
        latest=np.arange(4 * n),
        is_dealt=np.ones(4 * n, dtype=bool),
        is_seen=np.ones(4 * n, dtype=bool),
        strength=np.zeros(4 * n, dtype=np.int64),
        certainty=np.zeros(4 * n, dtype=np.int64),
        asks_strength=np.zeros(4 * n, dtype=bool),
    )
    collected = replace(base, preferences=preferences)

    begun = time.process_time()
    of = differences(collected, all_in(Split.DEV, n), "judge", PREFERRED)
    spent = time.process_time() - begun

    # By chance: the judge's answer is one of four, and people's are too.
    assert 0.5 < of.differ.value < 0.75
    assert of.n == round(of.differ.value * n)
    assert (np.diff(of.weight) <= 1e-9).all()
    assert spent < 1.0


ANY_NUMBER = replace(STARS, values=(0.0, 100.0), labels=("", ""), is_continuous=True)


def rated(values, n_cases=6):
    return replace(judged(values=values, n_cases=n_cases), criteria=(ANY_NUMBER,))


def test_on_a_scale_without_steps_answers_within_a_twentieth_of_it_are_the_same():
    # By response, what people and the judge say, of 0 to 100, so that 5 is near:
    #   0: 70, 74, 78 and 20: all lie near 74, the judge 50 off the nearest of what most say
    #   1: 70, 74 and 79: 5 from 74, which most lie near to, is the same
    #   2: 70, 20 and 22: people are split, and the judge says what one of them says
    #   3: 70, 70, 30 and 50: most say 70, two of three, the judge 20 off
    told = {
        0: ([70.0, 74.0, 78.0], [20.0, 24.0]),
        1: ([70.0, 74.0], [79.0]),
        2: ([70.0, 20.0], [22.0]),
        3: ([70.0, 70.0, 30.0], [50.0]),
    }
    values = [
        (0, output, who, value)
        for output, (people, verdicts) in told.items()
        for who, value in [*enumerate(people), *((JUDGE, verdict) for verdict in verdicts)]
    ]

    of = differences(rated(values), DEV, "judge", ANY_NUMBER)

    assert of.first.tolist() == [0, 3]
    # The verdict on the first is the mean of both of the judge's, 22.
    assert [of.values[place] for place in of.verdict] == [22.0, 50.0]
    assert of.distance.tolist() == pytest.approx([(74 - 22) / 100, (70 - 50) / 100])
    assert of.unanimity.tolist() == pytest.approx([1, 2 / 3])
    assert of.certainty.tolist() == [1, 1]
    assert (of.differ.value, of.differ.n) == (2 / 4, 4)
    assert [(of.values[value], n) for value, n in of.by_people[1]] == [(30.0, 1), (70.0, 2)]
    assert "within 5 % of the scale are the same" in left_out(of)[0]


def test_a_scale_without_steps_read_from_its_other_end_gives_the_same():
    rng = np.random.default_rng(5)
    values = [
        (0, output, who, float(value))
        for output in range(12)
        for who in range(4)
        for value in rng.uniform(0, 100, 2 if who == JUDGE else 1)
    ]

    of = differences(rated(values), DEV, "judge", ANY_NUMBER)
    turned = [(place, output, who, 100.0 - value) for place, output, who, value in values]
    other = differences(rated(turned), DEV, "judge", ANY_NUMBER)

    assert of.n > 0
    assert other.first.tolist() == of.first.tolist()
    assert other.weight.tolist() == pytest.approx(of.weight.tolist())
    assert other.n_unclear == of.n_unclear


def test_a_judge_that_says_two_numbers_far_apart_is_unclear():
    values = [(0, 0, 0, 50.0), (0, 0, JUDGE, 10.0), (0, 0, JUDGE, 90.0)]

    of = differences(rated(values), DEV, "judge", ANY_NUMBER)

    assert (of.n, of.n_unclear, of.differ.n) == (0, 1, 0)


def test_every_criterion_a_judge_scored_is_offered():
    values = [(0, 0, 0, 50.0), (0, 0, JUDGE, 10.0)]

    assert judges_and_subjects(rated(values)) == {"judge": (ANY_NUMBER,)}
