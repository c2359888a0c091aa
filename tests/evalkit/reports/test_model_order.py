"""The order of models where no other is asked for: one for page, file and terminal."""

import re
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.reports.model_order import model_order
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO = "Model one", "Model two"


def test_without_a_ranking_models_stand_by_score_or_else_by_the_weight_of_errors():
    def means(first, second):
        return (score_row(ONE, first), score_row(TWO, second))

    def order(scored, weighed):
        ranking = SimpleNamespace(ranking=None, models=(ONE, TWO))
        scores = SimpleNamespace(criteria=[SimpleNamespace(means=rows) for rows in scored])
        return model_order(ranking, scores, weighed)

    assert order([means(2.0, 4.0)], means(1.0, 3.0)) == [TWO, ONE]
    assert order([], means(3.0, 1.0)) == [TWO, ONE]
    assert order([], ()) == [ONE, TWO]


def score_row(model, value):
    return SimpleNamespace(model=model, category=None, estimate=SimpleNamespace(value=value))


def store_study():
    """Let the model that comes later by name win every comparison: it leads by any strength."""
    ids = make_eval_set(models=(ONE, TWO), n_cases=12)
    make_study(ids)
    for case in range(12):
        left, right = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        scores = [(left, "helpfulness", 2), (right, "helpfulness", 3 + case % 2)]
        marks = [(left, "tone"), (right, "tone" if case % 2 else None)]
        preference = "right" if case else "tie"
        annotate(ids, "Ada", left, right, preference, scores=scores, marks=marks)


@pytest.mark.parametrize("name", ["ranking", "scores", "models", "errors", "power"])
def test_every_report_on_the_command_line_lists_the_better_model_first(store_once, name):
    store_once(store_study)

    result = CliRunner().invoke(app, ["report", name, "--study", "Study"])

    assert result.exit_code == 0, result.output
    rows = re.findall(r"^(Model (?:one|two))(?:  |: \w+ in )", result.output, re.MULTILINE)
    assert rows, result.output
    assert rows[::2] == [TWO] * (len(rows) // 2)
    assert rows[1::2] == [ONE] * (len(rows) // 2)
