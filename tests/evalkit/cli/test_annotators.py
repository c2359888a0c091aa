"""`report annotators` and `report html` on the command line."""

import json

import pytest
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.errors import NotFoundError, RefusedError
from evalkit.reports.decision.document import NOTHING_JUDGED
from tests.factories import annotate, make_eval_set, make_study

A, B = "case-{}/Model [one]", "case-{}/Model <two>"


def store_study():
    made = make_eval_set(models=("Model [one]", "Model <two>"))
    make_study(made)
    for case in range(4):
        for annotator in ("Ada", "Bo"):
            preference = "right" if (case, annotator) == (3, "Bo") else "left"
            annotate(
                made,
                annotator,
                A.format(case),
                B.format(case),
                preference,
                is_simulated=annotator == "Bo",
            )
    return made


@pytest.fixture
def ids(store_once):
    return store_once(store_study)


def run(*arguments):
    result = CliRunner().invoke(app, ("report", *arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_annotators_as_json_is_one_document(ids):
    document = json.loads(run("annotators", "--study", "Study", "--json").stdout)

    ada, bo = document["subjects"]["preference"]
    assert (ada["annotator"], ada["n"], ada["left_rate"]["value"]) == ("Ada", 4, 1.0)
    # The two agree on three of the four cases.
    assert bo["percent_agreement"]["value"] == pytest.approx(0.75)
    assert bo["is_simulated"]
    assert document["simulated_annotators"] == ["Bo"]
    assert "without" not in document


def test_without_somebody_both_results_stand_side_by_side(ids):
    document = json.loads(run("annotators", "--study", "Study", "--without", "Bo", "--json").stdout)

    assert document["without"]["left_out"] == ["Bo"]
    assert document["without"]["ranking"]["all"]["n_comparisons"] == 8
    assert document["without"]["ranking"]["rest"]["n_comparisons"] == 4
    assert "4 comparisons of 8" in run("annotators", "--study", "Study", "--without", "Bo").stdout


def test_leaving_out_strangers_or_everybody_is_refused(ids):
    with pytest.raises(NotFoundError, match="“Ada”, “Bo”"):
        run("annotators", "--study", "Study", "--without", "Cy")
    with pytest.raises(RefusedError, match="everybody"):
        run("annotators", "--study", "Study", "--without", "Ada", "--without", "Bo")


def test_agreement_as_json_has_every_coefficient(ids):
    document = json.loads(run("agreement", "--study", "Study", "--json").stdout)

    assert set(document["coefficients"]) == {"preference"}
    assert {one["category"] for one in document["by_category"]} == {"billing", "code"}
    assert document["tags"] == {}


def test_the_report_is_written_to_a_file_with_the_names_as_text(ids, tmp_path):
    file = tmp_path / "report.html"

    said = run("html", str(file), "--study", "Study", "--category", "code").stdout

    document = file.read_text(encoding="utf-8")
    assert "Wrote the report of 'Study'" in said
    assert "Model &lt;two&gt;" in document
    assert "Only code; simulated annotators: " in document
    assert "Bo is simulated" in document


def test_a_folder_in_place_of_a_file_is_refused(ids, tmp_path):
    with pytest.raises(RefusedError, match="is a folder"):
        run("html", str(tmp_path), "--study", "Study")


def test_where_nothing_was_judged_the_annotators_report_says_so(sqlite_database):
    make_study(make_eval_set())

    assert run("annotators", "--study", "Study").stdout == f"{NOTHING_JUDGED}\n"
