"""Anchors from their choice to a judge that moved, over real HTTP."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select
from typer.testing import CliRunner

from db import anchors as asking_anchors
from db.anchors import check_again, check_anchors, check_later, judges_to_check, see_to
from db.columns import now
from db.commands.anchor_requests import keep_request, lease_request, wish_check
from db.commands.anchors import freeze_anchors
from db.commands.errands import LEASE
from db.commands.judgings import begin_judging
from db.engine import read_session, write_session
from db.models import AnchorAnswer, AnchorCheck, AnchorRequest, Case, JudgeAnchor, Output, Study
from db.queries.anchors import anchor_wishes, drift_of
from db.queries.askings import next_anchor_request
from evalkit.cli import app
from evalkit.errors import RefusedError
from evalkit.judging.anchors import MOST_ANCHORS
from evalkit.judging.plan import JudgePlan
from evalkit.judging.split import Split, split_of
from evalkit.reports.drift.report import DriftStanding
from evalkit.running.endpoint import Endpoint
from evalkit.vocabulary import JudgeTask
from tests.endpoint.judge import NoisyJudge
from tests.endpoint.server import KEY, Trouble, serving
from tests.endpoint.study import qualities, store_study

N_CASES = 20


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving(default=NoisyJudge(qualities(N_CASES))) as running:
        yield running


def plan_at(server, **how):
    return JudgePlan("Study", "m", Endpoint(server.base_url, "TEST_KEY"), **how)


def reports():
    with read_session() as session:
        study = session.exec(select(Study)).one()
        return drift_of(session, study_id=study.id, study=study.name)


def anchors():
    with read_session() as session:
        return session.exec(select(JudgeAnchor).order_by(JudgeAnchor.id)).all()


def dev_cases():
    with read_session() as session:
        cases = session.exec(select(Case)).all()
        return {case.id for case in cases if split_of(case.case_hash) is Split.DEV}


def test_a_judge_that_turns_round_is_told_from_one_that_stays(database, server):
    store_study(n_cases=N_CASES)
    worst = {text: -quality for text, quality in qualities(N_CASES).items()}

    first = check_anchors(plan_at(server))
    check_anchors(plan_at(server))
    server.models["m"] = NoisyJudge(worst)
    check_anchors(plan_at(server))

    n = len(dev_cases())
    assert (first.n_asked, first.n_failed, first.n_changed) == (4 * n, 0, 0)
    assert {anchor.case_id for anchor in anchors()} == dev_cases()
    rows = reports().rows
    assert [row.standing for row in rows] == ["first", "same", "moved"]
    assert [row.right.value for row in rows] == [1.0, 1.0, 0.0]
    assert (rows[2].drift.flips, rows[2].drift.floor) == (1.0, 0.0)
    assert rows[2].correctness.only_first == n


def test_anchors_are_chosen_once_of_the_dev_split_and_by_nobody(sqlite_database):
    store_study(n_cases=120)

    def frozen():
        with write_session() as session:
            study = session.exec(select(Study)).one()
            return [row.case_id for row in freeze_anchors(session, study, JudgeTask.PAIR)]

    chosen = frozen()

    assert len(chosen) == len(set(chosen)) == MOST_ANCHORS
    assert set(chosen) <= dev_cases()
    assert frozen() == chosen


def test_an_anchor_that_is_not_what_was_frozen_is_asked_about_no_more(sqlite_database, server):
    store_study(n_cases=N_CASES)
    check_anchors(plan_at(server))
    with write_session() as session:
        session.get(Output, anchors()[0].left_output_id).content = "Something else."

    checked = check_anchors(plan_at(server))

    n = len(dev_cases())
    assert (checked.n_asked, checked.n_changed) == (4 * (n - 1), 1)
    assert reports().rows[1].standing is DriftStanding.SAME


def test_what_stops_all_requests_and_what_has_no_anchor_store_nothing(sqlite_database, server):
    store_study(n_cases=N_CASES, n_compared=0)
    with pytest.raises(RefusedError, match="compared by people"):
        check_anchors(plan_at(server))
    with read_session() as session:
        assert session.exec(select(AnchorCheck.id)).all() == []
        assert session.exec(select(JudgeAnchor.id)).all() == []


def test_a_request_that_fails_is_left_out_and_counted(sqlite_database, server):
    store_study(n_cases=N_CASES)
    server.trouble(Trouble.TOO_LONG, times=1)

    checked = check_anchors(plan_at(server))

    with read_session() as session:
        n_stored = len(session.exec(select(AnchorAnswer.id)).all())
    assert checked.n_failed == 1
    assert checked.n_asked - 1 == n_stored


def test_all_is_answered_once_before_any_is_asked_again_and_nothing_kept_is_taken(
    sqlite_database, server
):
    store_study(n_cases=N_CASES)

    check_anchors(plan_at(server))

    bodies = [json.dumps(body, sort_keys=True) for _, body in server.requests]
    half = len(bodies) // 2
    assert len(set(bodies)) == half
    assert sorted(bodies[:half]) == sorted(bodies[half:])
    assert {headers["cache-control"] for headers in server.headers} == {"no-cache"}


def test_on_the_command_line_a_check_says_what_it_found(sqlite_database, server):
    store_study(n_cases=N_CASES)
    words = ["judge", "--study", "Study", "--model", "m", "--anchors"]
    words += ["--base-url", server.base_url, "--key-env", "TEST_KEY"]

    first = CliRunner().invoke(app, words)
    again = CliRunner().invoke(app, [*words, "--json"])
    told = CliRunner().invoke(app, ["report", "drift", "--study", "Study"])

    assert first.exit_code == 0, first.output
    assert "first check, on" in first.stdout
    assert json.loads(again.stdout)["standing"] == "same"
    assert "No judge has moved in 1 check held against an earlier one." in told.stdout


def test_a_judge_that_was_asked_from_here_is_asked_again_as_it_was(sqlite_database, server):
    store_study(n_cases=N_CASES)
    begin_judging(plan_at(server, parameters={"temperature": 0}), actor_id=None)
    with read_session() as session:
        study_id = session.exec(select(Study.id)).one()
        ((judge, judging_id),) = judges_to_check(session, study_id).items()

    checked = check_again(judging_id)

    assert (checked.judge, checked.n_asked) == (judge, 4 * len(dev_cases()))
    assert all(body["temperature"] == 0 for _, body in server.requests)
    with write_session() as session:
        session.get(Study, study_id).guidelines = "Something else is asked now."
    with pytest.raises(RefusedError, match="another judge"):
        check_again(judging_id)


@pytest.fixture
def judging(database, server):
    """Store a study and a judge that is to be asked about its anchors later; its judging."""
    store_study(n_cases=N_CASES)
    begin_judging(plan_at(server))
    with read_session() as session:
        ((_, number),) = judges_to_check(session, session.exec(select(Study.id)).one()).items()
    return number


def wishes():
    with read_session() as session:
        return anchor_wishes(session, session.exec(select(Study.id)).one())


def waiting():
    with read_session() as session:
        return next_anchor_request(session)


def test_what_is_wished_on_a_page_is_asked_by_whoever_works_and_once(judging):
    check_later(judging)
    with pytest.raises(RefusedError, match="already"):
        check_later(judging)
    number = waiting()
    (wish,) = wishes()
    assert (wish.is_open, wish.n_asked) == (True, 0)

    assert see_to(number)

    (wish,) = wishes()
    assert (wish.is_open, wish.n_asked, wish.n_failed) == (False, 4 * len(dev_cases()), 0)
    assert [row.standing for row in reports().rows] == ["first"]
    assert waiting() is None
    assert not see_to(number)
    check_later(judging)
    assert waiting() not in (None, number)


def test_a_wish_that_another_worker_holds_is_left_to_it(judging, server):
    wish_check(judging)
    number = waiting()
    assert lease_request(number, "of another")

    assert not see_to(number)

    assert waiting() is None
    assert not server.requests


def test_a_wish_whose_work_is_ended_stores_nothing_and_waits_again(judging, server):
    wish_check(judging)
    number = waiting()
    server.hold_after = 3

    # Who ends the app calls what it was given as soon as it was.
    assert see_to(number, on_begin=lambda end: end())

    server.release.set()
    assert waiting() == number
    assert reports().rows == ()
    assert see_to(number)
    assert len(reports().rows) == 1


def test_a_worker_whose_lease_was_taken_stores_nothing(judging, monkeypatch):
    wish_check(judging)
    monkeypatch.setattr(asking_anchors, "keep_request", lambda number, token: False)

    see_to(waiting())

    assert reports().rows == ()
    assert wishes()[0].is_open


def test_a_database_that_is_away_for_a_moment_costs_no_second_asking(judging, monkeypatch):
    """The lease is prolonged again as soon as the database is back, while it still holds."""
    wish_check(judging)
    beats = []

    def keep(number, token):
        beats.append(keep_request(number, token) if beats else None)
        if len(beats) == 1:
            raise OperationalError("", {}, Exception("away"))
        return beats[-1]

    monkeypatch.setattr(asking_anchors, "keep_request", keep)
    monkeypatch.setattr(asking_anchors, "_BEATS", 10_000)

    assert see_to(waiting())

    assert not wishes()[0].is_open
    assert len(beats) > 1
    assert all(beats[1:])
    assert len(checks()) == 1


def test_a_database_that_stays_away_ends_the_work_when_the_lease_does(judging, monkeypatch):
    wish_check(judging)

    def keep(number, token):
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(asking_anchors, "keep_request", keep)
    monkeypatch.setattr(asking_anchors, "LEASE", timedelta(0))

    assert see_to(waiting())

    assert checks() == []
    assert wishes()[0].is_open


def test_of_two_that_asked_for_one_wish_the_first_stores_its_check_and_the_other_nothing(
    judging, monkeypatch
):
    """The lease of the second was lost to the first, who had all answers before its next beat."""
    wish_check(judging)
    number = waiting()
    store = asking_anchors.store_check

    def store_after_another(*given, **options):
        monkeypatch.setattr(asking_anchors, "store_check", store)
        with write_session() as session:
            session.get_one(AnchorRequest, number).leased_until = now() - LEASE
        assert see_to(number)
        return store(*given, **options)

    monkeypatch.setattr(asking_anchors, "store_check", store_after_another)

    assert see_to(number)

    (check,) = checks()
    with read_session() as session:
        wish = session.get_one(AnchorRequest, number)
        assert (wish.check_id, wish.reason) == (check, None)


def checks():
    with read_session() as session:
        return list(session.exec(select(AnchorCheck.id)).all())


def test_why_nobody_could_be_asked_stands_with_the_wish(judging):
    wish_check(judging)
    with write_session() as session:
        session.exec(select(Study)).one().guidelines = "Something else is asked now."

    assert see_to(waiting())

    (wish,) = wishes()
    assert not wish.is_open
    assert "another judge" in wish.reason
