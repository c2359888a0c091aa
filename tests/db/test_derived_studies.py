"""Studies made of other ones: for whom they are, and what their annotators can see."""

from collections import Counter

import pytest
from sqlmodel import select

from db.commands.assignments import next_task_id
from db.commands.audience import set_audience, set_groups
from db.commands.label_studies import ask_for_labels
from db.commands.records import import_records
from db.engine import read_session, write_session
from db.models import Annotator, Case, Output, Study, Unit
from db.queries.annotation.audience import Audience, audience, is_for
from db.queries.annotation.task import comparison_task
from db.queries.annotation.tasks import tasks_of
from evalkit.errors import RefusedError
from evalkit.vocabulary import TaskKind
from tests.db.record_files import case, comparison, output
from tests.db.test_acceptances import store_half, take
from tests.db.test_mixed_studies import store_study as store_mixed_study

MODELS = ("Zephyr-9000", "Quasar Pro 3")


def study_called(name):
    with read_session() as session:
        return session.exec(select(Study).where(Study.name == name)).one()


def somebody(name):
    with write_session() as session:
        person = Annotator(name=name)
        session.add(person)
        session.flush()
        return person.id


def texts_shown(study_id, annotator_id):
    """Return what somebody reads in the first case that a study gives them."""
    assignment = next_task_id(study_id=study_id, annotator_id=annotator_id)
    with read_session() as session:
        task = comparison_task(session, assignment, annotator_id=annotator_id)
    return {response.text for response in task.responses.values()}


def labels_asked(*, like, collects="preference"):
    """Ask for labels on every case there is, and return the id of the new study."""
    with read_session() as session:
        drawn = dict.fromkeys(session.exec(select(Case.id)).all(), 0.5)
    return ask_for_labels(
        like=like, name="Labels", drawn=drawn, collects=collects, overlap=1, seed=1
    )


def cases_there():
    with read_session() as session:
        return session.exec(select(Case.id)).all()


def audit_made(*, like):
    take(share=1.0)
    return study_called("Study, part 2").id


def test_labels_asked_for_in_an_imported_study_name_no_model(database):
    records = [case("c0", "Who are you?")]
    records += [output("c0", model, f"I am {model}. Hello.") for model in MODELS]
    records += [
        comparison(case="c0", left=MODELS[0], right=MODELS[1], annotator=name, annotator_kind=kind)
        for name, kind in (("Ann", "human"), ("gauge", "judge"))
    ]
    import_records(records, source_name="the test", eval_set="Cases", study="Imported")

    labels = labels_asked(like=study_called("Imported").id)

    assert texts_shown(labels, somebody("Bo")) == {"I am [name removed]. Hello."}


def test_an_imported_study_that_asks_people_names_no_model(database):
    records = [case("c0", "Who are you?")]
    records += [output("c0", model, f"I am {model}. Hello.") for model in MODELS]
    import_records(records, source_name="the test", eval_set="Cases", study="Imported")

    imported = study_called("Imported")

    assert imported.is_open
    assert texts_shown(imported.id, somebody("Bo")) == {"I am [name removed]. Hello."}


@pytest.mark.parametrize("made", [labels_asked, audit_made])
@pytest.mark.parametrize(
    ("policy", "expected"), [("show", "mask"), ("mask", "mask"), ("leave_out", "leave_out")]
)
def test_a_study_made_of_another_never_shows_who_wrote_a_response(
    sqlite_database, store_once, made, policy, expected
):
    ids = store_once(store_half)
    with write_session() as session:
        session.get_one(Study, ids["Study"]).leak_policy = policy
        if policy != "leave_out":  # of nothing else anything would be left to be shown
            for written in session.exec(select(Output)):
                written.content = "I was trained by OpenAI. Hello."

    study_id = made(like=ids["Study"])

    with read_session() as session:
        assert session.get_one(Study, study_id).leak_policy == expected
    assert not any("OpenAI" in text for text in texts_shown(study_id, somebody("Bo")))


@pytest.mark.parametrize("made", [labels_asked, audit_made])
@pytest.mark.parametrize("by", ["person", "group"])
def test_a_study_made_of_another_is_for_nobody_else(database, store_once, made, by):
    ids = store_once(store_half)
    bo, cy = somebody("Bo"), somebody("Cy")
    set_groups(bo, ["German"])
    named = Audience(frozenset([bo])) if by == "person" else Audience(groups=frozenset(["German"]))
    set_audience(ids["Study"], named)

    study_id = made(like=ids["Study"])

    with read_session() as session:
        assert audience(session, study_id) == named
        assert is_for(session, study_id, annotator_id=bo)
        assert not is_for(session, study_id, annotator_id=cy)


@pytest.mark.parametrize(
    ("collects", "kind", "n_of_case", "expected"),
    [
        ("preference", TaskKind.PAIR, 1, ("preference", "strength", "comment")),
        ("scores", TaskKind.SINGLE, 2, ("scores", "tags", "comment")),
    ],
)
def test_labels_of_a_study_that_mixes_kinds_are_of_the_kind_and_number_that_were_asked_for(
    database, collects, kind, n_of_case, expected
):
    # Pairs on eight of ten cases by two people each; single responses on the other two.
    source, _ = store_mixed_study(overlap=2)

    labels = labels_asked(like=source, collects=collects)

    with read_session() as session:
        (task,) = tasks_of(session.get_one(Study, labels))
        units = session.exec(select(Unit).where(Unit.study_id == labels)).all()
    assert (task.kind, task.overlap, task.share) == (kind, 1, 1.0)
    assert set(task.collects) == set(expected)
    # Every case that was drawn is asked, at the odds with which it was drawn.
    assert Counter(unit.case_id for unit in units) == dict.fromkeys(cases_there(), n_of_case)
    assert {unit.inclusion_probability for unit in units} == {0.5}


def test_labels_that_a_study_does_not_ask_for_are_refused_and_nothing_is_stored(sqlite_database):
    source, _ = store_mixed_study(beside=[], share=1.0)

    with pytest.raises(RefusedError, match="“Mixed” does not ask people for this"):
        labels_asked(like=source, collects="scores")

    with read_session() as session:
        assert session.exec(select(Study.name)).all() == ["Mixed"]
