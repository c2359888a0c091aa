"""`report significance`, `pair` and `regression`: the numbers of the pages on the command line."""

import json
import re

import pytest
from typer.testing import CliRunner

from evalkit.cli.report import app
from evalkit.errors import NotFoundError, RefusedError
from evalkit.reports.decision.document import NOTHING_JUDGED
from tests.factories import annotate, make_eval_set, make_study
from tests.versions import add_version

ONE, TWO = "Model [one]", "Model two"


def store_study():
    made = make_eval_set(models=(ONE, TWO), n_cases=6)
    make_study(made)
    for case in range(6):
        one, two = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        scores = [(one, "helpfulness", 5), (two, "helpfulness", 2)]
        annotate(made, "Ada", one, two, "left", scores=scores)
    annotate(made, "judge", f"case-0/{ONE}", f"case-0/{TWO}", "right", is_judge=True)
    return made


@pytest.fixture
def ids(store_once):
    return store_once(store_study)


def run(*arguments):
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_significance_gives_every_pair_on_everything(ids):
    document = json.loads(run("significance", "--study", "Study", "--json"))

    (pair,) = document["preference"]["pairs"]
    assert (pair["model"], pair["other"], pair["difference"]) == (ONE, TWO, 1.0)
    # All six signs alike: 2 of 2^6 patterns.
    assert pair["p"] == pair["p_adjusted"] == pytest.approx(2 / 64)
    assert (pair["n_cases"], pair["low"]) == (6, None)
    assert "same difference" in pair["reason"]
    assert document["criteria"]["helpfulness"]["pairs"][0]["difference"] == 3.0
    assert document["criteria"]["polite"]["pairs"][0]["n_cases"] == 0


def test_significance_counts_judges_on_demand_and_within_a_category(ids):
    with_judges = json.loads(run("significance", "--study", "Study", "--judges", "--json"))
    of_code = json.loads(run("significance", "--study", "Study", "--category", "code", "--json"))

    # The judge turns case-0 into a draw of two: (5 + 0)/6.
    assert with_judges["preference"]["pairs"][0]["difference"] == pytest.approx(5 / 6)
    assert of_code["preference"]["pairs"][0]["n_cases"] == 3


def test_significance_as_text_keeps_names_as_they_are(ids):
    said = run("significance", "--study", "Study")

    assert "Model [one] – Model two" in said
    assert "+1.00" in said


def test_a_pair_is_set_side_by_side_from_the_model_that_is_named_first(ids):
    there = json.loads(run("pair", "--study", "Study", "--model", ONE, "--other", TWO, "--json"))
    back = json.loads(run("pair", "--study", "Study", "--model", TWO, "--other", ONE, "--json"))
    # Ada preferred the one on all six cases, and gave it 5 and the other 2.
    of = {entry["on"]: entry for entry in there["overall"]}
    assert (of["preference"]["difference"], of["preference"]["n_cases"]) == (1.0, 6)
    assert of["helpfulness"]["difference"] == 3.0
    turned = {entry["on"]: entry["difference"] for entry in back["overall"]}
    assert turned["helpfulness"] == -3.0
    lines = run("pair", "--study", "Study", "--model", ONE, "--other", TWO)
    assert there["verdict"] in lines
    assert "holds once all of them are tested" in " ".join(lines.split())


@pytest.mark.parametrize(
    ("model", "other", "error", "names"),
    [(ONE, "Model three", NotFoundError, TWO), (ONE, ONE, RefusedError, ONE)],
)
def test_a_pair_of_an_unknown_model_or_of_one_model_is_refused(ids, model, other, error, names):
    with pytest.raises(error, match=re.escape(names)):
        run("pair", "--study", "Study", "--model", model, "--other", other)


def test_significance_of_a_study_nobody_judged_says_so(sqlite_database):
    make_study(make_eval_set())

    assert NOTHING_JUDGED in run("significance", "--study", "Study")


