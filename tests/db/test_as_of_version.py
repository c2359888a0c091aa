"""Which cases count in results: those of a version, and of which status."""

import json

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from db.commands import versions
from db.commands.cases import change_status
from db.engine import read_session, write_session
from db.models import EvalSetVersion, VersionCase
from db.queries.results import ResultFilters, collect, result_study
from evalkit.cli import app
from evalkit.reports.production.report import production_report
from evalkit.reports.production.sentences import basis
from evalkit.study import sentences
from evalkit.vocabulary import CaseStatus
from tests.factories import annotate, make_eval_set, make_study

SET = "Support questions"


def store():
    ids = make_eval_set()
    make_study(ids)
    for place in range(4):
        left, right = (f"case-{place}/Model {name}" for name in ("one", "two"))
        annotate(ids, "Ada", left, right, "left" if place else "right")
    return ids


@pytest.fixture
def ids(database, store_once):
    return store_once(store)


def read(**filters):
    with read_session() as session:
        study = result_study(session, name="Study")
        return collect(session, study, filters=ResultFilters(**filters))


def n(collected):
    return int(collected.preferences.n.sum())


def test_a_report_as_of_a_version_counts_the_cases_that_it_holds_alone(ids):
    versions.leave_out(SET, [ids["case-0"]], note="Trivial")

    assert n(read()) == n(read(as_of=1)) == 4
    of_second = read(as_of=2)
    assert n(of_second) == 3
    assert len(of_second.outputs.id) == 6  # of two models
    assert of_second.limits.as_of == 2
    assert sentences.limits(of_second) == "Only cases that version 2 holds."


def test_quarantined_cases_count_only_where_asked_for_and_it_is_said_how_many(ids):
    change_status([ids["case-1"]], CaseStatus.QUARANTINED, reason="Leaked")
    change_status([ids["case-2"]], CaseStatus.RETIRED, reason="Old")
    change_status([ids["case-3"]], CaseStatus.SATURATED, reason="All pass")

    assert n(read()) == 3
    assert n(read(quarantined=True)) == 4
    assert n(read(only_active=True)) == 1
    assert sentences.limits(read()) == "Without 1 quarantined case."
    assert sentences.limits(read(only_active=True)) == (
        "Without 1 quarantined, 1 retired and 1 saturated cases."
    )
    assert sentences.limits(read(quarantined=True)) == ""


def test_chances_count_as_of_a_version_of_the_same_draw_and_of_another_draw_none_do(ids):
    with write_session() as session:
        for row in session.exec(select(VersionCase)):
            row.inclusion_probability = 0.5
    versions.leave_out(SET, [ids["case-0"]], note="Trivial")
    with write_session() as session:
        drawn_again = EvalSetVersion(eval_set_id=ids["eval_set"], number=3, content_hash="third")
        session.add(drawn_again)
        session.flush()
        session.add_all(
            VersionCase(
                version_id=drawn_again.id, case_id=ids[f"case-{place}"], inclusion_probability=0.25
            )
            for place in (1, 2)
        )

    same_draw, another = read(as_of=2), read(as_of=3)

    assert same_draw.outputs.sampled.tolist() == [0.5] * 6
    assert not same_draw.of_two_samples
    assert another.outputs.sampled is None
    report = production_report(another)
    assert report.measures == ()
    assert "each drawn for itself" in " ".join(basis(report))


def test_the_terminal_and_json_say_the_same_and_an_unknown_version_is_refused(ids):
    change_status([ids["case-1"]], CaseStatus.QUARANTINED, reason="Leaked")
    versions.leave_out(SET, [ids["case-0"]], note="Trivial")
    ask = ["report", "ranking", "--study", "Study"]

    of_second = CliRunner().invoke(app, [*ask, "--as-of", "2", "--json"])
    document = json.loads(of_second.stdout)
    refused = CliRunner().invoke(app, [*ask, "--as-of", "7"])

    assert document["n_comparisons"] == 2
    assert document["filters"]["as_of_version"] == 2
    assert document["filters"]["left_out"] == {"quarantined": 1}
    assert "no version 7. There are: 1, 2" in str(refused.exception)
