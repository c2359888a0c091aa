"""What came in case by case: the first of each case counts, and later ones change nothing."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.pair.daily import daily_sentence, daily_win_rate
from evalkit.stats.intervals import Z95
from evalkit.stats.judges import betting
from evalkit.stats.judges.betting import anytime_mean, confidence_sequence
from evalkit.study.collected import Judged
from evalkit.study.daily import first_agreements, first_comparisons
from evalkit.study.subjects import PREFERRED
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.reports.test_annotators import LEFT, RIGHT, TIE, study


def test_the_first_comparison_of_each_case_counts_in_the_order_of_time():
    # (annotator, case, left model, preference): model A is 0.
    collected = study(
        preferences=[
            (0, 3, 0, LEFT),
            (1, 0, 1, LEFT),
            (2, 3, 0, RIGHT),
            (0, 5, 1, RIGHT),
            (1, 2, 0, TIE),
        ]
    )

    values = first_comparisons(collected, model="A", other="B")

    assert values.tolist() == [1.0, 0.0, 1.0, 0.5]
    turned = first_comparisons(collected, model="B", other="A")
    assert turned.tolist() == (1.0 - values).tolist()


def test_later_labels_of_a_case_leave_what_was_looked_at_as_it_was():
    early = [(0, case, 0, LEFT if case % 3 else RIGHT) for case in range(6)]
    late = [(1, case, 0, RIGHT) for case in range(6)]

    before = first_comparisons(study(preferences=early), model="A", other="B")
    after = first_comparisons(study(preferences=early + late), model="A", other="B")

    assert before.tolist() == after.tolist()


def test_a_judge_agrees_with_the_first_person_of_each_case():
    collected = study(
        n_annotators=3,
        preferences=[
            *[(0, case, 0, LEFT) for case in range(3)],
            *[(1, case, 0, RIGHT) for case in range(3)],
            (2, 0, 0, LEFT),
            (2, 1, 0, RIGHT),
            (2, 2, 0, LEFT),
            (2, 2, 1, LEFT),
        ],
    )
    judge = Judged("judge", AnnotatorKind.JUDGE, False)
    collected = replace(collected, annotators=(*collected.annotators[:2], judge))

    # Of the last case the judge says whatever is left: no verdict, so not the same.
    assert first_agreements(collected, 2, PREFERRED).tolist() == [1.0, 0.0, 0.0]


def test_the_sentence_says_who_is_ahead_only_where_the_interval_does():
    def said(preferences):
        of = study(
            n_cases=len(preferences),
            n_annotators=1,
            preferences=[(0, case, 0, given) for case, given in enumerate(preferences)],
        )
        return daily_sentence(daily_win_rate(of, model="A", other="B"), model="A", other="B")

    assert "A is ahead, and you may stop here" in said([LEFT] * 60)
    assert "B is ahead, and you may stop here" in said([RIGHT] * 60)
    assert "neither is ahead for sure yet" in said([LEFT, RIGHT] * 30)
    assert said([]) == ""


def test_more_cases_than_narrow_the_interval_leave_it_as_it_is(monkeypatch):
    monkeypatch.setattr(betting, "_ENOUGH", 300)
    values = (np.random.default_rng(5).random(400) < 0.6).astype(float)

    every, first = anytime_mean(values), confidence_sequence(values[:300])

    assert every.value == pytest.approx(values.mean())
    assert every.n == 400
    assert (every.low, every.high) == (first.low[-1], first.high[-1])
    assert anytime_mean(values[:0]).value is None


@pytest.mark.slow
def test_two_models_that_are_alike_are_told_apart_in_5_of_100_studies_that_look_every_day():
    # Simulation, true by construction: no model is better, a quarter of comparisons are ties.
    # Of 200 studies of 200 cases, looked at after every case from the 10th on; the bound is 5 % and
    # two binomial standard errors. A 95 % interval for one look is far above that.
    rng = np.random.default_rng(9)
    values = rng.choice([0.0, 0.5, 1.0], p=[0.375, 0.25, 0.375], size=(200, 200))
    n = np.arange(1, 201)
    mean = values.cumsum(axis=1) / n
    deviation = np.sqrt(np.maximum((values**2).cumsum(axis=1) / n - mean**2, 0.0) / n)
    usual = (np.abs(mean - 0.5) > Z95 * deviation)[:, 9:].any(axis=1).mean()
    sequences = [confidence_sequence(row) for row in values]
    anytime = np.mean([np.any((of.low > 0.5) | (of.high < 0.5)) for of in sequences])

    assert anytime <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)
    assert usual > 0.2
