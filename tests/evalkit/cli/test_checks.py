"""``python -m evalkit check``: made, revised, run and read on the command line."""

import json

import pytest

from evalkit.cli import main
from tests.factories import make_eval_set

OF = ("--eval-set", "Support questions")


@pytest.fixture
def ids(sqlite_database):
    return make_eval_set()


@pytest.fixture
def run(capsys):
    def run(*of, code=0):
        assert main(["check", *of]) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err

    return run


def test_a_check_is_added_run_revised_and_shown(ids, run):
    run("add", "Case", "--kind", "mentions", "--set", "phrases=case-0", *OF)
    assert "8 of 8 responses checked: 2 pass, 6 fail, 0 undefined." in run("run", *OF)
    assert "nothing new in 8 responses" in run("run", *OF, "Case")

    assert "revision 1, which is as it was" in run("revise", "Case", *OF)
    more = ("--set", "phrases=case-0", "--set", "phrases=case-1", "--set", "any=yes")
    assert "revision 2, which has no findings yet" in run("revise", "Case", *OF, *more)
    run("run", *OF)
    shown = json.loads(run("show", "Case", *OF, "--result", "pass", "--json"))
    assert [row["case"] for row in shown["findings"]] == ["case-0"] * 2 + ["case-1"] * 2
    assert shown["settings"]["phrases"] == ["case-0", "case-1"]
    assert "4 of 8 responses, revision 2." in run("show", "Case", *OF, "--result", "fail")


def test_checks_are_listed_mapped_and_retired(ids, run):
    assert "has no check yet" in run("list", *OF)
    run("add", "Short", "--kind", "length", "--set", "most=9", "--case", "case-1", *OF)
    run("map", "Short", "--answers", "helpfulness>=4", *OF)
    run("retire", "Short", *OF)

    (listed,) = json.loads(run("list", *OF, "--json"))["checks"]
    assert listed["answers"] == {"of": "criterion", "key": "helpfulness", "level": 4.0}
    assert (listed["case"], listed["is_retired"]) == ("case-1", True)
    assert "has no check in use" in run("run", *OF, code=1)
    assert "in use again" in run("retire", "Short", "--undo", *OF)
    assert "stands beside nothing" in run("map", "Short", *OF)


def test_a_schema_is_read_from_a_file(ids, run, tmp_path):
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "string"}')
    run("add", "Json", "--kind", "json-schema", "--set", f"schema=@{schema}", *OF)

    assert "0 pass, 8 fail" in run("run", *OF)
    asked = ("add", "X", "--kind", "json-schema", "--set", f"schema=@{tmp_path / 'none'}", *OF)
    assert "cannot be read as UTF-8" in run(*asked, code=1)


def test_the_kinds_are_listed_with_their_settings_and_limits(run):
    assert "--set least=NUMBER F1 from which it passes. Default: 0.5." in " ".join(
        run("kinds").split()
    )
    kinds = {kind["kind"]: kind for kind in json.loads(run("kinds", "--json"))["kinds"]}
    assert kinds["refusal"]["limits"].startswith("A heuristic")


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (("add", "X", "--kind", "vibes"), "no kind of check “vibes”"),
        (("add", "X", "--kind", "length", "--set", "most"), "Expected is key=value"),
        (("add", "X", "--kind", "length", "--set", "most=few"), "Expected is a whole number"),
        (("add", "X", "--kind", "language", "--answers", "nice"), "Expected is acceptable"),
        (("show", "X"), "has no check “X”. It has: none yet"),
        (("run", "X"), "has no check in use called “X”"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(ids, run, of, says):
    assert says in " ".join(run(*of, *OF, code=1).split())
