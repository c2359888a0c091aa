"""The annotation page with its first case in it: who gets one, and how it is written."""

import json
import re

import pytest
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.commands.people import accept_invitation, add_account
from db.commands.studies import StudyPlan, create_study, set_study_open
from db.engine import read_session, write_session
from db.models import Assignment, Output
from evalkit.vocabulary import Role
from pages.routes import first_case, guard, hosts, session
from tests.factories import make_eval_set

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
VISIT = {"Sec-Fetch-Dest": "document"}


@pytest.fixture
def study_id(database, monkeypatch):
    monkeypatch.setenv(hosts.VARIABLE, "evalkit.test")
    make_eval_set(models=MODELS)
    return create_study(StudyPlan(name="Which one", eval_set="Support questions", models=MODELS))


@pytest.fixture
def client(study_id):
    return client_of("Ann")


def client_of(name):
    app = Starlette(routes=first_case.ROUTES, middleware=guard.MIDDLEWARE)
    client = TestClient(app, base_url="http://evalkit.test", follow_redirects=False)
    user = accept_invitation(token=add_account(name=name, role=Role.ANNOTATOR), password=None)
    client.cookies.set(session.COOKIE, session.cookie_value(user))
    return client


def told(answer):
    """Return what the page tells the screen, or None where it is Streamlit's page alone."""
    assert answer.status_code == 200
    assert '<script type="module" crossorigin' in answer.text  # Streamlit's own program
    data = re.search(r'<script type="application/json" id="ek-page">(.*?)</script>', answer.text)
    return data and json.loads(data[1])


def assignments():
    with read_session() as reading:
        return reading.exec(select(Assignment)).all()


def test_who_comes_to_annotate_is_given_a_case_with_the_page_and_the_same_one_again(
    client, study_id
):
    first = client.get(f"/compare?study={study_id}", headers=VISIT)
    (assignment,) = assignments()
    again = client.get(f"/compare?study={study_id}&assignment={assignment.id}", headers=VISIT)

    assert told(first)["task"]["assignment_id"] == assignment.id
    assert told(again)["task"] == told(first)["task"]
    assert first.headers["cache-control"] == "no-store"
    assert len(assignments()) == 1


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Dest": "image"}, VISIT | {"Sec-Purpose": "prefetch;prerender"}],
    ids=["unknown", "as an image", "in advance"],
)
def test_a_page_that_nobody_comes_to_look_at_reserves_nothing(client, study_id, headers):
    assert told(client.get(f"/compare?study={study_id}", headers=headers)) is None
    assert assignments() == []


def test_streamlits_page_alone_says_that_there_is_no_such_case(client, study_id):
    for address in ("", "?study=x", "?study=987654", "?assignment=0", "?assignment=987654"):
        assert told(client.get(f"/compare{address}", headers=VISIT)) is None, address
    set_study_open(study_id, is_open=False)
    assert told(client.get(f"/compare?study={study_id}", headers=VISIT)) is None
    assert assignments() == []


def test_a_case_of_somebody_else_is_not_in_the_page(client, study_id):
    client.get(f"/compare?study={study_id}", headers=VISIT)
    (assignment,) = assignments()

    theirs = client_of("Ben").get(f"/compare?assignment={assignment.id}", headers=VISIT)

    assert told(theirs) is None


def test_who_is_signed_out_is_led_to_the_way_in_and_gets_no_program(client, study_id):
    client.cookies.clear()

    page = client.get(f"/compare?study={study_id}", headers=VISIT)

    assert (page.status_code, page.headers["location"].split("?")[0]) == (303, "/sign-in")
    assert client.get("/annotate/screen.js").status_code == 401


def test_a_response_cannot_end_the_script_it_stands_in(client, study_id):
    with write_session() as writing:
        for output in writing.exec(select(Output)):
            output.content = "</script><script>alert(1)</script><!-- <script>"
            writing.add(output)

    answer = client.get(f"/compare?study={study_id}", headers=VISIT)

    page = told(answer)
    assert "alert(1)" in page["task"]["left"]["html"]
    assert "<script>alert" not in answer.text
    assert "<!-- <script>" not in answer.text


def test_a_browser_keeps_the_program_of_this_version_only(client):
    for name, media_type in (("screen.js", "text/javascript"), ("screen.css", "text/css")):
        this = client.get(f"/annotate/{name}?v={first_case.VERSION}")
        other = client.get(f"/annotate/{name}?v=0123")

        assert this.text == other.text
        assert this.headers["content-type"].startswith(media_type)
        assert "immutable" in this.headers["cache-control"]
        assert other.headers["cache-control"] == "no-store"
