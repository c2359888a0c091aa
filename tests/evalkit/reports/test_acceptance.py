"""Verdicts taken without a person: what is promised, what is missing, and that it holds."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from evalkit.judging.split import Split
from evalkit.reports.acceptance.audit import AuditStanding, audit_row
from evalkit.reports.acceptance.document import acceptance_document
from evalkit.reports.acceptance.odds import even_odds
from evalkit.reports.acceptance.report import (
    Promise,
    Refusal,
    acceptance_report,
)
from evalkit.reports.acceptance.sentences import (
    NO_JUDGE,
    acceptance_verdict,
    audit_in_words,
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
from evalkit.reports.acceptance.worth import Advice, worth_report
from evalkit.reports.acceptance.worth_blocks import advice_in_words, worth_blocks, worth_entries
from evalkit.reports.correction.report import correction_report
from evalkit.reports.judges.costs import JudgeCost
from evalkit.reports.judges.report import judges_report
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.acceptance import look_level
from evalkit.study.accepted import AcceptedUnit, AcceptedVerdicts, Look
from evalkit.study.odds import Presented
from evalkit.study.splits import Splits
from evalkit.study.subjects import PREFERRED, subject_key
from evalkit.study.verdicts import verdict_units
from evalkit.study.who import said_by
from evalkit.vocabulary import AcceptanceState, TaskKind
from tests.evalkit.reports.test_annotators import study
from tests.evalkit.reports.test_judges import judged

N_CASES = 600


def split(n_cases=N_CASES):
    """Return a split in equal parts, dev and test in turn."""
    parts = tuple(Split)
    turns = [parts.index(Split.DEV), parts.index(Split.TEST)]
    return Splits(np.arange(n_cases), np.resize(turns, n_cases))


def looked(collected, splits, *, promise=None, presented=None):
    """Return the report after a look at all certification labels that are worth one."""
    report, looks = acceptance_report(collected, splits, presented, promise=promise), ()
    for row in report.to_look_at:
        looks += (look_of(row, promise or Promise()),)
    return acceptance_report(collected, splits, presented, promise=promise, looks=looks)


def look_of(row, promise):
    """Return the look at what a row would be tested on."""
    about = row.judge_name, subject_key(row.subject), row.inputs
    of = promise.risk, promise.confidence, row.level
    return Look(*about, *of, None, datetime(2026, 11, 30, tzinfo=UTC), "Ada")


def only_row(collected, *, splits=None, promise=None):
    (row,) = looked(collected, splits or split(), promise=promise).rows
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

    report = looked(collected, split())

    good, poor = report.rows
    assert good.is_accepted
    assert good.test.wrong.high < 0.05
    assert poor.refusal is Refusal.WRONG_TOO_OFTEN
    assert acceptance_verdict(report).endswith("wrong: Judge 1 on which response is better.")
    assert "wrong on the 300 labels of the dev split" in row_in_words(poor, report.promise)


def test_too_few_labels_say_how_many_it_takes():
    # 25 labels on the test split. The first look spends .05 * 6 / pi^2 = .0304: 69 without a
    # wrong one show 5 %, .95^69 = .0290 < .0304 < .95^68 = .0306.
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=50)

    row = only_row(collected, splits=split(50))

    assert row.refusal is Refusal.TOO_FEW
    assert row.least == 69
    assert row.needed == 69
    sentence = row_in_words(row, Promise())
    assert "25 labels on the test split are too few: it takes 69 labels" in sentence


def test_a_looser_promise_takes_fewer_labels():
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=50)

    row = only_row(collected, splits=split(50), promise=Promise(risk=0.15, confidence=0.9))

    # The first look spends .1 * 6 / pi^2 = .0608; .85^18 = .0536, .85^17 = .0631.
    assert row.least == 18
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
    report = looked(collected, split())

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


def test_certification_labels_are_not_tested_before_somebody_looks_at_them():
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=N_CASES)

    (row,) = acceptance_report(collected, split()).rows

    assert row.refusal is Refusal.NOT_LOOKED
    assert row.test is None
    assert row.level == pytest.approx(0.05 * 6 / np.pi**2)
    assert "look 1, tested at the level 3 %" in row_in_words(row, Promise())


def test_the_same_labels_again_spend_nothing_and_one_more_label_is_a_look_of_its_own():
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=N_CASES)
    (row,) = acceptance_report(collected, split()).rows
    first = look_of(row, Promise())

    (again,) = acceptance_report(collected, split(), looks=(first,)).rows
    changed = labelled_only(collected, range(N_CASES))
    preferences = changed.preferences
    here = (preferences.annotator < 2) & (changed.outputs.case[preferences.left] == 0)
    preferences.preference[here] = (preferences.preference[here] + 1) % 3
    (other,) = acceptance_report(changed, split(), looks=(first,)).rows
    (stricter,) = acceptance_report(
        collected, split(), promise=Promise(risk=0.04), looks=(first,)
    ).rows

    assert again.is_accepted
    assert again.level == first.level
    assert other.refusal is Refusal.NOT_LOOKED
    # Of the second look: a quarter of the first.
    assert other.level == pytest.approx(first.level / 4)
    assert stricter.refusal is Refusal.NOT_LOOKED


def test_all_looks_together_spend_no_more_than_there_is():
    # Euler: the sum of 1 / k^2 is pi^2 / 6, so all shares together come to the whole.
    spent = sum(look_level(look, error=0.05) for look in range(1, 10_001))
    assert 0.04999 < spent < 0.05


def accepted(n_cases, *, share=1.0, risk=0.05, per_case=1):
    """Return verdicts on models A and B, as accepted, all of them drawn."""
    units = tuple(
        AcceptedUnit(case, 1 + case, 1 + n_cases + case, "first model wins", 1.0)
        for case in range(n_cases)
    )
    drawn = np.ones(n_cases, dtype=bool)
    about = (1, "Judge", "preference", risk, 0.95, 1.0, share)
    return AcceptedVerdicts(*about, AcceptanceState.OPEN, "", "Part 2", units, drawn, drawn * share)


def read_again(preferences, n_cases):
    """Return the study of an audit in which one person said this of the first cases."""
    of = study(
        n_cases=n_cases,
        n_annotators=1,
        preferences=[(0, case, 0, preference) for case, preference in enumerate(preferences)],
    )
    return replace(of, outputs=replace(of.outputs, id=np.arange(2 * n_cases) + 1))


def test_people_who_say_the_same_keep_an_acceptance_and_people_who_do_not_break_it():
    n = 200

    good = audit_row(accepted(n), read_again([0] * n, n))
    bad = audit_row(accepted(n), read_again([1, 0, 0, 0] * (n // 4), n))
    few = audit_row(accepted(n), read_again([0] * 5, n))
    unread = audit_row(accepted(n), None)

    assert good.standing is AuditStanding.WITHIN
    assert bad.standing is AuditStanding.BREACH
    assert bad.is_to_stop
    assert "25 %" in audit_in_words(bad)
    assert few.standing is unread.standing is AuditStanding.UNCLEAR
    assert unread.wrong.reason == "Nothing that went back to people has been read yet."


def test_a_verdict_keeps_its_meaning_whichever_response_has_the_lower_number():
    n = 40
    audit = read_again([0] * n, n)
    turned = replace(audit, outputs=replace(audit.outputs, id=np.roll(audit.outputs.id, n)))
    # Model A, which people prefer, now has the higher numbers.
    told = accepted(n)
    told = replace(
        told, units=tuple(replace(unit, value="second model wins") for unit in told.units)
    )

    assert audit_row(told, turned).wrong.value == 0.0


def test_near_a_census_the_interval_narrows_and_never_to_nothing():
    def width(n_accepted, n_read):
        preferences = ([1] + [0] * 9) * (n_read // 10)
        row = audit_row(accepted(n_accepted), read_again(preferences, n_accepted))
        return row.wrong.high - row.wrong.low

    assert width(100, 90) < width(1000, 90)
    assert 0 < width(100, 100) < width(100, 90)


def test_the_tables_of_looks_and_of_what_was_accepted_stand_in_the_section_and_the_document():
    collected = judged(1.0, 1.0, 1.0, judges=1, n_cases=N_CASES)
    (row,) = acceptance_report(collected, split()).rows
    looks = (look_of(row, Promise()),)
    report = acceptance_report(collected, split(), looks=looks)
    audits = [audit_row(accepted(20), read_again([0] * 20, 20))]

    document = json.loads(json.dumps(acceptance_document(collected, report, looks, audits)))
    blocks = acceptance_section(report, looks, audits).blocks
    titles = [getattr(block, "title", "") for block in blocks]

    assert {"Looks at the test split", "What was accepted"} <= set(titles)
    assert document["looks"][0]["level"] == looks[0].level
    assert document["accepted"][0]["audit"] == "unclear"
    assert document["accepted"][0]["n_read"] == 20


NOTHING_PRESENTED = Presented(
    np.full((0, 5), -1), np.zeros(0), *2 * (np.zeros(0, dtype=int),), TaskKind.PAIR, 1
)


def cards_of(collected, *, looks=()):
    splits = split(len(np.unique(collected.outputs.case)))
    report = acceptance_report(collected, splits, looks=looks)
    correction = correction_report(collected, NOTHING_PRESENTED)
    return worth_report(collected, judges_report(collected), report, correction)


def test_a_judge_is_worth_it_or_not_and_a_sentence_says_so():
    collected = judged(0.95, 0.95, 0.95, 1.0, 0.2, judges=2, n_cases=300)
    report = acceptance_report(collected, split(300))
    looks = tuple(look_of(row, Promise()) for row in report.to_look_at)

    good, poor = cards_of(collected, looks=looks)

    assert good.advice is Advice.ACCEPT
    assert advice_in_words(good).startswith("Judge 1 on which response is better. Yes: what it is")
    assert poor.advice is Advice.NO
    assert "No: it agrees with people less than they do" in advice_in_words(poor)
    # Nobody said what a verdict costs.
    assert good.cost is poor.cost is None
    assert good.daily.n == 300
    assert good.daily.low > poor.daily.high


def test_where_people_do_not_agree_a_judge_is_worth_nothing_and_with_few_labels_nobody_knows():
    (no_ground,) = cards_of(judged(0.0, 0.0, 0.0, 0.9, judges=1))
    (few,) = cards_of(judged(0.9, 0.9, 0.9, 0.9, judges=1, n_cases=20))

    assert no_ground.advice is Advice.NO_GROUND
    assert few.advice is Advice.OPEN
    assert "Not yet: there is too little to tell" in advice_in_words(few)


def test_cards_hold_their_numbers_in_the_table_and_in_the_document():
    cards = cards_of(judged(0.9, 0.9, 0.9, 0.9, 0.4, judges=2, n_cases=60))

    heading, sentences, rows, _ = worth_blocks(cards)
    entries = json.loads(json.dumps(worth_entries(cards)))

    assert heading.text == "Worth it?"
    assert len(sentences.sentences) == len(rows.rows) == len(entries) == 2
    numbers = [cell.number.value for row in rows.rows for cell in row if cell.number]
    assert len(numbers) == 4
    for entry in entries:
        assert {entry["ratio"]["value"], entry["daily"]["value"]} <= set(numbers)
    assert worth_blocks(()) == ()


def test_a_look_at_another_judge_is_a_look_of_the_study_too():
    collected = judged(1.0, 1.0, 1.0, 1.0, judges=2, n_cases=N_CASES)
    one, other = acceptance_report(collected, split()).rows
    look = look_of(one, Promise())

    again, next_judge = acceptance_report(collected, split(), looks=(look,)).rows

    assert again.is_accepted
    assert next_judge.refusal is Refusal.NOT_LOOKED
    assert (other.n_looks, next_judge.n_looks) == (0, 1)
    # 1 / k^2: the second look has a quarter of the first, whichever judge it is of.
    assert next_judge.level == pytest.approx(other.level / 4)


def test_a_label_saved_costs_all_the_judge_has_cost_over_the_median_of_what_it_saves():
    collected = judged(0.9, 0.9, 0.9, 0.95, judges=1, n_cases=300)
    collected = labelled_only(collected, range(150))
    correction = correction_report(collected, NOTHING_PRESENTED)
    (part,) = (each for each in correction.parts if each.subject == PREFERRED)
    cost = JudgeCost("Judge", {"cost_usd": Estimate(0.01, 0.01, 0.01, 600)}, 6.0)
    report = acceptance_report(collected, split(300))

    def card(*saved):
        of = tuple(SimpleNamespace(correction=SimpleNamespace(labels_saved=n)) for n in saved)
        changed = replace(correction, parts=(replace(part, rows=of),))
        name = replace(cost, judge=collected.annotators[-1].name)
        (made,) = worth_report(collected, judges_report(collected), report, changed, (name,))
        return made

    # The median of -40, 10 and 90 is 10: 6 dollars over 10 labels, though the most is 90.
    assert card(-40.0, 10.0, 90.0).saved == 10.0
    assert card(-40.0, 10.0, 90.0).cost_of_label == pytest.approx(0.6)
    # Large for one of three alone: no reason to use it.
    assert card(-40.0, -1.0, 90.0).advice is not Advice.BESIDE
    assert card(-40.0, -1.0, 90.0).cost_of_label is None
