"""Judges by category and tag by tag: the same as of a study of that part alone, or why not."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, recall_score

from evalkit.reports.judges.categories import LEAST_UNITS, categories_table, category_rows
from evalkit.reports.judges.document import judges_document
from evalkit.reports.judges.report import judges_report
from evalkit.reports.judges.tables import parts_blocks
from evalkit.reports.judges.tags import tag_rows, tags_table
from evalkit.study.admitted import said_of_outputs
from evalkit.study.collected import NO_TAG, Judged
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.reports.test_annotators import study
from tests.evalkit.reports.test_judges import judged


def marked(*, n_cases=30, often=3, seed=1):
    """Return a person and a judge who looked for one error on all responses, and their finds."""
    rng = np.random.default_rng(seed)
    n = 2 * n_cases
    person = np.arange(n) % often == 0
    judge = person ^ (rng.random(n) < 0.2)
    marks = [
        (output, who, 0 if finds[output] else NO_TAG)
        for who, finds in enumerate((person, judge))
        for output in range(n)
    ]
    of = study(n_cases=n_cases, n_annotators=2, marks=marks)
    people = (of.annotators[0], Judged("Gauge", AnnotatorKind.JUDGE, False))
    return replace(of, annotators=people), person, judge


def test_a_tag_has_scikit_learns_kappa_sensitivity_and_specificity():
    collected, person, judge = marked()

    (row,) = tag_rows(collected)

    assert row.kappa.value == pytest.approx(cohen_kappa_score(person, judge))
    assert row.sensitivity.value == pytest.approx(recall_score(person, judge))
    assert row.specificity.value == pytest.approx(recall_score(~person, ~judge))
    assert (row.n, row.n_marked) == (60, person.sum())
    assert row.kappa.low < row.kappa.value < row.kappa.high
    (entry,) = judges_document(collected)["tags"]
    assert (entry["subject"], entry["kappa"]["value"]) == ("error:tone", row.kappa.value)
    assert tags_table((row,)) in parts_blocks(collected)


@pytest.mark.parametrize(
    ("collected", "missing"),
    [
        (marked(n_cases=10)[0], "20 responses of the 30 it takes"),
        (marked(often=20)[0], "people marked it on 3 of the 5 it takes"),
    ],
)
def test_with_too_few_labels_a_tag_says_what_is_missing(collected, missing):
    (row,) = tag_rows(collected)

    assert (row.kappa.value, row.sensitivity.value, row.specificity.value) == (None, None, None)
    assert row.kappa.reason == f"Not enough labels: {missing}."
    assert tags_table((row,)).rows[0][-1].text == row.kappa.reason


def test_nothing_is_said_of_tags_where_nobody_or_no_judge_looked():
    assert tag_rows(judged(0.8, 0.8, 0.9, judges=1)) == ()
    collected, _, _ = marked()
    people = tuple(Judged(name, AnnotatorKind.HUMAN, False) for name in ("Ada", "Bo"))
    assert tag_rows(replace(collected, annotators=people)) == ()


def test_a_category_has_the_numbers_of_a_study_of_it_alone():
    collected = judged(0.8, 0.8, 0.8, 0.9, judges=1, n_cases=120)

    even, odd = category_rows(collected)

    assert (even.category, odd.category) == ("even", "odd")
    alone = judges_report(said_of_outputs(collected, collected.outputs.category == 1)).rows[0]
    ceiling, majority = odd.row.ceiling, odd.row.majority
    for told, expected in (
        (ceiling.judge, alone.ceiling.judge),
        (ceiling.people, alone.ceiling.people),
        (ceiling.ratio, alone.ceiling.ratio),
        (ceiling.same, alone.ceiling.same),
        (majority.accuracy, alone.majority.accuracy),
        (majority.macro_f1, alone.majority.macro_f1),
    ):
        assert asdict(told) == pytest.approx(asdict(expected), abs=1e-12)
    assert odd.row.majority.accuracy.n + odd.row.majority.n_split == 60
    assert categories_table((even, odd)) in parts_blocks(collected)
    entries = judges_document(collected)["by_category"]
    assert [entry["category"] for entry in entries] == ["even", "odd"]
    assert entries[1]["ratio"]["value"] == pytest.approx(alone.ceiling.ratio.value, abs=1e-12)


def test_a_category_with_too_few_units_and_a_study_of_one_category_have_no_rows():
    few = judged(0.8, 0.8, 0.8, 0.9, judges=1, n_cases=2 * LEAST_UNITS - 2)
    assert category_rows(few) == ()
    whole = judged(0.8, 0.8, 0.8, 0.9, judges=1)
    one_category = replace(whole.outputs, category=0 * whole.outputs.category)
    assert category_rows(replace(whole, categories=("",), outputs=one_category)) == ()
