"""What every JSON document of the command line says of itself."""

import inspect
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from db.engine import read_session
from db.models import EvalSetVersion
from evalkit import __version__
from evalkit.cli import app, report as reports
from evalkit.reports.envelope import INTERVAL_METHODS, SCHEMA_VERSION, UNITS
from tests.factories import annotate, make_eval_set, make_study

REPORTS = sorted(set(UNITS) - {"regression"})
OF_TWO = {"pair": ("--model", "north", "--other", "south")}


def store_study():
    ids = make_eval_set(models=("north", "south"))
    make_study(ids)
    for case in range(4):
        annotate(ids, "Ada", f"case-{case}/north", f"case-{case}/south", "left")
    with read_session() as session:
        version = session.exec(select(EvalSetVersion)).one()
        return {"version": version.number, "content_hash": version.content_hash}


@pytest.fixture
def version(store_once):
    return store_once(store_study)


def document(*words):
    done = CliRunner().invoke(app, ["report", *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def require_envelope(found, report):
    assert list(found)[:7] == [
        "report", "schema_version", "evalkit_version", "created_at", "eval_sets", "units",
        "interval_method",
    ]  # fmt: skip
    assert (found["report"], found["schema_version"]) == (report, SCHEMA_VERSION)
    assert found["evalkit_version"] == __version__
    age = datetime.now(UTC) - datetime.fromisoformat(found["created_at"])
    assert timedelta(seconds=-1) < age < timedelta(hours=1)
    assert found["units"] == UNITS[report]
    assert found["interval_method"] == INTERVAL_METHODS[report]
    assert set(found["filters"]) == {"categories", "annotators", "judges"}


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_says_what_it_is_of_which_cases_and_with_which_filters(report, version):
    found = document(report, "--study", "Study", "--category", "code", *OF_TWO.get(report, ()))

    require_envelope(found, report)
    assert found["study"] == "Study"
    assert found["filters"]["categories"] == ["code"]
    (cases_of,) = found["eval_sets"]
    assert {key: cases_of[key] for key in version} == version


def test_a_regression_names_both_versions_and_its_filters(version):
    found = document("regression", "--before", "north", "--after", "south", "--category", "code")

    require_envelope(found, "regression")
    assert found["filters"] == {"categories": ["code"], "annotators": [], "judges": False}
    assert [{key: one[key] for key in version} for one in found["eval_sets"]] == [version] * 2


def test_every_report_that_prints_json_has_units_and_a_method():
    commands = [command.callback for command in reports.app.registered_commands]
    with_json = {it.__name__ for it in commands if "as_json" in inspect.signature(it).parameters}

    assert with_json == set(UNITS) == set(INTERVAL_METHODS)
