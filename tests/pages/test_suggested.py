"""Failures says what became of errors that were suggested while annotating."""

import json

import pytest
from typer.testing import CliRunner

from db.engine import write_session
from db.models import Annotation, Study
from evalkit.cli import app as commands
from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page

TAKEN = {"tag": "tone", "source": "comment", "outcome": "taken"}
REFUSED = TAKEN | {"outcome": "refused"}
MODELS = ("Model one", "Model two")


def store_study():
    """Two annotations with an error, the first of which was suggested and taken."""
    ids = make_eval_set(models=MODELS)
    make_study(ids)
    for number, offers in enumerate(([TAKEN, REFUSED], None)):
        left, right = (f"case-{number}/{model}" for model in MODELS)
        marks = [(left, "tone"), (right, None)]
        made = annotate(ids, f"Person {number}", left, right, "left", marks=marks)
        with write_session() as session:
            session.get_one(Annotation, made).offers = offers
            session.get_one(Study, ids["Study"]).suggests_tags = True
    return ids["Study"]


@pytest.fixture
def study_id(store_once):
    return store_once(store_study)


def written(app):
    told = "\n".join(element.proto.body for element in app.get("html"))
    return told.replace("<wbr>", "").replace("\N{NO-BREAK SPACE}", " ")


def test_failures_says_how_many_were_taken_and_that_it_is_not_told_yet_what_they_do(
    app, sign_in, study_id
):
    sign_in(app, Role.LEAD)

    at_page(app, "results/failures.py").run()

    assert not app.exception
    told = written(app)
    assert "Errors suggested from what annotators wrote: 2, of which 1 was taken." in told
    assert "Not yet: whether suggestions change what is marked" in told


def test_the_terminal_and_its_json_say_the_same(study_id):
    words, document = (
        CliRunner().invoke(commands, ["report", "errors", "--study", "Study", *how]).output
        for how in ((), ("--json",))
    )

    entry = json.loads(document)["suggestions"]
    assert (entry["n_taken"], entry["n_not_taken"]) == (1, 1)
    plain = " ".join(words.split())
    assert all(sentence in plain for sentence in entry["sentences"])
    assert len(entry["sentences"]) == 2
