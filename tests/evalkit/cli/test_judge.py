"""`judge` as one types it: estimate, verdicts, clear errors, and a kill in the middle."""

import json
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import func, select

from db.columns import now
from db.engine import engine, read_session, write_session
from db.models import Annotation, Annotator, AskedVerdict, Assignment, Judging
from evalkit.cli import main
from tests import forking
from tests.endpoint.judge import NoisyJudge
from tests.endpoint.server import KEY, Trouble, serving
from tests.endpoint.study import qualities, store_study

N_CASES = 40
N_VERDICTS = 2 * N_CASES


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving(default=NoisyJudge(qualities(N_CASES), accuracy=0.8)) as running:
        yield running


@pytest.fixture
def few(sqlite_database, store_once):
    store_once(store_study, n_cases=3)
    return sqlite_database


def words(server, *more):
    where = ["--base-url", server.base_url, "--key-env", "TEST_KEY"]
    return ["judge", "--study", "Study", "--model", "m", *where, *more]


def sides_judged():
    """Return what was shown on which side, once for each verdict of a judge."""
    with read_session() as session:
        return session.exec(
            select(Assignment.left_output_id, Assignment.right_output_id)
            .join(Annotation, Annotation.assignment_id == Assignment.id)
            .join(Annotator, Annotator.id == Assignment.annotator_id)
            .where(Annotator.kind == "judge")
        ).all()


def test_a_dry_run_says_what_it_will_take_and_asks_and_stores_nothing(few, server, capsys):
    prices = ["--input-price", "1", "--output-price", "2", "--max-tokens", "50"]

    assert main(words(server, "--dry-run", *prices)) == 0
    told = capsys.readouterr().err
    assert main(words(server, "--dry-run", "--json", *prices)) == 0
    as_json = json.loads(capsys.readouterr().out)

    assert "6 verdicts: about" in told
    assert "about 50 output tokens each" in told
    assert (as_json["n_verdicts"], as_json["output_per_verdict"]) == (6, 50)
    assert server.requests == []
    with read_session() as session:
        assert session.exec(select(Judging)).all() == []


def test_a_judging_tells_what_came_of_it_and_what_it_cost(few, server, capsys):
    assert main(words(server, "--input-price", "1", "--output-price", "10", "--json")) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["n_verdicts"], told["n_failed"]) == ("done", 6, 0)
    assert told["judge"].startswith("m pair-1 ")
    assert told["cost_usd"] == pytest.approx(0.012)  # 6 × (1000 × 1 + 100 × 10) / 10^6
    assert len(sides_judged()) == 6


def test_settings_reach_the_endpoint(few, server):
    more = ["--temperature", "0.5", "--parameters", '{"seed": 3}', "--form", "json"]

    assert main(words(server, *more)) == 0

    body = server.requests[0][1]
    assert (body["temperature"], body["seed"]) == (0.5, 3)
    assert body["response_format"] == {"type": "json_object"}


@pytest.mark.slow
def test_the_responses_api_is_asked_in_its_own_form(few, server):
    assert main(words(server, "--api", "responses")) == 0

    path, body = server.requests[0]
    assert path.endswith("/responses")
    assert body["text"]["format"]["type"] == "json_schema"
    assert len(sides_judged()) == 6


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--key-env", "NO_SUCH_KEY"], "There is no key"),
        (["--study", "Other"], "There is no study named “Other”"),
        (["--budget", "1"], "No price of m is known"),
        (["--repeats", "0"], "Repeats are a number from 1 to 20"),
        (["--parameters", "seed=1"], "is no JSON object"),
    ],
)
def test_what_cannot_be_begun_is_refused_and_nothing_stored(few, server, capsys, wrong, told):
    assert main(words(server, *wrong)) == 1

    assert told in capsys.readouterr().err
    assert server.requests == []
    with read_session() as session:
        assert session.exec(select(Judging)).all() == []


def test_what_failed_is_told_with_exit_code_1_and_asked_again_by_the_same_command(
    few, server, capsys
):
    server.trouble(Trouble.TOO_LONG)

    assert main(words(server, "--concurrency", "1")) == 1
    told = capsys.readouterr()
    assert main(words(server)) == 0

    assert "5 of 6 judged, 0 unreadable, 1 failed" in told.out
    assert "1 request failed: The endpoint answered 400" in told.err
    assert "Going on: 5 of 6 are there, 1 are left." in capsys.readouterr().err
    assert len(server.requests) == 7


@pytest.mark.slow
def test_a_judging_killed_half_way_and_gone_on_with_loses_and_doubles_no_verdict(
    sqlite_database, server, capsys
):
    """What was on its way at the kill is asked again; more no client can know."""
    store_study(n_cases=N_CASES)
    server.hold_after = N_VERDICTS // 2 + 10  # so that it is killed before it is done
    concurrency = 4
    command = words(server, "--concurrency", str(concurrency))
    process = forking.start("evalkit", *command, DATABASE_URL=sqlite_database)
    while len(sides_judged()) < N_VERDICTS // 2 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    server.release.set()
    stored = sides_judged()
    assert N_VERDICTS // 2 <= len(stored) < N_VERDICTS
    with write_session() as session:
        (judging,) = session.exec(select(Judging)).all()
        judging.leased_until = now() - timedelta(seconds=1)  # as it is half a minute later
        under_way = session.exec(
            select(func.count()).select_from(AskedVerdict).where(AskedVerdict.state == "asked")
        ).one()
    asked_before = len(server.requests)

    assert main(command) == 0

    assert f"Going on: {len(stored)} of {N_VERDICTS} are there" in capsys.readouterr().err
    sides = sides_judged()
    assert sides[: len(stored)] == stored
    assert Counter(Counter(sides).values()) == {1: N_VERDICTS}
    assert {tuple(reversed(pair)) for pair in sides} == {tuple(pair) for pair in sides}
    assert under_way <= concurrency
    assert len(server.requests) - asked_before == N_VERDICTS - len(stored)
    assert sum(n > 1 for n in server.asked.values()) <= under_way
    assert max(server.asked.values()) <= 2
    engine().dispose()
