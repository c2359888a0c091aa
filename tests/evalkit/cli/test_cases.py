"""Cases and versions as one types them."""

import json

import pytest
from typer.testing import CliRunner

from db.commands.records import import_records
from evalkit.cli import app, main
from tests.db.record_files import HEADER, case

SET = ["--eval-set", "Support questions"]


@pytest.fixture
def stored(sqlite_database):
    cases = [case(f"case-{place}", f"What about {place}?") for place in range(4)]
    import_records([HEADER, *cases], source_name="made", eval_set=SET[1])


def run(*words):
    done = CliRunner().invoke(app, [*words], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_life_of_a_case_is_written_and_read(stored):
    assert run("case", "why", "case-1", *SET, "--note", "It failed") == (
        "“case-1” exists for: It failed\n"
    )
    told = run("case", "status", "case-1", "case-2", *SET, "--to", "retired", "--reason", "Old")
    assert told == "2 cases of “Support questions” now retired.\n"
    run("case", "watch", "case-1", *SET)

    shown_case = run("case", "show", "case-1", *SET)
    document = json.loads(run("case", "show", "case-1", *SET, "--json"))

    assert "case-1: watched, retired since" in shown_case
    assert "Why it exists: It failed" in shown_case
    assert "retired, active before: Old" in shown_case
    assert document["status"] == "retired"
    assert [event["kind"] for event in document["history"]] == ["watched", "status", "note"]


def test_versions_are_made_listed_compared_exported_and_verified(stored, tmp_path, capsys):
    file = tmp_path / "version.jsonl"
    run("case", "add", "new", *SET, "--text", "And this?", "--note", "From a call")
    run("versions", "without", "case-0", *SET, "--note", "It is trivial")

    listed = run("versions", "list", *SET)
    document = json.loads(run("versions", "diff", "1", "3", *SET, "--json"))
    told = run("versions", "diff", "1", "3", *SET)
    exported = run("versions", "export", str(file), *SET, "--version", "2")
    verified = json.loads(run("verify", str(file), "--json"))

    assert "It is trivial" in listed
    assert (document["added"], document["removed"], document["n_same"]) == (["new"], ["case-0"], 3)
    assert "added: new" in told
    assert "removed: case-0" in told
    assert "Version 2 of “Support questions” written" in exported
    assert verified["is_whole"]
    assert verified["n_cases"] == 5

    file.write_text(file.read_text(encoding="utf-8").replace("And this?", "And that?"))
    assert main(["verify", str(file)]) == 1
    out, err = capsys.readouterr()
    assert "What models are asked was changed" in out
    assert "is not what it says it is" in err


def test_what_is_not_there_or_has_no_reason_is_refused(stored, capsys):
    assert main(["case", "show", "case-9", *SET]) == 1
    assert main(["case", "status", "case-1", *SET, "--to", "retired", "--reason", " "]) == 1
    assert main(["versions", "list", "--eval-set", "Other"]) == 1
    assert main(["case", "merge", *SET, "--reason", "twice"]) == 1

    err = capsys.readouterr().err
    for told in ("no case “case-9”", "Say why", "no eval set “Other”", "No content repeats"):
        assert told in err
