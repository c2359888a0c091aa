"""`import` and `export` as one types them."""

import gzip
import json
from pathlib import Path

import pytest
from sqlmodel import select

from db import revisions
from db.engine import read_session
from db.models import AuditEvent, Case
from evalkit.cli import main
from tests.db.record_files import (
    CRITERION,
    HEADER,
    case,
    comparison,
    pair_of_outputs,
    score,
    write,
)

TWO_LOOKS = Path(__file__).parents[2] / "cases" / "two_looks.jsonl"


@pytest.fixture
def file(tmp_path):
    records = [CRITERION, *pair_of_outputs(), comparison(), score(2)]
    return write(tmp_path / "file.jsonl", records)


def test_an_import_says_what_it_stored_and_the_second_that_nothing_is_new(
    sqlite_database, file, capsys
):
    assert main(["import", str(file)]) == 0
    assert capsys.readouterr().out == (
        "Imported 1 criterion, 1 case, 2 outputs, 1 comparison, 1 score from file.jsonl "
        "into eval set 'Set' and study 'Set'.\n"
    )

    assert main(["import", str(file)]) == 0
    assert capsys.readouterr().out.startswith("Nothing new in file.jsonl: 1 criterion, 1 case,")


def test_a_refusal_goes_to_standard_error_with_file_line_field_found_and_expected(
    sqlite_database, tmp_path, capsys
):
    bad = write(tmp_path / "bad.jsonl", [*pair_of_outputs(), comparison("win")])

    assert main(["import", str(bad)]) == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert 'bad.jsonl, line 5, preference: found "win", expected one of left, right' in told.err
    assert "Traceback" not in told.err


def test_files_of_one_eval_set_are_one_import_whichever_comes_first(
    sqlite_database, file, tmp_path, capsys
):
    more = write(tmp_path / "more.jsonl", [comparison("right", annotator="Bo")])

    assert main(["import", str(more), str(file)]) == 0

    assert capsys.readouterr().out == (
        "Imported 1 criterion, 1 case, 2 outputs, 2 comparisons, 1 score from more.jsonl, "
        "file.jsonl into eval set 'Set' and study 'Set'.\n"
    )


def test_a_file_after_a_refused_one_of_another_eval_set_is_not_read_and_that_is_said(
    sqlite_database, file, tmp_path, capsys
):
    bad = write(tmp_path / "bad.jsonl", [score(9)], header={**HEADER, "eval_set": "Bad"})
    last = write(tmp_path / "last.jsonl", [], header={**HEADER, "eval_set": "Last"})

    assert main(["import", str(file), str(bad), str(last)]) == 1

    told = capsys.readouterr()
    assert told.out.startswith("Imported 1 criterion")
    assert "Not read after that: last.jsonl." in told.err


def test_json_is_one_document_with_counts(sqlite_database, file, capsys):
    assert main(["import", str(file), "--eval-set", "Mine", "--study", "Ours", "--json"]) == 0

    (report,) = json.loads(capsys.readouterr().out)["files"]
    assert (report["eval_set"], report["study"]) == ("Mine", "Ours")
    assert report["counts"]["output"] == {"new": 2, "present": 0, "superseded": 0}


@pytest.mark.parametrize(
    ("rule", "n_count", "what_counts"),
    [("latest", 1, "The latest look counts"), ("mean", 2, "Every look counts")],
)
def test_looks_are_chosen_by_an_option_and_the_rule_is_told(
    sqlite_database, capsys, rule, n_count, what_counts
):
    assert main(["import", str(TWO_LOOKS), "--looks", rule, "--json"]) == 0

    told = capsys.readouterr()
    (report,) = json.loads(told.out)["files"]
    assert (report["looks"], report["n_again"]) == (rule, 1)
    new, superseded = (report["counts"]["score"][key] for key in ("new", "superseded"))
    assert new - superseded == n_count
    assert what_counts in " ".join(told.err.split())
    with read_session() as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.action == "import"))
    assert event.details["looks"] == rule


def test_repeated_contents_are_in_the_document_and_warned_of_beside_it(
    sqlite_database, tmp_path, capsys
):
    repeated = write(tmp_path / "twice.jsonl", [case("a"), case("b"), case("c", "Else?")])

    assert main(["import", str(repeated), "--json"]) == 0

    told = capsys.readouterr()
    (report,) = json.loads(told.out)["files"]
    assert report["contents"] == {"n_cases": 3, "n_contents": 2}
    said = " ".join(told.err.split())
    assert "3 cases hold only 2 contents: 1 repeats" in said


