"""One decision, four media: page, HTML file, terminal and JSON show the same numbers."""

import html
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.commands.records import import_file
from db.engine import read_session
from db.queries import results
from evalkit import text
from evalkit.cli import app
from evalkit.reports.blocks import Table
from evalkit.reports.decision import tables
from evalkit.reports.decision.document import decided
from evalkit.stats.intervals import Estimate

CASES = Path(__file__).parents[2] / "cases"
STUDIES = [("eleven_to_one", "eleven-one"), ("never_met", "never-met")]


def plain(words: str) -> str:
    """Give what a reader sees: no markup, one space between words."""
    words = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", words, flags=re.DOTALL))
    return " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture(scope="module")
def stored(database_of_file):
    for file, _ in STUDIES:
        import_file(CASES / f"{file}.jsonl")


@pytest.fixture(scope="module", params=STUDIES, ids=lambda study: study[0])
def media(request, stored, tmp_path_factory):
    """Show the decision of a study in every medium."""
    # Here, since Streamlit takes every worker a second that collects these tests.
    from pages.shared.display import html_tables

    _, study = request.param
    page = tmp_path_factory.mktemp("html") / "study.html"
    with read_session() as session:
        stored = results.result_study(session, name=study)
        report = decided(results.collect(session, stored))

    def run(*words):
        done = CliRunner().invoke(app, ["report", *words, "--study", study])
        assert done.exit_code == 0
        return done.stdout

    written = []
    shown = [
        tables.standings(report, report.models),
        tables.prices(report, report.models),
        *tables.by_category(report, report.models, within=""),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_tables.st, "html", written.append)
        for block in shown:
            if isinstance(block, Table):
                html_tables.show(block, address=lambda target: target.view)
    run("html", str(page))
    file = page.read_text(encoding="utf-8")
    seen = {"page": " ".join(written), "file": file, "terminal": run("decision")}
    return (
        shown,
        report,
        {medium: plain(words) for medium, words in seen.items()},
        json.loads(run("decision", "--json")),
    )


def test_every_cell_of_the_decision_reads_the_same_in_every_medium(media):
    shown, _, seen, _ = media

    cells = [
        cell for block in shown if isinstance(block, Table) for row in block.rows for cell in row
    ]
    assert len(cells) > 3
    for cell in cells:
        for words in (cell.text, *cell.details):
            assert [medium for medium, said in seen.items() if words not in said] == []


def test_the_json_holds_the_numbers_that_the_table_shows(media):
    shown, report, _, document = media

    form = report.chosen.measure.form
    for row, model in zip(shown[0].rows, document["models"], strict=True):
        ends = {name: model[name] for name in ("value", "low", "high", "n", "reason")}
        assert row[0].text.removeprefix("◆ ") == model["model"]
        assert row[1].text == text.estimate(Estimate(**ends), form)
        assert f"n = {model['n']:,}" in row[1].details
