"""`run` as one types it: estimate, run, budget, clear errors, and a kill in the middle."""

import json
import time
from datetime import timedelta

import pytest
from sqlmodel import func, select

from db.columns import now
from db.commands.records import import_records
from db.engine import engine, read_session, write_session
from db.models import AskedCase, Asking, Output
from evalkit.cli import main
from tests import forking
from tests.endpoint.server import KEY, Trouble, serving
from tests.endpoint.spoken import Spoken

N_CASES = 80


def store_cases(n):
    cases = (
        {"type": "case", "id": f"c{n}", "input": [{"role": "user", "content": f"Question {n}?"}]}
        for n in range(n)
    )
    import_records(cases, source_name="made", eval_set="Set")


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving() as running:
        yield running


@pytest.fixture
def few(sqlite_database, store_once):
    store_once(store_cases, n=6)
    return sqlite_database


def words(server, *more):
    where = ["--base-url", server.base_url, "--key-env", "TEST_KEY"]
    return ["run", "--eval-set", "Set", "--model", "m", *where, *more]


def n_outputs():
    with read_session() as session:
        return session.exec(select(func.count()).select_from(Output)).one()


def test_a_dry_run_says_what_it_will_take_and_asks_and_stores_nothing(few, server, capsys):
    prices = ["--input-price", "1", "--output-price", "2"]

    assert main(words(server, "--dry-run", "--max-tokens", "50", *prices)) == 0

    told = capsys.readouterr().err
    assert "6 cases: about" in told
    assert "about 50 output tokens each" in told
    assert "1 US dollars per million input tokens and 2 per million output tokens" in told
    assert server.requests == []
    with read_session() as session:
        assert session.exec(select(Asking)).all() == []


def test_a_run_stores_every_output_and_tells_what_it_cost(few, server, capsys):
    server.default = lambda body: Spoken("Yes.", input_tokens=1000, output_tokens=1000)

    assert main(words(server, "--input-price", "1", "--output-price", "2", "--json")) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["n_answered"], told["n_failed"]) == ("done", 6, 0)
    assert told["cost_usd"] == pytest.approx(0.018)  # 6 × (1000 × 1 + 1000 × 2) / 10^6
    assert n_outputs() == 6


def test_parameters_reach_the_endpoint(few, server):
    more = ["--temperature", "0.5", "--max-tokens", "9", "--parameters", '{"seed": 3}']

    assert main(words(server, *more)) == 0

    body = server.requests[0][1]
    assert (body["temperature"], body["max_tokens"], body["seed"]) == (0.5, 9, 3)


def test_a_budget_stops_it_with_exit_code_1_and_the_same_command_goes_on(few, server, capsys):
    server.default = lambda body: Spoken("Yes.", input_tokens=0, output_tokens=10)
    prices = ["--input-price", "0", "--output-price", "1000", "--max-tokens", "10"]

    assert main(words(server, *prices, "--budget", "0.025")) == 1
    first = capsys.readouterr()
    assert main(words(server, *prices, "--budget", "1")) == 0
    second = capsys.readouterr()

    assert "2 of 6 answered" in first.out
    assert "The budget of 0.025 US dollars does not carry another case" in first.err
    assert "Going on: 2 of 6 are there, 4 are left." in second.err
    assert set(server.asked.values()) == {1}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--key-env", "NO_SUCH_KEY"], "There is no key"),
        (["--eval-set", "Other"], "There is no eval set 'Other'"),
        (["--budget", "1"], "No price of m is known"),
        (["--base-url", "nonsense"], "is no address"),
        (["--parameters", "seed=1"], "is no JSON object"),
        (["--input-price", "1"], "State both prices"),
    ],
)
def test_what_cannot_be_begun_is_refused_and_nothing_stored(few, server, capsys, wrong, told):
    assert main(words(server, *wrong)) == 1

    assert told in capsys.readouterr().err
    assert server.requests == []
    with read_session() as session:
        assert session.exec(select(Asking)).all() == []


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Trouble.REFUSED_KEY, "refused the key in TEST_KEY (401)"),
        (Trouble.USED_UP, "the account is used up (429)"),
    ],
)
def test_what_stops_it_is_said_in_a_sentence_without_the_key(few, server, capsys, trouble, told):
    server.trouble(trouble, times=99)

    assert main(words(server)) == 1

    printed = capsys.readouterr()
    assert told in printed.err
    assert KEY not in printed.err + printed.out
    assert n_outputs() == 0


def test_failures_are_told_with_their_reason(few, server, capsys):
    server.trouble(Trouble.TOO_LONG, fits=lambda body: "Question 3?" in json.dumps(body))

    assert main(words(server)) == 0

    told = capsys.readouterr()
    assert "5 of 6 answered, 1 failed" in told.out
    assert "1 response failed (c3): The endpoint answered 400" in told.err


@pytest.mark.slow
def test_a_run_killed_half_way_and_gone_on_with_loses_and_doubles_nothing(
    sqlite_database, server, capsys
):
    """What was on its way at the kill is asked again; more no client can know."""
    store_cases(N_CASES)
    server.hold_after = N_CASES // 2 + 10  # so that it is killed before it is done
    concurrency = 4
    command = words(server, "--concurrency", str(concurrency))
    process = forking.start("evalkit", *command, DATABASE_URL=sqlite_database)
    while n_outputs() < N_CASES // 2 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    server.release.set()
    stored = n_outputs()
    assert N_CASES // 2 <= stored < N_CASES
    with write_session() as session:
        (asking,) = session.exec(select(Asking)).all()
        asking.leased_until = now() - timedelta(seconds=1)  # as it is half a minute later
        under_way = session.exec(
            select(func.count()).select_from(AskedCase).where(AskedCase.state == "asked")
        ).one()
    asked_before = len(server.requests)

    assert main(command) == 0

    assert f"Going on: {stored} of {N_CASES} are there" in capsys.readouterr().err
    assert n_outputs() == N_CASES  # one each, for run and case are a key of outputs
    assert under_way <= concurrency
    assert len(server.requests) - asked_before == N_CASES - stored
    twice = [question for question, n in server.asked.items() if n > 1]
    assert len(twice) <= under_way
    assert max(server.asked.values()) <= 2
    engine().dispose()
