"""Watched cases that flip are told alike by file, terminal and JSON; saturated ones proposed."""

import json

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from db.commands.cases import change_status, state_why, watch
from db.commands.changes import results_changed
from db.commands.records import import_records
from db.engine import read_session, write_session
from db.models import Model, Run, StudyRun
from db.queries.case_life import cases_called
from db.queries.results import collected, result_study, watched
from db.queries.results.watched import saturation_proposals, watched_state
from evalkit.cli import app as command
from evalkit.vocabulary import CaseStatus
from tests.db.record_files import CRITERION, HEADER, case, output, score

SET = "Set"
HELPFUL = {**CRITERION, "required": True}


def store(*, newest=1):
    """Store two runs of A and one of B on two cases, of which c1 is A's only change."""
    cases = [case("c1", "One?", note="A dose for children"), case("c2", "Two?")]
    runs = [("A", "1"), ("A", "2"), ("B", "1")]
    outputs = [
        output(each["id"], model, run=run, created_at=f"2026-11-0{run}T09:00:00Z")
        for each in cases
        for model, run in runs
    ]
    scores = [
        score(
            newest if (each["id"], model, run) == ("c1", "A", "2") else 3,
            case=each["id"],
            model=model,
            run=run,
        )
        for each in cases
        for model, run in runs
    ]
    header = {**HEADER, "study": "Study"}
    import_records([header, HELPFUL, *cases, *outputs, *scores], source_name="made")
    with read_session() as session:
        return cases_called(session, SET, ["c1", "c2"])


@pytest.fixture
def ids(database, store_once):
    return store_once(store)


def run(*words):
    done = CliRunner().invoke(command, words, env={"COLUMNS": "300"})
    assert done.exit_code == 0, done.output
    return done.stdout


REGRESSION = ["report", "regression", "--before", "A:1", "--after", "A:2"]
DECISION = ["report", "decision", "--study", "Study"]
ALARM = (
    "Alarm: 1 watched case passed before and fails in a newer run. A response passes if most of "
    "its annotators score it 2 or above on helpful."
)


def test_without_a_watched_case_no_alarm_is_raised(ids):
    assert "Alarm" not in run(*REGRESSION)
    assert json.loads(run(*REGRESSION, "--json"))["watched"]["n_watched"] == 0


def test_a_watched_case_that_flips_is_told_on_the_terminal_in_json_and_in_the_file(ids, tmp_path):
    watch([ids[0], ids[1]], is_watched=True, reason="Must not break")
    document = json.loads(run(*REGRESSION, "--json"))["watched"]
    of_decision = json.loads(run(*DECISION, "--json"))["watched"]
    file = tmp_path / "report.html"
    run("report", "html", str(file), "--study", "Study")

    assert document == of_decision
    assert (document["n_watched"], document["n_compared"]) == (2, 2)
    assert document["sentence"] == ALARM
    (flip,) = document["flips"]
    assert (flip["case"], flip["model"], flip["after"][0]["run"]) == ("c1", "A", "2")
    assert flip["note"] == "A dose for children"
    for told in (run(*REGRESSION), run(*DECISION), file.read_text(encoding="utf-8")):
        assert ALARM in told
        assert "c1, A: passed in run 1" in told


def test_a_quarantined_case_raises_no_alarm(ids):
    watch([ids[0]], is_watched=True, reason="Must not break")
    change_status([ids[0]], CaseStatus.QUARANTINED, reason="The reference is wrong")

    assert "Alarm" not in run(*REGRESSION)


def test_of_studies_nothing_but_watched_cases_is_read(ids, monkeypatch):
    read = []

    def collect(*asked, **filters):
        read.append(collected.collect(*asked, **filters))
        return read[-1]

    monkeypatch.setattr(watched, "collect", collect)
    watch([ids[0]], is_watched=True, reason="Must not break")
    assert ALARM in run(*DECISION)

    (study,) = read
    assert set(study.outputs.case.tolist()) == {ids[0]}
    # c1 has three responses, each scored once.
    assert (len(study.outputs.id), len(study.values.output)) == (3, 3)


def test_what_is_kept_of_watched_cases_is_dropped_with_whatever_is_said_of_one(ids):
    def state():
        with read_session() as session:
            version = result_study(session, name="Study").version_id
            return watched_state(session, version)

    assert state() == ()
    states = []
    watch([ids[0]], is_watched=True, reason="Must not break")
    states.append(state())
    watch([ids[1]], is_watched=True, reason="Nor this")
    states.append(state())
    state_why(ids[0], "A dose for adults")
    states.append(state())
    change_status([ids[0]], CaseStatus.RETIRED, reason="No more")
    states.append(state())

    assert state() == states[-1]
    assert len(set(states)) == 4


def test_what_is_kept_of_watched_cases_stays_where_a_study_says_nothing_of_two_runs(ids):
    """B has one run, so no study of B alone can say that it flipped."""
    import_records(
        [{**HEADER, "study": "Of B"}, HELPFUL, case("c3", "Three?"), output("c3", "B", run="1")],
        source_name="made",
    )
    with write_session() as session:
        # An import gives a study all runs of the eval set.
        of_b = result_study(session, name="Of B").study_id
        of_a = sa.select(Run.id).join(Model).where(Model.name == "A")
        runs = sa.delete(StudyRun).where(StudyRun.study_id == of_b, StudyRun.run_id.in_(of_a))
        assert session.connection().execute(runs).rowcount == 2
    watch([ids[0]], is_watched=True, reason="Must not break")

    def state_after(name):
        with write_session() as session:
            results_changed(session, result_study(session, name=name).study_id)
        with read_session() as session:
            return watched_state(session, result_study(session, name="Study").version_id)

    first = state_after("Study")
    assert state_after("Of B") == first
    assert state_after("Study") != first


def test_cases_that_all_models_pass_in_three_versions_are_proposed_and_a_person_decides(ids):
    import_records(
        [{**HEADER, "study": "Study 2"}, HELPFUL, case("c3", "Three?"), *_judged("c2", "c3")],
        source_name="made",
    )
    import_records(
        [{**HEADER, "study": "Study 3"}, HELPFUL, case("c4", "Four?"), *_judged("c2", "c4")],
        source_name="made",
    )

    told = run("case", "saturated", "--eval-set", SET)
    with read_session() as session:
        (proposal,) = saturation_proposals(session, SET)
    assert (proposal.key, proposal.versions) == ("c2", (1, 2, 3))
    assert told == "c2: every model judged on it passes it in versions 1, 2, 3.\n"

    change_status([ids[1]], CaseStatus.SATURATED, reason="Every model passes")
    assert "No case is proposed" in run("case", "saturated", "--eval-set", SET)


def _judged(*keys):
    """Score what A's first run and B answered; of a new case with its responses."""
    new = [output(key, model, run="1") for key in keys if key not in ("c1", "c2") for model in "AB"]
    return [
        *new,
        *(score(3, case=key, model=model, run="1") for key in keys for model in "AB"),
    ]
