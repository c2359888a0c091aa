"""What judges' labels took, and what they said beside their verdicts."""

import json

import pytest

from db.commands.records import import_records
from db.engine import read_session
from db.queries.results import collect, judge_costs, result_study
from db.queries.results.studies import ResultFilters
from evalkit.errors import RefusedError
from evalkit.reports.judges.costs import cost_entries, cost_table, judge_cost_rows
from evalkit.reports.judges.report import judges_report
from tests.db.record_files import (
    CRITERION,
    HEADER,
    case,
    comparison,
    empty_tables,
    exported,
    output,
    score,
    study_csv,
)

JUDGE = {"annotator": "J", "annotator_kind": "judge"}


def content(n_cases=3):
    records = [{**HEADER, "study": "Set"}, CRITERION]
    for number in range(n_cases):
        of = f"c{number + 1}"
        records += [case(of, f"Question {number}"), output(of), output(of, "B", "No.")]
    return records


def imported(*records):
    return import_records([*content(), *records], source_name="f")


def costs():
    with read_session() as session:
        return judge_cost_rows(judge_costs(session, result_study(session, name="Set")))


def test_the_cost_of_a_label_is_that_of_all_over_their_number(database):
    imported(
        comparison(case="c1", **JUDGE, cost_usd=0.02, input_tokens=100, latency_ms=900),
        comparison(case="c2", **JUDGE, cost_usd=0.04, input_tokens=300),
        comparison(case="c3", **JUDGE),  # says nothing: neither 0 nor counted
        comparison(case="c1"),
    )

    (row,) = costs()
    assert row.per_label["cost_usd"].value == pytest.approx(0.03)  # (.02 + .04) / 2
    assert row.per_label["cost_usd"].n == 2
    assert row.per_label["input_tokens"].value == 200
    assert (row.per_label["latency_ms"].value, row.per_label["latency_ms"].n) == (900, 1)
    assert (row.per_label["output_tokens"].value, row.per_label["output_tokens"].n) == (None, 0)
    assert row.total_usd == pytest.approx(0.06)


def test_labels_of_one_look_that_cost_once_share_it(database):
    together = {**JUDGE, "assignment": "a"}
    imported(
        comparison(**together, cost_usd=0.03),
        score(2, **together),
        score(3, **together, model="B", cost_usd=0.01),
    )

    (row,) = costs()
    # .03 and .01 for three labels.
    assert row.per_label["cost_usd"].value == pytest.approx(0.04 / 3)
    assert row.per_label["cost_usd"].n == 3


def test_table_and_document_say_the_same(sqlite_database):
    imported(comparison(**JUDGE, cost_usd=0.02, rationale="A names its source."))

    rows = costs()
    entry = cost_entries(rows)["J"]
    assert (entry["cost_usd"]["value"], entry["total_usd"]) == (0.02, 0.02)
    assert cost_table(rows).columns[1] == "Cost per label"


def test_what_a_label_took_comes_back_byte_by_byte_and_stands_in_tables(database):
    told = {"cost_usd": 0.5, "input_tokens": 7, "output_tokens": 2, "latency_ms": 12.5}
    imported(
        comparison(**JUDGE, **told, rationale="A names its source."),
        score(2, **JUDGE, rationale="Helpful."),
        score(3, **JUDGE, model="B", **told),
    )
    once = exported()

    assert sum('"rationale"' in line for line in once) == 2
    with read_session() as session:
        study_id = result_study(session, name="Set").study_id
        table = "".join(study_csv(session, study_id))
    assert "A names its source." in table
    assert table.count("0.5,7,2,12.5") == 2
    empty_tables()
    import_records(map(json.loads, once), source_name="f")
    assert exported() == once


@pytest.mark.parametrize("field", ["cost_usd", "input_tokens", "latency_ms"])
def test_only_a_judges_label_has_a_cost(sqlite_database, field):
    with pytest.raises(RefusedError) as refusal:
        imported(comparison(**{field: 1}))

    assert f"{field}: found 1, expected annotator_kind judge" in str(refusal.value)


def test_version_1_knows_nothing_of_it(sqlite_database):
    first = {**content()[0], "version": 1}
    report = import_records(
        [first, *content()[1:], comparison(**JUDGE, cost_usd="much")], source_name="f"
    )

    assert "cost_usd" in " ".join(report.warnings)
    assert costs() == ()


def test_a_judge_is_set_beside_people_with_names_alone(database):
    nameless = {"annotator": None, "annotator_kind": "unknown"}
    imported(*(comparison(**who, case=of) for who in (JUDGE, nameless) for of in ("c1", "c2")))

    with read_session() as session:
        study = result_study(session, name="Set")
        collected = collect(session, study, filters=ResultFilters(judges=True))
    assert judges_report(collected).rows == ()
