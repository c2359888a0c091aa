"""Eleven cases of twelve: every report says the same, in text, JSON and the HTML file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.commands.records import import_file
from evalkit.cli import app
from tests.factories import wordy_file

FILE = Path(__file__).parents[2] / "cases" / "eleven_to_one.jsonl"


@pytest.fixture
def run(sqlite_database):
    import_file(FILE)

    def of(*words):
        done = CliRunner().invoke(app, ["report", *words, "--study", "eleven-one"])
        assert done.exit_code == 0
        return done.stdout

    return of


@pytest.mark.slow
def test_models_that_share_cases_and_never_met_are_not_said_to_share_none(
    sqlite_database, tmp_path
):
    # north and south answered the same 30 cases, and each was compared with hub alone.
    import_file(FILE.with_name("never_met.jsonl"))
    page = tmp_path / "study.html"
    words = []
    for report in ("significance", "decision", "ranking", "power", "html"):
        file = [str(page)] if report == "html" else []
        done = CliRunner().invoke(app, ["report", report, *file, "--study", "never-met"])
        assert done.exit_code == 0
        words.append(done.output)

    text = " ".join([*words, page.read_text(encoding="utf-8")])
    assert "no case in common" not in text
    said = " ".join(words[0].split())
    assert "north and south never met directly; by their comparisons with others north is" in said
    assert "never met; by others, strength +" in text


@pytest.mark.slow
def test_eleven_cases_of_twelve_tell_two_models_apart_in_every_report(run, tmp_path):
    # The exact sign test: 2 · (1 + 12) / 2^12 = 0.0063.
    decision = json.loads(run("decision", "--json"))
    ranking = json.loads(run("ranking", "--json"))
    significance = json.loads(run("significance", "--json"))
    run("html", str(tmp_path / "study.html"))
    page = (tmp_path / "study.html").read_text(encoding="utf-8")

    assert run("decision").startswith("A is ahead of B.")
    assert decision["verdict"] == "A is ahead of B."
    assert run("ranking").startswith("A is ahead of B; it wins ")
    assert ranking["verdict"].startswith("A is ahead of B; it wins ")
    assert ranking["lead"] == decision["lead"]
    assert (ranking["lead"]["kind"], ranking["lead"]["behind"]) == ("ahead", ["B"])
    assert [(row["best_rank"], row["worst_rank"]) for row in ranking["models"]] == [(1, 1), (2, 2)]
    (pair,) = significance["preference"]["pairs"]
    assert pair["p"] == pytest.approx(2 * 13 / 2**12)
    assert "A is ahead of B." in page
    assert "A and B cannot be told apart" not in page


@pytest.mark.slow
def test_every_verdict_carries_that_style_explains_the_lead(sqlite_database, tmp_path):
    page = tmp_path / "style.html"
    import_file(wordy_file(tmp_path))

    def run(*words):
        done = CliRunner().invoke(app, ["report", *words, "--study", "style"])
        assert done.exit_code == 0, done.output
        return " ".join(done.stdout.split())

    run("html", str(page))
    said = "With length held equal, terse is level with wordy."
    assert run("decision").startswith(f"wordy is ahead of terse. {said}")
    assert said in run("ranking")
    assert json.loads(run("decision", "--json"))["verdict"].endswith(said)
    assert json.loads(run("ranking", "--json"))["verdict"].endswith(said)
    assert f"wordy is ahead of terse. {said}" in page.read_text(encoding="utf-8")
