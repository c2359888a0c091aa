"""Verdicts accepted by how probable a judge holds them: more of them, and the promise holds."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.acceptance.document import acceptance_document
from evalkit.reports.acceptance.report import (
    Promise,
    Refusal,
    acceptance_report,
    looked_at,
    units_to_take,
)
from evalkit.reports.acceptance.sentences import how, row_in_words, sure_at_least
from evalkit.reports.acceptance.tables import acceptance_section, acceptance_table
from evalkit.study.certainty import SureBy
from evalkit.study.collected import Judged
from evalkit.study.sure import SureAnswers
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.reports.test_acceptance import look_of, split
from tests.evalkit.reports.test_annotators import study

N_CASES = 600


def chances(rng, n):
    """Return how probable it is that a judge is right on each unit: wrong on 7.5 % in the mean."""
    # The mean of .3 u^3 for u even between 0 and 1 is .3 / 4.
    return 1 - 0.3 * rng.random(n) ** 3


def claims(rng, right):
    """Return what it says of that in both orders: surer than right, and not twice the same."""
    noise = rng.normal(0, 0.01, (2, len(right)))
    return np.clip(right[np.newaxis] ** 0.3 + noise, 0.05, 1)


def sure_judge(seed, n_cases=N_CASES):
    """Return a study of a person who is always right, and what a judge of both orders claims."""
    rng = np.random.default_rng(seed)
    truth, right = rng.integers(0, 2, n_cases), chances(rng, n_cases)
    told = np.where(rng.random(n_cases) < right, truth, 1 - truth)
    probability = claims(rng, right)
    case = np.arange(n_cases)
    preferences = [
        *zip([0] * n_cases, case, [0] * n_cases, truth, strict=True),
        *((1, k, left, int(told[k]) ^ left) for left in (0, 1) for k in range(n_cases)),
    ]
    of = study(n_cases=n_cases, n_annotators=2, preferences=preferences)
    who = Judged("Person", AnnotatorKind.HUMAN, False), Judged("Judge", AnnotatorKind.JUDGE, False)
    a, b = 100 + case, 100 + n_cases + case
    answers = SureAnswers(
        ("Judge",) * 2 * n_cases,
        ("",) * 2 * n_cases,
        np.concatenate([a, b]),
        np.concatenate([b, a]),
        np.concatenate([told, 1 - told]).astype(float),
        np.concatenate(probability),
    )
    return replace(of, annotators=who), answers


def looked_by(collected, answers, *, promise=None):
    """Return the only row after a look, and the looks."""
    promise = promise or Promise()
    of, parts = {"promise": promise, "answers": answers}, split(len(collected.outputs.id) // 2)
    (row,) = acceptance_report(collected, parts, **of).rows
    looks = (look_of(row, promise),)
    return acceptance_report(collected, parts, looks=looks, **of), looks


def test_a_judge_too_often_wrong_to_be_believed_throughout_is_accepted_where_it_is_sure():
    collected, answers = sure_judge(2)

    report, _ = looked_by(collected, answers)
    (by_probability,), ((by_agreement,), _) = report.rows, _rows_and_looks(collected)

    assert by_agreement.certainty is SureBy.AGREEMENT
    assert by_agreement.refusal is Refusal.WRONG_TOO_OFTEN
    assert by_probability.certainty is SureBy.PROBABILITY
    assert by_probability.is_accepted
    assert 0.2 < by_probability.test.accepted.value < 1.0


def _rows_and_looks(collected):
    report, looks = looked_by(collected, None)
    return report.rows, looks


def test_which_certainty_was_used_stands_in_sentences_table_and_document():
    collected, answers = sure_judge(2)
    report, _ = looked_by(collected, answers)
    without, _ = looked_by(collected, None)

    (row,), (plain,) = report.rows, without.rows

    assert "verdicts that it holds for right with a probability of" in row_in_words(row, Promise())
    assert "Sure here is by the probability" in row_in_words(row, Promise())
    assert "Sure here is how often it says the same" in row_in_words(plain, Promise())
    assert "Sure by probability" in how(report)
    assert "Sure by agreement" not in how(report)
    assert "Sure by agreement" in how(without)
    column = acceptance_table(report).columns.index("Sure by")
    assert acceptance_table(report).rows[0][column].text == "probability"
    assert how(report) in [
        sentence
        for block in acceptance_section(report).blocks
        for sentence in (getattr(block, "text", ""), *getattr(block, "sentences", ()))
        if isinstance(sentence, str)
    ] or how(report) in str(acceptance_section(report).blocks)
    (entry,) = json.loads(json.dumps(acceptance_document(collected, report)))["judges"]
    assert (entry["certainty"], entry["n_without_probability"]) == ("probability", 0)


def test_a_probability_is_written_with_the_digits_that_tell_levels_apart():
    (row,) = looked_by(*sure_judge(2, n_cases=60))[0].rows

    levels = (0.9, 0.976, 0.985, 0.9899, 0.99, 0.9937, 0.99962, 1.0)
    written = [sure_at_least(row, level) for level in levels]

    assert written == [
        *("90 %", "97.6 %", "98.5 %", "99 %", "99 %", "99.4 %", "99.96 %", "100 %"),
    ]


def test_a_look_is_of_the_certainty_it_was_made_with_and_takes_what_it_tested():
    collected, answers = sure_judge(2)
    report, looks = looked_by(collected, answers)
    (row,) = report.rows

    (other,) = acceptance_report(collected, split(), looks=looks).rows
    threshold = looked_at(
        collected, split(), None, replace(row, n_looks=0), promise=Promise(), answers=answers
    )

    assert other.n_looks == 1
    assert other.inputs != row.inputs
    assert threshold == row.test.threshold
    # Everything is labelled: nothing is left to be taken.
    assert units_to_take(collected, row, answers=answers) == ()


def test_what_is_taken_is_as_sure_as_it_has_to_be():
    collected, answers = sure_judge(2)
    (row,) = looked_by(collected, answers)[0].rows
    preferences = collected.preferences
    keep = (preferences.annotator == 1) | (collected.outputs.case[preferences.left] >= 100)
    fields = preferences.__dataclass_fields__
    fewer = replace(preferences, **{name: getattr(preferences, name)[keep] for name in fields})

    taken = units_to_take(replace(collected, preferences=fewer), row, answers=answers)

    # Of 100 cases that nobody labelled.
    said = answers.probability.reshape(2, -1).mean(axis=0)[:100]
    assert [unit.case for unit in taken] == np.flatnonzero(said >= row.test.threshold).tolist()
    assert [unit.certainty for unit in taken] == pytest.approx(said[said >= row.test.threshold])


@pytest.mark.slow
def test_the_promise_holds_by_probability_and_more_is_accepted_than_by_agreement():
    # Known truth: of 400,000 units of the same judge, how many are wrong from each threshold on.
    rng = np.random.default_rng(5)
    right = chances(rng, 400_000)
    sure = claims(rng, right).mean(axis=0)
    order = np.argsort(sure)[::-1]
    wrong = np.cumsum(1 - right[order]) / np.arange(1, len(order) + 1)
    n_runs, n_broken, accepted = 100, 0, {SureBy.PROBABILITY: 0.0, SureBy.AGREEMENT: 0.0}
    for seed in range(n_runs):
        collected, answers = sure_judge(seed)
        for told in (answers, None):
            (row,) = looked_by(collected, told)[0].rows
            if not row.is_accepted:
                continue
            accepted[row.certainty] += row.test.accepted.value
            if row.certainty is SureBy.PROBABILITY:
                n_above = np.searchsorted(-sure[order], -row.test.threshold, side="right")
                n_broken += wrong[n_above - 1] > 0.05
            else:
                n_broken += 1  # 7.5 % of all its verdicts are wrong

    # At most 5 % of runs break it (a first look spends 3 %), and two binomial standard errors.
    assert n_broken / n_runs <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / n_runs)
    assert accepted[SureBy.PROBABILITY] / n_runs > 0.3
    assert accepted[SureBy.PROBABILITY] > 5 * accepted[SureBy.AGREEMENT]
