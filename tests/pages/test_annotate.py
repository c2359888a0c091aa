import json
from datetime import timedelta

import pytest
from google.protobuf.json_format import MessageToDict
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.questions import answer, ask
from db.commands.studies import StudyPlan, create_study, set_study_open
from db.engine import read_session, write_session
from db.models import Annotation, Assignment, Output
from evalkit.vocabulary import AssignmentState, Role
from pages.shared import annotating
from tests.factories import forget_units, make_eval_set, opened
from tests.pages.conftest import account

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
COMPARE, STUDIES = "annotate/compare.py", "annotate/studies.py"
OWN = "annotate/own.py"


def make_study(*, n_cases=3, name="Which one", **plan):
    make_eval_set(models=MODELS, n_cases=n_cases, name=f"set of {name}")
    plan = {"name": name, "eval_set": f"set of {name}", "models": MODELS} | plan
    return create_study(StudyPlan(**plan))


def open_page(app, page, **address):
    """Open a page by a link from another one, as people do."""
    app.run()
    for name, value in address.items():
        app.query_params[name] = str(value)
    return app.switch_page(page).run()


def written(app):
    kinds = (app.title, app.subheader, app.info, app.text, app.caption, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def sent(app):
    """Return all that went to the browser, as text."""
    return "\n".join(json.dumps(MessageToDict(node.proto)) for node in nodes(app._tree))


def nodes(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from nodes(child)
        if getattr(child, "proto", None) is not None and not isinstance(child.proto, str):
            yield child


def screen(app):
    """Return the case on the annotation screen."""
    (found,) = [
        node.proto for node in nodes(app._tree) if type(node.proto).__name__ == "BidiComponent"
    ]
    (data,) = json.loads(found.json)
    return data["task"]


def n_submitted():
    with read_session() as session:
        return len(session.exec(select(Annotation)).all())


def finish(study_id, user, n, *, first=0, preference="tie"):
    for number in range(first, first + n):
        found = next_task_id(study_id=study_id, annotator_id=user.id)
        commands.submit(
            assignment_id=found,
            opening=opened(found),
            annotator_id=user.id,
            draft={"preference": preference},
            active_seconds=1,
            submission_key=f"submission-{user.id}-{number}",
        )


def submitted_ago(seconds):
    with write_session() as session:
        for annotation in session.exec(select(Annotation)).all():
            annotation.submitted_at -= timedelta(seconds=seconds)
            session.add(annotation)


PREFERENCE_ONLY = {"collects": frozenset({"preference"})}


def test_without_a_study_the_page_says_what_is_missing(app, sign_in):
    sign_in(app, Role.ANNOTATOR)

    open_page(app, STUDIES)

    assert not app.exception
    assert "No study is open" in written(app)


def test_the_open_studies_are_listed_with_ones_own_progress(app, sign_in):
    study_id = make_study(n_cases=4, **PREFERENCE_ONLY)
    closed = StudyPlan(name="Closed one", eval_set="set of Which one", models=MODELS)
    set_study_open(create_study(closed), is_open=False)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 1)

    open_page(app, STUDIES)

    assert not app.exception
    everything = sent(app)
    assert "1 done, about 3 to go" in everything
    assert "Continue" in everything
    assert "Look back" in everything
    assert "Closed one" not in everything


def test_the_study_to_go_on_with_is_first_and_has_the_button_that_stands_out(app, sign_in):
    begun = make_study(n_cases=3, name="Begun", **PREFERENCE_ONLY)
    another = {"name": "Newer", "eval_set": "set of Begun", "models": MODELS}
    create_study(StudyPlan(**another, **PREFERENCE_ONLY))
    user = sign_in(app, Role.ANNOTATOR)
    finish(begun, user, 1)

    open_page(app, STUDIES)

    buttons = [
        (button.label, button.proto.type) for button in app.button if "study-" in str(button.key)
    ]
    assert buttons == [("Continue", "primary"), ("Start", "secondary")]


@pytest.mark.parametrize("is_own", [True, False])
def test_a_study_says_about_how_long_the_rest_takes(app, sign_in, is_own):
    study_id = make_study(n_cases=5, overlap=9, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    # Three cases in 60, 90 and 600 seconds: the median is 90 s, and 2 or 5 cases are left.
    people = [user] * 3 if is_own else [account(Role.ANNOTATOR, name=f"p {n}") for n in range(3)]
    for person in people:
        finish(study_id, person, 1, first=n_submitted())
    with write_session() as session:
        for assignment, seconds in zip(
            session.exec(select(Assignment)).all(), (60, 600, 90), strict=True
        ):
            assignment.active_seconds = seconds
            session.add(assignment)

    open_page(app, STUDIES)

    left = "about 2 to go: about 3 min" if is_own else "about 5 to go: about 8 min"
    assert left in sent(app)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "less than a minute"),
        (60, "about 1 min"),
        (1500, "about 25 min"),
        (3590, "about 1 h"),
        (6200, "about 1.75 h"),
        (40 * 3600, "about 40 h"),
    ],
)
def test_a_time_is_said_as_roughly_as_it_can_be_told(seconds, words):
    assert annotating.time_in_words(seconds) == words


