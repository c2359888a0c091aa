"""`report power` and `report ranking --style-control`."""

import json

import pytest
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.errors import RefusedError
from tests.factories import annotate, make_eval_set, make_study


def store_study():
    made = make_eval_set(models=("Model [one]", "Model two"), n_cases=8)
    make_study(made)
    for case in range(8):
        left, right = f"case-{case}/Model [one]", f"case-{case}/Model two"
        shown = (left, right) if case % 2 else (right, left)
        for annotator in ("Ada", "Bo"):
            annotate(made, annotator, *shown, "left" if case < 5 else "right")
    return made


@pytest.fixture
def ids(store_once):
    return store_once(store_study)


def run(*arguments):
    result = CliRunner().invoke(app, ["report", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_power_says_what_each_pair_and_each_number_needs(ids):
    said = run("power", "--study", "Study")

    assert "Model [one]" in said
    assert "Raw win rate" in said
    assert "n = 16, 8 cases" in said
    assert "Or annotations of the same" in said
    assert "Assumed:" in said


def test_power_as_json_takes_the_half_width(ids):
    document = json.loads(run("power", "--study", "Study", "--half-width", "0.1", "--json"))

    assert document["half_width"] == 0.1
    assert {one["half_width"] for one in document["intervals"]} == {0.1}
    assert document["comparisons_per_annotator"] == 8


def test_a_half_width_beyond_the_scale_is_refused(ids):
    with pytest.raises(RefusedError, match="half-width"):
        run("power", "--study", "Study", "--half-width", "0.7")


def test_the_ranking_holds_style_only_when_asked_to(ids):
    plain = json.loads(run("ranking", "--study", "Study", "--json"))
    styled = json.loads(run("ranking", "--study", "Study", "--style-control", "--json"))

    assert "style_control" not in plain
    del plain["created_at"]
    assert {key: styled[key] for key in plain} == plain
    # All texts are equally long and plain, so nothing but the side is left to hold equal.
    assert styled["style_control"]["left_out"] == ["length", "headers", "lists", "bold"]
    assert styled["style_control"]["left_side"]["n"] == 16


def test_style_is_printed_in_words_beneath_the_ranking(ids):
    said = run("ranking", "--study", "Study", "--style-control")

    assert "both rankings are the same" in said
    assert "Left-side preference" in said
