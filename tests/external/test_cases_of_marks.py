"""Sliders, rankings, spans and two looks come out as the script that made their files says."""

import json
from pathlib import Path

import pytest

from db.commands.mappings import keep_columns
from evalkit.cli import main
from evalkit.vocabulary import Role
from tests.db.test_import_files import SLIDERS
from tests.pages.conftest import app, at_page, browser, sign_in
from tests.pages.test_library import everything_written

__all__ = ["app", "browser", "sign_in"]
CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the repository"),
]
MARKED, LOOKED = CASES / "sliders_ranks_spans.jsonl", CASES / "two_looks.jsonl"


@pytest.fixture
def right():
    """Give the right values, which a script in plain numpy wrote beside the files."""
    return json.loads((CASES / "expected.json").read_text())


def reported(capsys, name, study):
    capsys.readouterr()
    assert main(["report", name, "--study", study, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def means(document):
    (criterion,) = document["criteria"].values()
    return {
        row["model"]: row["value"]
        for row in criterion["means"]
        if row["category"] is None and row["value"] is not None
    }


def test_sliders_rankings_and_spans_are_right_on_the_terminal(sqlite_database, capsys, right):
    expected = right[MARKED.name]
    columns = [word for pair in SLIDERS for word in ("--columns", pair)]
    assert main(["import", str(MARKED), *columns]) == 0

    told = " ".join("".join(capsys.readouterr()).split())
    spans = expected["spans"]
    assert f"{spans['found']} stand where the response holds these words exactly once" in told
    assert f"{spans['not in the text']} keep no place" in told
    assert f"{expected['rankings']} rankings" in told
    scores = reported(capsys, "scores", MARKED.stem)
    assert means(scores) == pytest.approx(expected["means"])
    ranking = reported(capsys, "ranking", MARKED.stem)
    assert ranking["n_comparisons"] == expected["implied_pairs"]


@pytest.mark.parametrize("rule", ["latest", "mean"])
def test_two_looks_are_right_on_the_terminal(sqlite_database, capsys, right, rule):
    assert main(["import", str(LOOKED), "--looks", rule]) == 0

    assert means(reported(capsys, "scores", "two-looks")) == {"m": right[LOOKED.name][rule]}


def test_sliders_rankings_and_spans_are_right_on_the_pages(app, sign_in, right):
    expected = right[MARKED.name]
    keep_columns(SLIDERS, name="Sliders")
    sign_in(app, Role.LEAD)
    at_page(app, "library/import_records.py").run()
    file = (MARKED.name, MARKED.read_bytes(), "application/jsonl")
    app.file_uploader[0].set_value(file).run()
    app.selectbox(key="import-mapping").set_value("Sliders").run()
    next(button for button in app.button if button.label == "Import").click().run()
    assert not app.exception
    assert f"{expected['rankings']} rankings" in app.success[0].value

    at_page(app, "results/overview.py").run()

    assert not app.exception
    said = everything_written(app)
    implied = f"{expected['implied_pairs']} comparisons"
    assert f"{implied} (with those implied by {expected['rankings']} rankings)" in said
    drawn = "".join(chart.proto.spec for chart in app.get("plotly_chart"))
    for mean in expected["means"].values():
        assert f"{mean:.2f}" in drawn
