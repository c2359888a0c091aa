"""The page on which leads run models: what it offers, refuses, starts, shows, stops and resumes."""

import pytest

from db import running
from db.commands.askings import begin_run, stop_run
from db.engine import read_session
from db.queries.askings import askings
from evalkit.running.endpoint import Endpoint
from evalkit.running.plan import RunPlan
from evalkit.vocabulary import Role
from tests.endpoint.server import KEY, Trouble, serving
from tests.factories import make_eval_set
from tests.pages.conftest import at_page

PAGE = "library/run_models.py"


@pytest.fixture
def server(sqlite_database, tmp_path, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with serving() as running_server:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "secrets.toml").write_text(
            f'[endpoints.lab]\nbase_url = "{running_server.base_url}"\nkey_name = "TEST_KEY"\n'
        )
        yield running_server


def plan(server, **how):
    return RunPlan("Support questions", "m", Endpoint(server.base_url, "TEST_KEY"), **how)


def written(app):
    kinds = (app.title, app.info, app.text, app.caption, app.error, app.warning, app.html)
    texts = [
        str(getattr(element, "value", None) or element.proto.body)
        for kind in kinds
        for element in kind
    ]
    return "\n".join(texts).replace("\\", "").replace("\N{WORD JOINER}", "").replace("\xa0", " ")


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def runs():
    with read_session() as session:
        return askings(session)


def test_without_an_endpoint_the_page_says_who_can_name_one(app, sign_in, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    make_eval_set()
    sign_in(app, Role.LEAD)

    at_page(app, PAGE).run()

    assert not app.exception
    assert "No endpoint can be asked yet." in written(app)
    assert ".streamlit/secrets.toml" in written(app)


def test_an_annotator_does_not_see_it(app, sign_in, server):
    sign_in(app, Role.ANNOTATOR)

    at_page(app, PAGE).run()

    assert not app.button


def test_a_lead_estimates_and_starts_a_run_for_each_model(app, sign_in, server):
    make_eval_set()
    lead = sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    app.multiselect(key="run-models").set_value(["m1", "m2"])
    app.number_input(key="run-tokens").set_value(20)
    app.number_input(key="run-price-0").set_value(1.0)
    app.number_input(key="run-price-1").set_value(2.0)

    press(app, "Estimate")

    assert "m1 at lab, on Support questions version 1. 4 cases: about" in written(app)
    assert "about 20 output tokens each" in written(app)
    assert runs() == []
    press(app, "Start 2 runs")
    begun = runs()
    assert {(run.model, run.created_by, run.n_waiting) for run in begun} == {
        ("m1", lead.name, 4),
        ("m2", lead.name, 4),
    }
    assert begun[0].parameters == {"max_tokens": 20}
    assert server.requests == []  # the worker asks, not the page
    assert KEY not in written(app)


def test_what_cannot_be_run_is_said_and_nothing_begun(app, sign_in, server):
    make_eval_set()
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    press(app, "Estimate")
    assert "Name at least one model." in written(app)

    app.multiselect(key="run-models").set_value(["m"])
    app.number_input(key="run-budget").set_value(1.0)
    press(app, "Estimate")
    assert "No price of m is known" in written(app)

    app.number_input(key="run-budget").set_value(None)
    app.multiselect(key="run-models").set_value(["Model one"])
    press(app, "Estimate")
    press(app, "Start")
    assert "Run '1' of 'Model one' on 'Support questions' was imported." in written(app)
    assert runs() == []


def test_a_run_is_stopped_and_resumed(app, sign_in, server):
    make_eval_set()
    sign_in(app, Role.LEAD, name="Lea")
    begin_run(plan(server))
    at_page(app, PAGE).run()

    press(app, "Stop")

    assert "Lea stopped it." in written(app)
    press(app, "Resume")
    assert runs()[0].state == "open"


def test_a_run_that_is_done_shows_its_failures_with_their_number(app, sign_in, server):
    make_eval_set()
    server.trouble(Trouble.TOO_LONG, times=2, fits=lambda body: "number 3" not in str(body))
    run_id = begin_run(plan(server, concurrency=1)).run_id
    running.work_on(run_id)
    sign_in(app, Role.LEAD)

    at_page(app, PAGE).run()

    assert not app.exception
    assert "2 × (case case-0 is one) The endpoint answered 400" in written(app)


def test_another_budget_is_offered_where_one_stopped_the_run(app, sign_in, server):
    make_eval_set()
    from evalkit.running.prices import Prices

    run_id = begin_run(plan(server, budget_usd=0.5, prices=Prices(1, 1))).run_id
    stop_run(run_id, "The budget of 0.5 US dollars does not carry another case.")
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    app.number_input(key=f"budget-{run_id}").set_value(2.0)
    press(app, "Resume")

    assert (runs()[0].state, runs()[0].budget_usd) == ("open", 2.0)
