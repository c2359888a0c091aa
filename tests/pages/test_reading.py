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
