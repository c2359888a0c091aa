"""What suggests errors is sent to those who are offered any, once, and to nobody else."""

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.commands.instructions import set_instructions
from db.engine import write_session
from db.models import Annotator
from db.queries.annotation.instructions import Instructions
from db.queries.people import as_user
from evalkit.annotation.suggesting.model import LEAST_NOTES
from evalkit.annotation.suggesting.offers import is_helped
from pages.routes import guard, hosts, instructions, session, tag_models
from tests.factories import annotate, make_eval_set, make_study

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
NOTES = {"tone": "rude and cold zephyr", "hallucination": "invented number quasar"}


def store_notes():
    ids = make_eval_set(models=MODELS, n_cases=LEAST_NOTES)
    make_study(ids)
    for number in range(LEAST_NOTES):
        tag = list(NOTES)[number % 2]
        left, right = (f"case-{number}/{model}" for model in MODELS)
        marks = [(left, tag)]
        annotate(ids, "Ada", left, right, "left", marks=marks, comment=NOTES[tag])
    return ids["Study"]


@pytest.fixture
def study_id(store_once):
    return store_once(store_notes)


@pytest.fixture
def ask(study_id, monkeypatch):
    """Ask what the study tells somebody to whom errors are suggested, or not."""
    monkeypatch.setenv(hosts.VARIABLE, "evalkit.test")
    # Nothing is learnt behind a request of a test: it would go on after the test.
    monkeypatch.setattr(tag_models, "FRESH_S", 10**9)
    app = Starlette(routes=[*instructions.ROUTES], middleware=guard.MIDDLEWARE)

    def ask(*, helped=True, model=""):
        for number in range(30):
            with write_session() as writing:
                person = Annotator(name=f"Person {number} {helped} {model}")
                writing.add(person)
                writing.flush()
                user = as_user(person)
            if is_helped(seed=0, study_id=study_id, annotator_id=user.id) == helped:
                break
        client = TestClient(app, base_url="http://evalkit.test")
        client.cookies.set(session.COOKIE, session.cookie_value(user))
        headers = {"X-Evalkit": "1", "Sec-Fetch-Site": "same-origin"}
        asked = {"study": study_id, "model": model}
        return client.get("/annotate/study", params=asked, headers=headers).json()["suggesting"]

    return ask


def switch_on(study_id):
    set_instructions(study_id, Instructions("", "", "", suggests_tags=True))


def test_nothing_suggests_before_the_lead_says_so(study_id, ask):
    tag_models.learn_now(study_id)

    assert ask() is None


def test_who_asks_before_anything_was_learnt_waits_for_nothing(study_id, ask, monkeypatch):
    switch_on(study_id)
    monkeypatch.setattr(tag_models, "_learn_quietly", lambda _key: None)

    assert ask() is None


def test_what_was_learnt_is_sent_once_and_names_no_model(study_id, ask):
    switch_on(study_id)
    tag_models.learn_now(study_id)

    model = ask()

    assert sorted(model["tags"]) == ["hallucination", "tone"]
    assert {"rude", "invented"} <= model["terms"].keys()
    assert not any(word in json.dumps(model) for word in ("zephyr", "quasar", "Zephyr", "Quasar"))
    assert ask(model=model["digest"]) == {"digest": model["digest"]}
    assert ask(model="another")["terms"] == model["terms"]


def test_who_is_held_out_is_sent_nothing(study_id, ask):
    switch_on(study_id)
    tag_models.learn_now(study_id)

    assert ask(helped=False) is None


def test_nothing_is_learnt_anew_where_nothing_was_submitted_since(study_id, ask, monkeypatch):
    switch_on(study_id)
    tag_models.learn_now(study_id)
    monkeypatch.setattr(tag_models, "tag_model", lambda *_asked: pytest.fail("learnt again"))

    tag_models.learn_now(study_id)

    assert ask()["digest"]
