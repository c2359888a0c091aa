"""A preview is what annotators would see, and leaves nothing behind."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from db.commands.assignments import next_task_id
from db.commands.preview import preview
from db.commands.studies import StudyPlan, create_study
from db.engine import engine, read_session, write_session
from db.models import Annotator, Output
from db.queries.annotation.task import comparison_task
from evalkit.annotation.rubric import DEFAULT_RUBRIC
from evalkit.errors import RefusedError
from evalkit.vocabulary import LeakPolicy
from tests.factories import make_eval_set

PLAN = StudyPlan(
    name="Which one", eval_set="Support questions", models=("Zephyr-9000", "Model two"), n_cases=1
)


@pytest.fixture
def leo(database):
    make_eval_set(models=("Zephyr-9000", "Model two"), n_cases=6)
    with write_session() as session:
        person = Annotator(name="Leo")
        session.add(person)
        session.flush()
        return person.id


def sizes():
    """Return how many rows each table has."""
    with engine().connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
            for name in names
        }


def test_a_preview_is_what_the_study_then_shows(leo):
    before = preview(PLAN, viewer_id=leo)

    study_id = create_study(PLAN)
    assignment_id = next_task_id(study_id=study_id, annotator_id=leo)
    with read_session() as session:
        task = comparison_task(session, assignment_id, annotator_id=leo)

    own = {"assignment_id": 0, "study_id": 0, "token": "", "n_total": 0}
    assert {before.left.text, before.right.text} == {task.left.text, task.right.text}
    texts = {"left": before.left, "right": before.right}
    assert replace(before, **own) == replace(task, **own, **texts)


def test_nothing_of_a_preview_is_stored_but_the_ready_rubric_and_taxonomy(leo):
    preview(PLAN, viewer_id=leo)
    before = sizes()

    task = preview(replace(PLAN, overlap=3, n_cases=None), viewer_id=leo)

    assert sizes() == before
    assert before["study"] == before["assignment"] == before["unit"] == before["audit_event"] == 0
    assert len(task.criteria) == len(DEFAULT_RUBRIC)


def test_a_preview_after_a_preview_has_the_form_of_its_own_plan(leo):
    """What is read once of a rubric may not outlive one that was taken back."""
    preview(PLAN, viewer_id=leo)

    bare = preview(
        replace(PLAN, rubric=None, collects=frozenset(("preference", "tags"))), viewer_id=leo
    )

    assert bare.criteria == ()
    assert bare.collect == {"preference", "tags"}


@pytest.mark.parametrize(
    ("policy", "is_shown"), [(LeakPolicy.MASK, False), (LeakPolicy.SHOW, True)]
)
def test_a_preview_masks_as_the_study_masks(leo, policy, is_shown):
    with write_session() as session:
        for output in session.exec(select(Output).where(col(Output.id) > 0)):
            output.content = "I am Zephyr-9000, at your service."

    task = preview(replace(PLAN, leak_policy=policy), viewer_id=leo)

    assert ("Zephyr-9000" in task.left.text) is is_shown


def test_a_plan_that_would_be_refused_has_no_preview(leo):
    with pytest.raises(RefusedError, match="two"):
        preview(replace(PLAN, models=("Zephyr-9000",)), viewer_id=leo)


def test_a_study_without_a_name_is_called_a_new_one(leo):
    assert preview(replace(PLAN, name=" "), viewer_id=leo).study_name == "New study"
