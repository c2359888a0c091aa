"""Which responses pass, each person counted once however many studies they judged in."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.study.collected import Criterion, Marks
from evalkit.study.passing import PassRule, Verdict, default_measure, pass_levels, passing
from evalkit.vocabulary import Level
from tests.evalkit.collected_studies import BOTH_BAD, LEFT, collected

AT_FOUR = PassRule("helpful", 4.0)
#: Outputs are numbered from 1: the response of A to case 0, and that of B among two cases.
A, B = 1, 3


def scored(*scores, earliest=0):
    """Build a study of two cases; (annotator, value) are scores of A's response to case 0."""
    made = collected(n_cases=2, scores=[(who, 0, 0, value) for who, value in scores])
    times = np.arange(len(scores)) + earliest
    return replace(made, values=replace(made.values, latest=times))


def test_nobody_who_judged_gives_no_verdict():
    assert passing([], AT_FOUR) == {}
    assert passing([collected()], AT_FOUR) == {}
    assert passing([collected()], PassRule()) == {}


def test_different_people_count_each():
    assert passing([scored((0, 5), (1, 2))], AT_FOUR) == {A: Verdict(1, 2)}


def test_scores_of_one_person_in_one_study_count_once_by_their_mean():
    # (5 + 4) / 2 is at least 4, (5 + 2) / 2 is not.
    assert passing([scored((0, 5), (0, 4))], AT_FOUR) == {A: Verdict(1, 1)}
    assert passing([scored((0, 5), (0, 2))], AT_FOUR) == {A: Verdict(0, 1)}


def test_a_person_who_judged_in_two_studies_counts_once_with_what_they_said_last():
    early, late = scored((0, 5), earliest=10), scored((0, 1), (1, 5), earliest=20)

    # Annotator 0 said 5, then 1; annotator 1 said 5. The order of the studies plays no part.
    assert passing([early, late], AT_FOUR) == {A: Verdict(1, 2)}
    assert passing([late, early], AT_FOUR) == {A: Verdict(1, 2)}


def test_a_person_and_a_judge_of_the_same_name_are_two():
    people = scored((0, 5))
    (somebody,) = people.annotators
    judge = replace(people, annotators=(replace(somebody, kind="judge"),))

    assert passing([people, judge], AT_FOUR) == {A: Verdict(2, 2)}


def compared(preference, *, at):
    made = collected(n_cases=2, preferences=[(0, 0, 0, 1, preference)])
    return replace(made, preferences=replace(made.preferences, latest=np.array([at])))


@pytest.mark.parametrize("turn", [1, -1])
def test_acceptable_goes_by_the_last_comparison_too(turn):
    studies = [compared(BOTH_BAD, at=1), compared(LEFT, at=2)][::turn]

    assert passing(studies, PassRule()) == {A: Verdict(1, 1), B: Verdict(1, 1)}


def test_where_the_time_is_not_known_the_last_study_counts():
    marked = replace(
        collected(n_cases=2, preferences=[(0, 1, 0, 1, LEFT)]),
        marks=Marks(*[np.array([0])] * 4),  # A's response to case 0: unsafe
    )
    liked = compared(LEFT, at=99)

    assert passing([liked, marked], PassRule())[A] == Verdict(0, 1)
    assert passing([marked, liked], PassRule())[A] == Verdict(1, 1)


@pytest.mark.parametrize("values", [(1.0, 0.0), (0.0, 1.0)])
def test_yes_passes_and_no_does_not_in_whichever_order_the_rubric_names_them(values):
    # Of two values the lowest is reached by all, so the only level to pass at is 1.
    yes_or_no = Criterion("helpful", "Helpful?", Level.NOMINAL, values, ("", ""))
    study = replace(scored((0, 0)), criteria=(yes_or_no,))

    assert pass_levels(yes_or_no) == (1.0,)
    assert default_measure([study]) == PassRule("helpful", 1.0)
    assert passing([study], default_measure([study])) == {A: Verdict(0, 1)}
