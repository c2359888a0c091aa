"""`report`: the numbers of the pages on the command line."""

import json

import pytest
from typer.testing import CliRunner

import evalkit.cli  # noqa: F401  registers every report
from db.engine import write_session
from db.models import Study
from evalkit.cli.report import app
from evalkit.errors import NotFoundError, RefusedError
from evalkit.reports.errors.penalties import NO_SEVERITY
from evalkit.stats.jackknife import NO_UNITS
from tests.factories import annotate, make_eval_set, make_study

A, B = "case-{}/Model [one]", "case-{}/Model two"


def store_study():
    made = make_eval_set(models=("Model [one]", "Model two"))
    make_study(made)
    for case in range(4):
        for annotator in ("Ada", "Bo"):
            annotate(
                made,
                annotator,
                A.format(case),
                B.format(case),
                "right" if case == 3 else "left",
                scores=[(A.format(case), "helpfulness", 3 + case % 2)],
                marks=[(B.format(case), "tone" if case else None)],
                is_simulated=annotator == "Bo",
            )
    annotate(made, "judge-1", A.format(0), B.format(0), "right", is_judge=True)
    return made


@pytest.fixture
def ids(store_once):
    return store_once(store_study)


def run(*arguments):
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_json_is_one_document_on_standard_output(ids):
    document = json.loads(run("ranking", "--study", "Study", "--json").stdout)

    assert document["n_comparisons"] == 8
    assert document["matrix"]["Model [one]"]["Model two"]["wins"] == 6


def test_judges_are_counted_on_demand(ids):
    document = json.loads(run("ranking", "--study", "Study", "--judges", "--json").stdout)

    assert document["n_comparisons"] == 9


def test_a_category_narrows_every_report(ids):
    of_code = ("--study", "Study", "--category", "code", "--json")

    assert json.loads(run("ranking", *of_code).stdout)["n_comparisons"] == 4
    assert json.loads(run("agreement", *of_code).stdout)["preference"]["alpha"]["n_units"] == 2
    assert json.loads(run("scores", *of_code).stdout)["categories"] == ["code"]
    assert json.loads(run("models", *of_code).stdout)["models"][0]["n_responses"] == 2


@pytest.mark.parametrize("command", ["agreement", "ranking", "scores", "models"])
def test_text_keeps_names_as_they_are_and_names_simulated_annotators(ids, command):
    result = run(command, "--study", "Study")

    assert "Simulated annotators: Bo." in result.stderr
    if command != "agreement":
        assert "Model [one]" in result.stdout


def test_text_says_why_a_number_is_missing(ids):
    assert "All values are equal" not in run("ranking", "--study", "Study").stderr
    printed = run("agreement", "--study", "Study").stdout
    (polite,) = [line for line in printed.splitlines() if line.startswith("Polite")]
    assert "—" in polite
    assert polite.rstrip().endswith(NO_UNITS)


def test_an_unknown_study_or_category_is_refused_with_those_there_are(ids):
    with pytest.raises(NotFoundError, match="“Study”"):
        run("ranking", "--study", "Nope")
    with pytest.raises(NotFoundError, match="“billing”, “code”"):
        run("ranking", "--study", "Study", "--category", "nope")


