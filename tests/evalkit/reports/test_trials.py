"""Passing every time: pass^k on small studies whose trials can be counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.blocks import Table
from evalkit.reports.scores.trials import trials_entry, trials_report, trials_section
from tests.evalkit.collected_studies import collected


def tried(passes, *, models=("A", "B")):
    """Build a study of cases tried several times; ``passes`` holds a list of trials per case.

    Trials of a model that passed are scored 5 by one annotator, others 1; the level is 4.
    """
    n_trials = max(len(trials) for of_model in passes for trials in of_model)
    n_cases = max(map(len, passes))
    scores = [
        (0, case * n_trials + trial, model, 5 if is_passed else 1)
        for model, of_model in enumerate(passes)
        for case, trials in enumerate(of_model)
        for trial, is_passed in enumerate(trials)
    ]
    study = collected(models=models, n_cases=n_cases * n_trials, scores=scores)
    return replace(study, outputs=replace(study.outputs, case=study.outputs.case // n_trials))


def values(report):
    return {row.model: [each.value for each in row.all_pass] for row in report.rows}


def test_k_of_k_is_the_mean_over_cases_of_the_chance_that_all_drawn_pass():
    # A: 2 of 2, 1 of 2, 0 of 2. k = 1: (1 + 1/2 + 0) / 3; k = 2: (1 + 0 + 0) / 3.
    # B: 2 of 2 in all three cases.
    report = trials_report(tried([[[1, 1], [1, 0], [0, 0]], [[1, 1]] * 3]))

    found = values(report)
    assert found["A"] == pytest.approx([1 / 2, 1 / 3])
    assert found["B"] == [1, 1]
    assert [each.n for each in report.rows[0].all_pass] == [3, 3]


def test_best_of_k_is_the_mean_over_cases_of_the_chance_that_any_drawn_passes():
    # A: 2 of 2, 1 of 2, 0 of 2: the best of two passes in the first and the second.
    report = trials_report(tried([[[1, 1], [1, 0], [0, 0]], [[1, 1]] * 3]))

    best = {row.model: [each.value for each in row.any_pass] for row in report.rows}
    assert best["A"] == pytest.approx([1 / 2, 2 / 3])
    assert trials_entry(report)["models"][0]["any_pass"][1]["value"] == pytest.approx(2 / 3)
    tables = [
        block.columns for block in trials_section(report, "AB").blocks if isinstance(block, Table)
    ]
    assert tables == [("Model", "1 of 1", "2 of 2"), ("Model", "Best of 2")]


def test_cases_tried_less_often_are_left_out_of_a_higher_k():
    report = trials_report(tried([[[1, 1], [0]], [[1], [1]]]))

    found = {row.model: row.all_pass for row in report.rows}
    assert (found["A"][0].value, found["A"][1].value, found["A"][1].n) == (0.5, 1, 1)
    assert found["B"][1].value is None
    assert found["B"][1].reason == "No case was tried and judged so often."
    assert report.rows[1].any_pass[1].reason == "No case was tried and judged so often."


def test_nothing_is_said_where_every_case_was_tried_once():
    report = trials_report(tried([[[1], [0]], [[1], [1]]]))

    assert report.rows == ()
    assert not trials_section(report, ("A", "B"))
    assert trials_entry(report)["models"] == []


def test_runs_of_one_model_are_trials_of_it_though_they_are_compared_as_models_elsewhere():
    scores = [(0, 0, 0, 5), (0, 0, 1, 5), (0, 1, 0, 5), (0, 1, 1, 1)]
    study = collected(models=("A:1", "A:2"), n_cases=2, scores=scores)
    report = trials_report(replace(study, runs_of="A"))

    # One case passes both of two, the other one of two: (1 + 1/2) / 2 and (1 + 0) / 2.
    assert values(report) == {"A": [0.75, 0.5]}
    table, *_ = trials_section(report, ("A:2", "A:1")).blocks
    assert [row[0].text for row in table.rows] == ["A"]


def test_the_entry_says_by_what_a_trial_passes():
    entry = trials_entry(trials_report(tried([[[1, 1]], [[1, 0]]])))

    assert (entry["criterion"], entry["level"]) == ("helpful", 4)
    assert entry["models"][1]["all_pass"][1] == {
        "k": 2, "value": 0, "low": None, "high": None, "n": 1,
        "reason": "An interval needs at least 2 cases; there is 1.",
    }  # fmt: skip


def test_passing_always_is_not_certainty():
    report = trials_report(tried([[[1, 1]] * 6, [[1, 0]] * 6]))

    always = report.rows[0].all_pass[1]
    assert always.value == 1
    assert always.low < 0.9  # Wilson at 6 cases: 0.61


def test_the_names_of_models_and_the_order_of_trials_move_no_number():
    rng = np.random.default_rng(3)
    passes = [[rng.integers(0, 2, 3).tolist() for _ in range(12)] for _ in range(2)]
    turned = [[trials[::-1] for trials in of_model] for of_model in reversed(passes)]

    found, other = values(trials_report(tried(passes))), values(trials_report(tried(turned)))

    assert found["A"] == pytest.approx(other["B"])
    assert found["B"] == pytest.approx(other["A"])


def test_the_table_has_a_column_for_each_k_and_says_what_passes():
    section = trials_section(trials_report(tried([[[1, 1]] * 3, [[1, 0]] * 3])), ("B", "A"))

    table, _, best, note = section.blocks
    assert table.columns == ("Model", "1 of 1", "2 of 2")
    assert best.columns == ("Model", "Best of 2")
    assert [row[0].text for row in table.rows] == ["B", "A"]
    assert "score it 4 or above on helpful" in " ".join(note.sentences)
