"""Whether two models are told apart is one answer: on pages, in files, JSON and the terminal."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.commands.records import import_file
from evalkit.cli.report import app
from evalkit.html.document import About, html_report
from evalkit.reports.decision.document import decision_document
from evalkit.reports.pair.document import significance_document
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.ranking.sentences import verdict
from tests.evalkit.collected_studies import LEFT, RIGHT, collected

CASES = Path(__file__).parents[2] / "cases"
ABOUT = About(datetime(2026, 11, 29, tzinfo=UTC), "1", ("A", "B"))


def answers(study):
    """Say, by document and by sentence, whether A and B differ."""
    (pair,) = significance_document(study)["preference"]["pairs"]
    by_model = {row["model"]: row for row in ranking_document(study)["models"]}
    decision = decision_document(study, quality="preference", baseline="B")
    (standing,) = [row for row in decision["models"] if row["model"] == "A"]
    return {
        "significance": pair["p_adjusted"] <= 0.05,
        "ranking": by_model["A"]["worst_rank"] == 1,
        "strength": by_model["A"]["low"] is not None and by_model["A"]["low"] > 0,
        "decision": standing["is_separated"],
        "difference": standing["strength_difference"]["low"] > 0,
        "overview": "cannot be told apart" not in verdict(ranking_report(study)),
        "file": "A and B cannot be told apart" not in html_report(study, about=ABOUT),
    }


@pytest.mark.parametrize(
    ("won", "lost", "is_apart"),
    # Binomial, two-sided: 0.039, 0.0063, 0.041, 0.049, 0.0002; 0.070, 0.146.
    [
        (8, 1, True),
        (11, 1, True),
        (15, 5, True),
        (29, 15, True),
        (44, 15, True),
        (7, 1, False),
        (9, 3, False),
    ],
)
def test_every_report_tells_two_models_apart_or_none_does(won, lost, is_apart):
    preferences = [(0, case, 0, 1, LEFT if case < won else RIGHT) for case in range(won + lost)]

    found = answers(collected(n_cases=won + lost, preferences=preferences))

    assert found == dict.fromkeys(found, is_apart)


def test_eleven_cases_of_twelve_settle_it_on_the_command_line(sqlite_database):
    import_file(CASES / "eleven_to_one.jsonl")

    def run(*arguments):
        result = CliRunner().invoke(app, [*arguments, "--study", "eleven-one"])
        assert result.exit_code == 0, result.output
        return result.stdout

    (pair,) = json.loads(run("significance", "--json"))["preference"]["pairs"]
    # By the binomial: 2 * 13 / 2^12.
    assert pair["p_adjusted"] == pytest.approx(0.00634765625)
    assert "cannot be told apart" not in run("decision")
    assert [line.split()[1] for line in run("ranking").splitlines()[2:4]] == ["1st", "2nd"]
