"""The responses behind a number: what each was given, the worst judged first."""

import math
from dataclasses import replace

import pytest

from evalkit.reports.scores.judged_responses import judged_responses
from evalkit.study.collected import NO_TAG
from tests.evalkit.collected_studies import BOTH_BAD, HELPFUL, LEFT, RIGHT, TIE, collected


def test_each_response_has_what_came_of_it_and_the_worst_stands_first():
    study = collected(
        n_cases=2,
        preferences=[
            (0, 0, 0, 1, LEFT),
            (1, 0, 1, 0, LEFT),
            (0, 1, 0, 1, TIE),
            (1, 1, 0, 1, RIGHT),
        ],
        scores=[(0, 0, 0, 5), (1, 0, 0, 4)],
    )

    found = judged_responses(study).set_index("output_id")

    # Outputs 1 and 2 are A's, 3 and 4 B's. A won one and lost one of case 0, so did B.
    counts = found[["n_won", "n_lost", "n_tied"]]
    assert counts.loc[1].tolist() == counts.loc[3].tolist() == [1, 1, 0]
    assert counts.loc[2].tolist() == [0, 1, 1]
    assert counts.loc[4].tolist() == [1, 0, 1]
    assert found.loc[1, "score_helpful"] == 4.5
    assert math.isnan(found.loc[2, "score_helpful"])
    # Worth: A's second a quarter, B's first a half, A's first (1/2 + 7/8)/2, B's second 3/4.
    assert found.index.tolist() == [2, 3, 1, 4]


def test_both_bad_counts_for_both_and_what_nobody_judged_is_left_out():
    study = collected(n_cases=2, preferences=[(0, 0, 0, 1, BOTH_BAD)])

    found = judged_responses(study)

    assert found["output_id"].tolist() == [1, 3]
    assert found["n_both_bad"].tolist() == [1, 1]
    assert judged_responses(study, model="B")["output_id"].tolist() == [3]
    assert judged_responses(collected()).empty


@pytest.mark.parametrize("key", ["output_id", "case", "category", "model", "worth", "n_errors"])
def test_a_criterion_may_be_called_like_any_column(key):
    study = collected(n_cases=2, scores=[(0, 0, 0, 5), (0, 1, 0, 1)])
    called = replace(study, criteria=(replace(HELPFUL, key=key),))

    found = judged_responses(called, model="A")

    assert found[f"score_{key}"].tolist() == [1, 5]
    assert found[["output_id", "case"]].to_numpy().tolist() == [[2, 1], [1, 0]]
    assert found["category"].tolist() == ["support", "code"]


def test_what_nobody_was_asked_is_missing_and_not_zero():
    # A's first response was compared, its second read for errors in which there is none.
    study = collected(n_cases=2, preferences=[(0, 0, 0, 1, LEFT)], marks=[(0, 1, 0, NO_TAG)])

    found = judged_responses(study, model="A").set_index("output_id")

    assert found.loc[1, ["n_won", "n_lost", "n_tied", "n_both_bad"]].tolist() == [1, 0, 0, 0]
    assert found.loc[2, ["n_won", "n_lost", "n_tied", "n_both_bad"]].isna().all()
    assert found["n_errors"].isna().tolist() == [True, False]
    assert found.loc[2, "n_errors"] == 0
