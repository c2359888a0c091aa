"""Who won on each criterion: by hand, and whatever sides are."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.by_criterion.report import criterion_report, pair_entry_by_criterion
from evalkit.reports.by_criterion.tables import criterion_blocks
from evalkit.study.subjects import better_on
from tests.evalkit.collected_studies import HELPFUL, collected as study

LEFT, RIGHT, TIE, BAD = range(4)
#: (annotator, case, left, right, on the whole), and what was chosen on the criterion.
ROWS = [(0, 0, 0, 1, LEFT), (0, 1, 1, 0, LEFT), (1, 0, 0, 1, LEFT), (1, 2, 0, 1, TIE)]
ON_HELPFUL = [RIGHT, RIGHT, RIGHT, BAD]


def preferred(rows, chosen):
    collected = study(preferences=rows, n_cases=4)
    on = replace(collected.preferences, preference=np.array(chosen))
    return replace(collected, by_criterion=(on,))


def test_wins_on_a_criterion_are_those_chosen_on_it_ties_and_both_bad_half():
    report = criterion_report(preferred(ROWS, ON_HELPFUL))
    (wins,) = report.criteria

    # On the whole A won, lost, won and tied: 2.5 of 4; on the criterion it lost, won, lost: 1.5.
    assert wins.criterion == HELPFUL
    assert (report.overall["A"].value, report.overall["A"].n) == (2.5 / 4, 4)
    assert (wins.won["A"].value, wins.won["B"].value) == (1.5 / 4, 2.5 / 4)
    assert wins.won["A"].low < 1.5 / 4 < wins.won["A"].high


def test_sides_move_no_number():
    other = {LEFT: RIGHT, RIGHT: LEFT, TIE: TIE, BAD: BAD}
    turned = [(w, c, right, left, other[p]) for w, c, left, right, p in ROWS]

    usual, swapped = (
        criterion_report(preferred(rows, chosen))
        for rows, chosen in ((ROWS, ON_HELPFUL), (turned, [other[p] for p in ON_HELPFUL]))
    )

    for model in "AB":
        (once,), (again,) = usual.criteria, swapped.criteria
        assert once.won[model].value == pytest.approx(again.won[model].value)
        assert once.won[model].low == pytest.approx(again.won[model].low)


def test_agreement_is_measured_on_each_criterion_that_was_chosen_on():
    (on_helpful,) = agreement_report(preferred(ROWS, ON_HELPFUL)).finer

    assert on_helpful.subject == better_on(HELPFUL)
    assert (on_helpful.percent.value, on_helpful.percent.n_units) == (1.0, 1)


def test_without_any_nothing_is_said():
    report = criterion_report(study(preferences=ROWS, n_cases=4))

    assert criterion_blocks(report, "AB") == ()


def test_of_two_models_only_their_own_comparisons_count():
    # A and B meet in cases 0 and 1, A and C in case 2. On the criterion A beats B twice, C once.
    rows = [(0, 0, 0, 1, LEFT), (0, 1, 1, 0, TIE), (0, 2, 0, 2, RIGHT)]
    collected = study(models=("A", "B", "C"), preferences=rows, n_cases=4)
    on = replace(collected.preferences, preference=np.array([LEFT, RIGHT, LEFT]))
    report = criterion_report(replace(collected, by_criterion=(on,)), model="B", other="A")
    (wins,) = report.criteria

    assert (report.overall["B"].value, report.overall["B"].n) == (0.25, 2)
    assert (wins.won["A"].value, wins.won["A"].n) == (1.0, 2)
    assert wins.won["C"].n == 0
    assert pair_entry_by_criterion(report, "B")["criteria"]["helpful"]["value"] == 0.0
