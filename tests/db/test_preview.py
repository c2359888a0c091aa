"""A preview is what annotators would see, and leaves nothing behind."""

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from db.commands.assignments import next_task_id
from db.commands.preview import preview
from db.commands.records import import_records
from db.commands.studies import StudyPlan, create_study, planned_study
from db.engine import engine, read_session, write_session
from db.models import Annotator, Case, Output, StudyCase
from db.queries.annotation.planned import answered_by_category
from db.queries.annotation.task import comparison_task
from evalkit.annotation.assignment.sample import drawn_by_category
from evalkit.annotation.rubric import DEFAULT_RUBRIC
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY
from evalkit.vocabulary import ElsewhereRule, LeakPolicy
from tests.db.record_files import case, output
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
    plan = replace(PLAN, eval_set="One case", n_cases=None)
    make_eval_set(name="One case", models=("Alone", "Together", "Apart"), n_cases=1)
    plan = replace(plan, models=("Alone", "Together", "Apart"), pairs_per_case=1)
    before = preview(plan, viewer_id=leo)

    study_id = create_study(plan)
    assignment_id = next_task_id(study_id=study_id, annotator_id=leo)
    with read_session() as session:
        task = comparison_task(session, assignment_id, annotator_id=leo)

    own = {"assignment_id": 0, "study_id": 0, "token": "", "told": ""}
    assert replace(before, **own) == replace(task, **own)


def test_a_preview_stores_nothing(leo):
    before = sizes()

    task = preview(replace(PLAN, overlap=3, n_cases=None), viewer_id=leo)

    assert sizes() == before
    assert before["study"] == before["rubric"] == before["taxonomy"] == 0
    assert len(task.criteria) == len(DEFAULT_RUBRIC)
    assert len(task.tags) == len(DEFAULT_TAXONOMY)


def test_a_preview_waits_for_no_writer_and_no_writer_for_it(leo):
    """SQLite has one write lock: who asked for it here would wait for themselves."""
    with write_session() as session:
        session.add(Annotator(name="Ada"))
        session.flush()

        assert preview(PLAN, viewer_id=leo) is not None


def test_a_preview_reads_as_many_texts_of_a_large_eval_set_as_of_a_small_one(leo):
    make_eval_set(name="Large", models=("Many", "More"), n_cases=60)
    large = replace(PLAN, eval_set="Large", models=("Many", "More"))

    assert n_loaded(large, leo) == n_loaded(PLAN, leo)


def n_loaded(plan, viewer_id):
    """Count the rows of cases and outputs that a preview makes objects of."""
    loaded = []

    def note(target, _context):
        loaded.append(target)

    for table in (Case, Output):
        sa.event.listen(table, "load", note)
    try:
        preview(plan, viewer_id=viewer_id)
    finally:
        for table in (Case, Output):
            sa.event.remove(table, "load", note)
    return len(loaded)


def test_a_preview_leaves_out_what_names_its_maker_where_the_study_does(leo):
    with write_session() as session:
        for output in session.exec(select(Output).order_by(col(Output.id)).limit(2)):
            output.content = "I am Zephyr-9000, at your service."
    plan = replace(PLAN, leak_policy=LeakPolicy.LEAVE_OUT)

    assert "case-1" in preview(plan, viewer_id=leo).responses["left"].text
    assert preview(replace(plan, leak_policy=LeakPolicy.MASK), viewer_id=leo).responses[
        "left"
    ].text == ("I am [name removed], at your service.")


def test_a_preview_without_cases_to_show_is_none(leo):
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.content = "I am Zephyr-9000, at your service."

    assert preview(replace(PLAN, leak_policy=LeakPolicy.LEAVE_OUT), viewer_id=leo) is None


def test_a_preview_after_a_preview_has_the_form_of_its_own_plan(leo):
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

    assert ("Zephyr-9000" in task.responses["left"].text) is is_shown


def test_a_plan_that_would_be_refused_has_no_preview(leo):
    with pytest.raises(RefusedError, match="two"):
        preview(replace(PLAN, models=("Zephyr-9000",)), viewer_id=leo)


def test_a_study_without_a_name_is_called_a_new_one(leo):
    assert preview(replace(PLAN, name=" "), viewer_id=leo).study_name == "New study"


@pytest.fixture
def partly_elsewhere(database):
    """Keep eight cases, of which one has its text elsewhere, and one a response."""
    records = [{"type": "case", "id": "c0", "elsewhere": True, "category": "x"}]
    records += [case(f"c{n}", category="x" if n < 3 else "y") for n in range(1, 8)]
    for n in range(8):
        records += [output(f"c{n}", "A"), output(f"c{n}", "B", "No.")]
    records[-1] = {"type": "output", "case": "c7", "model": "B", "elsewhere": True}
    import_records(records, source_name="f", eval_set="Set", elsewhere=ElsewhereRule.KEEP)
    with write_session() as session:
        person = Annotator(name="Leo")
        session.add(person)
        session.flush()
        return person.id


def test_a_preview_shows_no_case_whose_texts_are_elsewhere(partly_elsewhere):
    plan = StudyPlan(name="S", eval_set="Set", models=("A", "B"))

    task = preview(plan, viewer_id=partly_elsewhere)

    assert [message["content"] for message in task.messages] == [case("c1")["input"][0]["content"]]
    assert {response.text for response in task.responses.values()} == {"Yes.", "No."}


def test_what_is_said_to_be_drawn_is_what_is_drawn_where_texts_are_elsewhere(partly_elsewhere):
    plan = StudyPlan(name="S", eval_set="Set", models=("A", "B"), n_cases=4)
    with read_session() as session:
        study, run_ids = planned_study(session, plan)
        answered = answered_by_category(session, study, run_ids, kind=plan.kind)
    expected = drawn_by_category(answered, 4, seed=plan.seed)

    create_study(plan)

    # Two of x are left, for c0 is elsewhere, and four of y.
    assert {category: size for category, (size, _) in answered.items()} == {"x": 2, "y": 4}
    with read_session() as session:
        drawn = session.exec(
            select(Case.category).join(StudyCase, col(StudyCase.case_id) == col(Case.id))
        )
        assert Counter(drawn) == Counter(expected)
