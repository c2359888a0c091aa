"""What annotators are told, what they ask, and what they are answered."""

from dataclasses import replace

import pytest
from sqlmodel import select

from db.columns import now
from db.commands.assignments import next_task_id
from db.commands.audience import set_audience
from db.commands.instructions import LONGEST_CONTACT, note_read, set_instructions
from db.commands.questions import answer, ask, note_answers_read
from db.commands.studies import StudyPlan, create_study, discard_study, set_study_open
from db.engine import read_session, write_session
from db.models import Annotator
from db.queries.annotation.audience import Audience
from db.queries.annotation.instructions import Instructions, instructions, reading
from db.queries.annotation.questions import asked_questions, new_answers, own_questions
from evalkit.annotation.draft import OutdatedError
from evalkit.errors import NotFoundError, RefusedError
from tests.factories import make_eval_set, opened

PLAN = StudyPlan(
    name="Which one",
    eval_set="Support questions",
    models=("Model one", "Model two"),
    about="Which model answers from spring on.",
    contact="Leo",
    guidelines="Read both.",
)


@pytest.fixture
def study_id(database):
    make_eval_set()
    return create_study(PLAN)


@pytest.fixture
def ada(database):
    with write_session() as session:
        person = Annotator(name="Ada")
        session.add(person)
        session.flush()
        return person.id


@pytest.fixture
def case_of_ada(study_id, ada):
    return next_task_id(study_id=study_id, annotator_id=ada)


def put(assignment_id, annotator_id, words, **changes):
    token = changes.pop("token", opened(assignment_id).token)
    return ask(assignment_id=assignment_id, annotator_id=annotator_id, token=token, words=words)


def own(study_id, annotator_id):
    with read_session() as session:
        return own_questions(session, study_id, annotator_id=annotator_id)


def read_by(study_id, annotator_id):
    with read_session() as session:
        return reading(session, study_id, annotator_id=annotator_id)


def test_a_question_waits_for_the_lead_and_its_answer_for_who_asked(study_id, ada, case_of_ada):
    number = put(case_of_ada, ada, "  May a response be in English? ")
    with read_session() as session:
        (asked,) = asked_questions(session, is_answered=False)
    assert (asked.question_id, asked.words) == (number, "May a response be in English?")
    assert (asked.study, asked.asked_by, asked.answer) == ("Which one", "Ada", None)

    answer(number, words="Only where the customer writes English.", actor_id=None)

    (mine,) = own(study_id, ada)
    assert mine.assignment_id == case_of_ada
    assert mine.answer == "Only where the customer writes English."
    with read_session() as session:
        assert asked_questions(session, is_answered=False) == []
        assert [each.question_id for each in asked_questions(session, is_answered=True)] == [number]


@pytest.mark.parametrize(
    "words",
    [
        "The left one is claude.",
        "ChatGPT does that.",
        "Anthropic's model does.",
        "mistral does that.",
        "As gpt-4o would.",
        "Zephyr knows.",
    ],
)
def test_an_answer_by_which_a_model_or_a_maker_could_be_told_is_refused(database, words):
    models = ("anthropic/claude-3-5-sonnet", "gpt-4o-2024-08-06", "mistral-large", "Zephyr-9000")
    make_eval_set(models=models)
    study_id = create_study(replace(PLAN, models=models))
    with write_session() as session:
        session.add(Annotator(name="Ada"))
    with read_session() as session:
        ada = session.exec(select(Annotator.id).where(Annotator.name == "Ada")).one()
    case = next_task_id(study_id=study_id, annotator_id=ada)
    number = put(case, ada, "Who wrote that?")

    with pytest.raises(RefusedError, match="names a model or a maker"):
        answer(number, words=words, actor_id=None)
    answer(number, words="Judge what it says; the command in it is right.", actor_id=None)


def test_what_a_study_tells_is_for_those_who_have_a_part_in_it(study_id, ada, case_of_ada):
    with write_session() as session:
        other = Annotator(name="Bea")
        session.add(other)
        session.flush()
        bea = other.id
    assert not read_by(study_id, bea).is_read

    set_audience(study_id, Audience(frozenset([ada])))

    with pytest.raises(NotFoundError, match="no such study open to you"):
        read_by(study_id, bea)
    with pytest.raises(NotFoundError, match="no such study open to you"):
        note_read(study_id, annotator_id=bea, digest="any")
    set_study_open(study_id, is_open=False)
    assert read_by(study_id, ada).instructions.contact == "Leo"  # who began something in it


def test_the_same_question_sent_twice_is_asked_once(study_id, ada, case_of_ada):
    assert put(case_of_ada, ada, "Why?") == put(case_of_ada, ada, "Why?")

    put(case_of_ada, ada, "And how?")

    assert [question.words for question in own(study_id, ada)] == ["And how?", "Why?"]


def test_nobody_asks_about_the_case_of_another_or_of_another_time(study_id, ada, case_of_ada):
    with pytest.raises(NotFoundError):
        put(case_of_ada, ada + 1, "Why?")
    with pytest.raises(OutdatedError, match="nothing was asked"):
        put(case_of_ada, ada, "Why?", token="of another time")
    assert own(study_id, ada) == []


