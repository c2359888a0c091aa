"""A log beside an eval set: a planted topic is listed, and nothing else moves a number."""

import random
from dataclasses import replace

import pytest

from evalkit.errors import RefusedError
from evalkit.evalset.hashing import case_hash
from evalkit.redaction.redaction import Redaction
from evalkit.reports.coverage.document import coverage_document
from evalkit.reports.coverage.mix import MixBase
from evalkit.reports.coverage.report import MixBy, SetCases, coverage_report
from evalkit.reports.coverage.sentences import coverage_verdict, is_tight, mix_verdict
from evalkit.reports.coverage.tables import coverage_blocks, group_table
from evalkit.sampling.logged import logged_case
from evalkit.study.collected import VersionMark
from evalkit.study.traffic import NO_TRAFFIC, Traffic

TOPICS = {
    "refund": "refund money back invoice charged payment card days limit order returned label",
    "login": "password login account locked email reset code sign verify phone browser",
    "delivery": "parcel courier late tracking address delivered neighbour depot customs delay",
}
FOOD = [
    "allergy",
    "peanut",
    "gluten",
    "recipe",
    "calories",
    "protein",
    "vegan",
    "dinner",
    "oven",
    "portion",
    "sauce",
]
FILL = [
    "please",
    "can",
    "you",
    "tell",
    "me",
    "what",
    "is",
    "the",
    "my",
    "a",
    "i",
    "it",
    "to",
    "for",
    "and",
    "how",
    "do",
    "when",
    "why",
    "not",
    "about",
]
MARK = VersionMark("Support", 3, "hash")


def asked(rng, number, words, category="", first=""):
    text = first + " ".join(rng.choice(words if rng.random() < 0.5 else FILL) for _ in range(22))
    messages = [{"role": "user", "content": text}]
    hashed = case_hash(messages=messages, context=(), tools=None)
    return logged_case(number, f"line-{number}", hashed, messages, category=category)


def made(seed, n, *, n_new=0, named=False, start=0, weights=(4, 3, 2)):
    rng = random.Random(seed)
    lines = []
    for number in range(start, start + n):
        topic = rng.choices(list(TOPICS), weights)[0]
        lines.append(asked(rng, number, TOPICS[topic].split(), topic if named else ""))
    for number in range(start + n, start + n + n_new):
        first = f"jo.doe{number}@example.org wrote "
        lines.append(asked(rng, number, FOOD, "food" if named else "", first))
    return lines


def of_set(cases, chances=None, traffic=NO_TRAFFIC):
    return SetCases(MARK, tuple(cases), chances, traffic)


CASES = made(1, 150, named=True)
NEW = made(2, 285, n_new=15, start=1000)


@pytest.fixture(scope="module")
def drifted():
    return coverage_report(of_set(CASES), NEW, text=Redaction().text)


def test_one_new_topic_is_one_group_however_many_groups_are_asked_for():
    # One sentence with a running number: 120 different lines, of which k-means makes up to 11.
    sentence = "Bitte meinen Vertrag mit der Kundennummer {} zum Jahresende kündigen"
    new = []
    for number in range(120):
        messages = [{"role": "user", "content": sentence.format(1000 + 7 * number)}]
        hashed = case_hash(messages=messages, context=(), tools=None)
        new.append(logged_case(5000 + number, f"new-{number}", hashed, messages, category=""))
    report = coverage_report(of_set(CASES), [*made(2, 180, start=1000), *new])

    (group,) = [each for each in report.groups if "kündigen" in " ".join(each.words)]
    assert group.n_lines == 120
    assert is_tight(group)