def test_regression_by_a_level_gives_what_broke(ids):
    arguments = ("--before", ONE, "--after", TWO, "--criterion", "helpfulness", "--level", "3")

    document = json.loads(run("regression", *arguments, "--json"))
    said = run("regression", *arguments)

    assert (document["n_shared"], document["n_judged"], document["difference"]) == (6, 6, -1.0)
    assert document["categories"][0]["n_broke"] == 6
    assert {case["change"] for case in document["cases"]} == {"broke"}
    assert "Model two passes fewer cases than Model [one]: 6 cases broke" in said


def test_regression_within_a_category_leaves_the_others_out(ids):
    arguments = ("--before", ONE, "--after", TWO, "--criterion", "helpfulness", "--level", "3")

    document = json.loads(run("regression", *arguments, "--category", "code", "--json"))

    # Every second of the six cases is of code.
    assert (document["n_shared"], document["categories"][0]["n_broke"]) == (3, 3)
    assert {case["category"] for case in document["cases"]} == {"code"}
    with pytest.raises(NotFoundError, match=r"category “sport”\. There are: “billing”, “code”"):
        run("regression", *arguments, "--category", "sport")


def test_regression_as_of_a_version_counts_the_contents_it_holds_alone(ids):
    """Version 2 drops one of the six cases and changes another: four contents stand in both."""
    add_version(ids, model=ONE, drop=("case-0",), change=("case-1",))
    runs = ("--before", f"{ONE}:1", "--after", TWO, "--before-version", "1")
    of_runs = (*runs, "--after-version", "1", "--criterion", "helpfulness", "--level", "3")

    whole = json.loads(run("regression", *of_runs, "--json"))
    as_of = json.loads(run("regression", *of_runs, "--as-of", "2", "--json"))

    assert (whole["n_shared"], as_of["n_shared"]) == (6, 4)
    assert {case["case"] for case in as_of["cases"]} == {f"case-{place}" for place in (2, 3, 4, 5)}
    assert (as_of["new"], as_of["removed"]) == ([], [])
    assert whole["filters"]["as_of_version"] is None
    assert as_of["filters"]["as_of_version"] == 2
    assert "only cases that version 2 holds" in run("regression", *of_runs, "--as-of", "2")
    with pytest.raises(NotFoundError, match=r"--as-of: there is no version 7\. There are: 1, 2"):
        run("regression", *of_runs, "--as-of", "7")


def test_regression_without_anything_to_say_is_null_with_a_reason(ids):
    add_version(ids, model=ONE, study=None)

    document = json.loads(
        run("regression", "--before", f"{ONE}:1", "--after", f"{ONE}:2", "--json")
    )

    assert (document["difference"], document["categories"]) == (None, [])
    assert "judged on both sides" in document["reason"]


def test_regression_refuses_what_it_cannot_know(ids):
    add_version(ids, model=ONE)
    of_runs = ("--before", TWO, "--after", f"{ONE}:2")

    with pytest.raises(NotFoundError, match=r"--after: no run “Nope”. There are: Model \[one\]:1"):
        run("regression", "--before", TWO, "--after", "Nope")
    with pytest.raises(RefusedError, match="has several runs"):
        run("regression", "--before", TWO, "--after", ONE)
    with pytest.raises(RefusedError, match="same run on the same version"):
        run("regression", "--before", TWO, "--after", TWO)
    with pytest.raises(RefusedError, match="belong together"):
        run("regression", *of_runs, "--level", "3")
    with pytest.raises(NotFoundError, match="There are: helpfulness"):
        run(
            "regression", "--before", TWO, "--after", f"{ONE}:2", "--criterion", "x", "--level", "3"
        )
    with pytest.raises(NotFoundError, match="on version 7"):
        run("regression", *of_runs, "--after-version", "7")
    with pytest.raises(NotFoundError, match="no eval set named"):
        run("regression", "--before", TWO, "--after", ONE, "--eval-set", "Nope")