def test_a_narrow_terminal_cuts_neither_names_nor_numbers(ids, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")

    lines = run("models", "--study", "Study").stdout.splitlines()

    assert lines[1].startswith("Model [one]")
    # A heading and a line per model with its n beneath, none of them broken or shortened.
    assert len(lines) == 5
    assert not any("…" in line for line in lines)
    assert lines[0].split()[-1] == "Responses"


def test_missing_numbers_of_models_show_their_reason(ids):
    result = run("models", "--study", "Study")

    assert "No latency was recorded with these responses." in result.stderr
    assert "No cost was recorded with these responses." in result.stderr


def test_one_annotator_can_be_asked_for_and_is_named_with_the_numbers(ids):
    asked = ("ranking", "--study", "Study", "--annotator", "Ada")

    document = json.loads(run(*asked, "--json").stdout)

    assert document["n_comparisons"] == 4
    assert document["annotators"] == ["Ada"]
    assert document["filters"] == {
        **{"categories": [], "annotators": ["Ada"], "judges": False},
        **{"as_of_version": None, "left_out": {}},
    }
    assert "Only by Ada." in run(*asked).stderr


def test_an_unknown_annotator_is_refused_with_those_there_are(ids):
    with pytest.raises(NotFoundError, match=r"“Zoe” here\. There are: “Ada”, “Bo”"):
        run("scores", "--study", "Study", "--annotator", "Zoe")


@pytest.fixture
def marked(ids):
    """Ada finds a major and a minor tone in one response, Bo nothing in the other."""
    one, two = "case-0/Model [one]", "case-0/Model two"
    annotate(ids, "Cleo", one, two, None, marks=[(one, "tone"), (two, None)], severity="major")
    annotate(ids, "Dan", one, two, None, marks=[(one, "tone"), (two, None)], severity="minor")
    return ids


def penalties_of(*more):
    only = ("--annotator", "Cleo", "--annotator", "Dan", "--json")
    document = json.loads(run("scores", "--study", "Study", *only, *more).stdout)["penalties"]
    return document, {
        row["model"]: (row["value"], row["n"]) for row in document["means"] if not row["category"]
    }


def test_errors_are_weighed_by_severity_in_json_and_text(marked):
    document, means = penalties_of()

    # A major is 5 and a minor 1: (5 + 1) / 2 looks at the one, nothing in the other.
    assert means == {"Model [one]": (3.0, 2), "Model two": (0.0, 2)}
    assert document["weights"] == {
        "severities": {"minor": 1, "major": 5, "critical": 10},
        "tags": {},
    }
    assert document["reason"] is None
    assert "Weight of the errors in a response" in run("scores", "--study", "Study").stdout


def test_errors_weigh_what_they_are_said_to(marked):
    document, means = penalties_of("--weight", "major=9", "--weight", "minor:tone=0.5")

    assert means["Model [one]"] == ((9 + 0.5) / 2, 2)
    assert document["weights"]["severities"]["major"] == 9
    assert document["weights"]["tags"] == {"tone": {"minor": 0.5}}


def test_the_usual_weights_said_aloud_change_nothing(marked):
    assert penalties_of("--weight", "major=5") == penalties_of()


@pytest.mark.parametrize("said", ["huge=3", "major=-1", "major=nan", "major", "=5", "minor:tone="])
def test_a_weight_that_is_none_is_refused(marked, said):
    with pytest.raises(RefusedError, match="SEVERITY=NUMBER"):
        penalties_of("--weight", said)


def test_a_weight_for_an_unknown_tag_is_refused_with_those_there_are(marked):
    with pytest.raises(NotFoundError, match=r"no tag “typo” to weigh\. It has: .*tone"):
        penalties_of("--weight", "minor:typo=2")


def test_a_weight_where_there_are_no_tags_says_that_there_are_none(sqlite_database):
    ids = make_eval_set()
    make_study(ids)
    with write_session() as session:
        session.get_one(Study, ids["Study"]).taxonomy_id = None

    with pytest.raises(NotFoundError, match=r"no tag “typo” to weigh\. It has: none\."):
        run("scores", "--study", "Study", "--weight", "minor:typo=2")


def test_one_comparison_is_one_and_a_judge_alone_stands_alone(sqlite_database):
    made = make_eval_set()
    make_study(made)
    annotate(made, "judge-1", "case-0/Model one", "case-0/Model two", "left", is_judge=True)

    assert "--judges counts them" in run("ranking", "--study", "Study", "--json").stderr
    said = run("ranking", "--study", "Study", "--judges").stdout
    assert "1 comparison, 0 more unreadable." in said
    said = run("decision", "--study", "Study", "--judges").stdout
    assert "1 comparison on 1 case by 1 judge." in said


def test_without_severities_the_penalties_say_why_they_are_missing(ids):
    document = json.loads(run("scores", "--study", "Study", "--json").stdout)["penalties"]

    assert (document["means"], document["reason"]) == ([], NO_SEVERITY)


def test_a_decision_is_printed_and_as_json_the_same(ids):
    text = run("decision", "--study", "Study").stdout

    document = json.loads(run("decision", "--study", "Study", "--json").stdout)

    assert text.startswith(document["verdict"])
    assert document["baseline"] == "Model two"
    assert [one["model"] for one in document["models"]] == ["Model [one]", "Model two"]
    assert run("decision", "--study", "Study", "--quality", "helpfulness").stdout != text


def test_the_share_of_scores_at_or_above_a_level_is_given_on_demand(ids):
    # Cases 1 and 3 were scored 4, cases 0 and 2 were scored 3, twice each, for one model only.
    def found(*more):
        document = json.loads(run("scores", "--study", "Study", *more, "--json").stdout)
        rows = document["at_least"]["criteria"]["helpfulness"]
        return {row["model"]: row["value"] for row in rows if row["category"] is None}

    assert found("--at-least", "4") == {"Model [one]": 0.5, "Model two": None}
    assert found("--at-least", "3") == {"Model [one]": 1.0, "Model two": None}
    assert found("--at-least", "4", "--category", "billing")["Model [one]"] in (0.0, 1.0)
    said = run("scores", "--study", "Study", "--at-least", "4").stdout
    assert "Helpfulness, 4 or more" in said
    assert "50 %" in said
    assert "at_least" not in json.loads(run("scores", "--study", "Study", "--json").stdout)


@pytest.mark.parametrize("level", ["0", "5.5", "nan"])
def test_a_level_that_no_scale_has_is_refused_with_the_scales(ids, level):
    with pytest.raises(RefusedError, match="helpfulness from 1 to 5"):
        run("scores", "--study", "Study", "--at-least", level)


def test_a_judge_named_like_a_person_is_asked_for_by_its_own_name(ids):
    annotate(ids, "Ada", A.format(1), B.format(1), "right", is_judge=True)

    def found(name):
        said = run("ranking", "--study", "Study", "--judges", "--annotator", name, "--json").stdout
        document = json.loads(said)
        return document["n_comparisons"], document["filters"]["annotators"]

    assert found("Ada (judge)") == (1, ["Ada (judge)"])
    assert found("Ada") == (4, ["Ada"])


def test_a_circle_of_models_is_named_in_json_and_text(sqlite_database):
    names = ("Rock", "Scissors", "Paper")
    ids = make_eval_set(models=names, n_cases=12)
    make_study(ids)
    for case in range(12):
        for one, other in ((0, 1), (1, 2), (2, 0)):
            annotate(ids, "Ada", f"case-{case}/{names[one]}", f"case-{case}/{names[other]}", "left")

    document = json.loads(run("ranking", "--study", "Study", "--json").stdout)
    said = run("ranking", "--study", "Study").stdout.replace("\n", " ")

    assert document["circles"] == [["Paper", "Rock", "Scissors"]]
    assert "The ranking hides a circle: " in said
    assert "Paper beats Rock" in said
