"""The page on which a lead answers, and the forms of what annotators are told."""

import pytest

from db.commands.assignments import next_task_id
from db.commands.questions import answer, ask
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.queries.annotation.instructions import instructions
from db.queries.annotation.questions import asked_questions, own_questions
from evalkit.vocabulary import Role
from tests.factories import make_eval_set, opened
from tests.pages.conftest import account, at_page
from tests.pages.test_annotate import sent

QUESTIONS = "library/questions.py"
PLAN = StudyPlan(name="Which one", eval_set="Support questions", models=("Model one", "Model two"))


@pytest.fixture
def asked(sqlite_database):
    make_eval_set()
    study_id = create_study(PLAN)
    ada = account(Role.ANNOTATOR, name="Ada")
    case = next_task_id(study_id=study_id, annotator_id=ada.id)
    ask(
        assignment_id=case,
        annotator_id=ada.id,
        token=opened(case).token,
        words="May a response be in *English*?",
    )
    return study_id, ada


def written(app):
    kinds = (app.title, app.info, app.text, app.caption, app.error, app.success)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def test_without_a_question_the_page_says_so(app, sign_in):
    sign_in(app, Role.LEAD)

    at_page(app, QUESTIONS).run()

    assert not app.exception
    assert "Nobody has asked anything yet." in written(app)


def test_a_lead_answers_a_question(app, sign_in, asked):
    study_id, ada = asked
    sign_in(app, Role.LEAD)
    at_page(app, QUESTIONS).run()
    assert "May a response be in *English*?" in written(app)
    assert "Ada" in written(app)

    app.text_area[0].set_value("Only to English.")
    next(button for button in app.button if button.label == "Answer").click().run()

    assert not app.exception
    assert "Ada finds the answer at the case" in written(app)
    assert "Every question has its answer." in written(app)
    with read_session() as session:
        (own,) = own_questions(session, study_id, annotator_id=ada.id)
    assert own.answer == "Only to English."


def test_a_lead_is_told_that_somebody_else_answered_meanwhile(app, sign_in, asked):
    sign_in(app, Role.LEAD)
    at_page(app, QUESTIONS).run()
    with read_session() as session:
        (question,) = asked_questions(session, is_answered=False)
    answer(question.question_id, words="Only to English.", actor_id=None)

    app.text_area[0].set_value("To any language.")
    next(button for button in app.button if button.label == "Answer").click().run()

    assert not app.exception
    said = app.warning[0].value.replace("\\", "").replace("\N{WORD JOINER}", "")
    assert "Somebody else answered Ada meanwhile: “Only to English.”" in said
    assert "Yours was not stored: “To any language.”" in said


def test_an_empty_answer_is_refused_in_a_sentence(app, sign_in, asked):
    sign_in(app, Role.LEAD)
    at_page(app, QUESTIONS).run()

    next(button for button in app.button if button.label == "Answer").click().run()

    assert not app.exception
    assert "Write an answer" in written(app)
    with read_session() as session:
        assert len(asked_questions(session, is_answered=False)) == 1


def test_a_lead_says_what_annotators_are_told(app, sign_in, asked):
    study_id, _ = asked
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()
    key = f"instructions-{study_id}"
    assert app.button(key=f"{key}-set").disabled
    assert not app.toggle(key=f"{key}-agreement").value  # it may sway people

    app.text_area(key=f"{key}-about").set_value("Which model answers from spring on.").run()
    app.text_input(key=f"{key}-contact").set_value("Leo").run()
    app.toggle(key=f"{key}-agreement").set_value(True).run()
    assert not app.toggle(key=f"{key}-suggests").value
    app.toggle(key=f"{key}-suggests").set_value(True).run()
    app.button(key=f"{key}-set").click().run()

    assert not app.exception
    with read_session() as session:
        told = instructions(session, study_id)
    assert (told.about, told.contact) == ("Which model answers from spring on.", "Leo")
    assert told.tells_agreement
    assert told.suggests_tags


def test_an_answer_is_announced_where_the_annotator_starts_until_it_is_read(app, sign_in, asked):
    with read_session() as session:
        (question,) = asked_questions(session, is_answered=False)
    answer(question.question_id, words="Only to *English*.", actor_id=None)
    sign_in(app, Role.ANNOTATOR, name="Ada")
    at_page(app, "annotate/studies.py").run()
    assert "Only to *English*." in written(app)
    assert "Open the case" in sent(app)

    next(button for button in app.button if button.label == "Mark as read").click().run()

    assert not app.exception
    assert "Only to *English*." not in written(app)


def test_an_answer_that_was_corrected_behind_the_page_is_not_read_by_a_click_on_the_old_one(
    app, sign_in, asked
):
    with read_session() as session:
        (question,) = asked_questions(session, is_answered=False)
    answer(question.question_id, words="Only to English.", actor_id=None)
    sign_in(app, Role.ANNOTATOR, name="Ada")
    at_page(app, "annotate/studies.py").run()
    answer(
        question.question_id, words="To any language.", actor_id=None, instead_of="Only to English."
    )

    next(button for button in app.button if button.label == "Mark as read").click().run()

    assert not app.exception
    assert "To any language." in written(app)


def test_nobody_else_is_told_of_an_answer(app, sign_in, asked):
    with read_session() as session:
        (question,) = asked_questions(session, is_answered=False)
    answer(question.question_id, words="Only to English.", actor_id=None)
    sign_in(app, Role.ANNOTATOR, name="Bob")

    at_page(app, "annotate/studies.py").run()

    assert not app.exception
    assert "Only to English." not in sent(app)
