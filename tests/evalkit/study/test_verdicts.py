"""What a judge says of each unit: how sure of it it is, and whether people say otherwise."""

from dataclasses import replace

import numpy as np

from evalkit.judging.split import Split
from evalkit.study.collected import Judged
from evalkit.study.splits import Splits
from evalkit.study.subjects import PREFERRED
from evalkit.study.verdicts import NO_VERDICT, acceptable_subjects, verdict_units
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.reports.test_annotators import LEFT, RIGHT, STARS, TIE, study

JUDGE = 3


def judged(preferences=(), values=(), n_cases=6):
    """Return a study of three people and one judge."""
    collected = study(n_cases=n_cases, n_annotators=4, preferences=preferences, values=values)
    judge = Judged("judge", AnnotatorKind.JUDGE, False)
    return replace(collected, annotators=(*collected.annotators[:JUDGE], judge))


def test_of_both_orders_that_agree_a_judge_is_sure_and_of_two_that_do_not_it_says_nothing():
    # Case 0: model A both ways; case 1: whatever is left; models' names are A and B.
    collected = judged(
        [(JUDGE, 0, 0, LEFT), (JUDGE, 0, 1, RIGHT), (JUDGE, 1, 0, LEFT), (JUDGE, 1, 1, LEFT)]
    )

    units = verdict_units(collected, JUDGE, PREFERRED)

    assert units.case.tolist() == [0, 1]
    assert units.verdict.tolist() == [0, NO_VERDICT]
    assert units.certainty.tolist() == [1.0, 0.0]
    assert units.first.tolist() == [0, 1]
    assert units.second.tolist() == [6, 7]


def test_certainty_is_the_share_of_verdicts_that_say_what_most_say():
    collected = judged([(JUDGE, 0, 0, LEFT)] * 2 + [(JUDGE, 0, 1, LEFT)])

    units = verdict_units(collected, JUDGE, PREFERRED)

    assert units.verdict.tolist() == [0]
    assert units.certainty.tolist() == [2 / 3]


def test_a_verdict_is_wrong_where_more_people_say_something_else_and_never_where_they_split():
    said = [(LEFT, RIGHT, RIGHT), (LEFT, LEFT, RIGHT), (LEFT, RIGHT, TIE), (RIGHT,), ()]
    people = [
        (who, case, 0, preference)
        for case, answers in enumerate(said)
        for who, preference in enumerate(answers)
    ]
    collected = judged([*people, *((JUDGE, case, 0, LEFT) for case in range(len(said)))])

    units = verdict_units(collected, JUDGE, PREFERRED)

    assert units.is_wrong.tolist() == [True, False, False, True, False]
    assert units.n_people.tolist() == [3, 3, 3, 1, 0]


def test_which_model_is_called_the_first_changes_nothing():
    collected = judged(
        [(0, 0, 0, LEFT), (1, 1, 1, LEFT), (JUDGE, 0, 1, LEFT), (JUDGE, 1, 0, RIGHT)]
    )
    n = len(collected.outputs.case)
    turned = (np.arange(n) + n // 2) % n
    preferences = collected.preferences
    renamed = replace(
        collected,
        preferences=replace(
            preferences, left=turned[preferences.left], right=turned[preferences.right]
        ),
    )

    for of in (collected, renamed):
        units = verdict_units(of, JUDGE, PREFERRED)
        assert units.is_wrong.tolist() == [True, False]
        assert units.certainty.tolist() == [1.0, 1.0]


def test_scores_are_units_of_one_response():
    collected = judged(values=[(0, 2, 0, 3.0), (0, 2, JUDGE, 3.0), (0, 8, JUDGE, 5.0)])
    assert acceptable_subjects(collected) == (STARS,)

    units = verdict_units(collected, JUDGE, STARS)

    assert units.first.tolist() == [2, 8]
    assert units.second.tolist() == [-1, -1]
    assert [units.values[place] for place in units.verdict] == [3.0, 5.0]
    assert units.is_wrong.tolist() == [False, False]
    assert units.n_people.tolist() == [1, 0]


def test_a_criterion_of_any_number_has_no_right_verdict():
    collected = judged(values=[(0, 2, 0, 3.0)])
    continuous = replace(STARS, is_continuous=True)

    assert acceptable_subjects(replace(collected, criteria=(continuous,))) == ()


def test_a_case_that_is_not_known_is_in_no_part_of_the_split():
    splits = Splits(np.array([2, 5, 9]), np.array([0, 1, 2]))

    parts = {part: splits.is_in(part, np.array([9, 1, 5, 11])).tolist() for part in Split}

    assert parts == {
        Split.TRAIN: [False] * 4,
        Split.DEV: [False, False, True, False],
        Split.TEST: [True, False, False, False],
    }
    nothing = Splits(np.array([], dtype=int), np.array([], dtype=int))
    assert not nothing.is_in(Split.DEV, np.array([1])).any()