def test_the_button_of_a_study_leads_to_its_next_case(app, sign_in):
    make_study(n_cases=2)
    sign_in(app, Role.ANNOTATOR)
    open_page(app, STUDIES)

    next(button for button in app.button if button.label == "Start").click().run()

    assert not app.exception
    assert screen(app)["total"] == 2


def test_opening_a_study_shows_a_case_and_reserves_it(app, sign_in):
    study_id = make_study()
    user = sign_in(app, Role.ANNOTATOR)

    open_page(app, COMPARE, study=study_id)

    assert not app.exception
    data = screen(app)
    with read_session() as session:
        (assignment,) = session.exec(select(Assignment)).all()
    assert assignment.annotator_id == user.id
    assert data["assignment_id"] == assignment.id
    assert (data["done"], data["total"]) == (0, 3)
    assert app.query_params["assignment"] == str(assignment.id)


def test_nothing_that_identifies_a_model_reaches_the_browser(app, sign_in):
    study_id = make_study(n_cases=2)
    with write_session() as session:
        forget_units(session, study_id)
        for output in session.exec(select(Output)).all():
            output.id += 424_200
            output.provider = "Nebula Clouds"
            output.cost_usd = 0.123456
            output.latency_ms = 777.25
            output.content += " I am Zephyr-9000-chat, made by Nebula Clouds."
            session.add(output)
    sign_in(app, Role.ANNOTATOR)

    open_page(app, COMPARE, study=study_id)

    everything = sent(app)
    assert "[name removed]" in everything
    for secret in ("Zephyr", "Quasar", "Nebula", "0.123", "777.25", "4242"):
        assert secret not in everything


def test_nothing_that_identifies_a_model_reaches_the_browser_between_cases(app, sign_in):
    study_id = make_study(n_cases=12, overlap=3, tells_agreement=True, **PREFERENCE_ONLY)
    with write_session() as session:
        forget_units(session, study_id)
        for output in session.exec(select(Output)).all():
            output.id += 424_200
            output.provider = "Nebula Clouds"
            output.cost_usd = 0.123456
            output.latency_ms = 777.25
            session.add(output)
    user = sign_in(app, Role.ANNOTATOR)
    for person in [user, *(account(Role.ANNOTATOR, name=f"p {n}") for n in range(2))]:
        finish(study_id, person, 12)
    with read_session() as session:
        case = session.exec(select(Assignment)).first()
    asked = {"assignment_id": case.id, "annotator_id": user.id, "token": case.token}
    answer(ask(**asked, words="Is it so?"), words="It is.", actor_id=None)

    for page, words in ((STUDIES, "It is."), (COMPARE, "chose as others did"), (OWN, "12 of 12")):
        open_page(app, page, study=study_id)
        everything = sent(app)
        assert words in everything
        for secret in ("Zephyr", "Quasar", "Nebula", "0.123", "777.25", "4242"):
            assert secret not in everything


