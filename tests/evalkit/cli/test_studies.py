"""What the commands about studies print."""

import json

import pytest
from typer.testing import CliRunner

from evalkit.cli import app
from tests.factories import make_eval_set, make_study


def test_a_study_of_many_models_is_one_line_of_the_list(sqlite_database):
    models = tuple(f"Model {number:02}" for number in range(60))
    make_study(make_eval_set(n_cases=1, models=models))

    listed = CliRunner().invoke(app, ["study", "list"], env={"COLUMNS": "200"})

    (line,) = [line for line in listed.stdout.splitlines() if "Model 00" in line]
    assert "Model 00 and 59 more" in line
    assert len(listed.stdout.splitlines()) == 5  # two rules, the heading, the study, a rule


def test_a_study_of_few_models_names_them_all(sqlite_database):
    make_study(make_eval_set(n_cases=1, models=("atlas", "birch", "cedar")))

    listed = CliRunner().invoke(app, ["study", "list"], env={"COLUMNS": "200"})

    assert "atlas, birch, cedar" in listed.stdout


def test_making_and_opening_a_study_point_out_the_texts_that_name_its_models(sqlite_database):
    make_eval_set(n_cases=1, models=("gemini-2.5-flash", "Birch"))
    asked = ["--eval-set", "Support questions", "--models", "gemini-2.5-flash,Birch"]

    made = CliRunner().invoke(app, ["study", "create", "Gemini or not", *asked])
    opened = CliRunner().invoke(app, ["study", "open", "Gemini or not"])
    other = CliRunner().invoke(app, ["study", "create", "Which one", *asked])

    for result in (made, opened):
        assert result.exit_code == 0
        assert "the name of the study (“Gemini”)" in result.stderr
    assert other.stderr == ""


def test_a_study_of_some_of_the_cases_is_started_by_a_command(sqlite_database):
    make_eval_set(n_cases=12, models=("atlas", "birch"))
    run, asked = CliRunner().invoke, ["--eval-set", "Support questions", "--models", "atlas,birch"]

    made = run(app, ["study", "create", "Some", *asked, "--cases", "5", "--json"])
    refused = run(app, ["study", "create", "More", *asked, "--cases", "13"])

    assert json.loads(made.stdout)["n_drawn"] == 5
    assert "13 cases cannot be drawn: 12 were answered" in str(refused.exception)


def test_a_study_is_for_the_groups_and_people_that_a_command_names(sqlite_database):
    make_study(make_eval_set(n_cases=1, models=("atlas", "birch")))
    run = CliRunner().invoke
    name = "Study"

    made = run(app, ["annotator", "add", "Ada"])
    grouped = run(app, ["annotator", "groups", "Ada", "German", "medicine"])
    narrowed = run(app, ["study", "audience", name, "--group", "German", "--person", "Ada"])
    refused = run(app, ["study", "audience", name, "--person", "Bob"])
    widened = run(app, ["study", "audience", name])

    assert (made.exit_code, grouped.exit_code) == (0, 0)
    assert grouped.stderr == "Ada is in German and medicine.\n"
    assert narrowed.stdout == f"“{name}” is for German and Ada.\n"
    assert "Nobody annotates under the name “Bob”" in str(refused.exception)
    assert widened.stdout == f"“{name}” is for everybody.\n"


def test_a_study_of_single_responses_is_started_with_one_model(sqlite_database):
    make_eval_set()
    run, create = CliRunner().invoke, ["study", "create", "Log", "--eval-set", "Support questions"]

    refused = run(app, [*create, "--models", "Model one"])
    made = run(app, [*create, "--models", "Model one", "--kind", "single", "--json"])
    unasked = run(
        app, [*create, "--models", "Model one", "--kind", "single", "--collect", "preference"]
    )

    assert "show each response alone" in str(refused.exception)
    study = json.loads(made.stdout)
    assert (study["kind"], study["collects"]) == ("single", ["scores", "tags", "comment"])
    assert "nobody can choose" in str(unasked.exception)


