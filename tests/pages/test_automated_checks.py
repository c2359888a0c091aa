"""The page of checks: written, run, read, revised, retired, refused."""

import json

import pytest
from sqlmodel import update
from typer.testing import CliRunner

from db.commands.cases import change_status
from db.engine import read_session, write_session
from db.models import Annotation
from db.queries.case_life import cases_called
from db.queries.checks import checks_of
from evalkit.cli import app as command
from evalkit.vocabulary import CaseStatus, Role
from tests.db.test_checks_beside_people import add, run_all, store
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page
from tests.pages.test_strength import words

PAGE = "library/checks.py"


@pytest.fixture
def ids(sqlite_database):
    return make_eval_set()


@pytest.fixture
def page(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    return app


def checks(ids):
    with read_session() as session:
        return checks_of(session, ids["eval_set"])


def says(page):
    assert not page.exception
    return words(" ".join(str(element.proto.body) for element in page.get("html")))


def press(page, label):
    next(each for each in page.button if each.label == label).click()
    page.run()
    assert not page.exception
    return page


def write(page, phrases, *, name="Names the case", answers=""):
    page.text_input(key="check-name-0").set_value(name)
    page.text_input(key="check-answers").set_value(answers)
    next(each for each in page.text_area if each.label == "Words or phrases").set_value(phrases)
    return press(page, "Add")


def test_a_check_is_written_run_and_what_fails_is_listed(ids, page):
    assert "no check of this eval set yet" in page.info[0].value
    write(page, "case-0", answers="acceptable")
    assert "is added" in says(page)

    press(page, "Run the check")
    assert "8 of 8 responses checked: 2 pass, 6 fail, 0 undefined." in says(page)
    listed = page.dataframe[0].value
    assert listed[["Check", "Pass", "Fail", "Stands beside"]].values.tolist() == [
        ["Names the case", "2", "6", "acceptable"]
    ]
    assert page.dataframe[1].value["Case"].tolist() == [
        case for case in ("case-1", "case-2", "case-3") for _ in range(2)
    ]


def test_other_settings_are_another_revision_on_the_page_too(ids, page):
    write(page, "case-0")
    press(page, "Run the check")
    area = next(each for each in page.text_area if each.key.startswith("revise-"))
    area.set_value("case-1")
    press(page, "Save")

    assert "looked at no response yet" in says(page)
    (check,) = checks(ids)
    assert (check.number, check.settings["phrases"], check.n_checked) == (2, ["case-1"], 0)
    press(page, "Retire this check")
    assert checks(ids)[0].is_retired
    assert not [each for each in page.button if each.label.startswith("Run")]


def test_what_cannot_be_checked_is_refused_and_nothing_is_stored(ids, page):
    write(page, " ")
    assert "is empty" in page.error[0].value
    write(page, "case-0", answers="nice")
    assert "nothing people are asked" in page.error[0].value
    assert checks(ids) == []


def test_an_assertion_is_written_for_the_case_an_address_names(ids, app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE)
    app.query_params["for-case"] = "case-2"
    app.run()
    assert app.text_input(key="check-case-0").value == "case-2"
    write(app, "case-2")
    press(app, "Run the check")

    (check,) = checks(ids)
    assert (check.case_key, check.n_pass, check.n_fail) == ("case-2", 2, 0)
    assert "There is no such response." in says(app)


def test_the_page_says_which_cases_its_numbers_leave_out(sqlite_database, app, sign_in):
    ids = store()
    add("Text 0", "helpfulness>=4")
    run_all(ids)
    with read_session() as session:
        quarantined = cases_called(session, "Support questions", ["case-0"])
    change_status(quarantined, CaseStatus.QUARANTINED, reason="The reference is wrong")
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    assert "ithout 1 quarantined case" in says(app)
    # Ten cases of two models, less one case.
    assert "18 responses" in says(app)
    (check,) = checks(ids)
    assert (check.n_checked, check.n_quarantined) == (18, 2)
    listed = app.dataframe[0].value.iloc[0]
    assert sum(int(listed[result]) for result in ("Pass", "Fail", "Undefined")) == 18
    assert "Without responses to quarantined cases: up to 2 of a check." in says(app)
    app.segmented_control(key="check-results").set_value("All").run()
    assert len(app.dataframe[1].value) == 18
    assert "case-0" not in app.dataframe[1].value["Case"].tolist()
    told = CliRunner().invoke(command, ["check", "list", "--eval-set", "Support questions"]).stdout
    assert "Without responses to quarantined cases: up to 2 of a check." in told


def test_without_an_eval_set_the_page_leads_to_the_import(sqlite_database, page):
    assert "There is no eval set yet" in page.info[0].value


def test_page_file_terminal_and_json_say_the_same(sqlite_database, app, sign_in, tmp_path):
    ids = store()
    add("Text 0", "helpfulness>=4")
    run_all(ids)
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", "Study"])
        assert done.exit_code == 0, done.output
        return done.stdout

    document = json.loads(run("checks", "--json"))
    run("html", str(tmp_path / "report.html"))
    sentence = document["checks"][0]["agreement"]["sentence"]
    assert "on 75 % [" in sentence
    for medium in (
        run("checks"),
        (tmp_path / "report.html").read_text(encoding="utf-8"),
        says(app),
    ):
        assert words(sentence) in words(medium)
        assert words(document["verdict"]) in words(medium)
    assert document["units"]["kappa"] == "chance-corrected agreement, at most 1"


def test_a_lead_makes_a_check_of_what_an_annotator_asserted(ids, app, sign_in):
    make_study(ids)
    annotate(ids, "Ann", "case-0/Model one", "case-0/Model two", "left")
    with write_session() as session:
        session.exec(update(Annotation).values(assertion="must name the case"))
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    assert "1 assertion on cases that nobody has decided on yet" in says(app)

    app.selectbox(key="asserted").select_index(0).run()
    assert next(each.value for each in app.text_input if each.label == "Name") == (
        "must name the case"
    )
    next(each for each in app.text_area if each.label == "Words or phrases").set_value("case-0")
    press(app, "Add")

    (check,) = checks(ids)
    assert (check.name, check.case_key) == ("must name the case", "case-0")
    assert "nobody has decided" not in says(app)
