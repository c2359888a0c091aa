"""Automated checks and what they found as records: round trip, replacing, refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from db.checking import run_check
from db.commands.checks import add_check, retire_check, revise_check
from db.commands.records import import_file
from db.engine import read_session
from db.models import AutomatedCheck, CheckFinding
from db.queries.checks import check_called, checks_of, eval_set_called, findings_of
from evalkit.checks.answers import read_answers
from evalkit.errors import RefusedError
from evalkit.records import RecordsRefusedError
from evalkit.vocabulary import CheckResult
from tests.db.record_files import comparison, empty_tables, exported, pair_of_outputs, write

CHECK = {
    "type": "automated_check",
    "name": "Says yes",
    "kind": "mentions",
    "settings": {"phrases": ["Yes"]},
}


def finding(result: str = "pass", **fields: Any) -> dict[str, Any]:
    """Make what the check of the file says of the response of A."""
    made = {"type": "finding", "case": "c1", "model": "A", "check": "Says yes"}
    return {**made, "result": result, **fields}


def summary(name: str = "Says yes"):
    """Return a check of the eval set."""
    with read_session() as session:
        return check_called(session, "Set", name)


def test_an_export_brings_checks_and_findings_back_to_the_byte(database, tmp_path: Path):
    import_file(write(tmp_path / "a.jsonl", [*pair_of_outputs(), comparison()]))
    answers = read_answers("tag:tone")
    check = add_check("Set", "Says yes", "mentions", {"phrases": "Yes"}, answers=answers)
    run_check(summary())
    revise_check(check, "mentions", {"phrases": "No"})
    run_check(summary())
    of_case = add_check("Set", "Short", "length", {"most": 20}, case_key="c1")
    retire_check(of_case)
    first = exported()
    types = [json.loads(line)["type"] for line in first]
    assert types.count("automated_check") == 3  # two revisions and another check
    assert types.count("finding") == 4  # two responses by two revisions
    empty_tables()
    whole = tmp_path / "whole.jsonl"
    whole.write_text("".join(first))
    report = import_file(whole)
    assert report.counts["automated_check"].new == 3
    assert report.counts["finding"].new == 4
    assert exported() == first
    # What was seen came along: nothing is checked again.
    assert run_check(summary()).n_new == 0
    assert (summary().n_pass, summary().n_fail) == (1, 1)


def test_the_same_file_again_changes_nothing_and_another_finding_replaces(database, tmp_path: Path):
    cases = pair_of_outputs()
    records = [*cases, CHECK, finding(value=0.5, detail="It says it.")]
    import_file(write(tmp_path / "a.jsonl", records))
    again = import_file(write(tmp_path / "b.jsonl", records))
    assert not again.has_news
    assert again.counts["finding"].present == 1
    other = import_file(write(tmp_path / "c.jsonl", [*cases, CHECK, finding("fail")]))
    assert other.counts["finding"].new == 1
    assert (summary().n_pass, summary().n_fail) == (0, 1)
    with read_session() as session:
        former = session.exec(select(col(CheckFinding.is_superseded))).all()
    assert sorted(former) == [False, True]


def test_other_settings_of_a_name_are_its_next_revision(database, tmp_path: Path):
    import_file(write(tmp_path / "a.jsonl", [*pair_of_outputs(), CHECK, finding()]))
    other = CHECK | {"settings": {"phrases": ["No"]}}
    import_file(write(tmp_path / "b.jsonl", [*pair_of_outputs(), other, finding("fail")]))
    assert summary().number == 2
    assert (summary().n_pass, summary().n_fail) == (0, 1)
    with read_session() as session:
        assert len(session.exec(select(AutomatedCheck)).all()) == 1


def test_what_a_file_found_without_saying_how_is_kept_and_never_run(database, tmp_path: Path):
    records = [*pair_of_outputs(), finding("undefined", check="rouge", value=0.43)]
    import_file(write(tmp_path / "a.jsonl", records))
    check = summary("rouge")
    assert check.kind == "imported"
    assert not check.is_run
    with read_session() as session:
        rows = findings_of(session, check.revision_id)
    assert [(row.result, row.value) for row in rows] == [(CheckResult.UNDEFINED, 0.43)]
    with pytest.raises(RefusedError, match="is what files bring"):
        add_check("Set", "Mine", "imported", {})
    with pytest.raises(RefusedError, match="is what files bring"):
        run_check(check)


@pytest.mark.parametrize(
    ("records", "field", "expected"),
    [
        ([CHECK, finding(model="C")], "model", "a model with an output for case"),
        ([CHECK | {"kind": "magic"}], "kind", "no kind of check"),
        ([CHECK | {"settings": {"phrases": []}}], "kind", "is missing"),
        ([CHECK | {"case": "c9"}], "case", "a case of the eval set"),
        ([CHECK | {"answers": "perhaps"}], "kind", "nothing people are asked"),
        ([CHECK, finding(revision=2)], "revision", "a revision of"),
        ([CHECK, CHECK | {"settings": {"phrases": ["No"]}}], "revision", "one content"),
        ([finding("maybe")], "result", "one of pass, fail, undefined"),
    ],
)
def test_what_no_check_can_be_is_refused_and_nothing_is_stored(
    database, tmp_path: Path, records: list[dict[str, Any]], field: str, expected: str
):
    with pytest.raises(RecordsRefusedError) as refused:
        import_file(write(tmp_path / "a.jsonl", [*pair_of_outputs(), *records]))
    (problem,) = refused.value.problems
    assert problem.field == field
    assert expected in problem.expected
    with read_session() as session:
        assert session.exec(select(AutomatedCheck)).all() == []


def test_an_assertion_of_another_case_is_another_check(database, tmp_path: Path):
    import_file(write(tmp_path / "a.jsonl", [*pair_of_outputs(), CHECK | {"case": "c1"}]))
    with pytest.raises(RecordsRefusedError) as refused:
        import_file(write(tmp_path / "b.jsonl", [*pair_of_outputs(), CHECK]))
    assert refused.value.problems[0].field == "case"
    with read_session() as session:
        eval_set = eval_set_called(session, "Set")
        assert [each.case_key for each in checks_of(session, eval_set)] == ["c1"]


def test_a_check_that_findings_alone_name_is_no_record_of_the_file(sqlite_database, tmp_path: Path):
    others = [CHECK, CHECK | {"name": "Says no", "settings": {"phrases": ["No"]}}]
    named = finding(check="Counted elsewhere", result="undefined", value=0.5)
    file = write(tmp_path / "a.jsonl", [*pair_of_outputs(), *others, named])

    report = import_file(file)

    counted = report.counts["automated_check"]
    assert (counted.new, counted.present) == (2, 0)
    counted = import_file(file).counts["automated_check"]
    assert (counted.new, counted.present) == (0, 2)
