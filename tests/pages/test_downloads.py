"""Files that pages offer, and whom the route that hands them out asks."""

from collections.abc import Callable

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from db.commands import people
from db.commands.studies import StudyPlan, create_study, discard_study
from db.queries.people import User
from db.queries.records.files import FileFormat, export_bytes
from evalkit.vocabulary import Role
from pages.routes import downloads, session
from pages.shared.display import frames
from tests.factories import make_eval_set
from tests.pages.conftest import SignIn, account, at_page

Browser = Callable[[User], TestClient]


@pytest.fixture
def browser_of() -> Browser:
    """Give the browser of somebody who is signed in."""

    def browser_of(user: User) -> TestClient:
        client = TestClient(Starlette(routes=downloads.ROUTES))
        client.cookies.set(session.COOKIE, session.cookie_value(user))
        return client

    return browser_of


@pytest.fixture
def study_id(sqlite_database: str) -> int:
    make_eval_set()
    return create_study(
        StudyPlan(
            name="Which one, Ω?", eval_set="Support questions", models=("Model one", "Model two")
        )
    )


@pytest.fixture
def lead(app: AppTest, sign_in: SignIn, study_id: int) -> User:
    """Have a lead open the page that offers a study's files."""
    user = sign_in(app, Role.LEAD, name="Lea")
    at_page(app, "library/export.py").run()
    assert not app.exception
    return user


def offered(app: AppTest) -> str:
    """Give the address of the first file on the page."""
    return str(app.get("link_button")[0].proto.url)


def test_a_lead_downloads_what_the_page_offers(app, lead, browser_of):
    answer = browser_of(lead).get(offered(app))

    assert answer.status_code == 200
    assert answer.content == export_bytes("x.csv", study="Which one, Ω?", format=FileFormat.CSV)
    to = answer.headers["content-disposition"]
    assert to == "attachment; filename*=UTF-8''which-one-%CF%89-long.csv"
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"


def test_who_is_no_lead_any_more_downloads_nothing_from_a_page_still_open(app, lead, browser_of):
    people.set_role(annotator_id=lead.id, role=Role.ANNOTATOR)

    answer = browser_of(lead).get(offered(app))

    assert (answer.status_code, "for leads" in answer.text) == (403, True)


def test_somebody_else_with_the_address_downloads_nothing(app, lead, browser_of):
    other = account(Role.ADMIN, name="Grace")

    answer = browser_of(other).get(offered(app))

    assert (answer.status_code, "over" in answer.text) == (404, True)


@pytest.mark.parametrize("how", ["signed out", "disabled", "no cookie"])
def test_who_is_not_signed_in_downloads_nothing(app, lead, browser_of, how):
    client = browser_of(lead)
    if how == "signed out":
        people.sign_out(annotator_id=lead.id)
    elif how == "disabled":
        people.set_disabled(annotator_id=lead.id, disabled=True)
    else:
        client.cookies.clear()

    assert client.get(offered(app)).status_code == 401


def test_the_files_of_a_study_end_with_the_study(app, lead, browser_of, study_id):
    discard_study(study_id)

    answer = browser_of(lead).get(offered(app))

    assert (answer.status_code, "discarded" in answer.text) == (404, True)


def test_an_address_goes_on_to_work_while_the_page_is_open_and_not_on_the_next(
    app, lead, browser_of
):
    address = offered(app)
    app.toggle[0].set_value(True).run()
    assert offered(app) == address
    assert browser_of(lead).get(address).status_code == 200

    app.switch_page("library/studies.py").run()

    assert browser_of(lead).get(address).status_code == 404


def test_a_table_is_written_as_every_csv_of_ours():
    frame = pd.DataFrame(
        {"=model": ["=1+1", "\uff1d2", "é"], "n": [1, 2, 3], "rate": [0.5, None, -1.25]}
    )

    # By hand from the rules: a byte order mark, an apostrophe before a formula, nothing for None.
    assert frames.csv_bytes(frame).decode() == (
        "\ufeff'=model,n,rate\r\n'=1+1,1,0.5\r\n'\uff1d2,2,\r\né,3,-1.25\r\n"
    )


def test_every_table_of_a_page_offers_the_file_that_the_route_hands_out(app, lead, browser_of):
    app.switch_page("library/studies.py").run()

    assert len(app.dataframe) == 1
    answer = browser_of(lead).get(offered(app))
    assert answer.text.startswith("\ufeffStudy,State")
