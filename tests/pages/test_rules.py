"""By other rules: page, file, terminal and JSON say the same."""

import json

import pytest
from typer.testing import CliRunner

from db.commands.records import import_records
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.db.record_files import case, comparison, output
from tests.pages.conftest import at_page
from tests.pages.test_strength import words

#: A wins 6 of 8 against C; B wins 4, loses 1 and ties 4: 75 % and 67 %, without ties 80 %.
SAID = [("A", "left")] * 6 + [("A", "right")] * 2 + [("B", "left")] * 4 + [("B", "right")]
SAID += [("B", "tie")] * 4


@pytest.fixture
def stored(sqlite_database):
    records = []
    for place, (model, preferred) in enumerate(SAID):
        key = f"c{place}"
        records += [
            case(key, f"What about {key}?"),
            output(key, model, "One"),
            output(key, "C", "Two"),
        ]
        records.append(comparison(preferred, case=key, annotator="Ann", left=model, right="C"))
    import_records(records, source_name="the test", eval_set="Set", study="Study")


def test_page_file_terminal_and_json_say_who_comes_first_by_other_rules(
    app, sign_in, stored, tmp_path
):
    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", "Study"])
        assert done.exit_code == 0, done.output
        return done.stdout

    document = json.loads(run("ranking", "--json"))
    run("html", str(tmp_path / "report.html"))
    sign_in(app, Role.LEAD)
    at_page(app, "results/overview.py").run()
    assert not app.exception
    page = " ".join(words(element.proto.body) for element in app.get("html"))

    assert document["models"][0]["model"] == "A"
    row = next(row for row in document["by_other_rules"]["rules"] if row["rule"] == "ties_left_out")
    assert (row["order"], row["n"]) == (["B", "A", "C"], 13)
    said = document["by_other_rules"]["verdict"]
    assert "With ties left out B comes first." in said
    for place in (words(run("ranking")), words((tmp_path / "report.html").read_text()), page):
        assert said in place
        assert "B (another one)" in place