@pytest.mark.parametrize("words", ["", "  ", None, 3, "x" * 20_000, "\x00"])
def test_what_is_no_question_and_no_answer_is_refused(study_id, ada, case_of_ada, words):
    with pytest.raises(RefusedError):
        put(case_of_ada, ada, words)
    number = put(case_of_ada, ada, "Why?")
    with pytest.raises(RefusedError):
        answer(number, words=words, actor_id=None)
    assert [question.answer for question in own(study_id, ada)] == [None]


def test_more_questions_about_one_case_than_anybody_reads_are_refused(study_id, ada, case_of_ada):
    for number in range(20):
        put(case_of_ada, ada, f"Question {number}?")

    with pytest.raises(RefusedError, match="asked a lot"):
        put(case_of_ada, ada, "One more?")


def test_the_questions_of_a_study_that_is_discarded_go_with_it(study_id, ada, case_of_ada):
    number = put(case_of_ada, ada, "Why?")
    note_read(study_id, annotator_id=ada, digest="any")

    discard_study(study_id)

    with pytest.raises(NotFoundError):
        answer(number, words="Because.", actor_id=None)


def test_what_a_study_tells_is_unread_until_it_is_read_and_again_once_it_changed(study_id, ada):
    told = read_by(study_id, ada)
    assert told.instructions == Instructions(
        "Which model answers from spring on.", "Leo", "Read both."
    )
    assert not told.is_read

    note_read(study_id, annotator_id=ada, digest=told.digest)
    assert read_by(study_id, ada).is_read
    note_read(study_id, annotator_id=ada, digest=told.digest)  # from another window

    set_instructions(study_id, Instructions(" About ", " Mia ", " Read all. "))
    changed = read_by(study_id, ada)
    assert changed.instructions == Instructions("About", "Mia", "Read all.")
    assert not changed.is_read

    note_read(study_id, annotator_id=ada, digest=told.digest)  # a page that was open meanwhile
    assert not read_by(study_id, ada).is_read


def test_instructions_of_a_study_that_is_not_there_and_too_long_a_contact_are_refused(study_id):
    with pytest.raises(RefusedError, match="200 characters"):
        set_instructions(study_id, Instructions("", "x" * (LONGEST_CONTACT + 1), ""))
    with pytest.raises(NotFoundError):
        set_instructions(987_654, Instructions("", "", ""))
    with pytest.raises(NotFoundError):
        read_by(987_654, 1)
    with read_session() as session:
        assert instructions(session, study_id).contact == "Leo"


def test_an_answer_is_new_until_who_asked_has_read_it_and_again_once_it_changed(
    study_id, ada, case_of_ada
):
    def new():
        with read_session() as session:
            return new_answers(session, annotator_id=ada)

    number = put(case_of_ada, ada, "May a response be in English?")
    assert new() == []  # it has no answer
    note_answers_read({number: now()}, annotator_id=ada)  # which nobody can have read

    answer(number, words="Only to English.", actor_id=None)
    (told,) = new()
    assert (told.study, told.assignment_id) == ("Which one", case_of_ada)
    assert (told.words, told.answer) == ("May a response be in English?", "Only to English.")
    note_answers_read({number: told.answered_at}, annotator_id=ada + 1)
    assert new() == [told]
    assert [question.is_new for question in own(study_id, ada)] == [True]

    seen = {number: told.answered_at, number + 1: told.answered_at}
    note_answers_read(seen, annotator_id=ada)
    assert new() == []
    assert [question.is_new for question in own(study_id, ada)] == [False]

    answer(number, words="To any language.", actor_id=None, instead_of="Only to English.")
    assert [told.answer for told in new()] == ["To any language."]


def test_who_read_an_answer_has_not_read_the_one_that_took_its_place_meanwhile(
    study_id, ada, case_of_ada
):
    number = put(case_of_ada, ada, "May a response be in English?")
    answer(number, words="Only to English.", actor_id=None)
    with read_session() as session:
        (drawn,) = new_answers(session, annotator_id=ada)
    answer(number, words="To any language.", actor_id=None, instead_of="Only to English.")

    note_answers_read({number: drawn.answered_at}, annotator_id=ada)

    (question,) = own(study_id, ada)
    assert (question.answer, question.is_new) == ("To any language.", True)
    note_answers_read({number: question.answered_at}, annotator_id=ada)
    assert [question.is_new for question in own(study_id, ada)] == [False]


def test_an_answer_does_not_take_the_place_of_one_that_its_writer_has_not_seen(
    study_id, ada, case_of_ada
):
    number = put(case_of_ada, ada, "May a response be in English?")
    answer(number, words="Only to English.", actor_id=None)

    with pytest.raises(RefusedError, match="answered meanwhile"):
        answer(number, words="To any language.", actor_id=None)

    answer(number, words="Only to English.", actor_id=None)  # the same once more is no other
    assert [question.answer for question in own(study_id, ada)] == ["Only to English."]
