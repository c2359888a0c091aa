"""Whom a study gives out its cases to."""

import pytest
from sqlmodel import select

from db.commands.assignments import OnScreen, hold_next, next_task_id
from db.commands.audience import LONGEST_GROUP, set_audience, set_groups
from db.commands.studies import StudyPlan, create_study, discard_study
from db.engine import read_session, write_session
from db.models import Annotator, AuditEvent, StudyGroup, StudyPerson
from db.queries.annotation.audience import Audience, audience, group_names, people
from db.queries.annotation.progress import open_studies
from evalkit.errors import NotFoundError, RefusedError
from tests.factories import make_eval_set, opened

PLAN = StudyPlan(name="Which one", eval_set="Support questions", models=("Model one", "Model two"))


@pytest.fixture
def study_id(database):
    make_eval_set()
    return create_study(PLAN)


@pytest.fixture
def ada_and_bea(database):
    with write_session() as session:
        both = [Annotator(name=name) for name in ("Ada", "Bea")]
        session.add_all(both)
        session.flush()
        return [person.id for person in both]


def ask(study_id, annotator_id):
    return next_task_id(study_id=study_id, annotator_id=annotator_id)


def studies_of(annotator_id):
    with read_session() as session:
        return [study.study_id for study in open_studies(session, annotator_id=annotator_id)]


def test_a_study_that_names_nobody_is_for_everybody(study_id, ada_and_bea):
    for annotator_id in ada_and_bea:
        assert studies_of(annotator_id) == [study_id]
        assert ask(study_id, annotator_id) is not None


@pytest.mark.parametrize("by", ["person", "group"])
def test_whom_a_study_is_not_for_finds_and_gets_nothing_of_it(study_id, ada_and_bea, by):
    ada, bea = ada_and_bea
    set_groups(ada, ["German"])
    set_groups(bea, ["Finnish"])
    named = Audience(frozenset([ada])) if by == "person" else Audience(groups=frozenset(["German"]))

    set_audience(study_id, named)

    assert (studies_of(ada), studies_of(bea)) == ([study_id], [])
    assert ask(study_id, ada) is not None
    with pytest.raises(NotFoundError, match="no such study open to you"):
        ask(study_id, bea)
    assert hold_next(study_id=study_id, annotator_id=bea, on_screen=None) is None


def test_people_and_groups_add_up(study_id, ada_and_bea):
    ada, bea = ada_and_bea
    set_groups(ada, ["German"])

    set_audience(study_id, Audience(frozenset([bea]), frozenset(["German"])))

    assert ask(study_id, ada) is not None
    assert ask(study_id, bea) is not None


def test_what_somebody_began_is_theirs_to_finish_and_nothing_comes_after_it(study_id, ada_and_bea):
    ada, bea = ada_and_bea
    begun = ask(study_id, bea)

    set_audience(study_id, Audience(frozenset([ada])))

    assert studies_of(bea) == [study_id]
    assert ask(study_id, bea) == begun
    on_screen = OnScreen(begun, opened(begun).token, 0)
    assert hold_next(study_id=study_id, annotator_id=bea, on_screen=on_screen) is None


def test_a_study_that_is_for_everybody_again_is_so(study_id, ada_and_bea):
    ada, bea = ada_and_bea
    set_audience(study_id, Audience(frozenset([ada])))

    set_audience(study_id, Audience())

    assert ask(study_id, bea) is not None
    with read_session() as session:
        assert audience(session, study_id) == Audience()
        actions = session.exec(select(AuditEvent.action)).all()
    assert actions.count("set audience") == 2


def test_a_group_is_one_in_whatever_letters_it_is_written(study_id, ada_and_bea):
    ada, bea = ada_and_bea
    set_groups(ada, ["German", " german "])
    set_groups(bea, ["GERMAN"])

    set_audience(study_id, Audience(groups=frozenset(["german"])))

    with read_session() as session:
        assert group_names(session) == ["German"]
    assert ask(study_id, ada) is not None
    assert ask(study_id, bea) is not None


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_GROUP + 1)])
def test_a_group_without_a_usable_name_is_refused_and_nothing_changes(study_id, ada_and_bea, name):
    ada, _ = ada_and_bea
    set_groups(ada, ["German"])

    with pytest.raises(RefusedError, match="1 to 60 characters"):
        set_groups(ada, ["Finnish", name])
    with pytest.raises(RefusedError, match="1 to 60 characters"):
        set_audience(study_id, Audience(groups=frozenset([name])))

    with read_session() as session:
        assert group_names(session) == ["German"]


def test_nobody_and_no_study_that_is_not_there_can_be_named(study_id, ada_and_bea):
    with pytest.raises(NotFoundError):
        set_audience(study_id, Audience(frozenset([987_654])))
    with pytest.raises(NotFoundError):
        set_audience(987_654, Audience())
    with pytest.raises(NotFoundError):
        set_groups(987_654, ["German"])


def test_a_study_is_offered_to_people_who_may_annotate(study_id, ada_and_bea):
    with write_session() as session:
        session.add(Annotator(name="Sim", is_simulated=True))
        session.add(Annotator(name="Judge", kind="judge"))

    with read_session() as session:
        assert [person.name for person in people(session)] == ["Ada", "Bea"]


def test_a_study_is_discarded_with_whom_it_was_for(study_id, ada_and_bea):
    set_audience(study_id, Audience(frozenset(ada_and_bea), frozenset(["German"])))

    discard_study(study_id)

    with read_session() as session:
        assert (
            session.exec(select(StudyPerson)).all() == session.exec(select(StudyGroup)).all() == []
        )
