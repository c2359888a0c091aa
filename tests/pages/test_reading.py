"""Responses of a list are read one after the other, each with what it is judged by."""

import json

import pytest
from sqlmodel import select

from db.engine import write_session
from db.models import Case
from evalkit.vocabulary import Role
from pages.shared.display import lists
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_addresses import address, opened, written

ONE, TWO = "Model one", "Model two"


def store_study():
    """Three responses of model two in which two people see an error, and one in which one does."""
    ids = make_eval_set(models=(ONE, TWO), n_cases=4)
    make_study(ids)
    with write_session() as session:
        for case in session.exec(select(Case)):
            case.reference = {"pass_if": f"names {case.key}", "fail_if": "guesses"}
            case.checklist = [{"key": "dated", "question": "Does it give a date?"}]
            case.note = f"Why {case.key} exists"
    for case in range(4):
        one, two = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        for name in ("Ada", "Bo")[: 2 if case < 3 else 1]:
            annotate(ids, name, one, two, "left", marks=[(one, None), (two, "tone")])
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def shown_panes(app):
    viewers = [each.proto for each in app.get("bidi_component")]
    data = [json.loads(each.json) for each in viewers if each.component_name.endswith("viewer")]
    return [pane for each in data for pane in each["panes"]]


def step(app, label):
    (button,) = [each for each in app.button if each.label == label]
    button.click().run()
    assert not app.exception


def case_read(app):
    return next(pane["heading"] for pane in shown_panes(app) if pane["heading"].startswith("Case"))


def test_next_and_previous_go_through_the_list_and_the_address_goes_with_them(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "failures", tag="tone")
    assert (case_read(app), "1 of 4" in written(app)) == ("Case case-0", True)
    assert [each.disabled for each in app.button if each.label == "Previous"] == [True]

    step(app, "Next")
    step(app, "Next")

    assert (case_read(app), "3 of 4" in written(app)) == ("Case case-2", True)
    assert address(app)["response"] == [str(study[f"case-2/{TWO}"])]
    assert "The address asks" not in written(app)
    step(app, "Previous")
    assert case_read(app) == "Case case-1"
    step(app, "Next")
    step(app, "Next")
    assert (case_read(app), "4 of 4" in written(app)) == ("Case case-3", True)
    assert [each.disabled for each in app.button if each.label == "Next"] == [True]


def test_a_step_leaves_the_table_as_it_is_and_one_over_its_end_shows_the_next_rows(
    app, sign_in, study, monkeypatch
):
    monkeypatch.setattr(lists, "MOST_ROWS", 2)
    sign_in(app, Role.LEAD)
    said = opened(app, "failures", tag="tone")
    assert "Rows 1 to 2 of 4; the download has all." in said

    def listed():
        return next(frame for frame in app.dataframe if "Marked by" in frame.value)

    first = listed().proto.id
    step(app, "Next")
    assert listed().proto.id == first
    step(app, "Next")

    assert "Rows 3 to 4 of 4" in written(app)
    assert listed().value["Case"].tolist() == ["case-2", "case-3"]
    assert (case_read(app), "3 of 4" in written(app)) == ("Case case-2", True)
    step(app, "Previous")
    assert (case_read(app), listed().value["Case"].tolist()) == (
        "Case case-1",
        ["case-0", "case-1"],
    )


def test_an_address_of_another_response_wins_over_the_steps_before(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "failures", tag="tone")
    step(app, "Next")

    app.query_params["response"] = str(study[f"case-3/{TWO}"])
    app.run()

    assert (case_read(app), "4 of 4" in written(app)) == ("Case case-3", True)


def test_criteria_checklist_reference_and_note_stand_beside_every_response(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "failures", tag="tone")

    for number in range(4):
        left = [pane for pane in shown_panes(app) if pane["beside"]]
        case, judged = left
        assert case["heading"] == f"Case case-{number}"
        for words in (
            "Helpfulness: How helpfulness? (1 level 1 … 5 level 5)",
            "Does it give a date?",
            f"Passes if: names case-{number}",
            "Fails if: guesses",
            f"Why case-{number} exists",
        ):
            assert words in judged["html"]
        if number < 3:
            step(app, "Next")


