"""Known failures: whether a fix holds, what a failure costs, what changed over versions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import binom

from evalkit import text
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.life import Failure, FailureChanged, RegressionCase
from evalkit.html.document import About, html_report
from evalkit.html.render import parts
from evalkit.reports.blocks import Table
from evalkit.reports.failures import sentences, tables
from evalkit.reports.failures.document import failures_document, versions_entry
from evalkit.reports.failures.fix import FailureStanding, FixVerdict, fix_of, standing_of
from evalkit.reports.failures.looks import JudgedRun, SetLooks, SinceFixed
from evalkit.reports.failures.report import board_report, narrowed
from evalkit.reports.failures.versions import (
    chosen_versions,
    judged_versions,
    model_versions,
    read_first,
    versions_report,
)
from evalkit.reports.watched.report import Flip, Trials
from evalkit.study.passing import Verdict
from evalkit.study.traffic import Traffic
from evalkit.vocabulary import FailureEventKind, FailureState
from tests.evalkit.collected_studies import collected

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXED = START + timedelta(days=10)
OLD = JudgedRun(1, "birch", "1", START, START)
NEW = JudgedRun(2, "birch", "2", START + timedelta(days=9), START + timedelta(days=9))
OTHER = JudgedRun(3, "cedar", "1", START, START)
TAGS = (("Errors", "tone", "Tone"), ("Errors", "format", "Format"), ("Errors", "format/json", "J"))


def looks_of(rows, *, runs=(OLD, NEW, OTHER), categories=("chat", "code"), tags=TAGS, legal=0):
    """Make looks of rows (case, run, tag or None, weight), in whose order they were made.

    A case is in the category of its number: even ones in the first. The last ``legal`` rows are of
    a second study, which asks for the last tag alone; the first asks for all of them.
    """
    cases = sorted({row[0] for row in rows})
    marks = [(place, row[2], row[3]) for place, row in enumerate(rows) if row[2] is not None]
    case = np.array([cases.index(row[0]) for row in rows], dtype=np.int64)
    return SetLooks(
        hashes=tuple(f"hash {each}" for each in cases),
        keys=tuple(f"case {each}" for each in cases),
        categories=categories,
        runs=tuple(runs),
        tags=tags,
        asked=np.array([[True] * len(tags), [False] * (len(tags) - 1) + [True]]),
        study=np.repeat([0, 1], [len(rows) - legal, legal]),
        annotation=np.arange(len(rows)) + 100,
        case=case,
        category=np.array([row[0] % len(categories) for row in rows], dtype=np.int64),
        run=np.array([row[1] for row in rows], dtype=np.int64),
        mark_look=np.array([place for place, _, _ in marks], dtype=np.int64),
        mark_tag=np.array([tag for _, tag, _ in marks], dtype=np.int64),
        mark_weight=np.array([weight for _, _, weight in marks], dtype=np.float64),
    )


def failure(n_cases=6, **fields):
    """Make a failure of the tag tone on so many cases, fixed in the second run of birch."""
    cases = tuple(RegressionCase(f"hash {each}", f"case {each}") for each in range(n_cases))
    of = {
        "failure_id": 1,
        "title": "Curt",
        "taxonomy": "Errors",
        "tag": "tone",
        "tag_name": "Tone",
        "model": "birch",
        "category": None,
        "owner": "Ann",
        "state": FailureState.FIXED,
        "cases": cases,
        "fixed_run_id": 2,
        "fixed_in": "birch, run 2",
        "fixed_at": FIXED,
    }
    return Failure(**of | fields)


def since(looks, *, days=1, run_ids=(2,)):
    """Say that every look at the fixed run was made so many days after the fix."""
    at = {
        int(each): FIXED + timedelta(days=days if run == 1 else -days)
        for each, run in zip(looks.annotation, looks.run, strict=True)
    }
    return SinceFixed(at, frozenset((each, run) for each in looks.hashes for run in run_ids))


def before(n=6, tag=0):
    return [(case, 0, tag, 1.0) for case in range(n)]


def after(n=6, shown=()):
    return [(case, 1, 0 if case in shown else None, 1.0) for case in range(n)]


def judged(rows, of=None, **how):
    looks = looks_of(rows)
    return fix_of(of or failure(), looks, since(looks, **how))


def test_a_fix_is_confirmed_where_every_case_was_judged_after_it_and_none_shows_it():
    fix = judged([*before(), *after()])

    assert (fix.verdict, fix.n_judged, fix.n_cases) == (FixVerdict.CONFIRMED, 6, 6)
    # Bonett and Price (2012) for 6 of 6 cases lost: (1/8 - 7/8) ± 1.96 √((1 - 0.75²) / 8).
    assert fix.difference.value == -1.0
    assert fix.difference.high == pytest.approx(-0.75 + 1.959964 * np.sqrt((1 - 0.5625) / 8))
    assert (fix.before.value, fix.after.value) == (1.0, 0.0)
    assert standing_of(failure(), fix) is FailureStanding.CONFIRMED


LEGAL = (*TAGS, ("Legal", "advice", "Advice"))


def test_looks_that_were_not_asked_for_a_tag_confirm_no_fix():
    looks = looks_of([*before(), *after()], tags=LEGAL, legal=6)
    fix = fix_of(failure(), looks, since(looks))
    assert (fix.verdict, fix.n_judged, fix.after.n) == (FixVerdict.NOT_YET, 0, 0)

    # Nor do they tell how it was before: on their cases the other models in scope do.
    rows = [*((case, 2, 0, 1.0) for case in range(6)), *after(), *before(tag=None)]
    looks = looks_of(rows, tags=LEGAL, legal=6)
    fix = fix_of(failure(model=None), looks, since(looks))
    assert (fix.verdict, fix.before.value, fix.before.n) == (FixVerdict.CONFIRMED, 1.0, 6)


def test_looks_that_were_not_asked_for_a_tag_change_neither_its_rate_nor_its_versions():
    rows = [(0, 0, 0, 5.0), (1, 0, None, 0.0), (2, 0, None, 0.0)]
    more = [(case, run, None, 0.0) for case in range(4) for run in (0, 1)]
    of = failure(state=FailureState.OPEN)
    plain = board_report("Set", [of], looks_of(rows, tags=LEGAL)).rows[0]
    looks = looks_of([*rows, *more], tags=LEGAL, legal=len(more))
    row = board_report("Set", [of], looks).rows[0]
    # The newest version that was looked at for tone is the first run of birch: 1 of 3 looks.
    assert (row.rate, row.cost, row.n_cases) == (plain.rate, plain.cost, 3)
    assert (row.rate.value, row.rate.n) == (1 / 3, 3)

    report = versions_report(looks, judged_versions(looks))
    # The four cases were looked at for advice in both versions, and for tone in one alone.
    assert (report.n_cases, report.timelines, report.changes) == (4, (), ())
    of_tone = versions_report(looks, judged_versions(looks), [looks.tags_of(of)])
    assert of_tone.timelines == ()
    assert "looked at for the same errors" in of_tone.reason


def test_trials_of_the_fixed_version_are_fixed_and_tell_nothing_of_before():
    second = JudgedRun(7, "birch", "2b", NEW.stored, NEW.made - timedelta(hours=1))
    rows = [*((case, 3, 0, 1.0) for case in range(6)), *after()]
    looks = looks_of(rows, runs=(OLD, NEW, OTHER, second))
    at = {int(each): FIXED + timedelta(days=1) for each in looks.annotation}

    fix = fix_of(failure(), looks, SinceFixed(at))

    # A trial of the day of the fixed run shows it in every case.
    assert (fix.verdict, len(fix.again), fix.before.n) == (FixVerdict.NOT_FIXED, 6, 0)


def test_what_was_judged_before_the_fix_was_said_confirms_nothing():
    fix = judged([*before(), *after()], days=-1)

    assert (fix.verdict, fix.n_judged) == (FixVerdict.NOT_YET, 0)
    assert standing_of(failure(), fix) is FailureStanding.FIXED


def test_a_fix_waits_for_every_case_of_its_set_but_for_quarantined_ones():
    rows = [*before(), *after(5)]
    assert judged(rows).verdict is FixVerdict.NOT_YET

    gone = RegressionCase("hash 5", "case 5", is_quarantined=True)
    of = failure(cases=(*failure().cases[:5], gone))
    fix = judged(rows, of)
    assert (fix.verdict, fix.n_cases) == (FixVerdict.CONFIRMED, 5)


def test_fewer_than_five_cases_confirm_nothing_for_chance_does_as_much():
    # Four cases that all change: mid-p of McNemar is P(X < 4) counted both ways, 2⁻⁴ = 0.0625.
    assert binom.pmf(0, 4, 0.5) == pytest.approx(0.0625)
    assert judged([*before(4), *after(4)], failure(4)).verdict is FixVerdict.NOT_YET
    assert judged([*before(5), *after(5)], failure(5)).verdict is FixVerdict.CONFIRMED


def test_cases_that_hardly_showed_it_before_confirm_nothing():
    fix = judged([*before(6, tag=None), *after()])

    assert fix.verdict is FixVerdict.NOT_YET
    assert "too few showed it" in sentences.fix_sentence(row_of([*before(6, tag=None), *after()]))


def test_one_mark_since_reopens_a_fix_however_many_cases_hold():
    fix = judged([*before(), *after(shown={2})])

    assert (fix.verdict, fix.again) == (FixVerdict.NOT_FIXED, ("case 2",))
    assert standing_of(failure(), fix) is FailureStanding.REOPENED


def test_a_mark_on_a_later_run_of_the_fixed_model_reopens_it_and_one_on_another_model_does_not():
    later = JudgedRun(9, "birch", "3", START + timedelta(days=20), START + timedelta(days=20))
    for run, verdict in ((3, FixVerdict.NOT_FIXED), (2, FixVerdict.CONFIRMED)):
        rows = [*before(), *after(), (1, run, 0, 1.0)]
        looks = looks_of(rows, runs=(OLD, NEW, OTHER, later))
        at = {int(each): FIXED + timedelta(days=1) for each in looks.annotation}
        assert fix_of(failure(), looks, SinceFixed(at)).verdict is verdict


def test_another_tag_says_nothing_of_a_fix_and_one_nested_under_its_tag_does():
    rows = [*before(6, tag=1), *after()]
    of = failure(tag="format")
    assert judged(rows, of).verdict is FixVerdict.CONFIRMED
    assert judged([*rows, (0, 1, 0, 1.0)], of).verdict is FixVerdict.CONFIRMED
    assert judged([*rows, (0, 1, 2, 1.0)], of).verdict is FixVerdict.NOT_FIXED


def test_a_watched_case_of_the_set_that_flips_in_the_fixed_run_reopens_it():
    passed, failed = Trials(("1",), (Verdict(1, 1),)), Trials(("2",), (Verdict(0, 1),))
    looks = looks_of([*before(), *after()])

    def with_flip(case_hash="hash 1", model="birch", to=failed):
        flip = Flip(case_hash, "case 1", "A dose", model, passed, to)
        return fix_of(failure(), looks, since(looks), [flip])

    assert with_flip().verdict is FixVerdict.NOT_FIXED
    assert "watched, passed before and fails now" in sentences.against(with_flip())
    for other in (
        {"case_hash": "hash of another case"},
        {"model": "cedar"},
        {"to": Trials(("1",), (Verdict(0, 1),))},
    ):
        assert with_flip(**other).verdict is FixVerdict.CONFIRMED


def test_before_is_the_fixed_model_or_where_it_has_none_the_others_in_scope():
    of = failure(model=None)
    # Cedar alone was looked at before, so its marks are what was before.
    rows = [*((case, 2, 0, 1.0) for case in range(6)), *after()]
    assert judged(rows, of).before.n == 6
    assert judged([*rows, *before(6, tag=None)], of).before.value == 0.0
    assert judged(rows).difference.n == 0  # of birch alone nothing was before


def test_a_fix_that_nobody_said_is_none():
    looks = looks_of(before())
    of = failure(state=FailureState.EXPLAINED, fixed_run_id=None, fixed_at=None)

    assert fix_of(of, looks, SinceFixed()) is None
    assert standing_of(of, None) is FailureStanding.EXPLAINED


def row_of(rows, of=None, **how):
    looks = looks_of(rows)
    (row,) = board_report("Set", [of or failure()], looks, since=since(looks), **how).rows
    return row


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([*before(), *after(4)], "4 of 6 cases judged since, none shows it."),
        (before(), "0 of 6 cases judged since."),
        ([*before(), *after(shown={1, 2})], "case 1 and case 2 show it again (2 of 6 cases"),
        ([*before(), *after()], "Confirmed: 6 cases looked at since, none shows it in birch, run"),
    ],
)
def test_a_fix_is_told_in_a_sentence_with_its_numbers(rows, told):
    assert told in sentences.fix_sentence(row_of(rows))


def test_a_fix_without_cases_or_responses_says_what_to_do():
    assert "Add those that show it" in sentences.fix_sentence(row_of(before(), failure(0)))
    looks = looks_of(before())
    (row,) = board_report("Set", [failure()], looks, since=since(looks, run_ids=())).rows
    assert "To 6 of them the run has no response." in sentences.fix_sentence(row)


def test_cost_is_rate_times_weight_times_share_at_the_newest_version():
    # At the newest run of birch 4 looks at 4 cases, two marked: weights 5 and 1. The old run, all
    # marked, counts no more. Of the four cases looked at two are of chat.
    rows = [*before(4), (0, 1, 0, 5.0), (1, 1, None, 0.0), (2, 1, 0, 1.0), (3, 1, None, 0.0)]
    row = row_of(rows)
    assert (row.rate.value, row.weight, row.share) == (0.5, 3.0, 1.0)
    assert row.cost.value == pytest.approx(0.5 * 3.0 * 1.0)

    of_chat = row_of(rows, failure(category="chat"))
    assert (of_chat.rate.value, of_chat.weight, of_chat.share) == (1.0, 3.0, 0.5)
    assert of_chat.cost.value == pytest.approx(1.5)


def test_production_weighs_categories_where_somebody_said_what_it_is_asked():
    rows = [(0, 1, 0, 5.0), (1, 1, None, 0.0), (2, 1, 0, 1.0), (3, 1, None, 0.0)]
    traffic = Traffic((("chat", 10.0), ("code", 90.0)))

    row = row_of(rows, traffic=traffic)
    # A tenth of production is chat, where every look found it; none of code's did.
    assert row.rate.value == pytest.approx(0.1)
    assert row.cost.value == pytest.approx(0.1 * 3.0)
    of_chat = row_of(rows, failure(category="chat"), traffic=traffic)
    assert (of_chat.rate.value, of_chat.share) == (1.0, pytest.approx(0.1))
    assert of_chat.cost.value == pytest.approx(0.3)
    of_code = row_of(rows, failure(category="code"), traffic=Traffic((("chat", 1.0),)))
    assert of_code.cost.value is None
    assert of_code.cost.reason == "Production is asked nothing of its scope."


def test_what_nobody_looked_at_makes_no_failure_cheaper():
    # Cedar was judged in chat alone, birch everywhere; both show it in every look.
    rows = [(case, 1, 0, 2.0) for case in range(6)] + [(case, 2, 0, 2.0) for case in (0, 2, 4)]
    everywhere, in_chat = row_of(rows), row_of(rows, failure(model="cedar"))

    assert everywhere.share == in_chat.share == 1.0
    assert everywhere.cost.value == in_chat.cost.value == pytest.approx(2.0)


def test_marks_that_weigh_nothing_were_found_and_what_production_does_not_ask_is_said():
    rows = [(case, 1, 0, 0.0) for case in range(6)]
    report = board_report("Set", [failure()], looks_of(rows))
    assert report.rows[0].rate.value == 1.0
    assert sentences.costliest(report) == (
        "1 failure followed; 1 of them found in the newest versions, by marks that weigh nothing."
    )
    assert "not marked" not in report.rows[0].cost.reason

    of_code = [failure(category="code")]
    asked = board_report("Set", of_code, looks_of(rows), traffic=Traffic((("chat", 1.0),)))
    assert sentences.costliest(asked) == (
        "1 failure followed; what they cost is not known: production is asked nothing of its scope."
    )


def test_the_board_is_ordered_by_cost_and_what_is_not_known_comes_last():
    rows = [(0, 0, 0, 1.0), (1, 0, 1, 9.0), (2, 0, None, 0.0)]
    tone, form = failure(failure_id=1), failure(failure_id=2, tag="format", title="Broken JSON")
    nobody = failure(failure_id=3, model="dogwood", title="Unknown")

    report = board_report("Set", [nobody, tone, form], looks_of(rows))

    assert [row.failure.failure_id for row in report.rows] == [2, 1, 3]
    assert report.rows[2].cost.value is None
    assert sentences.costliest(report).startswith("“Broken JSON” costs most, of 3 failures: 300")
    assert [row.failure.title for row in narrowed(report, owners=["nobody"]).rows] == []
    assert sentences.costliest(narrowed(report, owners=["x"])) == sentences.NONE_SHOWN
    assert len(narrowed(report, standings=[FailureStanding.FIXED]).rows) == 3


def test_names_and_the_order_of_looks_move_no_number():
    rows = [*before(), *after(shown={3}), *((case, 2, 1, 2.0) for case in range(6))]
    plain, turned = looks_of(rows), looks_of(rows[::-1])
    renamed = [
        JudgedRun(run.run_id, {"birch": "zz", "cedar": "aa"}[run.model], run.run, run.stored)
        for run in plain.runs
    ]
    of_renamed = looks_of(rows, runs=renamed)

    reports = [
        board_report("Set", [failure(model=model, state=FailureState.OPEN)], looks).rows[0]
        for model, looks in (("birch", plain), ("birch", turned), ("zz", of_renamed))
    ]

    numbers = [(row.rate, row.weight, row.share, row.cost) for row in reports]
    assert numbers[0] == numbers[1] == numbers[2]


def test_nothing_followed_and_nobody_looking_are_sentences():
    empty = looks_of([])
    report = board_report("Set", [], empty)
    assert sentences.costliest(report) == "No failure of “Set” is followed yet."
    assert not tables.board(report)
    lone = board_report("Set", [failure()], empty)
    assert lone.rows[0].rate.reason == "Nobody looked for errors in its scope yet."
    assert "not known" in sentences.costliest(lone)


def test_versions_are_runs_by_the_day_they_were_made_and_trials_of_a_day_are_one():
    day = timedelta(days=1)
    runs = [
        JudgedRun(1, "b", "2", START, START + 5 * day),
        JudgedRun(2, "b", "1", START + day, START),
        JudgedRun(3, "b", "1b", START + 2 * day, START + timedelta(hours=2)),
        JudgedRun(4, "a", "1", START, None),
        JudgedRun(5, "a", "2", START + timedelta(seconds=5), None),
    ]
    versions = model_versions(runs)

    assert [version.name for version in versions] == ["a", "b, runs 1 and 1b", "b, run 2"]
    assert versions[-1].run_ids == (1,)


def stepped(n=40, *, fall=True):
    """Two versions of birch on the same cases: tone everywhere before, in a quarter after."""
    rows = [(case, 0, 0, 1.0) for case in range(n)]
    return rows + [(case, 1, 0 if case % 4 == 0 or not fall else None, 1.0) for case in range(n)]


def test_a_tag_that_falls_on_the_same_cases_is_decided_and_counts_cases():
    looks = looks_of(stepped())
    report = versions_report(looks, judged_versions(looks))

    (line,) = report.timelines
    assert [rate.value for rate in line.rates] == [1.0, 0.25]
    overall = next(change for change in report.changes if change.category is None)
    # 30 of 40 cases lost it, none gained it: McNemar's mid-p is 2 · 0.5³⁰ · 0.5 = 2⁻³⁰.
    assert (overall.test.only_first, overall.test.only_second) == (30, 0)
    assert overall.test.p_value == pytest.approx(2.0**-30)
    assert overall.difference.value == -0.75
    assert "1 less" not in sentences.versions_verdict(report)
    assert "3 less" in sentences.versions_verdict(report)  # all cases, and both categories


def test_a_tag_that_was_split_and_a_later_one_of_its_key_keep_their_names_in_changes():
    tags = (("Errors", "tone", "tone (split in version 2)"), ("Errors", "tone", "Tone of voice"))
    looks = replace(looks_of(stepped(), tags=tags), split_in=(2, None))
    report = versions_report(looks, judged_versions(looks))

    assert {change.of.name for change in report.changes} == {"tone (split in version 2)"}
    rows = tables.changes(report, most=None).rows
    assert {row[0].text for row in rows} == {"tone (split in version 2)"}
    entry = versions_entry(report)["changes"][0]
    assert (entry["tag"], entry["name"], entry["split_in"]) == (
        "tone",
        "tone (split in version 2)",
        2,
    )


@pytest.mark.parametrize("ids", [(1, 2), (2, 1)])
def test_different_models_are_no_change_in_whatever_order_they_came(ids):
    birch, cedar = (JudgedRun(n, m, "1", START, START) for n, m in zip(ids, "bc", strict=True))
    looks = looks_of(stepped(), runs=(birch, cedar, OTHER))
    every = judged_versions(looks)

    report = versions_report(looks, read_first(every))

    assert (report.versions, report.timelines, report.changes) == ((), (), ())
    assert "two versions of one model" in sentences.versions_verdict(report)
    # Whoever chooses them says in which order they are read.
    assert len(versions_report(looks, every).timelines) == 1


def test_of_models_with_as_many_versions_the_first_by_name_is_read_and_the_other_is_named():
    day = timedelta(days=1)
    runs = tuple(
        JudgedRun(number, model, run, START, START + int(run) * day)
        for number, (run, model) in enumerate((r, m) for m in ("cedar", "birch") for r in "12")
    )
    rows = [(case, run, 0 if run % 2 else None, 1.0) for case in range(8) for run in range(4)]
    looks = looks_of(rows, runs=runs)

    report = versions_report(looks, read_first(judged_versions(looks)))

    assert {version.model for version in report.versions} == {"birch"}
    assert report.others == ("cedar",)
    assert "cedar has several versions, too, which are not read here." in sentences.span(report)
    assert versions_entry(report)["other_models"] == ["cedar"]


def test_only_cases_looked_at_in_every_version_count():
    rows = [*stepped(4), *((case, 0, 0, 1.0) for case in range(10, 20))]
    looks = looks_of(rows)
    report = versions_report(looks, judged_versions(looks))

    assert report.n_cases == 4
    assert [rate.n for rate in report.timelines[0].rates] == [4, 4]
    alone = versions_report(looks, judged_versions(looks)[:1])
    assert alone.reason.startswith("A change takes two versions of one model in which somebody")
    apart = looks_of([(0, 0, 0, 1.0), (1, 1, 0, 1.0)])
    told = versions_report(apart, judged_versions(apart)).reason
    assert told == "No case was looked at for the same errors in all of these versions."


def test_a_tag_that_no_study_asks_for_has_no_line_and_no_rate():
    looks = looks_of(stepped(8))
    of = failure(tag="rude", state=FailureState.OPEN)

    report = versions_report(looks, judged_versions(looks), [looks.tags_of(of)])
    (row,) = board_report("Set", [of], looks).rows

    assert (report.timelines, report.changes) == ((), ())
    # Nobody could have marked it, so that nobody did says nothing.
    assert (row.rate.value, row.cost.value) == (None, None)


def test_three_versions_are_set_side_by_side_step_by_step_and_from_end_to_end():
    third = JudgedRun(7, "birch", "3", START + timedelta(days=30), START + timedelta(days=30))
    rows = [*stepped(8), *((case, 3, None, 0.0) for case in range(8))]
    looks = looks_of(rows, runs=(OLD, NEW, OTHER, third), categories=("chat",))
    report = versions_report(looks, judged_versions(looks))

    steps = [(change.before, change.after) for change in report.changes]
    first, second, last = (f"birch, run {number}" for number in (1, 2, 3))
    assert steps == [(first, second), (second, last), (first, last)]
    order = chosen_versions(report.versions, [last, first])
    assert [version.name for version in versions_report(looks, order).versions] == [last, first]
    with pytest.raises(NotFoundError, match="no version “x”"):
        chosen_versions(report.versions, ["x"])
    with pytest.raises(RefusedError, match="twice"):
        chosen_versions(report.versions, [first, first])


def test_what_cannot_be_decided_costs_the_other_tests_nothing():
    # Format is marked on no case that changed: it is no test, and q of tone is that of tone alone.
    looks = looks_of([*stepped(8), *((case, run, 1, 1.0) for case in range(8) for run in (0, 1))])
    of_both = versions_report(looks, judged_versions(looks))
    alone = looks_of(stepped(8))
    of_tone = versions_report(alone, judged_versions(alone))

    def q_values(report, tag):
        return [change.q_value for change in report.changes if change.of.tag == tag]

    assert set(q_values(of_both, "format")) == {None}
    assert q_values(of_both, "tone") == q_values(of_tone, "tone")


@pytest.mark.slow
def test_changes_found_where_nothing_changed_are_at_most_at_the_stated_rate():
    # Simulation with known truth: 100 studies of 40 cases, 4 tags and 2 versions alike. Where
    # nothing changed, the chance that Benjamini–Hochberg finds anything is at most 0.05.
    generator = np.random.default_rng(3)
    tags = tuple(("Errors", f"tag-{each}", f"Tag {each}") for each in range(4))
    n_found = 0
    for _ in range(100):
        marked = generator.random((2, 40, 4)) < 0.25
        rows = [
            (case, run, tag if marked[run, case, tag] else None, 1.0)
            for run in (0, 1)
            for case in range(40)
            for tag in range(4)
        ]
        looks = looks_of(rows, tags=tags)
        report = versions_report(looks, judged_versions(looks))
        n_found += any(sentences.is_decided(change) for change in report.changes)
    # The upper end of a binomial count at 0.05 with 100 draws.
    assert n_found <= binom.ppf(0.999, 100, 0.05)


def test_board_document_and_tables_say_the_same():
    looks = looks_of([*before(), *after(shown={1})])
    report = board_report("Set", [failure()], looks, since=since(looks))
    versions = versions_report(looks, judged_versions(looks))
    changed = FailureChanged(
        FailureEventKind.STATE, "open", "fixed in birch, run 2", "New prompt", "Ann", FIXED
    )

    document = failures_document(report, versions, {1: [changed]})

    (entry,) = document["failures"]
    (row,) = tables.board(report).rows
    assert entry["standing"] == "reopened"
    assert row[3].text == "reopened"
    assert entry["cost"]["value"] == row[1].number.value
    assert entry["fix"]["shown"] == ["case 1"]
    assert document["versions"]["n_cases"] == 6
    assert sentences.costliest(report).endswith("1 said to be fixed is not.")
    told = [words for block in tables.opening(report) for words in block.sentences]
    assert not any(block.style == "warning" for block in tables.fix_blocks(report.rows[0])[:1])
    assert told[0].startswith("“Curt” is said to be fixed in birch, run 2, and is not: case 1")
    history = tables.one_failure(report.rows[0], [changed])[-1]
    assert history.sentences == (
        "2026-11-11 12:00 UTC by Ann, fixed in birch, run 2, open before: New prompt",
    )


def test_the_report_of_a_study_shows_the_known_failures_of_its_eval_set():
    rows = [*before(), *after(shown={1})]
    looks = looks_of(rows)
    many = [failure(failure_id=number, title=f"Curt <{number}>") for number in range(1, 13)]
    report = board_report("Set", many, looks, since=since(looks))
    study = collected(marks=[(0, 0, 0, -1)])
    about = About(made_at=START, schema="0050", models=study.models)

    document = html_report(study, about=about, failures=report)

    part = document.split("<h2>Known failures</h2>")[1].split("<h2>")[0]
    told = tables.failures_section(report)
    assert told.basis == sentences.over_all_studies(report)
    (shown,) = (each for each in told.blocks if isinstance(each, Table))
    assert [row[0].text for row in shown.rows] == [row.failure.title for row in report.rows[:10]]
    assert "2 that cost no more are left out." in part
    assert "Curt &lt;1&gt;" in part
    assert "Curt <1>" not in document
    assert told.basis in part
    assert "Known failures" not in html_report(study, about=about)
    none = board_report("Set", [], looks)
    assert "Known failures" not in html_report(study, about=about, failures=none)


def test_of_failures_left_out_those_of_unknown_cost_are_not_said_to_cost_less():
    looks = looks_of([*before(), *after(shown={1})])
    known = [failure(failure_id=number, title=f"Curt {number}") for number in range(1, 12)]
    # Of the third model nobody looked at a response, so what a failure of it costs is not known.
    unknown = [
        failure(failure_id=number, title=f"New {number}", model="oak") for number in (12, 13)
    ]
    report = board_report("Set", [*unknown, *known], looks)

    assert [row.cost.value is None for row in report.rows] == [False] * 11 + [True] * 2
    assert sentences.left_out(report.rows[10:]) == (
        "1 that costs no more and 2 of which nobody knows what they cost are left out."
    )
    assert sentences.left_out(report.rows[10:11]) == "1 that costs no more is left out."
    assert sentences.left_out(report.rows[11:]) == (
        "2 of which nobody knows what they cost are left out."
    )
    assert sentences.left_out(report.rows[12:]) == (
        "1 of which nobody knows what it costs is left out."
    )
    assert sentences.left_out(()) == ""


def test_in_a_report_what_a_failure_costs_and_what_it_is_stand_in_one_row():
    looks = looks_of([*before(), *after(shown={1})])
    fields = [{"title": "Curt"}, {"failure_id": 2, "title": "New", "model": "oak", "owner": None}]
    report = board_report("Set", [failure(**each) for each in fields], looks)

    (table,) = (each for each in tables.failures_section(report).blocks if isinstance(each, Table))

    assert table.columns == ("Failure", "Cost", "Rate", "State", "Cases")
    # In the file a table wider than a page is cut: this one is none.
    assert parts(table) == [table]
    curt, new = table.rows
    assert curt[0].details == ("Tone", "birch, all categories")
    assert curt[1].number == report.rows[0].cost
    assert curt[1].details[-2:] == ("weight\N{NO-BREAK SPACE}1.00", "share\N{NO-BREAK SPACE}100 %")
    assert (curt[3].text, curt[3].details) == ("fixed, not confirmed", ("Ann",))
    assert (new[1].text, new[1].details) == (text.MISSING, ("share\N{NO-BREAK SPACE}100 %",))
    assert new[3].details == ("no owner",)
    # The page and the terminal have it all in columns of its own.
    assert len(tables.board(report).columns) == 10