def test_a_rubric_or_taxonomy_that_is_named_is_asked_for_beside_a_ranking(sqlite_database):
    models = ("Model one", "Model two", "Model three")
    make_eval_set(models=models)
    run = CliRunner().invoke
    create = ["study", "create", "--eval-set", "Support questions", "--models", ",".join(models)]
    ranking = [*create, "--kind", "rank", "--json"]
    named = ["--rubric", "Response quality", "--taxonomy", "Response errors"]

    plain = json.loads(run(app, [*ranking, "Plain"]).stdout)
    both = json.loads(run(app, [*ranking, "Both", *named]).stdout)
    without = json.loads(run(app, [*ranking, "Without", "--rubric", "", *named[2:]]).stdout)

    assert (plain["collects"], plain["rubric"]) == (["preference", "comment"], None)
    assert both["collects"] == ["preference", "scores", "tags", "comment"]
    assert both["rubric"].startswith("Response quality")
    assert both["taxonomy"].startswith("Response errors")
    assert without["collects"] == ["preference", "tags", "comment"]


def test_a_rubric_or_taxonomy_for_which_nobody_is_asked_is_refused(sqlite_database):
    make_eval_set()
    create = ["study", "create", "Idle", "--eval-set", "Support questions", "--models"]
    create += ["Model one,Model two", "--collect", "preference"]

    rubric = CliRunner().invoke(app, [*create, "--rubric", "Response quality"])
    taxonomy = CliRunner().invoke(app, [*create, "--taxonomy", "Response errors"])
    neither = CliRunner().invoke(app, [*create, "--rubric", "", "--taxonomy", ""])

    assert "--collect asks for no scores" in str(rubric.exception)
    assert "--collect asks for no tags" in str(taxonomy.exception)
    assert neither.exit_code == 0


def test_a_study_mixes_kinds_of_task_that_options_name_with_what_is_said_of_each(sqlite_database):
    make_eval_set(n_cases=10)
    create = ["study", "create", "Mixed", "--eval-set", "Support questions", "--models"]
    create += ["Model one,Model two", "--kind", "pair=80%", "--kind", "single=0.2"]
    create += ["--overlap", "3", "--overlap", "single=1", "--strength"]

    made = CliRunner().invoke(app, [*create, "--json"])
    shown = CliRunner().invoke(app, ["study", "show", "Mixed"])

    study = json.loads(made.stdout)
    assert study["tasks"] == [
        {
            "kind": "pair",
            "overlap": 3,
            "per_case": 1,
            "collects": ["comment", "preference", "strength"],
            "share": 0.8,
        },
        {
            "kind": "single",
            "overlap": 1,
            "per_case": 2,
            "collects": ["comment", "scores", "tags"],
            "share": 0.2,
        },
    ]
    words = " ".join(shown.stdout.split())
    assert "pairs of 80 % of the cases, 3 a pair: comment, preference, strength" in words
    assert "responses of 20 % of the cases, 1 a response: comment, scores, tags" in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kind", "pair", "--kind", "pair"], "the same kind twice"),
        (["--kind", "trio"], "“trio” is no kind of task. Choose from pair, single, rank"),
        (["--kind", "pair=most"], "“most” is no share"),
        (["--kind", "pair=0%"], "more than 0 %"),
        (["--overlap", "single=2"], "--overlap speaks of single, but no --kind names it"),
        (["--overlap", "two"], "“two” is no number of annotators"),
        (["--collect", "tags", "--collect", "comment"], "--collect is given twice"),
        (["--kind", "pair", "--kind", "rank"], "at least 3 models"),
    ],
)
def test_options_about_kinds_of_task_that_cannot_be_meant_are_refused(
    sqlite_database, options, words
):
    make_eval_set()
    create = ["study", "create", "Mixed", "--eval-set", "Support questions", "--models"]

    refused = CliRunner().invoke(app, [*create, "Model one,Model two", *options])

    assert words in str(refused.exception)
