"""`report`: the numbers of the pages on the command line."""

import json

import pytest
from typer.testing import CliRunner

from evalkit.cli.reports import app
from evalkit.errors import NotFoundError
from tests.factories import annotate, make_eval_set, make_study

A, B = "case-{}/Model [one]", "case-{}/Model two"


@pytest.fixture
def ids(sqlite_database):
    made = make_eval_set(models=("Model [one]", "Model two"))
    make_study(made)
    for case in range(4):
        for annotator in ("Ada", "Bo"):
            annotate(
                made,
                annotator,
                A.format(case),
                B.format(case),
                "right" if case == 3 else "left",
                scores=[(A.format(case), "helpfulness", 3 + case % 2)],
                marks=[(B.format(case), "tone" if case else None)],
                is_simulated=annotator == "Bo",
            )
    annotate(made, "judge-1", A.format(0), B.format(0), "right", is_judge=True)
    return made


def run(*arguments):
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_json_is_one_document_on_standard_output(ids):
    document = json.loads(run("ranking", "--study", "Study", "--json").stdout)

    assert document["n_comparisons"] == 8
    assert document["matrix"]["Model [one]"]["Model two"]["wins"] == 6


def test_judges_are_counted_on_demand(ids):
    document = json.loads(run("ranking", "--study", "Study", "--judges", "--json").stdout)

    assert document["n_comparisons"] == 9


def test_a_category_narrows_every_report(ids):
    of_code = ("--study", "Study", "--category", "code", "--json")

    assert json.loads(run("ranking", *of_code).stdout)["n_comparisons"] == 4
    assert json.loads(run("agreement", *of_code).stdout)["preference"]["alpha"]["n_units"] == 2
    assert json.loads(run("scores", *of_code).stdout)["categories"] == ["code"]
    assert json.loads(run("models", *of_code).stdout)["models"][0]["n_responses"] == 2


@pytest.mark.parametrize("command", ["agreement", "ranking", "scores", "models"])
def test_text_keeps_names_as_they_are_and_names_simulated_annotators(ids, command):
    result = run(command, "--study", "Study")

    assert "Simulated annotators: Bo." in result.stderr
    if command != "agreement":
        assert "Model [one]" in result.stdout


def test_text_says_why_a_number_is_missing(ids):
    assert "All values are equal" not in run("ranking", "--study", "Study").stderr
    assert "polite" in run("agreement", "--study", "Study").stderr


def test_an_unknown_study_or_category_is_refused_with_those_there_are(ids):
    with pytest.raises(NotFoundError, match="“Study”"):
        run("ranking", "--study", "Nope")
    with pytest.raises(NotFoundError, match="“billing”, “code”"):
        run("ranking", "--study", "Study", "--category", "nope")


def test_a_narrow_terminal_cuts_neither_names_nor_numbers(ids, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")

    lines = run("models", "--study", "Study").stdout.splitlines()

    assert lines[1].startswith("Model [one]")
    # A heading and a line per model, none of them broken or shortened.
    assert len(lines) == 3
    assert not any("…" in line for line in lines)
    assert "Tokens out" in lines[0]


def test_missing_numbers_of_models_show_their_reason(ids):
    result = run("models", "--study", "Study")

    assert "No latency was recorded with these responses." in result.stderr
    assert "No cost was recorded with these responses." in result.stderr