def test_new_topics_that_share_polite_words_alone_are_each_listed():
    polite = (
        "Hello there, could you please tell me {}? Thank you very much for your help.",
        "I would like to know {}. Many thanks in advance for your answer!",
    )
    topics = {
        "recipes": ("which flour suits pasta", "how to replace eggs in a cake"),
        "sky": ("why Mars looks red tonight", "which telescope shows the rings of Saturn"),
        "law": ("whether my landlord may raise the rent", "which court handles a divorce"),
        "sport": ("which shoes prevent blisters", "how offside works in football"),
    }
    new = []
    for number in range(160):
        asked = list(topics.values())[number % 4][number // 4 % 2]
        words = f"{polite[number // 8 % 2].format(asked)} ({number})"
        messages = [{"role": "user", "content": words}]
        hashed = case_hash(messages=messages, context=(), tools=None)
        new.append(logged_case(5000 + number, f"new-{number}", hashed, messages, category=""))

    report = coverage_report(of_set(CASES), [*made(2, 100, start=1000), *new])

    typical = " ".join(line.text for group in report.groups for line in group.typical)
    for of_topic in topics.values():
        assert any(asked in typical for asked in of_topic)


def test_a_planted_topic_of_five_in_a_hundred_is_listed_as_one_thing(drifted):
    planted = {line.case_id for line in NEW[285:]}

    assert "of its lines are unlike any case" in coverage_verdict(drifted)
    assert len(planted & drifted.far_ids) >= 14
    listed = [group for group in drifted.groups if set(group.words) & set(FOOD)]
    assert sum(group.n_lines for group in listed) >= 14
    assert all(is_tight(group) and len(group.typical) == 2 for group in listed if group.n_lines > 3)


def test_one_new_question_that_is_most_of_the_log_is_said_beside_the_test_of_different_lines():
    # A hundred lines like the cases and nine hundred times one that is like none.
    usual = made(5, 100, start=2000)
    again = [replace(NEW[-1], case_id=5000 + n) for n in range(900)]

    report = coverage_report(of_set(CASES), [*usual, *again], text=Redaction().text)

    assert not report.has_new
    assert report.is_repeated
    verdict = coverage_verdict(report)
    assert verdict.startswith("The log asks one thing again and again that the eval set does not")
    assert "(900 lines)" in verdict
    assert f"though {report.n_far} of {report.n_different} different lines are" in verdict
    told = coverage_document(report)
    assert (told["is_repeated"], told["n_most_repeated"]) == (True, 900)


def test_what_is_shown_of_lines_is_redacted(drifted):
    told = str(group_table(drifted)) + str(coverage_document(drifted))

    assert "[EMAIL_" in told
    assert "@example.org" not in told
    assert not any({"jo", "doe", "email", "EMAIL"} & set(group.words) for group in drifted.groups)


def test_shares_of_lines_add_up_and_every_line_is_of_one_category(drifted):
    assert drifted.mix_by is MixBy.NEAREST
    assert drifted.mix_base is MixBase.CASES
    assert sum(row.n_lines for row in drifted.mix) == drifted.n_lines == 300
    assert sum(row.log.value for row in drifted.mix) == pytest.approx(1)
    assert sum(row.eval_set.value for row in drifted.mix) == pytest.approx(1)
    (unlike,) = (row for row in drifted.mix if row.is_unlike)
    assert unlike.n_lines == drifted.n_far_lines
    # What is near no case is of no category, so production is not said to ask it.
    assert {name for name, _ in drifted.log_traffic.amounts} == set(TOPICS)
    assert all(block for block in coverage_blocks(drifted))


def test_neither_order_nor_names_of_categories_move_a_number(drifted):
    names = {"refund": "z", "login": "y", "delivery": "x"}
    cases = [replace(case, category=names[case.category]) for case in reversed(CASES)]

    other = coverage_report(of_set(cases), NEW[::-1], text=Redaction().text)

    assert other.far_ids == drifted.far_ids
    assert (other.far, other.limit, other.p_far) == (drifted.far, drifted.limit, drifted.p_far)
    assert other.steps == drifted.steps
    by_name = {row.category: row for row in other.mix}
    for row in drifted.mix:
        assert replace(by_name[names.get(row.category, row.category)], category="") == replace(
            row, category=""
        )


def test_lines_with_categories_of_their_own_are_compared_with_what_was_stated():
    stated = Traffic((("refund", 40.0), ("login", 30.0), ("delivery", 30.0)))
    lines = made(3, 300, named=True, start=1000, weights=(1, 3, 3))

    report = coverage_report(of_set(CASES, traffic=stated), lines)

    assert (report.mix_by, report.mix_base) == (MixBy.OWN, MixBase.STATED)
    assert "refund" in {row.category for row in report.changed}
    assert "differs from the shares of production that were stated: " in mix_verdict(report)
    assert "refund 14 % instead of 40 % (p < 0.001)" in mix_verdict(report)
    assert dict(report.log_traffic.amounts) == {
        name: sum(line.category == name for line in lines) for name in TOPICS
    }


def test_a_sampled_set_is_compared_by_what_its_cases_stand_for():
    # Half of the refunds were drawn, all others are certain to be in.
    chances = tuple(0.5 if case.category == "refund" else 1.0 for case in CASES)
    n = {name: sum(case.category == name for case in CASES) for name in TOPICS}

    report = coverage_report(of_set(CASES, chances), made(4, 60, named=True, start=1000))

    assert report.mix_base is MixBase.CHANCES
    refund = next(row for row in report.mix if row.category == "refund")
    assert refund.eval_set.value == pytest.approx(2 * n["refund"] / (150 + n["refund"]))


def test_lines_that_repeat_one_another_count_as_one_for_what_is_certain():
    lines = made(5, 40, start=1000)
    repeated = [replace(lines[0], case_id=2000 + n, key=f"again-{n}") for n in range(60)]

    report = coverage_report(of_set(CASES[:40]), [*lines, *repeated])

    assert (report.n_lines, report.n_different) == (100, 40)
    # Kish of one line sixty-one times and 39 others: 100² / (61² + 39).
    assert report.far.low < report.far.value or report.far.value == 0
    low, high = report.mix[0].log.low, report.mix[0].log.high
    assert high - low > 0.5


def test_few_cases_say_that_they_cannot_say_how_far_is_far():
    report = coverage_report(of_set(CASES[:12]), NEW[:20])

    assert report.limit is None
    assert report.far.value is None
    assert "cannot be said. Fewer than 19 cases" in coverage_verdict(report)
    assert report.groups == ()


@pytest.mark.parametrize(("cases", "lines"), [((), NEW), (CASES, ())])
def test_nothing_to_compare_is_refused(cases, lines):
    with pytest.raises(RefusedError, match="nothing to compare"):
        coverage_report(of_set(cases), lines)
