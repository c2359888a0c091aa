"""A run from its rows to its outputs, over real HTTP, within its budget and without its key."""

import base64
import io
import json
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest
from PIL import Image as Picture
from sqlmodel import select

from db import running
from db.commands.askings import begin_run, resume_run, stop_run
from db.commands.records import import_records
from db.engine import engine, read_session
from db.models import Output
from db.queries.askings import asking_failures, askings
from evalkit.images.files import image_file
from evalkit.running.endpoint import Endpoint
from evalkit.running.estimate import PER_IMAGE, input_tokens
from evalkit.running.plan import RunPlan
from evalkit.running.prices import Prices
from evalkit.running.request import Request
from evalkit.vocabulary import Api
from tests.endpoint.server import KEY, Trouble, serving
from tests.endpoint.spoken import Spoken

N_CASES = 12


def data_url(png):
    """Return a picture as it is when it was stored: without what stands beside it."""
    kept = image_file(png, name="a file")
    return f"data:{kept.media_type};base64,{base64.b64encode(kept.content).decode()}"


CASES = [
    {"type": "case", "id": f"c{n}", "input": [{"role": "user", "content": f"Question {n}?"}]}
    for n in range(N_CASES)
]


def store_cases():
    import_records(CASES, source_name="made", eval_set="Set")


