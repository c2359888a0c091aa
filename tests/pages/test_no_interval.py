"""A number without an interval says why, on the page, in the file, on the terminal, in JSON."""

import html
import json
import re

from typer.testing import CliRunner

from db.commands.records import import_file
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.pages.conftest import at_page

SCALE = [{"value": 0, "label": "right"}, {"value": 1, "label": "wrong"}]


def study():
    """Return a file in which A is right in each of eight cases and B in every other one."""
    lines = [
        {"type": "header", "format": "evalkit", "version": 1, "eval_set": "e", "study": "s"},
        {
            "type": "criterion",
            "rubric": "R",
            "key": "incorrectness",
            "question": "Is it wrong?",
            "level": "ordinal",
            "scale": SCALE,
        },
    ]
    for case in range(8):
        key = {"case": f"c{case}"}
        lines.append(
            {"type": "case", "id": f"c{case}", "input": [{"role": "user", "content": f"Q{case}"}]}
        )
        for model, value in (("A", 0), ("B", case % 2)):
            own = {**key, "model": model}
            lines.append({"type": "output", **own, "content": f"{model} {case}"})
            lines.append(
                {
                    "type": "score",
                    **own,
                    "annotator": "p",
                    "criterion": "incorrectness",
                    "value": value,
                }
            )
    return "\n".join(json.dumps(line) for line in lines)


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()).lower()


def test_a_mean_that_every_case_gives_says_everywhere_why_it_has_no_interval(
    app, sign_in, sqlite_database, tmp_path
):
    # A's mean is 0 in every case: nothing varies by which its uncertainty could be told.
    reason = "every case gives the same mean, so its uncertainty cannot be told."
    file, report = tmp_path / "study.jsonl", tmp_path / "report.html"
    file.write_text(study(), encoding="utf-8")
    import_file(file)

    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", "s"])
        assert done.exit_code == 0
        return done.output

    document = json.loads(run("scores", "--json"))
    run("html", str(report))
    sign_in(app, Role.LEAD)
    at_page(app, "results/overview.py").run()
    page = " ".join(element.proto.body for element in app.get("html"))

    (row,) = [
        row
        for row in document["criteria"]["incorrectness"]["means"]
        if row["model"] == "A" and row["category"] is None
    ]
    assert (row["value"], row["low"], row["n"]) == (0.0, None, 8)
    assert row["reason"].lower() == reason
    assert reason in words(run("scores"))
    assert reason in words(report.read_text(encoding="utf-8"))
    assert reason in words(page)
