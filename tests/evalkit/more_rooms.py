"""Rooms that rest on more than answers: notes, checks, passages, a log, failures that are followed.

For the test that page, file, terminal and JSON show one number: what is stored for them, and what
their pages show of it.
"""

import json
from pathlib import Path

from db.checking import run_check
from db.commands.checks import add_check
from db.commands.failures import NewFailure, start_failure
from db.commands.log_samples import LogFiles
from db.engine import read_session, write_session
from db.models import Case, Output
from db.queries import results
from db.queries.checks import check_called
from db.queries.failures import eval_set_called
from db.queries.results.automated_checks import automated_checks
from db.queries.results.failure_looks import board_in
from db.queries.results.retrieval import retrieval as passages_of
from evalkit.checks.answers import read_answers
from evalkit.redaction.redaction import Redaction
from evalkit.reports.checks.report import checks_report
from evalkit.reports.checks.tables import models_table, people_table
from evalkit.reports.clusters.report import clusters_report
from evalkit.reports.clusters.tables import clusters_table, rates_table
from evalkit.reports.coverage.tables import distance_table, group_table, mix_table
from evalkit.reports.failures import tables as failure_tables
from evalkit.reports.failures.versions import judged_versions, read_first, versions_report
from evalkit.reports.model_order import order_of
from evalkit.reports.retrieval.report import retrieval_report
from evalkit.reports.retrieval.tables import depths_table, states_table

EVAL_SET = "Support questions"
#: Where the log is, beside whoever runs the tests of these rooms.
LOG = "new-log.jsonl"


def store_more(ids):
    """Store what the rooms rest on, and write the log into the folder that is at hand."""
    _store_passages(ids)
    for name, phrase, answers in (
        ("Says <0>", "Text 0", "helpfulness>=3"),
        ("Of tone", "Text 1", "tag:tone"),
    ):
        settings = {"phrases": [phrase]}
        add_check(EVAL_SET, name, "mentions", settings, answers=read_answers(answers))
        with read_session() as session:
            check = check_called(session, EVAL_SET, name)
        run_check(check)
    with read_session() as session:
        hashes = tuple(session.get_one(Case, ids[f"case-{n}"]).case_hash for n in range(4))
    for title, tag in (("Curt <answers>", "tone"), ("Made up", "hallucination")):
        start_failure(
            NewFailure(ids["eval_set"], title, "Taxonomy of Study", tag, case_hashes=hashes)
        )
    _write_log()


def _store_passages(ids):
    """Say which passages are right for every other case, and which each response was given."""
    with write_session() as session:
        for number in range(0, 12, 2):
            case = session.get_one(Case, ids[f"case-{number}"])
            state = {"context_state": "missing"} if number % 4 else {}
            case.details = {"relevant": ["a", "b"], **state}
            for place, model in enumerate(("Model <one>", "Model two")):
                passages = ("a", "x", "b")[place : 1 + (number + place) % 4]
                output = session.get_one(Output, ids[f"case-{number}/{model}"])
                output.details = {"retrieved": [{"id": each} for each in passages]}


def _write_log():
    lines = [{"type": "header", "format": "evalkit", "version": 2}]
    lines += [
        {
            "type": "case",
            "id": f"line-{number}",
            "input": [{"role": "user", "content": f"What about number {number}, in {city}?"}],
            "category": category,
        }
        for number, (city, category) in enumerate(
            [("Paris", "billing"), ("Rome", "code"), ("Oslo", "<travel>")] * 8
        )
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    Path(LOG).write_text(text, encoding="utf-8")


def failures_shown(collected, pace):
    """Give what the failure board shows: every failure, and tags over versions."""
    with read_session() as session:
        board, looks = board_in(session, eval_set_called(session, EVAL_SET), judges=False)
    report = versions_report(looks, read_first(judged_versions(looks)))
    return [
        failure_tables.board(board),
        failure_tables.timelines(report),
        failure_tables.changes(report),
    ]


def coverage_shown(collected, pace):
    """Give what the page shows of a new log beside the eval set."""
    with LogFiles([(LOG, Path(LOG))]) as log:
        report = log.beside(EVAL_SET, redaction=Redaction())
    return [mix_table(report), distance_table(report), *_groups(report)]


def _groups(report):
    return [group_table(report)] if report.groups else []


def checks_shown(collected, pace):
    """Give what the page shows of checks: beside people, and by model."""
    with read_session() as session:
        study = results.result_study(session, name="Study")
        report = checks_report(collected, automated_checks(session, study))
    return [people_table(report), models_table(report)]


def retrieval_shown(collected, pace):
    """Give what the page shows of what was retrieved."""
    with read_session() as session:
        study = results.result_study(session, name="Study")
        report = retrieval_report(collected, passages_of(session, study))
    return [depths_table(report), states_table(report)]


def clusters_shown(collected, pace):
    """Give what the page shows of notes in groups."""
    with read_session() as session:
        study = results.result_study(session, name="Study")
        notes = results.notes(session, study, filters=results.ResultFilters())
    report = clusters_report(collected, notes)
    return [clusters_table(report), rates_table(report, order_of(collected))]


#: As `ROOMS` of the test: what a room shows, the command, and how its page shows a table.
MORE_ROOMS = {
    "checks": (checks_shown, ["checks"], "show"),
    "clusters": (clusters_shown, ["clusters"], "show"),
    "coverage": (coverage_shown, ["coverage", "--log", LOG, "--eval-set", EVAL_SET], "show"),
    "failures": (failures_shown, ["failures"], "show"),
    "retrieval": (retrieval_shown, ["retrieval"], "show"),
}
