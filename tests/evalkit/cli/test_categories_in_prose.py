"""Cases without a category are never a category in prose, whatever the report."""

import json
import re

import pytest
from typer.testing import CliRunner

from db.commands.records import import_records
from evalkit.cli import app

SPEAKS_OF_ONE = re.compile(r"(?:[Nn]o|every|single|any) category|in no category|on no category")


def records(categories, *, n_cases):
    """A beats B on every case but the last of each category."""
    yield {"type": "header", "format": "evalkit", "version": 1}
    for category in categories:
        for number in range(n_cases):
            case = f"{category}-{number}"
            ask = [{"role": "user", "content": f"Question {case}?"}]
            yield {"type": "case", "id": case, "input": ask, "category": category or None}
            for model in "AB":
                yield {"type": "output", "case": case, "model": model, "content": f"I say {case}."}
            shown = {"case": case, "left": "A", "right": "B"}
            won = "right" if number == n_cases - 1 else "left"
            for who in ("Ann", "Bob"):
                yield {"type": "comparison", **shown, "annotator": who, "preference": won}


def store(categories, *, n_cases):
    made = records(categories, n_cases=n_cases)
    import_records(made, source_name="made", eval_set="Set", study="Study")


@pytest.mark.parametrize(
    ("categories", "n_cases"),
    # Of four cases a category they cannot be told apart, of twenty they are.
    [([""], 4), ([""], 20), (["", "refunds"], 4), (["", "refunds", "tone"], 20)],
)
@pytest.mark.slow
def test_no_report_speaks_of_cases_without_a_category_as_of_one(
    sqlite_database, categories, n_cases, tmp_path
):
    store(categories, n_cases=n_cases)
    words = []
    for report in ("decision", "ranking", "significance", "power", "scores"):
        words.append(CliRunner().invoke(app, ["report", report, "--study", "Study"]).stdout)
    file = tmp_path / "study.html"
    CliRunner().invoke(app, ["report", "html", str(file), "--study", "Study"])
    text = re.sub(r"<[^>]+>", " ", file.read_text(encoding="utf-8"))
    verdict = json.loads(
        CliRunner().invoke(app, ["report", "decision", "--study", "Study", "--json"]).stdout
    )["verdict"]

    prose = [line for line in "\n".join([*words, verdict]).splitlines() if "." in line]
    assert len(prose) > 5
    if len(categories) == 1:
        assert [line for line in prose if SPEAKS_OF_ONE.search(line)] == []
        assert "no category" not in text.lower()
    assert not re.search(r"(?:in|on|only|about|against \w+,) no category\b", " ".join(prose))
