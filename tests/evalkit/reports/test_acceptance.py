"""Verdicts taken without a person: what is promised, what is missing, and that it holds."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evalkit.judging.split import Split
from evalkit.reports.acceptance.document import acceptance_document
from evalkit.reports.acceptance.report import (
    Promise,
    Refusal,
    acceptance_report,
    even_odds,
)
from evalkit.reports.acceptance.sentences import (
    NO_JUDGE,
    acceptance_verdict,
    promised,
    row_in_words,
)
from evalkit.reports.acceptance.tables import (
    acceptance_section,
    acceptance_table,
    curve_blocks,
    curve_table,
    tried_table,
)
from evalkit.study.splits import Splits
from evalkit.study.subjects import PREFERRED
from evalkit.study.verdicts import verdict_units
from evalkit.study.who import said_by
from tests.evalkit.reports.test_judges import judged

N_CASES = 600


def split(n_cases=N_CASES):
    """Return a split in equal parts, dev and test in turn."""
    parts = tuple(Split)
    turns = [parts.index(Split.DEV), parts.index(Split.TEST)]
    return Splits(np.arange(n_cases), np.resize(turns, n_cases))


def only_row(collected, *, splits=None, promise=None):
    (row,) = acceptance_report(collected, splits or split(), promise=promise).rows
    return row


def labelled_only(collected, cases):
    """Leave people's answers on some cases alone, and all that the judge said."""
    preferences = collected.preferences
    n_people = len(collected.annotators) - 1
    case = collected.outputs.case[preferences.left]
    keep = (preferences.annotator == n_people) | np.isin(case, cases)
    return replace(
        collected,
        preferences=replace(
            preferences,
            **{
                field: getattr(preferences, field)[keep]
                for field in preferences.__dataclass_fields__
            },
        ),
    )


def test_a_judge_that_is_nearly_always_right_may_be_accepted_and_a_poor_one_may_not():
    collected = judged(0.98, 0.98, 0.98, 0.99, 0.5, judges=2, n_cases=N_CASES)

    report = acceptance_report(collected, split())

    good, poor = report.rows
    assert good.is_accepted
    assert good.test.wrong.high < 0.05
    assert poor.refusal is Refusal.WRONG_TOO_OFTEN
    assert acceptance_verdict(report).endswith("wrong: Judge 1 on which response is better.")
    assert "wrong on the 300 labels of the dev split" in row_in_words(poor, report.promise)


def test_too_few_labels_say_how_many_it_takes():
    # 25 labels on the test split; 59 without a wrong one show 5 %: .95^59 < .05 < .95^58.
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=50)

    row = only_row(collected, splits=split(50))

    assert row.refusal is Refusal.TOO_FEW
    assert row.least == 59
    assert row.needed == 59
    sentence = row_in_words(row, Promise())
    assert "25 labels on the test split are too few: it takes 59 labels" in sentence


def test_a_looser_promise_takes_fewer_labels():
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=50)

    row = only_row(collected, splits=split(50), promise=Promise(risk=0.15, confidence=0.9))

    # .85^15 = .087.
    assert row.least == 15
    assert row.is_accepted
    assert promised(Promise(0.15, 0.9)).startswith("With probability at least 90 %, at most 15 %")


def test_labels_of_part_of_the_verdicts_promise_nothing_where_their_odds_are_unknown():
    collected = labelled_only(judged(1.0, 1.0, 1.0, judges=1, n_cases=N_CASES), range(400))

    row = only_row(collected)

    assert row.refusal is Refusal.UNKNOWN_ODDS
    assert row.n_taken == 0
    assert "400 of 600 verdicts have labels" in row_in_words(row, Promise())


