"""What every JSON document of the command line says of itself."""

import inspect
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from db.commands.records import import_file
from db.engine import read_session
from db.models import EvalSetVersion
from evalkit import __version__
from evalkit.cli import app, report as reports
from evalkit.reports.envelope import INTERVAL_METHODS, SCHEMA_VERSION, UNITS
from tests.db.test_records_examples import FILES
from tests.factories import annotate, make_eval_set, make_study

#: Of a study, not of two versions, of a log, or of an eval set.
REPORTS = sorted(set(UNITS) - {"regression", "coverage", "failures"})
PARTS = ("criteria", "acceptable", "checklists", "trials", "penalties")
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
    assert set(found["filters"]) == {
        *("categories", "annotators", "judges", "as_of_version", "left_out"),
    }


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_says_what_it_is_of_which_cases_and_with_which_filters(report, version):
    found = document(report, "--study", "Study", "--category", "code", *OF_TWO.get(report, ()))

    require_envelope(found, report)
    assert found["study"] == "Study"
    assert found["filters"]["categories"] == ["code"]
    (cases_of,) = found["eval_sets"]
    assert {key: cases_of[key] for key in version} == version


def test_a_board_of_failures_says_what_it_is_and_of_which_eval_set(version):
    found = document("failures", "--eval-set", "Support questions")

    assert (found["report"], found["units"]) == ("failures", UNITS["failures"])
    assert found["interval_method"] == INTERVAL_METHODS["failures"]
    assert found["eval_set"] == "Support questions"


def test_a_regression_names_both_versions_and_its_filters(version):
    found = document("regression", "--before", "north", "--after", "south", "--category", "code")

    require_envelope(found, "regression")
    everything = {"as_of_version": None, "left_out": {}}
    assert found["filters"] == {
        **{"categories": ["code"], "annotators": [], "judges": False},
        **everything,
    }
    assert [{key: one[key] for key in version} for one in found["eval_sets"]] == [version] * 2


def numbers(entry, *path):
    """Give the path of keys to every number of a document."""
    if isinstance(entry, dict):
        for key, each in entry.items():
            yield from numbers(each, *path, key)
    elif isinstance(entry, list):
        for each in entry:
            yield from numbers(each, *path)
    elif isinstance(entry, int | float) and not isinstance(entry, bool):
        yield path


@pytest.mark.parametrize("place", range(len(FILES)))
def test_every_number_of_the_scores_of_the_examples_has_its_unit(sqlite_database, tmp_path, place):
    (tmp_path / "example.jsonl").write_text(FILES[place], encoding="utf-8")
    import_file(tmp_path / "example.jsonl")
    study = json.loads(FILES[place].split("\n")[0])["study"]

    found = document("scores", "--study", study, "--judges")

    units = found["units"]
    for path in numbers({key: found[key] for key in found if key in PARTS}):
        if path[-1] == "n" or path[-1].startswith("n_") or "weights" in path:
            continue
        assert path[-2 if path[-1] in ("value", "low", "high") else -1] in units, path


def test_every_report_that_prints_json_has_units_and_a_method():
    commands = [command.callback for command in reports.app.registered_commands]
    with_json = {it.__name__ for it in commands if "as_json" in inspect.signature(it).parameters}

    assert with_json == set(UNITS) == set(INTERVAL_METHODS)