def test_after_a_submission_the_next_case_is_shown(app, sign_in):
    study_id = make_study(**PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    open_page(app, COMPARE, study=study_id)
    first = screen(app)["assignment_id"]
    finish(study_id, user, 1)

    del app.query_params["assignment"]  # as the screen does where it has nothing to show
    open_page(app, COMPARE, study=study_id)

    data = screen(app)
    assert data["assignment_id"] != first
    assert (data["done"], data["has_previous"]) == (1, True)


def test_a_reload_shows_the_same_case(app, sign_in):
    study_id = make_study()
    sign_in(app, Role.ANNOTATOR)
    open_page(app, COMPARE, study=study_id)
    shown = screen(app)["assignment_id"]

    app.run()

    assert screen(app)["assignment_id"] == shown


def test_when_nothing_is_left_the_page_says_what_was_done(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 2)

    open_page(app, COMPARE, study=study_id)

    assert not app.exception
    assert "you submitted 2 cases in less than a minute. Thank you." in written(app)
    assert "Look back at the last one" in sent(app)


def test_a_study_that_is_done_names_nothing_to_go(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 2)

    open_page(app, STUDIES)

    assert "All of yours are done" in written(app)
    assert "2 done" in sent(app)
    assert "to go" not in sent(app)


def test_the_last_submission_is_undone_from_the_end_of_a_study(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 2)
    open_page(app, COMPARE, study=study_id)
    button = app.button(key="undo-last")
    assert button.proto.shortcut.lower() == "ctrl+z"

    button.click().run()

    assert not app.exception
    data = screen(app)
    assert (data["done"], data["draft"]["preference"]) == (1, "tie")
    with read_session() as session:
        submitted = session.exec(select(Annotation).order_by(Annotation.id)).all()
        last = session.get_one(Assignment, data["assignment_id"])
    assert [annotation.is_superseded for annotation in submitted] == [False, True]
    assert last.state == AssignmentState.DRAFT


@pytest.mark.parametrize("seconds_ago", [80, 100])
def test_undo_is_offered_at_the_end_as_long_as_on_the_screen(app, sign_in, seconds_ago):
    study_id = make_study(n_cases=1, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 1)
    submitted_ago(seconds_ago)

    open_page(app, COMPARE, study=study_id)

    assert not app.exception
    offered = [button for button in app.button if button.key == "undo-last"]
    assert len(offered) == (1 if seconds_ago < commands.UNDO_WITHIN.total_seconds() else 0)


def test_the_last_submission_of_a_study_that_is_closed_meanwhile_stays_as_it_was(app, sign_in):
    study_id = make_study(n_cases=1, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 1)
    open_page(app, COMPARE, study=study_id)
    set_study_open(study_id, is_open=False)

    app.button(key="undo-last").click().run()

    assert not app.exception
    assert "There is no such study open to you" in written(app)
    with read_session() as session:
        assert not session.exec(select(Annotation)).one().is_superseded


def test_an_edit_is_not_undone_from_the_end(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 2)
    with read_session() as session:
        first = session.exec(select(Assignment.id).order_by(Assignment.id)).first()
    commands.submit(
        assignment_id=first,
        opening=opened(first),
        annotator_id=user.id,
        draft={"preference": "left"},
        active_seconds=1,
        submission_key="another one",
    )

    open_page(app, COMPARE, study=study_id)

    assert not app.exception
    assert [button for button in app.button if button.key == "undo-last"] == []


@pytest.mark.parametrize("is_told", [True, False])
def test_the_end_says_how_often_one_chose_as_others_did_where_the_study_allows_it(
    app, sign_in, is_told
):
    study_id = make_study(n_cases=12, overlap=3, tells_agreement=is_told, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 12)
    for number, preferences in enumerate((["tie"] * 12, ["left"] * 6 + ["tie"] * 6)):
        person = account(Role.ANNOTATOR, name=f"p {number}")
        for place, preference in enumerate(preferences):
            finish(study_id, person, 1, first=place, preference=preference)

    open_page(app, COMPARE, study=study_id)

    assert not app.exception
    # One of the two others differs on six: (6 + 6 / 2) / 12.
    words = "Of 12 comparisons that others judged too, you chose as they did in 75 % ["
    assert (words in written(app)) is is_told
    assert ("chose as" in written(app)) is is_told
    before = written(app)
    with write_session() as session:
        for annotation in session.exec(select(Annotation)).all():
            annotation.preference = "tie"
            session.add(annotation)
    open_page(app, COMPARE, study=study_id)
    assert written(app) == before  # a second number would tell what somebody chose


def test_a_number_that_would_give_others_away_is_not_told_at_the_end(app, sign_in):
    study_id = make_study(n_cases=12, overlap=3, tells_agreement=True, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    for person in (user, *(account(Role.ANNOTATOR, name=f"p {n}") for n in range(2))):
        finish(study_id, person, 12)  # all choose a tie

    open_page(app, COMPARE, study=study_id)

    assert not app.exception
    assert "How often you chose as others did is not told" in written(app)
    assert "12 comparisons" not in written(app)


def test_nothing_of_it_is_told_while_there_is_still_something_to_do(app, sign_in):
    study_id = make_study(n_cases=12, overlap=3, tells_agreement=True, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    for person in [account(Role.ANNOTATOR, name=f"p {n}") for n in range(2)]:
        finish(study_id, person, 12)
    finish(study_id, user, 11)

    for page in (STUDIES, COMPARE):
        open_page(app, page, study=study_id)
        assert "chose as" not in sent(app)


def test_the_end_of_a_study_lists_what_was_skipped_and_gives_it_back(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    another = {"name": "Another one", "eval_set": "set of Which one", "models": MODELS}
    create_study(StudyPlan(**another, **PREFERENCE_ONLY))
    user = sign_in(app, Role.ANNOTATOR)
    finish(study_id, user, 1)
    skipped = next_task_id(study_id=study_id, annotator_id=user.id)
    commands.skip(
        assignment_id=skipped, opening=opened(skipped), annotator_id=user.id, reason="other"
    )

    open_page(app, COMPARE, study=study_id)

    assert "You skipped 1 case" in written(app)
    assert "Another one, about 2 cases to go" in written(app)
    assert "Sign out" in sent(app)
    next(button for button in app.button if button.label == "Take it back").click().run()
    assert not app.exception
    assert screen(app)["assignment_id"] == skipped


def test_an_edit_that_was_not_submitted_is_said_on_the_page_of_studies_and_discarded(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    begun = next_task_id(study_id=study_id, annotator_id=user.id)
    finish(study_id, user, 1)
    commands.save_draft(
        assignment_id=begun,
        opening=opened(begun),
        annotator_id=user.id,
        draft={"preference": "left"},
        active_seconds=0,
    )

    open_page(app, STUDIES)

    assert "Edit not submitted" in sent(app)
    next(button for button in app.button if button.label == "Discard edit").click().run()
    assert not app.exception
    assert "Edit not submitted" not in sent(app)
    with read_session() as session:
        assert session.get_one(Assignment, begun).draft is None


def test_an_edit_of_a_study_that_is_gone_by_now_is_discarded_without_a_failure(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    begun = next_task_id(study_id=study_id, annotator_id=user.id)
    finish(study_id, user, 1)
    edit = {"draft": {"preference": "left"}, "active_seconds": 0, "opening": opened(begun)}
    commands.save_draft(assignment_id=begun, annotator_id=user.id, **edit)
    open_page(app, STUDIES)
    other = account(Role.ANNOTATOR, name="B")
    with write_session() as session:  # as when an older database is put back
        session.get_one(Assignment, begun).annotator_id = other.id

    next(button for button in app.button if button.label == "Discard edit").click().run()

    assert not app.exception
    assert "no such case among yours" in written(app)


def test_an_edit_whose_number_another_case_has_by_now_is_not_discarded(app, sign_in):
    study_id = make_study(n_cases=2, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    begun = next_task_id(study_id=study_id, annotator_id=user.id)
    finish(study_id, user, 1)
    edit = {"draft": {"preference": "left"}, "active_seconds": 0, "opening": opened(begun)}
    commands.save_draft(assignment_id=begun, annotator_id=user.id, **edit)
    open_page(app, STUDIES)
    with write_session() as session:  # as when an older database is put back
        session.get_one(Assignment, begun).token = "of another case"

    next(button for button in app.button if button.label == "Discard edit").click().run()

    assert "no longer there" in written(app)
    with read_session() as session:
        assert session.get_one(Assignment, begun).draft is not None


def test_a_skip_whose_number_another_case_has_by_now_is_not_taken_back(app, sign_in):
    study_id = make_study(n_cases=1, **PREFERENCE_ONLY)
    user = sign_in(app, Role.ANNOTATOR)
    begun = next_task_id(study_id=study_id, annotator_id=user.id)
    commands.skip(assignment_id=begun, opening=opened(begun), annotator_id=user.id, reason="other")
    open_page(app, COMPARE, study=study_id)
    with write_session() as session:
        session.get_one(Assignment, begun).token = "of another case"

    next(button for button in app.button if button.label == "Take it back").click().run()

    assert "no longer there" in written(app)
    with read_session() as session:
        assert session.get_one(Assignment, begun).state == AssignmentState.SKIPPED


def test_a_study_whose_cases_are_taken_says_so(app, sign_in):
    study_id = make_study(n_cases=1, overlap=1, **PREFERENCE_ONLY)
    finish(study_id, account(Role.ANNOTATOR, name="quicker"), 1)
    sign_in(app, Role.ANNOTATOR)

    open_page(app, COMPARE, study=study_id)

    assert "taken by others" in written(app)


def test_the_address_of_a_closed_study_says_nothing_of_it(app, sign_in):
    study_id = make_study()
    set_study_open(study_id, is_open=False)
    sign_in(app, Role.ANNOTATOR)

    open_page(app, COMPARE, study=study_id)

    assert not app.exception
    assert "There is no such study open to you" in written(app)
    assert "Which one" not in written(app)


@pytest.mark.parametrize("address", [{"study": 99}, {"assignment": 99}])
def test_an_address_that_leads_nowhere_says_so(app, sign_in, address):
    make_study()
    sign_in(app, Role.ANNOTATOR)

    open_page(app, COMPARE, **address)

    assert not app.exception
    assert "There is no such" in written(app)


def test_somebody_elses_case_is_not_shown(app, sign_in):
    study_id = make_study()
    other = account(Role.ANNOTATOR, name="other")
    theirs = next_task_id(study_id=study_id, annotator_id=other.id)
    sign_in(app, Role.ADMIN)

    open_page(app, COMPARE, assignment=theirs)

    assert "There is no such case among yours" in written(app)


def test_a_skipped_case_opened_by_its_address_is_explained(app, sign_in):
    study_id = make_study()
    user = sign_in(app, Role.ANNOTATOR)
    found = next_task_id(study_id=study_id, annotator_id=user.id)
    commands.skip(
        assignment_id=found,
        opening=opened(found),
        annotator_id=user.id,
        reason="unfamiliar_language",
    )

    open_page(app, COMPARE, study=study_id, assignment=found)

    assert not app.exception
    assert "You skipped this case: A language I do not read well." in written(app)


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "²", "9" * 30, str(2**31)])
def test_an_address_without_a_number_leads_to_the_studies(app, sign_in, number):
    make_study()
    sign_in(app, Role.ANNOTATOR)

    open_page(app, COMPARE, study=number)

    assert not app.exception
    assert "Annotate" in [title.value for title in app.title]