@pytest.fixture
def cases(sqlite_database, store_once, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    store_once(store_cases)
    return sqlite_database


@pytest.fixture
def server():
    with serving() as running_server:
        yield running_server


def plan_at(server, **how):
    return RunPlan("Set", "m", Endpoint(server.base_url, "TEST_KEY"), **how)


def run(plan, **how):
    run_id = begin_run(plan).run_id
    assert running.work_on(run_id, **how)
    return progress_of(run_id)


def progress_of(run_id):
    with read_session() as session:
        (progress,) = askings(session, run_id=run_id)
    return progress


def outputs():
    with read_session() as session:
        return session.exec(select(Output).order_by(Output.case_id)).all()


def test_lanes_that_work_at_once_take_no_case_twice_on_either_database(
    database, server, monkeypatch
):
    monkeypatch.setenv("TEST_KEY", KEY)
    store_cases()

    progress = run(plan_at(server, concurrency=8))

    assert (progress.state, progress.n_answered, progress.n_again) == ("done", N_CASES, 0)
    assert server.asked == Counter({f"Question {n}?": 1 for n in range(N_CASES)})


def test_every_case_is_asked_once_and_has_an_output_with_its_numbers(cases, server):
    server.default = lambda body: Spoken("Yes.", input_tokens=1000, output_tokens=100)

    progress = run(plan_at(server, prices=Prices(2.0, 10.0)))

    assert (progress.state, progress.n_answered, progress.is_at_work) == ("done", N_CASES, False)
    assert set(server.asked.values()) == {1}
    # 12 × (1000 × 2 + 100 × 10) / 10^6 = 12 × 0.003
    assert progress.cost_usd == pytest.approx(0.036)
    output = outputs()[0]
    assert (output.content, output.input_tokens, output.output_tokens) == ("Yes.", 1000, 100)
    assert output.provider == server.base_url.split("/")[2]
    assert 0 < output.time_to_first_token_ms <= output.latency_ms


def test_the_key_is_nowhere_in_the_database(cases, server):
    server.trouble(Trouble.ECHO)

    run(plan_at(server))

    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    with closing(sqlite3.connect(cases.removeprefix("sqlite:///"))) as connection:
        dump = "\n".join(connection.iterdump())
    assert "TEST_KEY" in dump
    assert KEY not in dump


def test_a_failure_of_one_case_is_an_output_and_the_others_go_on(cases, server):
    server.trouble(Trouble.TOO_LONG, fits=lambda body: "Question 3?" in json.dumps(body))

    progress = run(plan_at(server))

    assert (progress.state, progress.n_answered, progress.n_failed) == ("done", N_CASES - 1, 1)
    assert [output.content for output in outputs() if output.error] == [""]
    with read_session() as session:
        (failure,) = asking_failures(session, progress.run_id)
    assert (failure.n, failure.case) == (1, "c3")
    assert "maximum context length" in failure.error


def test_a_budget_is_not_exceeded_where_responses_have_a_limit(cases, server):
    server.default = lambda body: Spoken("Yes.", input_tokens=10, output_tokens=100)
    prices = Prices(0.0, 1000.0)  # a response of 100 tokens costs 0.1
    budget = 0.45

    plan = plan_at(server, prices=prices, budget_usd=budget, parameters={"max_tokens": 100})
    progress = run(plan)

    assert progress.state == "stopped"
    assert progress.reason == (
        "The budget of 0.45 US dollars does not carry another case: 0.4000 are spent."
    )
    assert (progress.n_answered, progress.n_again) == (4, 0)
    assert len(server.requests) == 4

    resume_run(progress.run_id, budget_usd=5.0)
    running.work_on(progress.run_id)
    assert progress_of(progress.run_id).n_answered == N_CASES
    assert set(server.asked.values()) == {1}


def test_a_budget_waits_for_what_may_turn_out_cheaper(cases, server):
    # 12 responses cost 0.01 each, but each may cost 0.1: not all may be under way at once.
    server.default = lambda body: Spoken("Yes.", input_tokens=0, output_tokens=10)
    plan = plan_at(
        server,
        prices=Prices(0.0, 1000.0),
        budget_usd=0.25,
        parameters={"max_tokens": 100},
        concurrency=8,
    )

    progress = run(plan)

    assert (progress.state, progress.n_answered) == ("done", N_CASES)
    assert server.most_at_once <= 2


@pytest.mark.parametrize(("budget", "n_requests"), [(1.6, 2), (2.2, 3)])
def test_answers_that_were_cut_off_are_spent_and_asked_again_within_the_budget(
    cases, server, budget, n_requests
):
    # Four bytes are a token, so 1000 tokens (1 US dollar), cut half-way: each try takes about 0.5.
    server.default = lambda body: Spoken("word" * 1000, input_tokens=0, output_tokens=1000)
    server.trouble(Trouble.CUT, times=99)
    limit = {"max_tokens": 1000}
    prices = Prices(0.0, 1000.0)

    plan = plan_at(server, prices=prices, budget_usd=budget, parameters=limit, concurrency=1)
    progress = run(plan)

    assert (progress.state, progress.n_failed) == ("stopped", 1)
    assert "does not carry another case" in progress.reason
    assert len(server.requests) == n_requests
    assert progress.cost_usd == pytest.approx(0.5 * n_requests, rel=0.02)
    assert progress.cost_usd <= budget


def test_a_budget_carries_many_at_once_when_it_is_known_what_a_response_takes(cases, server):
    # 20,000 tokens, where 500 are usual: 0.2 US dollars. Two of three would go beyond the budget.
    server.default = lambda body: Spoken("Yes.", input_tokens=0, output_tokens=20_000)
    server.pause = 0.05
    prices = Prices(0.0, 10.0)

    progress = run(plan_at(server, prices=prices, budget_usd=0.5, concurrency=8))

    assert (progress.state, progress.n_answered) == ("stopped", 2)
    assert progress.cost_usd == pytest.approx(0.4)


def test_a_budget_cannot_be_kept_where_tokens_are_not_counted(cases, server, monkeypatch):
    monkeypatch.setattr("tests.endpoint.wire._chat_usage", lambda spoken: None)

    progress = run(plan_at(server, prices=Prices(1.0, 1.0), budget_usd=1.0, concurrency=1))

    assert progress.state == "stopped"
    assert "does not say how many tokens" in progress.reason
    assert progress.n_answered == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("key", r"refused the key in TEST_KEY"), ("model", "knows no model 'm'"), ("none", "no key")],
)
def test_what_stops_a_run_is_its_reason_and_no_case_is_lost(
    cases, server, monkeypatch, wrong, reason
):
    if wrong == "key":
        monkeypatch.setenv("TEST_KEY", "sk-another-0123456789")
    elif wrong == "model":
        server.known = {"other"}
    else:
        monkeypatch.delenv("TEST_KEY")

    progress = run(plan_at(server))

    assert progress.state == "stopped"
    assert reason in progress.reason
    assert "sk-another" not in progress.reason
    assert (progress.n_waiting, progress.n_done, progress.n_again) == (N_CASES, 0, 0)

    monkeypatch.setenv("TEST_KEY", KEY)
    server.known = None
    resume_run(progress.run_id)
    running.work_on(progress.run_id)
    assert progress_of(progress.run_id).n_answered == N_CASES


def test_a_run_that_is_stopped_asks_no_more_and_stores_what_is_on_its_way(cases, server):
    run_id = begin_run(plan_at(server, concurrency=2)).run_id
    seen = []

    def stop_at_third(stored):
        seen.append(stored)
        if len(seen) == 3:
            stop_run(run_id, "Enough.")

    running.work_on(run_id, on_stored=stop_at_third)

    progress = progress_of(run_id)
    assert (progress.state, progress.reason) == ("stopped", "Enough.")
    assert progress.n_answered == len(server.requests) == len(seen)
    assert 3 <= progress.n_answered < N_CASES


