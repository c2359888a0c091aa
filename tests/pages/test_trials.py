"""What passes every time it is tried: page, file, terminal and JSON say the same."""

import html
import json
import re

import pytest
from typer.testing import CliRunner

from db.commands.records import import_file, import_records
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.db.record_files import CRITERION, case, output, score
from tests.db.test_records_examples import FILES
from tests.pages.conftest import at_page


def words(text):
    """Return a text without markup, line breaks and the spaces that only lay it out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def report(*of):
    done = CliRunner().invoke(command, ["report", *of, "--study", "Trials"])
    assert done.exit_code == 0, done.output
    return done.stdout


def passes_of_models():
    """Return from the JSON what each model passes, k by k."""
    trials = json.loads(report("scores", "--json", "--judges"))["trials"]
    return {row["model"]: [each["value"] for each in row["all_pass"]] for row in trials["models"]}


#: By model: 1 of 1 and 2 of 2. A passes both trials of 3 of 4 cases and one of the other:
#: (3 + 1/2) / 4 and 3 / 4. B passes one of two everywhere: 1/2 and 0.
BOTH = {"A": [0.875, 0.75], "B": [0.5, 0.0]}


@pytest.mark.parametrize("passes", [BOTH, {"A": BOTH["A"]}], ids=["two models", "runs of one"])
def test_page_file_terminal_and_json_say_alike_what_passes_every_time(
    app, sign_in, sqlite_database, tmp_path, passes
):
    records = [CRITERION]
    for number in range(4):
        records.append(case(f"c{number}", f"Question {number}"))
        for model, run in ((model, run) for model in passes for run in "12"):
            of = {"case": f"c{number}", "model": model, "run": run}
            is_passed = run == "1" or (model == "A" and number)
            records.append(output(f"c{number}", model, f"{model} {run}", run=run))
            records.append(score(2 if is_passed else 1, **of))  # of 1, 2, 3: passes from 2 on
    import_records(records, source_name="trials", eval_set="Set", study="Trials")

    terminal = words(report("scores"))
    report("html", str(tmp_path / "report.html"))
    file = words((tmp_path / "report.html").read_text(encoding="utf-8"))
    sign_in(app, Role.LEAD)
    at_page(app, "results/overview.py").run()
    assert not app.exception
    page = words(" ".join(element.proto.body for element in app.get("html")))

    assert passes_of_models() == passes
    for text in (page, file, terminal):
        assert "2 of 2" in text
        assert "drawn from those judged, all pass" in text
        assert "75 %" in text


def test_the_example_of_the_docs_says_how_often_all_trials_pass(sqlite_database, tmp_path):
    (example,) = [file for file in FILES if '"study": "Trials"' in file]
    (tmp_path / "trials.jsonl").write_text(example, encoding="utf-8")

    import_file(tmp_path / "trials.jsonl")

    # One of two trials of the one case passed: C(1, 1) / C(2, 1) and C(1, 2) / C(2, 2).
    assert passes_of_models() == {"atlas": [0.5, 0.0]}
    assert re.search(r"2 of 2.* atlas 50 %.* 0 %", words(report("scores", "--judges")))