def test_a_list_of_one_has_nothing_to_step_to(app, sign_in, sqlite_database):
    ids = make_eval_set(models=(ONE, TWO), n_cases=2)
    make_study(ids)
    annotate(ids, "Ada", f"case-0/{TWO}", marks=[(f"case-0/{TWO}", "tone")])
    sign_in(app, Role.LEAD)

    opened(app, "failures", tag="tone")

    assert case_read(app) == "Case case-0"
    assert [each.label for each in app.button if each.label in ("Next", "Previous")] == []


def test_who_lost_the_role_reads_no_further_response(app, sign_in, study):
    sign_in(app, Role.LEAD, name="Lea")
    opened(app, "failures", tag="tone")

    sign_in(app, Role.ANNOTATOR, name="Lea")
    step(app, "Next")

    assert shown_panes(app) == []


def pressed(app, label):
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception


def way(app, name):
    app.segmented_control(key="ways-way").set_value(name).run()
    assert not app.exception
    return written(app)


def test_a_list_becomes_a_study_which_says_first_what_it_will_be(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "failures", tag="tone")
    # Four responses of one model to four cases: each is judged alone.
    said = way(app, "study")
    assert "4 responses of 1 model to 4 cases." in said
    assert "A study of 4 cases, response by response, with 4 responses." in said

    pressed(app, "Start the study")
    assert [each.value for each in app.error] == ["Give the study a name\\."]
    app.text_input(key=f"ways-study-{study['Study']}").set_value("Blunt").run()
    pressed(app, "Start the study")
    assert "Started “Blunt”" in app.success[0].value
    pressed(app, "Start the study")

    assert "It is there already" in app.success[0].value


def test_ticked_responses_alone_become_a_version_and_watched_cases(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "failures", tag="tone")
    step(app, "Tick")
    step(app, "Next")
    assert "1 response ticked." in written(app)
    step(app, "Tick")

    said = way(app, "watch")
    assert "2 responses of 1 model to 2 cases." in said
    app.text_input(key=f"ways-watch-{study['Study']}").set_value("Tone").run()
    pressed(app, "Watch them")
    assert "2 cases watched" in app.success[0].value
    said = way(app, "version")
    assert "Version 2 of “Support questions” with 2 cases of the 4 of version 1" in said
    app.text_input(key=f"ways-version-{study['Study']}").set_value("Tone").run()
    pressed(app, "Make the version")
    assert "Version 2 of" in app.success[0].value

    step(app, "Untick all")
    assert "4 responses of 1 model to 4 cases." in written(app)


def test_a_table_and_the_start_of_a_judge_are_offered_where_there_is_one_error(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "failures", tag="tone")
    assert "A row for each error, note and comment" in written(app)
    assert "A request that asks a judge for “Tone” alone" in way(app, "judge")

    opened(app, "failures", through="responses")
    options = app.segmented_control(key="ways-way").options
    assert "Judge for this error" not in options


@pytest.mark.parametrize("through", ["tags", "responses"])
def test_a_list_is_narrowed_by_words_and_says_to_how_many(app, sign_in, study, through):
    sign_in(app, Role.LEAD)
    opened(app, "failures", through=through, model=TWO)

    app.text_input(key="failures-find").set_value("case-2 exists").run()

    assert not app.exception
    assert "1 of 4 responses hold “case-2 exists”." in written(app)
    assert case_read(app) == "Case case-2"
    assert address(app)["find"] == ["case-2 exists"]
    app.text_input(key="failures-find").set_value("nowhere").run()
    assert "0 of 4 responses hold “nowhere”." in written(app)
    assert shown_panes(app) == []
