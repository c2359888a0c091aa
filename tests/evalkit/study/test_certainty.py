"""How sure a judge is: by the probability it gives itself, else by how often it says the same."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.study.certainty import SureBy, certain_units
from evalkit.study.subjects import ANY_ERROR, PREFERRED
from evalkit.study.sure import SureAnswers
from evalkit.study.verdicts import NO_VERDICT
from tests.evalkit.reports.test_annotators import BOTH_BAD, LEFT, PASS, RIGHT, TIE
from tests.evalkit.study.test_verdicts import JUDGE, judged

N_CASES = 6


def answers(rows, *, criterion="", judge="judge"):
    """Return answers on cases: (case, left model, code, probability), as rows of the database."""
    case, left, value, probability = (np.array(column) for column in zip(*rows, strict=True))
    left_id = 100 + left * N_CASES + case
    right_id = left_id if criterion else 100 + (1 - left) * N_CASES + case
    called = (judge,) * len(case), (criterion,) * len(case)
    return SureAnswers(*called, left_id, right_id, value.astype(float), probability.astype(float))


def pairs(rows):
    return judged([(JUDGE, case, left, value) for case, left, value, _ in rows])


def of(rows, told=None, collected=None):
    return certain_units(collected or pairs(rows), JUDGE, PREFERRED, answers(told or rows))


def test_of_a_pair_it_is_the_mean_over_both_orders_whichever_response_stood_first():
    # Case 0: model A both ways; case 1: model B both ways; case 2 a tie, both bad in case 3.
    rows = [
        *((0, 0, LEFT, 0.9), (0, 1, RIGHT, 0.7)),
        *((1, 0, RIGHT, 0.6), (1, 1, LEFT, 1.0)),
        *((2, 0, TIE, 0.5), (2, 1, TIE, 0.3)),
        *((3, 0, BOTH_BAD, 0.8),),
    ]

    sure = of(rows)

    assert (sure.by, sure.n_untold) == (SureBy.PROBABILITY, 0)
    assert sure.units.certainty.tolist() == pytest.approx([0.8, 0.8, 0.4, 0.8])


def test_an_answer_that_says_something_else_counts_with_what_is_left_of_its_probability():
    rows = [(0, 0, LEFT, 0.9), (0, 0, LEFT, 0.9), (0, 1, LEFT, 0.6)]

    # (.9 + .9 + (1 - .6)) / 3 of the verdict that A is better.
    assert of(rows).units.certainty.tolist() == pytest.approx([2.2 / 3])


def test_a_judge_that_contradicts_itself_has_no_verdict_however_sure_it_is():
    rows = [(0, 0, LEFT, 0.9), (0, 1, LEFT, 0.9), (1, 0, LEFT, 0.9), (1, 1, RIGHT, 0.9)]

    units = of(rows).units

    assert units.verdict.tolist() == [NO_VERDICT, 0]
    assert units.certainty.tolist() == pytest.approx([0.0, 0.9])


def test_of_a_response_alone_it_is_the_mean_over_repeats():
    values = [(1, output, JUDGE, 1.0) for output in (0, 0, 7)]
    told = answers([(0, 0, 1, 0.9), (0, 0, 1, 0.5), (1, 1, 1, 0.6)], criterion="pass")

    sure = certain_units(judged(values=values), JUDGE, PASS, told)

    assert sure.by is SureBy.PROBABILITY
    assert sure.units.certainty.tolist() == pytest.approx([0.7, 0.6])


def test_verdicts_without_a_probability_among_most_that_have_one_are_never_sure():
    rows = [(case, 0, LEFT, 0.9) for case in range(3)]

    sure = of(rows, rows[:2])

    assert (sure.by, sure.n_untold) == (SureBy.PROBABILITY, 1)
    assert sure.units.certainty.tolist() == pytest.approx([0.9, 0.9, 0.0])


def test_one_order_without_a_probability_leaves_a_pair_without_one():
    rows = [(case, left, left, 0.9) for case in range(3) for left in (0, 1)]

    assert of(rows, rows[:-1]).n_untold == 1


def test_where_not_most_verdicts_have_one_it_is_how_often_it_says_the_same():
    rows = [(case, 0, LEFT, 0.9) for case in range(4)]
    of_another = answers(rows, judge="someone else")

    for told in (answers(rows[:2]), of_another, None):
        sure = certain_units(pairs(rows), JUDGE, PREFERRED, told)
        assert (sure.by, sure.n_untold) == (SureBy.AGREEMENT, 0)
        assert sure.units.certainty.tolist() == [1.0] * 4


def test_whether_there_is_an_error_has_no_probability():
    collected = judged([(JUDGE, 0, 0, LEFT)])
    marks = replace(
        collected.marks,
        **{
            field: np.zeros(1, dtype=getattr(collected.marks, field).dtype) + place
            for field, place in (("output", 0), ("annotator", JUDGE), ("tag", 0))
        },
    )
    told = answers([(0, 0, LEFT, 0.9)])

    sure = certain_units(replace(collected, marks=marks), JUDGE, ANY_ERROR, told)

    assert sure.by is SureBy.AGREEMENT


def test_renaming_models_or_swapping_sides_moves_nothing():
    rows = [(case, case % 2, value, 0.5 + case / 10) for case, value in enumerate((0, 1, 2, 3))]
    swapped = [
        (case, 1 - left, 1 - value if value <= RIGHT else value, probability)
        for case, left, value, probability in rows
    ]

    assert of(rows).units.certainty.tolist() == of(swapped).units.certainty.tolist()


def test_outputs_that_are_filtered_away_leave_the_others_as_they_are():
    rows = [(case, 0, LEFT, 0.9) for case in range(3)]
    told = answers([*rows, (5, 0, LEFT, 0.1)])
    collected = pairs(rows)
    ids = np.where(collected.outputs.case == 5, 10_000, collected.outputs.id)

    sure = certain_units(
        replace(collected, outputs=replace(collected.outputs, id=ids)), JUDGE, PREFERRED, told
    )

    assert sure.units.certainty.tolist() == pytest.approx([0.9] * 3)
