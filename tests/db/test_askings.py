"""Runs as rows: begun once, worked on by one, stored like an import, gone on with after a kill."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import select

from db.columns import now
from db.commands import askings as commands, errands
from db.commands.askings import begin_run, take_case
from db.commands.errands import RUN
from db.commands.records import import_records
from db.engine import read_session, write_session
from db.models import AskedCase, Asking, Case, Output, ResultsState, Study
from db.queries.askings import (
    asking_failures,
    askings,
    next_open_asking,
)
from db.queries.cases_to_ask import usual_output_tokens
from db.queries.integrity import integrity_findings
from db.queries.records.files import export_file
from db.running import estimate_run
from evalkit.errors import NotFoundError, RefusedError
from evalkit.running.endpoint import Endpoint
from evalkit.running.plan import RunPlan, parameters_of
from evalkit.running.prices import Prices
from tests.factories import make_eval_set, make_study

PLAN = RunPlan("Support questions", "new", Endpoint("http://127.0.0.1:9/v1", "SECRET_NAME"))


def record(case, **fields):
    return {"type": "output", "case": case, "model": "new", "content": "Yes.", **fields}


def progress_of(run_id):
    with read_session() as session:
        (progress,) = askings(session, run_id=run_id)
    return progress


@pytest.fixture
def ids(database, store_once):
    return store_once(make_eval_set)


def test_a_run_waits_with_every_active_case_of_its_version(ids):
    with write_session() as session:
        session.get(Case, ids["case-1"]).status = "retired"

    begun = begin_run(PLAN)

    progress = progress_of(begun.run_id)
    assert begun.is_new
    assert (progress.n_waiting, progress.n_done, progress.is_at_work) == (3, 0, False)
    with read_session() as session:
        assert next_open_asking(session) == begun.run_id


def test_the_very_same_run_is_gone_on_with_and_another_refused(ids):
    first = begin_run(PLAN)

    again = begin_run(replace(PLAN, concurrency=2))

    assert (again.run_id, again.is_new) == (first.run_id, False)
    with pytest.raises(RefusedError, match="made with another parameters"):
        begin_run(replace(PLAN, parameters={"temperature": 1.0}))
    with pytest.raises(RefusedError, match="made with another base URL"):
        begin_run(replace(PLAN, endpoint=Endpoint("http://127.0.0.1:8/v1")))
    assert begin_run(replace(PLAN, run="2")).is_new


def test_a_run_that_was_imported_is_not_mixed_with(ids):
    with pytest.raises(RefusedError, match="was imported"):
        begin_run(replace(PLAN, model="Model one"))


def test_an_eval_set_that_is_not_there_is_refused_with_those_that_are(ids):
    with pytest.raises(NotFoundError, match="Support questions"):
        begin_run(replace(PLAN, eval_set="Suport"))
    with pytest.raises(NotFoundError, match="version 7"):
        begin_run(replace(PLAN, version=7))


def test_one_worker_at_a_time_holds_a_run_until_it_falls_silent(ids):
    run_id = begin_run(PLAN, lease="first").run_id

    assert not errands.lease_errand(RUN, run_id, "second")
    assert take_case(run_id, "second") is None
    assert errands.keep_lease(RUN, run_id, "first")
    with pytest.raises(RefusedError, match="Somebody works on this run already"):
        begin_run(PLAN, lease="third")
    with read_session() as session:
        assert next_open_asking(session) is None

    with write_session() as session:
        session.get(Asking, run_id).leased_until = now() - timedelta(seconds=1)
    assert errands.lease_errand(RUN, run_id, "second")
    assert not errands.keep_lease(RUN, run_id, "first")
    assert take_case(run_id, "first") is None


def test_each_case_is_taken_once_and_what_a_killed_worker_took_is_asked_again(ids):
    run_id = begin_run(PLAN, lease="first").run_id
    taken = [take_case(run_id, "first").key for _ in range(2)]
    with write_session() as session:
        session.get(Asking, run_id).leased_until = now() - timedelta(seconds=1)

    assert errands.lease_errand(RUN, run_id, "second")

    rest = [take_case(run_id, "second") for _ in range(5)]
    assert taken == ["case-0", "case-1"]
    assert [case and case.key for case in rest] == ["case-0", "case-1", "case-2", "case-3", None]
    assert progress_of(run_id).n_again == 2


def test_an_output_is_stored_once_and_is_what_an_import_would_have_stored(ids, tmp_path):
    run_id = begin_run(PLAN, lease="me").run_id
    case = take_case(run_id, "me")
    fields = record(
        case.key,
        latency_ms=12.5,
        input_tokens=3,
        output_tokens=2,
        cost_usd=0.5,
        reasoning="Hm.",
        metadata={"cached_tokens": 1},
    )

    assert commands.store_output(run_id, case.id, fields)
    assert not commands.store_output(run_id, case.id, record(case.key, content="Another."))

    imported = {**fields, "model": "imported"}
    import_records([imported], source_name="file", eval_set="Support questions")
    with read_session() as session:
        asked, brought = session.exec(
            select(Output).where(Output.reasoning == "Hm.").order_by(Output.id)
        ).all()
    skip = {"id", "run_id"}
    assert asked.model_dump(exclude=skip) == brought.model_dump(exclude=skip)
    assert progress_of(run_id).cost_usd == 0.5
    make_study(ids, models=["new", "imported"])
    export_file(tmp_path / "out.jsonl", study="Study")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    outputs = [line for line in lines if line["type"] == "output"]
    assert [{**line, "model": "new"} for line in outputs] == [fields, fields]


def test_a_study_that_compares_the_run_has_new_results_with_each_output(ids):
    run_id = begin_run(PLAN, lease="me").run_id
    study_id = make_study(ids, models=["new", "Model one"])
    case = take_case(run_id, "me")
    with write_session() as session:
        session.get(Study, study_id).are_units_current = True

    commands.store_output(run_id, case.id, record(case.key))

    with read_session() as session:
        assert session.get(ResultsState, study_id) is not None
        assert not session.get(Study, study_id).are_units_current


def test_an_output_that_was_imported_meanwhile_is_the_answer_and_its_case_is_not_asked(ids):
    run_id = begin_run(PLAN, lease="me").run_id
    under_way = take_case(run_id, "me")
    brought = [record("case-0"), record("case-1"), record("case-2", content="", error="Too long.")]
    import_records(brought, source_name="file", eval_set="Support questions")

    assert not commands.store_output(run_id, under_way.id, record("case-0", content="Another."))
    assert take_case(run_id, "me").key == "case-3"
    assert take_case(run_id, "me") is None

    progress = progress_of(run_id)
    assert (progress.n_answered, progress.n_failed, progress.n_asked) == (2, 1, 1)
    assert progress.n_again == 0
    with read_session() as session:
        contents = session.exec(
            select(Output.content).where(Output.run_id == run_id).order_by(Output.case_id)
        ).all()
    assert contents == ["Yes.", "Yes.", ""]


def test_runs_that_begin_at_once_with_a_model_nobody_knew_are_all_begun_or_refused(ids):
    gate = Barrier(4)

    def begin(number):
        gate.wait()
        return begin_run(replace(PLAN, run=str(number % 2))).run_id

    with ThreadPoolExecutor(4) as pool:
        run_ids = list(pool.map(begin, range(4)))

    # Two begin each run: one makes it, the other goes on with the very same.
    assert run_ids[0] == run_ids[2] != run_ids[1] == run_ids[3]


def test_the_estimate_is_of_the_cases_that_the_run_asks(database):
    cases = [
        {"type": "case", "id": "here", "input": [{"role": "user", "content": "Well?"}]},
        {"type": "case", "id": "there", "elsewhere": True},
    ]
    import_records(cases, source_name="made", eval_set="Partly elsewhere", elsewhere="keep")
    import_records(cases[1:], source_name="made", eval_set="All elsewhere", elsewhere="keep")
    plan = replace(PLAN, eval_set="Partly elsewhere")

    assert estimate_run(plan).n_cases == progress_of(begin_run(plan).run_id).n_cases == 1
    with pytest.raises(RefusedError, match="no active case with a text"):
        estimate_run(replace(PLAN, eval_set="All elsewhere"))
    with pytest.raises(RefusedError, match="no active case with a text"):
        begin_run(replace(PLAN, eval_set="All elsewhere"))


def test_failures_are_counted_by_their_reason_with_one_of_their_cases(ids):
    run_id = begin_run(PLAN, lease="me").run_id
    for error in ("Too long.", "Too long.", "Cut off.", None):
        case = take_case(run_id, "me")
        commands.store_output(run_id, case.id, record(case.key, error=error))

    with read_session() as session:
        failures = asking_failures(session, run_id)

    assert [(failure.error, failure.n, failure.case) for failure in failures] == [
        ("Too long.", 2, "case-0"),
        ("Cut off.", 1, "case-2"),
    ]
    progress = progress_of(run_id)
    assert (progress.n_answered, progress.n_failed) == (1, 3)


def test_a_run_is_done_when_no_case_is_left_and_can_be_stopped_and_resumed_before(ids):
    run_id = begin_run(PLAN, lease="me").run_id
    case = take_case(run_id, "me")

    commands.stop_run(run_id, "Enough.")
    assert take_case(run_id, "me") is None
    commands.store_output(run_id, case.id, record(case.key))  # it was on its way
    errands.leave_errand(RUN, run_id, "me")
    stopped = progress_of(run_id)
    assert (stopped.state, stopped.reason, stopped.n_answered) == ("stopped", "Enough.", 1)

    commands.resume_run(run_id, budget_usd=2.0)
    assert errands.lease_errand(RUN, run_id, "you")
    for _ in range(3):
        case = take_case(run_id, "you")
        commands.store_output(run_id, case.id, record(case.key))
    errands.leave_errand(RUN, run_id, "you")
    done = progress_of(run_id)
    assert (done.state, done.n_answered, done.budget_usd) == ("done", 4, 2.0)
    with pytest.raises(RefusedError, match="is done"):
        begin_run(PLAN)


def test_what_was_given_back_unpaid_does_not_count_as_begun(ids):
    run_id = begin_run(PLAN, lease="me").run_id
    for may_be_paid in (False, True):
        case = take_case(run_id, "me")
        errands.give_back(RUN, run_id, case.id, may_be_paid=may_be_paid)

    with read_session() as session:
        assert session.get(AskedCase, (run_id, case.id)).n_asked == 1


def test_a_database_with_runs_is_whole(ids):
    begin_run(PLAN, lease="me")

    assert [finding for finding in integrity_findings() if finding.problems] == []


def test_responses_are_expected_as_long_as_earlier_ones_of_the_eval_set(ids):
    with write_session() as session:
        outputs = session.exec(select(Output).order_by(Output.id).limit(2)).all()
        for output, n in zip(outputs, (10, 30), strict=True):
            output.output_tokens = n
    with read_session() as session:
        assert usual_output_tokens(session, ids["eval_set"]) == 20  # the mean of 10 and 30
        assert usual_output_tokens(session, ids["eval_set"] + 1) is None


@pytest.mark.parametrize(
    "change",
    [
        {"budget_usd": 1.0},  # without a price
        {"budget_usd": -1.0, "prices": Prices(1, 1)},
        {"concurrency": 0},
        {"model": " "},
        {"run": ""},
        {"parameters": {"max_tokens": 0}},
        {"parameters": {"messages": []}},
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(change):
    with pytest.raises(RefusedError):
        replace(PLAN, **change)


@pytest.mark.parametrize("more", ['{"top_p": NaN}', '{"seed": [1e999]}', '{"stop": -Infinity}'])
def test_a_parameter_that_json_cannot_say_is_refused(more):
    with pytest.raises(RefusedError, match="a number that JSON does not have"):
        replace(PLAN, parameters=parameters_of(temperature=None, max_tokens=None, more=more))


def test_parameters_are_put_together_and_no_json_refused():
    more = '{"seed": 1}'
    assert parameters_of(temperature=0.0, max_tokens=5, more=more) == {
        "temperature": 0.0, "max_tokens": 5, "seed": 1,
    }  # fmt: skip
    for wrong in ("seed=1", "[1]"):
        with pytest.raises(RefusedError, match="no JSON object"):
            parameters_of(temperature=None, max_tokens=None, more=wrong)
