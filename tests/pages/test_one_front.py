"""The front and the ratio of latencies: the same on pages, in JSON, file and terminal."""

import json
import re

import pytest
from typer.testing import CliRunner

from db.commands.records import import_file
from evalkit.cli import app as command_line
from evalkit.reports.decision.sentences import FRONT_DEFINITION
from evalkit.vocabulary import Role
from tests.pages.conftest import new_app
from tests.pages.test_results import opened, written

# Atlas is better and cheaper than Birch, Birch faster than Atlas; Cedar is matched on everything.
MODELS = {"Atlas": 0.002, "Birch": 0.004, "Cedar": 0.004}
LATENCIES = {
    "Atlas": [2000, 2400, 2500, 2600, 2800, 3600, 9000],
    "Birch": [500, 400, 1000, 400, 300, 400, 350],
    "Cedar": [9000] * 7,
}
# Medians 2,600 and 400. The median of the seven ratios is 8, the ratio of the means 7.4.
TIMES = 6.5


@pytest.fixture
def study(sqlite_database, tmp_path):
    lines = [{"type": "header", "format": "evalkit", "version": 1, "eval_set": "f", "study": "f"}]
    for case in range(7):
        lines.append(
            {
                "type": "case",
                "id": f"c{case}",
                "input": [{"role": "user", "content": f"Ask {case}"}],
            }
        )
        for model, cost in MODELS.items():
            took = {"latency_ms": LATENCIES[model][case], "cost_usd": cost}
            content = f"{model} says {case}"
            lines.append(
                {"type": "output", "case": f"c{case}", "model": model, "content": content, **took}
            )
        for left, right in (("Atlas", "Birch"), ("Birch", "Cedar"), ("Cedar", "Atlas")):
            won = "left" if left != "Cedar" and case else "right"
            lines.append(
                {"type": "comparison", "case": f"c{case}", "annotator": "Ada"}
                | {"left": left, "right": right, "preference": won}
            )
    file = tmp_path / "front.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    import_file(file)


def run(*words):
    done = CliRunner().invoke(command_line, ["report", *words, "--study", "f"])
    assert done.exit_code == 0, done.output
    return done


def pictures(app):
    """Give, for every picture of prices on a page, who is drawn as a diamond."""
    figures = [json.loads(one.proto.spec) for one in app.get("plotly_chart")]
    drawn = [one["data"] for one in figures if any("diamond" in str(t) for t in one["data"])]
    return [
        {str(mark["hovertext"]).split("<br>")[0] for mark in marks if "diamond" in str(mark)}
        for marks in drawn
    ]


def test_who_is_on_the_front_is_one_definition_and_stated_everywhere(study, sign_in, tmp_path):
    document = json.loads(run("decision", "--json").stdout)
    run("html", str(tmp_path / "f.html"))
    page = (tmp_path / "f.html").read_text(encoding="utf-8")

    on_front = {row["model"] for row in document["models"] if row["is_on_front"]}
    assert on_front == {"Atlas", "Birch"}
    assert document["front_definition"] == FRONT_DEFINITION
    assert FRONT_DEFINITION in " ".join(run("decision").output.split())
    assert FRONT_DEFINITION in page
    assert set(re.findall("◆ (\\w+)", page)) == on_front
    for script in ("results/overview.py", "results/decision.py"):
        app = new_app()
        sign_in(app, Role.LEAD)
        opened(app, script)
        assert FRONT_DEFINITION in written(app)
        assert pictures(app) == [on_front, on_front]


def test_how_many_times_as_long_a_model_takes_is_one_number_everywhere(study, sign_in, tmp_path):
    document = json.loads(run("decision", "--baseline", "Birch", "--json").stdout)
    run("html", str(tmp_path / "f.html"))
    file = (
        (tmp_path / "f.html")
        .read_text(encoding="utf-8")
        .replace("<wbr>", "")
        .replace("\N{NO-BREAK SPACE}", " ")
    )
    rows = {row["model"]: row for row in document["models"]}

    ratio = rows["Atlas"]["times_the_baseline"]["latency"]
    medians = [rows[model]["latency_median_ms"]["value"] for model in ("Atlas", "Birch")]
    assert ratio["value"] == pytest.approx(TIMES)
    assert medians[0] / medians[1] == pytest.approx(TIMES)
    words = f"takes {round(100 / TIMES)} % as long"
    assert words in document["verdict"]
    assert words in run("decision").stdout
    assert words in file
    assert "6.50×" in file
    seen = {}
    for script, more in (
        ("results/overview.py", {}),
        ("results/decision.py", {"baseline": "Birch"}),
        ("results/compare.py", {"model": "Atlas", "other": "Birch"}),
    ):
        app = new_app()
        sign_in(app, Role.LEAD)
        app.run()
        for name, value in more.items():
            app.query_params[name] = value
        opened(app, script)
        frames = " ".join(str(frame.value.to_dict()) for frame in app.dataframe)
        seen[script] = f"{written(app)} {frames}"
    assert "2.6 s" in seen["results/overview.py"]
    assert "400 ms" in seen["results/overview.py"]
    assert words in seen["results/decision.py"]
    assert "6.50×" in seen["results/decision.py"]
    assert "takes 6.5 times as long as Birch" in seen["results/compare.py"]
    assert "6.50×" in seen["results/compare.py"]
