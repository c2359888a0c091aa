"""What agreement allows is read once: page, file, terminal and JSON say the same."""

import html
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.commands.records import import_file
from evalkit.cli import app as command
from evalkit.reports.agreement.reading import Reading
from evalkit.vocabulary import Role
from tests.pages.conftest import at_page

WIDE = Path(__file__).parents[1] / "cases" / "wide_alpha.jsonl"


def study(n_cases, differs):
    """Return a file in which two people choose alike, the second otherwise where ``differs``."""
    lines = [{"type": "header", "format": "evalkit", "version": 1, "eval_set": "e", "study": "s"}]
    for case in range(n_cases):
        lines.append(
            {"type": "case", "id": f"c{case}", "input": [{"role": "user", "content": f"Q{case}"}]}
        )
        lines += [
            {"type": "output", "case": f"c{case}", "model": model, "content": f"{model} {case}"}
            for model in ("A", "B")
        ]
        for place, person in enumerate("pq"):
            right = (case % 2 == 0) != (place == 1 and differs(case))
            lines.append(
                {
                    "type": "comparison",
                    "case": f"c{case}",
                    "annotator": person,
                    "left": "A",
                    "right": "B",
                    "preference": "right" if right else "left",
                }
            )
    return "\n".join(json.dumps(line) for line in lines)


STUDIES = {
    # Ten units, nine alike: the interval reaches from chance to 0.99 (shared case).
    Reading.TOO_LITTLE: WIDE.read_text(encoding="utf-8"),
    # Of equally many left and right, α is about 1 − 2 · the share that differ (0.01, 0.13,
    # 0.33, 0.5, 1); with these many cases the intervals are far from the next reading's bound.
    Reading.FIRM: study(200, lambda case: case % 100 == 7),
    Reading.TENTATIVE: study(90, lambda case: case % 8 == 1),
    Reading.WEAK: study(90, lambda case: case % 3 == 1),
    Reading.CHANCE: study(60, lambda case: case % 4 < 2),
    Reading.OPPOSED: study(30, lambda case: case % 10 != 3),
    Reading.UNANIMOUS: study(30, lambda case: False),
}


def words(text):
    """Return a text without markup, line breaks and the spaces that only lay it out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.parametrize("reading", STUDIES)
def test_page_file_terminal_and_json_read_agreement_alike(
    app, sign_in, sqlite_database, tmp_path, reading
):
    file, report = tmp_path / "study.jsonl", tmp_path / "report.html"
    file.write_text(STUDIES[reading], encoding="utf-8")
    name = json.loads(STUDIES[reading].split("\n")[0])["study"]
    import_file(file)

    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", name])
        assert done.exit_code == 0
        return done.stdout

    terminal = words(run("agreement"))
    document = json.loads(run("agreement", "--json"))
    run("html", str(report))
    sign_in(app, Role.LEAD)
    at_page(app, "results/agreement.py").run()
    page = words(" ".join(element.proto.body for element in app.get("html")))

    (sentence,) = document["meanings"]
    agreed = document["criteria"]["ok"] if name == "wide" else document["preference"]
    assert agreed["alpha"]["reading"] == reading
    assert [of["alpha"]["reading"] for of in document["coefficients"].values()] == [reading]
    for text in (words(report.read_text(encoding="utf-8")), terminal, page):
        assert sentence in text
        assert document["verdict"] in text
    assert reading is Reading.FIRM or "conclusions can rest" not in page + terminal