def test_a_dry_run_stores_nothing(sqlite_database, file, tmp_path, capsys):
    assert main(["import", str(file), "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("Would import 1 criterion, 1 case")

    assert main(["export", str(tmp_path / "out.jsonl"), "--study", "Set"]) == 1
    assert "There are no studies yet." in capsys.readouterr().err


@pytest.mark.slow
def test_an_import_makes_the_database_where_there_is_none(tmp_path, monkeypatch, file, capsys):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'evalkit.db'}")

    assert main(["import", str(file)]) == 0
    revisions.require_current()


def test_an_export_on_no_database_says_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")

    assert main(["export", str(tmp_path / "out.jsonl"), "--study", "Set"]) == 1
    assert "db upgrade" in capsys.readouterr().err


def test_an_export_is_the_same_bytes_each_time_compressed_or_not(
    sqlite_database, file, tmp_path, capsys
):
    main(["import", str(file)])
    names = ("one.jsonl", "one.jsonl.gz", "two.jsonl.gz")
    for name in names:
        assert main(["export", str(tmp_path / name), "--study", "Set"]) == 0

    plain, one, two = ((tmp_path / name).read_bytes() for name in names)
    assert gzip.decompress(one) == plain
    assert one == two
    assert "Wrote 7 records of study 'Set'" in capsys.readouterr().out


@pytest.mark.parametrize("shape", ["long", "wide"])
def test_csv_counts_its_rows_without_the_heading(sqlite_database, file, tmp_path, capsys, shape):
    main(["import", str(file)])
    capsys.readouterr()
    path = tmp_path / "out.csv"

    assert (
        main(["export", str(path), "--study", "Set", "--format", "csv", "--shape", shape, "--json"])
        == 0
    )

    assert json.loads(capsys.readouterr().out)["n_lines"] == 2
    assert len(path.read_text().splitlines()) == 3


def test_an_export_that_cannot_be_written_is_refused(sqlite_database, file, tmp_path, capsys):
    main(["import", str(file)])

    assert main(["export", str(tmp_path / "no" / "out.jsonl"), "--study", "Set"]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["import"], ["export", "x"], ["nonsense"], ["export", "x", "--format", "pdf"]]
)
def test_wrong_usage_is_exit_code_2(sqlite_database, capsys, arguments):
    assert main(arguments) == 2


def test_a_terminal_shows_names_as_they_are(sqlite_database, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    file = Path(__file__).parents[2] / "cases" / "browser_names.jsonl"
    renamed = tmp_path / "names.jsonl"
    renamed.write_text(file.read_text("utf-8").replace("names-of-a-browser", "[b]:m:[/b]"), "utf-8")

    main(["import", str(renamed)])
    main(["study", "list"])
    main(["report", "ranking", "--study", "[b]:m:[/b]"])
    main(["annotator", "add", "[red]:m:[/red]"])
    main(["annotator", "list"])

    told = capsys.readouterr()
    lines = told.out.splitlines() + told.err.splitlines()
    # Each line that names somebody names them in full: what is neither markup nor emoji is left.
    for part, name in (("llama", "llama:m:8b"), ("[b]", "[b]:m:[/b]"), ("[red]", "[red]:m:[/red]")):
        named = [line for line in lines if part in line]
        assert named
        assert all(name in line for line in named)
    assert "Ⓜ" not in told.out + told.err  # what Rich makes of :m:


def test_an_import_redacts_when_asked_and_says_what_it_cannot_find(
    sqlite_database, tmp_path, capsys
):
    text = "Write ada@example.org or help@example.org of Falcon."
    file = write(tmp_path / "file.jsonl", [case(text=text)])
    (tmp_path / "allow.txt").write_text("help@example.org\n")
    (tmp_path / "deny.txt").write_text("falcon\n")
    lists = ["--allow", str(tmp_path / "allow.txt"), "--deny", str(tmp_path / "deny.txt")]

    assert main(["import", str(file), "--redact", "--no-names", *lists]) == 0

    told = " ".join(capsys.readouterr().err.split())
    assert "at 2 places: 1 word of your list and 1 e-mail address." in told
    assert "Let through: e-mail addresses at 1 place." in told
    assert "Not found are names" in told
    with read_session() as session:
        stored = [str(each.input) for each in session.exec(select(Case))]
    assert stored == [
        str([{"role": "user", "content": "Write [EMAIL_1] or help@example.org of [TERM_1]."}])
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--allow", "allow.txt"], "belong to --redact"),
        (["--redact", "--allow", "gone.txt"], "gone.txt cannot be read"),
        (["--redact", "--deny", "bad.txt"], "bad.txt, line 1: /(/ is no pattern"),
        (["--redact", "--names"], "Presidio, which is not installed"),
    ],
)
def test_a_redaction_that_cannot_be_is_refused(
    sqlite_database, file, tmp_path, monkeypatch, capsys, options, words
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("evalkit.redaction.presidio._models", list)
    (tmp_path / "allow.txt").write_text("x")
    (tmp_path / "bad.txt").write_text("/(/")

    assert main(["import", str(file), *options]) == 1

    assert words in " ".join(capsys.readouterr().err.split())


def test_a_raw_log_that_comes_in_as_it_is_is_said_to(sqlite_database, tmp_path, capsys):
    log = tmp_path / "log.jsonl"
    call = {
        "request": {"model": "m", "messages": [{"role": "user", "content": "Mail bob@corp.com?"}]},
        "response": {
            "object": "chat.completion",
            "model": "m-1",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Done."}}],
        },
    }
    log.write_text(json.dumps(call) + "\n")

    assert main(["import", str(log)]) == 0
    plain = " ".join(capsys.readouterr().err.split())
    assert main(["import", str(log), "--redact", "--no-names", "--dry-run", "--eval-set", "B"]) == 0
    redacted = " ".join(capsys.readouterr().err.split())

    assert "stay as they are; --redact replaces them." in plain
    assert "stay as they are; --redact" not in redacted
