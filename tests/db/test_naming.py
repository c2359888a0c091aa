"""Texts beside the responses that name what a study compares."""

from dataclasses import replace

import pytest
from sqlmodel import select

from db.commands.studies import StudyPlan, create_study
from db.engine import read_session, write_session
from db.models import Case, Criterion, Tag
from db.queries.annotation.naming import texts_that_name_models
from evalkit.annotation.blinding.naming import NamingText, naming_in_words
from tests.factories import make_eval_set

MODELS = ("gemini-2.5-flash", "meta-llama/Llama-3.1-8B-Instruct", "model_b")
PLAN = StudyPlan(
    name="Which one", eval_set="Support questions", models=MODELS, guidelines="Be fair."
)


def texts_of_study(**changes):
    study_id = create_study(replace(PLAN, **changes))
    with read_session() as session:
        return texts_that_name_models(session, study_id)


def change(table, **values):
    """Change the first row of a table."""
    with write_session() as session:
        row = session.exec(select(table).order_by(table.id)).first()
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def test_a_study_whose_texts_name_nobody_has_none_to_point_out(database):
    make_eval_set(models=MODELS)

    assert texts_of_study() == ()


def test_its_name_and_guidelines_are_looked_at(database):
    make_eval_set(models=MODELS)

    found = texts_of_study(name="Gemini or Llama", guidelines="Compare gemini 2.5 flash fairly.")

    assert found == (
        NamingText("the name of the study", ("Gemini", "Llama")),
        NamingText("the guidelines", ("gemini 2.5 flash",)),
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": "Gemini questions"}, ("Gemini",)),
        ({"input": [{"role": "user", "content": "Ask Llama 3.1 8B about it."}]}, ("Llama 3.1 8B",)),
        ({"context": [{"id": "1", "text": "Gemini answered this."}]}, ("Gemini",)),
        ({"tools": [{"name": "ask", "description": "Asks Llama."}]}, ("Llama",)),
        ({"input": [{"role": "user", "content": "How do I groom a llama?"}]}, ()),
    ],
)
def test_of_a_case_the_category_text_context_and_tools_are_looked_at(database, changes, words):
    make_eval_set(models=MODELS)
    change(Case, **changes)

    expected = (NamingText("the case “case-0”", words),) if words else ()
    assert texts_of_study() == expected


def test_criteria_and_tags_are_looked_at_with_their_levels_and_definitions(database):
    make_eval_set(models=MODELS)
    study_id = create_study(PLAN)
    change(
        Criterion,
        question="Is it helpful?",
        scale=[{"value": 1, "label": "no"}, {"value": 2, "label": "as Gemini"}],
    )
    change(Tag, name="Made up", definition="Invented, as Llama does.")

    with read_session() as session:
        found = texts_that_name_models(session, study_id)
    assert found == (
        NamingText("the criterion “Is it helpful?”", ("Gemini",)),
        NamingText("the tag “Made up”", ("Llama",)),
    )


def test_few_places_are_told_one_by_one_and_the_others_counted():
    texts = [NamingText(f"the case “{number}”", ("Gemini",)) for number in range(9)]

    said = naming_in_words(texts)

    assert "the case “5” (“Gemini”) and 3 more" in said
    assert naming_in_words([]) == ""
