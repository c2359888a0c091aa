"""What production is asked: stated, read back, weighed by, carried by records, refused."""

import json

import pytest
from sqlmodel import select

from db.commands.records import import_records
from db.commands.traffic import state_traffic
from db.engine import read_session, write_session
from db.models import Case, VersionCase
from db.queries.records.export import exported_study, study_records
from db.queries.results import collect, result_study
from db.queries.traffic import traffic_of
from evalkit.errors import NotFoundError, RefusedError
from evalkit.reports.production.report import Chances, production_report
from evalkit.study.traffic import Traffic, read_traffic
from tests.db.record_files import case, comparison, output
from tests.factories import annotate, make_eval_set, make_study

MODELS = ("Model one", "Model two")


def store_study():
    ids = make_eval_set(n_cases=8)
    make_study(ids)
    for place in range(8):
        left, right = (f"case-{place}/{model}" for model in MODELS)
        # Even cases, billing, are won by the first, odd ones, code, by the second but for case 1.
        annotate(ids, "Ada", left, right, "left" if place % 2 == 0 or place == 1 else "right")
        annotate(ids, "Bo", left, right, "left" if place in (0, 4, 7) else "right")
    return ids


@pytest.fixture
def ids(database, store_once):
    return store_once(store_study)


def read():
    with read_session() as session:
        return collect(session, result_study(session, name="Study"))


def test_what_is_stated_is_read_back_and_stated_anew_replaces_it(ids):
    state_traffic("Support questions", read_traffic(["code = 3", "billing = 1"]))
    assert read().traffic.shares == {"code": 0.75, "billing": 0.25}

    state_traffic("Support questions", Traffic((("billing", 10.0),)))
    assert read().traffic.amounts == (("billing", 10.0),)

    state_traffic("Support questions", Traffic())
    assert not read().traffic
    assert production_report(read()) is None


def test_each_category_counts_for_its_share_of_production(ids):
    # Billing: 4 + 2 of 8 for the first; code: 1 + 1 of 8. Production: .25 x 6/8 + .75 x 2/8.
    state_traffic("Support questions", read_traffic(["code = 75 %", "billing = 25 %"]))
    report = production_report(read())
    rows = {row.model: row for row in report.measures[0].rows}

    assert rows["Model one"].as_collected.value == pytest.approx(8 / 16)
    assert rows["Model one"].weighted.value == pytest.approx(0.25 * 6 / 8 + 0.75 * 2 / 8)
    assert report.chances is Chances.NONE


def test_a_category_without_a_case_and_one_without_a_share_are_named(ids):
    state_traffic("Support questions", read_traffic(["code = 60", "translation = 40"]))
    report = production_report(read())

    assert report.no_case == (("translation", 0.4),)
    assert report.no_share == (("billing", 4),)
    assert report.shares == (("code", 0.6),)


def test_chances_of_being_sampled_multiply_into_the_weight_of_a_case(ids):
    # Of billing case-0 had the chance .1, the others 1: it counts 10 of 13, and is won by the first
    # twice; of the other three, case-2 and case-6 once, case-4 twice: (10 x 1 + .5 + 1 + .5) / 13.
    state_traffic("Support questions", Traffic((("billing", 1.0),)))
    with write_session() as session:
        for row, key in session.exec(
            select(VersionCase, Case.key).join(Case, Case.id == VersionCase.case_id)
        ):
            row.inclusion_probability = 0.1 if key == "case-0" else 1.0
    report = production_report(read())

    assert report.chances is Chances.ALL
    assert report.measures[0].rows[0].weighted.value == pytest.approx(12 / 13)


def test_records_carry_what_was_stated_and_an_import_replaces_nothing(database):
    header = {
        "type": "header",
        "format": "evalkit",
        "version": 2,
        "traffic": [{"category": "chat", "amount": 3}, {"amount": 1}],
    }
    records = [header, case("c1"), output("c1", "A"), output("c1", "B"), comparison("left")]
    import_records(records, source_name="the test", eval_set="Set", study="Study")
    with read_session() as session:
        study = exported_study(session, name="Study")
        exported = next(study_records(session, study))
        assert traffic_of(session, study.eval_set_id).shares == {"chat": 0.75, "": 0.25}
    assert exported["traffic"] == header["traffic"]

    header["traffic"] = [{"category": "chat", "amount": 1}]
    again = import_records(records, source_name="the test", eval_set="Set", study="Study")
    assert not again.has_news


@pytest.mark.parametrize(
    ("traffic", "expected"),
    [
        ("half", "a list"),
        ([{"category": "chat"}], "share or a count"),
        ([{"category": "chat", "amount": -1}], "from 0"),
        ([{"category": "chat", "amount": 0}], "above 0"),
        ([{"category": "a", "amount": 1}, {"category": "a", "amount": 1}], "once"),
    ],
)
def test_a_header_that_states_nonsense_is_refused(sqlite_database, traffic, expected):
    header = {"type": "header", "format": "evalkit", "version": 2, "traffic": traffic}
    with pytest.raises(RefusedError) as refused:
        import_records([header, case("c1")], source_name="the test", eval_set="Set")

    assert expected in json.dumps(str(refused.value))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["chat"], "Line 1"),
        (["chat = many"], "“many” is no number"),
        (["chat = 1", "", "chat = 2"], "Line 3: “chat” stands here a second time"),
        (["chat = 0"], "All amounts are 0"),
        (["chat = -1"], "0 or more"),
        (["chat = nan"], "0 or more"),
        (["chat = 8,123"], "no number"),
    ],
)
def test_lines_that_state_no_shares_are_refused_with_what_was_expected(lines, says):
    with pytest.raises(RefusedError, match=says):
        read_traffic(lines)


def test_lines_of_logs_are_read_with_any_separator():
    lines = ["chat\t8123", "a, b,5", "x=y; 2", "= 3", "code = 60 %"]

    assert dict(read_traffic(lines).amounts) == {
        "chat": 8123.0,
        "a, b": 5.0,
        "x=y": 2.0,
        "": 3.0,
        "code": 60.0,
    }


def test_an_unknown_eval_set_is_named_with_those_there_are(ids):
    with pytest.raises(NotFoundError, match="Support questions"):
        state_traffic("Nothing", Traffic())
