"""The worker in the app: it finds runs, ends with the app, and goes on after a restart."""

import logging
import os
import socket
import time

import pytest
from sqlmodel import select

from db import running
from db.commands.anchor_requests import wish_check
from db.commands.askings import begin_run
from db.commands.errands import JUDGING, stop_errand
from db.commands.judgings import begin_judging
from db.commands.records import import_records
from db.engine import read_session
from db.models import Study
from db.queries.anchors import anchor_wishes
from db.queries.askings import askings
from db.queries.judgings import judging_progress
from evalkit.judging.plan import JudgePlan
from evalkit.running.endpoint import Endpoint
from evalkit.running.plan import RunPlan
from pages.routes.running import RunWorker
from tests.browser.serving import app_process
from tests.endpoint.judge import NoisyJudge
from tests.endpoint.server import KEY, serving
from tests.endpoint.study import qualities, store_study

N_CASES = 40


@pytest.fixture
def server(sqlite_database, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    cases = (
        {"type": "case", "id": f"c{n}", "input": [{"role": "user", "content": f"Question {n}?"}]}
        for n in range(N_CASES)
    )
    import_records(cases, source_name="made", eval_set="Set")
    with serving() as running_server:
        yield running_server


def begin(server, run="1"):
    plan = RunPlan("Set", "m", Endpoint(server.base_url, "TEST_KEY"), run=run, concurrency=2)
    return begin_run(plan).run_id


def wait_until(condition, run_id):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with read_session() as session:
            (progress,) = askings(session, run_id=run_id)
        if condition(progress):
            return progress
        time.sleep(0.02)
    raise AssertionError(f"Not within a minute: {progress}")


def test_runs_are_made_one_after_another_and_what_was_left_by_the_next_worker(server):
    server.hold_after = 10
    first, second = begin(server), begin(server, run="2")
    worker = RunWorker()
    worker.start()
    wait_until(lambda progress: progress.n_done > 5, first)

    worker.end()

    server.release.set()
    left = wait_until(lambda progress: True, first)
    assert (left.state, left.is_at_work, left.n_asked) == ("open", False, 0)
    assert left.n_done < N_CASES
    assert wait_until(lambda progress: True, second).n_done == 0
    other = RunWorker()
    other.start()
    wait_until(lambda progress: progress.state == "done", first)
    wait_until(lambda progress: progress.state == "done", second)
    other.end()
    assert not other.is_alive()


def test_a_run_that_fails_by_a_fault_of_ours_is_stopped_and_the_next_made(
    server, monkeypatch, caplog
):
    broken, whole = begin(server), begin(server, run="2")
    work_on = running.work_on

    def work(run_id, **how):
        if run_id == broken:
            raise KeyError("a fault of ours")
        return work_on(run_id, **how)

    monkeypatch.setattr(running, "work_on", work)
    caplog.set_level(logging.ERROR, logger="evalkit")
    worker = RunWorker()
    worker.start()

    wait_until(lambda progress: progress.state == "done", whole)

    worker.end()
    stopped = wait_until(lambda progress: True, broken)
    assert (stopped.state, stopped.reason.startswith("evalkit itself failed")) == ("stopped", True)
    assert "a fault of ours" in caplog.text


def test_the_app_makes_a_run_and_goes_on_with_it_after_a_restart(sqlite_database, server):
    server.hold_after = 10
    run_id = begin(server)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert os.environ["TEST_KEY"] == KEY  # the app inherits it

    with app_process(sqlite_database, port=port):
        wait_until(lambda progress: progress.n_done > 3, run_id)
    server.release.set()
    half = wait_until(lambda progress: True, run_id)
    with app_process(sqlite_database, port=port):
        whole = wait_until(lambda progress: progress.state == "done", run_id)

    assert half.n_done < N_CASES
    assert (half.state, half.is_at_work) == ("open", False)
    assert whole.n_answered == N_CASES
    assert max(server.asked.values()) <= 2


def test_the_worker_judges_what_waits_to_be_judged(sqlite_database, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    store_study(n_cases=4)
    with serving(default=NoisyJudge(qualities(4))) as server:
        plan = JudgePlan("Study", "m", Endpoint(server.base_url, "TEST_KEY"))
        judging_id = begin_judging(plan).judging_id
        worker = RunWorker()
        worker.start()
        deadline = time.monotonic() + 60
        progress = None
        while time.monotonic() < deadline and (progress is None or progress.state != "done"):
            time.sleep(0.02)
            with read_session() as session:
                progress = judging_progress(session, judging_id)
        worker.end()

    assert (progress.state, progress.n_answered) == ("done", 8)


def test_the_worker_asks_about_anchors_that_were_wished_for(sqlite_database, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    store_study(n_cases=20)
    with serving(default=NoisyJudge(qualities(20))) as server:
        plan = JudgePlan("Study", "m", Endpoint(server.base_url, "TEST_KEY"))
        begun = begin_judging(plan)
        stop_errand(JUDGING, begun.judging_id, "So that the anchors alone wait.")
        wish_check(begun.judging_id)
        worker = RunWorker()
        worker.start()
        deadline = time.monotonic() + 60
        is_open = True
        while time.monotonic() < deadline and is_open:
            time.sleep(0.02)
            with read_session() as session:
                study_id = session.exec(select(Study.id)).one()
                (wish,) = anchor_wishes(session, study_id)
            is_open = wish.is_open
        worker.end()

    assert (wish.is_open, wish.n_failed, wish.reason) == (False, 0, None)
    assert wish.n_asked > 0
