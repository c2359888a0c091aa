"""Weighted to production: page, file, terminal and JSON say the same; a lead states the shares."""

import json

import pytest
from typer.testing import CliRunner

from db.engine import read_session
from db.queries.traffic import traffic_of
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.db.test_traffic import store_study
from tests.pages.conftest import at_page
from tests.pages.test_strength import words


@pytest.fixture
def stored(sqlite_database):
    return store_study()


def run(*of):
    done = CliRunner().invoke(command, of)
    assert done.exit_code == 0, done.output
    return done.stdout


def page_of(app, file):
    at_page(app, file).run()
    assert not app.exception
    return words(" ".join(str(element.proto.body) for element in app.get("html")))


def test_page_file_terminal_and_json_say_the_same(app, sign_in, stored, tmp_path):
    state = ("traffic", "set", "--eval-set", "Support questions", "code=75", "billing=20")
    assert "No category" in run(*state, "=5")
    document = json.loads(run("report", "ranking", "--study", "Study", "--json"))["production"]
    run("report", "html", str(tmp_path / "report.html"), "--study", "Study")
    sign_in(app, Role.LEAD)

    told = document["verdict"]
    assert "Weighted to production Model two comes first" in told
    rows = document["measures"]["preference"]["models"]
    assert rows[0]["as_collected"]["value"] == pytest.approx(0.5)
    assert document["no_case"] == [{"category": "", "share": 0.05}]
    # .2 x 6/8 + .75 x 2/8 of the 95 % that have a case.
    assert rows[0]["weighted"]["value"] == pytest.approx((0.2 * 6 / 8 + 0.75 * 2 / 8) / 0.95)
    for place in (
        words(run("report", "ranking", "--study", "Study")),
        words(run("report", "decision", "--study", "Study")),
        words((tmp_path / "report.html").read_text()),
        page_of(app, "results/overview.py"),
        page_of(app, "results/decision.py"),
    ):
        assert words(told) in place
        assert "No case is of No category" in place


def test_without_shares_the_page_says_how_to_state_them_and_json_has_none(app, sign_in, stored):
    document = json.loads(run("report", "scores", "--study", "Study", "--json"))
    sign_in(app, Role.LEAD)

    assert document["production"] is None
    assert "Say what production is asked of each category" in page_of(app, "results/overview.py")
    assert "Nobody said" in run("traffic", "show", "--eval-set", "Support questions")


def test_a_lead_states_shares_on_the_page_and_what_cannot_be_read_is_refused(app, sign_in, stored):
    sign_in(app, Role.LEAD)
    at_page(app, "library/eval_sets.py").run()
    area = shares(app)
    assert area.value == "billing = 0\ncode = 0"

    area.set_value("billing = 1\ncode = lots")
    save(app)
    assert "“lots” is no number" in app.error[0].value

    shares(app).set_value("billing = 1\ncode = 3")
    save(app)
    assert not app.error
    with read_session() as session:
        assert traffic_of(session, stored["eval_set"]).shares == {"billing": 0.25, "code": 0.75}


def shares(app):
    label = "Share or count of each category"
    return next(area for area in app.text_area if area.label == label)


def save(app):
    next(button for button in app.button if button.label == "Save").click().run()
    assert not app.exception
