"""`report coverage` and `sample-log --uncovered` as one types them."""

import json

import pytest
from sqlmodel import col, select

from db.commands.records import import_records
from db.commands.traffic import state_traffic
from db.engine import read_session
from db.models import Case, VersionCase
from db.queries.coverage import cases_of_set
from db.queries.library import eval_sets
from db.queries.traffic import traffic_of
from evalkit.cli import main
from evalkit.study.traffic import Traffic
from tests.evalkit.reports.test_coverage import CASES, made

HEADER = {"type": "header", "format": "evalkit", "version": 2}


def record(case):
    category = {"category": case.category} if case.category else {}
    content = [{"role": "user", "content": case.text}]
    return {"type": "case", "id": f"{case.key}", "input": content, **category}


@pytest.fixture
def log(tmp_path):
    file = tmp_path / "log.jsonl"
    lines = [HEADER, *map(record, made(2, 85, n_new=15, start=1000, named=True))]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def store():
    import_records([HEADER, *map(record, CASES[:60])], source_name="set", eval_set="Support")


def test_the_terminal_says_what_the_json_says_and_states_what_production_is_asked(
    sqlite_database, store_once, log, capsys
):
    store_once(store)
    asked = ["report", "coverage", "--log", str(log), "--eval-set", "Support"]

    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main([*asked, "--state-traffic"]) == 0
    shown = " ".join(capsys.readouterr().out.split())

    assert told["report"] == "coverage"
    assert told["eval_sets"] == [
        {"eval_set": "Support", "version": 1, "content_hash": told["eval_sets"][0]["content_hash"]}
    ]
    assert told["has_new"]
    assert told["verdict"].startswith("The log holds what the eval set does not represent")
    assert told["verdict"] in shown
    assert told["mix_verdict"] in shown
    assert (told["n_lines"], told["mix_by"]) == (100, "own")
    assert sum(row["n_lines"] for row in told["mix"]) == 100
    assert "example.org" not in json.dumps(told) + shown
    for group in told["groups"]:
        assert ", ".join(group["words"]) in shown
    with read_session() as session:
        traffic = traffic_of(session, eval_sets(session)[0].eval_set_id)
    assert dict(traffic.amounts) == {row["category"]: row["n_lines"] for row in told["mix"]}


def stated_shares():
    with read_session() as session:
        return dict(traffic_of(session, eval_sets(session)[0].eval_set_id).amounts)


def written_log(tmp_path, lines):
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in (HEADER, *map(record, lines))))
    return str(file)


def test_a_log_that_is_like_no_case_takes_nothing_of_what_was_stated(
    sqlite_database, store_once, tmp_path, capsys
):
    store_once(store)
    state_traffic("Support", Traffic((("refund", 10.0), ("login", 5.0))))
    new = written_log(tmp_path, made(2, 0, n_new=30, start=1000))
    asked = ["report", "coverage", "--log", new, "--eval-set", "Support"]

    assert main([*asked, "--state-traffic"]) == 1

    told = capsys.readouterr()
    assert "there are no shares to state. Nothing was changed." in " ".join(told.err.split())
    assert "stated as" not in told.err + told.out
    assert stated_shares() == {"refund": 10.0, "login": 5.0}
    assert main(asked) == 0


def test_stating_says_what_part_of_the_log_speaks_of_no_category(
    sqlite_database, store_once, tmp_path, capsys
):
    store_once(store)
    mixed = written_log(tmp_path, made(2, 10, n_new=30, start=1000))
    asked = ["report", "coverage", "--log", mixed, "--eval-set", "Support"]

    assert main([*asked, "--json"]) == 0
    n_unlike = sum(row["n_lines"] for row in json.loads(capsys.readouterr().out)["mix"][:1])
    assert main([*asked, "--state-traffic"]) == 0

    said = " ".join(capsys.readouterr().err.split())
    # The thirty lines about food are unlike any case, and are the largest row.
    assert n_unlike >= 30
    assert f"shares of {40 - n_unlike} lines of 40: {100 * n_unlike / 40:.0f} % of the log" in said
    assert sum(stated_shares().values()) == 40 - n_unlike


WHO = ("bob.smith@corp.com", "sk-ant-api03-" + "aB3dE5" * 8)


@pytest.mark.slow
def test_categories_and_ids_of_a_log_are_replaced_and_are_those_that_are_stored(
    sqlite_database, store_once, tmp_path, capsys
):
    store_once(store)
    lines = made(2, 85, n_new=15, start=1000, named=True)
    told_of = "customer {} key {}".format(*WHO)
    file = tmp_path / "log.jsonl"
    records = [
        record(line)
        | {"id": f"mail.{line.key}@corp.com"}
        | ({"category": told_of} if line.category == "food" else {})
        for line in lines
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in (HEADER, *records)))
    asked = ["report", "coverage", "--log", str(file), "--eval-set", "Support"]

    assert main([*asked, "--state-traffic"]) == 0
    shown = capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    shown += capsys.readouterr().out
    assert main(["sample-log", str(file), "--eval-set", "New", "--n", "40", "--redact"]) == 0

    with read_session() as session:
        sets = {each.name: each.eval_set_id for each in eval_sets(session)}
        stated = {name for name, _ in traffic_of(session, sets["Support"]).amounts}
        drawn = session.exec(select(Case.category).where(Case.eval_set_id == sets["New"])).all()
        strata = session.exec(select(VersionCase.stratum)).all()
    assert "customer [EMAIL] key [KEY]" in stated & set(drawn)
    stored = str((stated, drawn, strata))
    assert not [who for who in (*WHO, "mail.line-") if who in shown]
    assert not [who for who in WHO if who in stored]


def test_what_no_case_is_like_is_added_and_nothing_else(sqlite_database, store_once, log, capsys):
    store_once(store)
    asked = ["sample-log", str(log), "--eval-set", "Support", "--uncovered", "--n", "5", "--redact"]

    assert main(asked) == 1
    assert "belongs to --add" in capsys.readouterr().err
    assert main([*asked, "--add", "--seed", "1"]) == 0

    with read_session() as session:
        added = session.exec(
            select(Case).where(col(Case.key).in_([f"line-{n}" for n in range(1000, 1100)]))
        ).all()
        of_set = cases_of_set(session, "Support")
    assert len(added) == 5
    far = {"food"} | {case.category for case in CASES}
    assert {case.category for case in added} <= far
    assert "food" in {case.category for case in added}
    assert (of_set.mark.version, len(of_set.cases), of_set.chances) == (2, 65, None)