def test_work_that_is_ended_from_outside_is_left_to_the_next(cases, server):
    server.trouble(
        Trouble.SLOW, times=99, seconds=5.0, fits=lambda body: "Question 5?" in str(body)
    )
    run_id = begin_run(plan_at(server, concurrency=1)).run_id
    ends = []
    enough = threading.Event()
    worker = threading.Thread(
        target=running.work_on,
        args=(run_id,),
        kwargs={
            "on_begin": ends.append,
            "on_stored": lambda stored: enough.set() if len(outputs()) == 5 else None,
        },
    )
    worker.start()
    assert enough.wait(30)

    ends[0]()
    worker.join(30)

    progress = progress_of(run_id)
    assert (progress.state, progress.is_at_work, progress.n_answered) == ("open", False, 5)
    server.rules.clear()
    assert running.work_on(run_id)
    assert progress_of(run_id).state == "done"
    again = Counter(server.asked.values())
    assert again in (Counter({1: N_CASES}), Counter({1: N_CASES - 1, 2: 1}))
    assert len(outputs()) == N_CASES


def test_only_one_of_two_workers_works(cases, server):
    run_id = begin_run(plan_at(server), lease="somebody").run_id

    assert not running.work_on(run_id)
    assert server.requests == []


def test_an_estimate_is_near_what_it_takes_and_asks_nothing(cases, server):
    plan = plan_at(server, prices=Prices(1.0, 1.0), parameters={"max_tokens": 50})

    estimate = running.estimate_run(plan)

    assert server.requests == []
    assert (estimate.n_cases, estimate.output_per_case) == (N_CASES, 50)
    assert estimate.cost_usd == pytest.approx((estimate.input_tokens + N_CASES * 50) / 1e6)


def test_a_case_with_passages_and_tools_is_asked_whole(sqlite_database, server, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    case = {**CASES[0], "context": [{"id": "kb-1", "text": "A passage."}], "tools": [tool]}
    import_records([case], source_name="made", eval_set="Set")
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    server.default = lambda body: Spoken(tool_calls=[call], finish_reason="tool_calls")

    run(plan_at(server))

    body = server.requests[0][1]
    assert "A passage." in body["messages"][0]["content"]
    assert body["tools"] == [tool]
    (output,) = outputs()
    assert output.steps == [{"role": "assistant", "content": None, "tool_calls": [call]}]
    assert output.finish_reason == "tool_calls"
    engine().dispose()


@pytest.mark.parametrize("api", list(Api))
def test_images_of_a_case_are_sent_and_one_that_is_missing_fails_its_case_unasked(
    sqlite_database, server, monkeypatch, api
):
    monkeypatch.setenv("TEST_KEY", KEY)
    drawn = io.BytesIO()
    Picture.new("L", (4, 3)).save(drawn, "PNG")
    inside = "data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode()
    addresses = {"inside": inside, "web": "https://h/a.png", "missing": "in/cat.png"}
    made = [
        {"type": "case", "id": key, "input": [{"role": "user", "content": ["What is it?", image]}]}
        for key, address in addresses.items()
        for image in [{"type": "image_url", "image_url": {"url": address}}]
    ]
    import_records(made, source_name="made", eval_set="Set")
    stored = data_url(drawn.getvalue())

    progress = run(plan_at(server, api=api))

    assert (progress.state, progress.n_answered, progress.n_failed) == ("done", 2, 1)
    contents = [
        body["messages" if api is Api.CHAT else "input"][0]["content"]
        for _, body in server.requests
    ]
    text = {"type": "text" if api is Api.CHAT else "input_text", "text": "What is it?"}
    images = [
        {"type": "image_url", "image_url": {"url": address}}
        if api is Api.CHAT
        else {"type": "input_image", "image_url": address}
        for address in (stored, "https://h/a.png")
    ]
    assert sorted(contents, key=str) == sorted([[text, image] for image in images], key=str)
    (failed,) = [output for output in outputs() if output.error]
    assert "in/cat.png" in failed.error
    assert "not asked" in failed.error


def test_an_image_is_reckoned_as_one_and_not_by_its_bytes():
    image = {"type": "image", "image": "data:image/png;base64," + "A" * 1_000_000}
    request = Request("m", [{"role": "user", "content": [image]}])

    assert PER_IMAGE < input_tokens(request) < PER_IMAGE + 100


def test_both_apis_store_the_same(cases, server):
    first = run(plan_at(server))
    second = run(replace(plan_at(server, api="responses"), run="2"))

    by_run = {}
    for output in outputs():
        by_run.setdefault(output.run_id, []).append((output.content, output.output_tokens))
    assert by_run[first.run_id] == by_run[second.run_id]
