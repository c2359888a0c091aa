"""What passes every time it is tried: page, file, terminal and JSON say the same."""

import html
import json
import re

from typer.testing import CliRunner

from db.commands.records import import_records
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.db.record_files import CRITERION, case, output, score
from tests.pages.conftest import at_page


def words(text):
    """Return a text without markup, line breaks and the spaces that only lay it out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_page_file_terminal_and_json_say_alike_what_passes_every_time(
    app, sign_in, sqlite_database, tmp_path
):
    """A passes both trials of 3 of 4 cases and one of the other; B one of two everywhere."""
    records = [CRITERION]
    for number in range(4):
        records.append(case(f"c{number}", f"Question {number}"))
        for model, run in (("A", "1"), ("A", "2"), ("B", "1"), ("B", "2")):
            of = {"case": f"c{number}", "model": model, "run": run}
            is_passed = run == "1" or (model == "A" and number)
            records.append(output(f"c{number}", model, f"{model} {run}", run=run))
            records.append(score(2 if is_passed else 1, **of))  # of 1, 2, 3: passes from 2 on
    import_records(records, source_name="trials", eval_set="Set", study="Trials")

    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", "Trials"])
        assert done.exit_code == 0, done.output
        return done.stdout

    document = json.loads(run("scores", "--json"))
    terminal = words(run("scores"))
    run("html", str(tmp_path / "report.html"))
    file = words((tmp_path / "report.html").read_text(encoding="utf-8"))
    sign_in(app, Role.LEAD)
    at_page(app, "results/overview.py").run()
    assert not app.exception
    page = words(" ".join(element.proto.body for element in app.get("html")))

    passes = {
        row["model"]: [each["value"] for each in row["all_pass"]] for row in document["trials"]
    }
    # (3 + 1/2) / 4 and 3 / 4; 1/2 and 0.
    assert passes == {"A": [0.875, 0.75], "B": [0.5, 0.0]}
    for text in (page, file, terminal):
        assert "2 of 2" in text
        assert "drawn from those judged, all pass" in text
        assert "75 %" in text