def test_without_a_label_of_people_or_a_judge_it_says_so():
    nobody = labelled_only(judged(1.0, 1.0, judges=1, n_cases=20), [])
    no_judge = judged(0.9, 0.9, judges=0, n_cases=20)

    assert only_row(nobody, splits=split(20)).refusal is Refusal.NO_PEOPLE
    report = acceptance_report(no_judge, split(20))
    assert acceptance_verdict(report) == NO_JUDGE
    assert [block.text for block in acceptance_section(report).blocks] == [NO_JUDGE]


def test_labels_of_the_train_split_count_nowhere():
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=N_CASES)
    train = Splits(np.arange(N_CASES), np.zeros(N_CASES, dtype=int))

    row = only_row(collected, splits=train)

    assert (row.n_dev, row.n_certification) == (0, 0)
    assert row.refusal is Refusal.NO_DEV


def test_a_verdict_that_contradicts_itself_is_never_accepted_and_counts_as_not_covered():
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=N_CASES)
    preferences = collected.preferences
    own = np.flatnonzero(preferences.annotator == 2)[: N_CASES // 2]
    turned = np.where(preferences.preference[own] == 2, 0, 2)
    again = {
        field: np.concatenate([getattr(preferences, field), getattr(preferences, field)[own]])
        for field in preferences.__dataclass_fields__
    }
    again["preference"][-len(own) :] = turned
    again["latest"][-len(own) :] += 10_000
    row = only_row(replace(collected, preferences=replace(preferences, **again)))

    assert row.n_unclear == N_CASES // 2
    assert row.is_accepted
    assert row.test.accepted.value == pytest.approx(0.5)
    assert [point.accepted.value for point in row.curve] == [pytest.approx(0.5)]


def test_even_odds_leave_a_simple_random_draw_and_are_drawn_the_same_every_time():
    units = verdict_units(judged(1.0, 1.0, judges=1, n_cases=4000), 1, PREFERRED)
    odds = np.where(np.arange(4000) % 2, 1.0, 0.25)

    first, second = even_odds(units, odds), even_odds(units, odds)

    assert (first == second).all()
    assert first[odds == 0.25].all()
    # 2,000 draws with the chance 1/4: sd of the share is .0097.
    assert first[odds == 1.0].mean() == pytest.approx(0.25, abs=4 * 0.0097)
    assert not even_odds(units, np.full(4000, np.nan)).any()


def test_people_who_are_not_named_are_no_people_here():
    collected = judged(1.0, 1.0, judges=1, n_cases=100)
    everybody = said_by(collected, np.array([True, True]))

    assert only_row(everybody, splits=split(100)).n_labelled == 100


@pytest.mark.slow
def test_a_judge_that_is_wrong_more_often_than_is_borne_is_accepted_at_most_so_often_as_said():
    # 1,000 judges wrong on 6 % of units; at most 5 % of them may be accepted at 5 %. The bound is
    # 5 % and two binomial standard errors.
    rng = np.random.default_rng(2)
    n_accepted = 0
    for seed in rng.integers(0, 2**31, 300):
        collected = judged(1.0, 0.91, judges=1, n_cases=400, seed=int(seed))
        row = only_row(collected, splits=split(400))
        n_accepted += row.is_accepted
    assert n_accepted / 300 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_the_document_is_json_and_has_every_number_of_the_tables():
    collected = judged(0.98, 0.98, 0.98, 0.99, 0.5, judges=2, n_cases=N_CASES)
    report = acceptance_report(collected, split())

    document = json.loads(json.dumps(acceptance_document(collected, report)))

    cells = [cell for row in acceptance_table(report).rows for cell in row if cell.number]
    cells += [cell for row in curve_table(report.rows[:1]).rows for cell in row if cell.number]
    written = json.dumps(document)
    assert len(cells) == 4
    assert all(str(cell.number.value) in written for cell in cells)
    assert document["risk"] == 0.05
    assert document["judges"][1]["refusal"] == "wrong too often"
    assert tried_table(report.rows[0])
    assert curve_blocks(report.rows[0], report.promise)[0].axis.references == ((0.05, ""),)
