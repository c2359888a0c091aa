"""The page of people, as an admin uses it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from db.commands import people as commands
from db.engine import read_session
from db.queries import people
from evalkit.vocabulary import Role
from tests.pages.conftest import at_page


@pytest.fixture
def page(app: AppTest, sign_in: Callable) -> AppTest:
    """Open the page as Grace, who is the only admin."""
    sign_in(app, Role.ADMIN, name="Grace")
    return at_page(app, "admin/people.py").run()


def stored() -> dict[str, people.Account]:
    with read_session() as session:
        return {account.name: account for account in people.accounts(session)}


def press(page: AppTest, label: str) -> AppTest:
    button = next(button for button in page.button if button.label == label)
    button.click().run()
    assert not page.exception
    return page


def pick(page: AppTest, name: str) -> AppTest:
    return page.selectbox(key="person").select(stored()[name].id).run()


def links(page: AppTest) -> list[str]:
    return [code.value for code in page.code]


def test_whoever_is_added_appears_with_a_link_that_lets_them_in(page):
    page.text_input(key="new-name").set_value("Ada")
    press(page, "Add and make a link")

    assert "Ada" in page.dataframe[0].value["Name"].tolist()
    token = links(page)[0].split("/invitation/")[1]
    assert commands.accept_invitation(token=token, password=None).name == "Ada"


def test_a_link_is_shown_once(page):
    page.text_input(key="new-name").set_value("Ada")
    press(page, "Add and make a link")
    assert len(links(page)) == 1

    page.run()

    assert links(page) == []


def test_the_field_is_empty_again_for_the_next_name(page):
    page.text_input(key="new-name").set_value("Ada")
    press(page, "Add and make a link")

    assert page.text_input(key="new-name").value == ""


@pytest.mark.parametrize(("name", "said"), [("", "name is empty"), ("grace", "Use another name")])
def test_a_name_that_cannot_be_added_is_refused_and_nothing_is_stored(page, name, said):
    page.text_input(key="new-name").set_value(name)
    press(page, "Add and make a link")

    assert said in page.error[0].value
    assert list(stored()) == ["Grace"]


def test_a_role_changes_when_it_is_set_and_not_before(page):
    commands.add_account(name="Ada", role=Role.ANNOTATOR)
    page.run()
    pick(page, "Ada")

    page.segmented_control(key=f"role-{stored()['Ada'].id}").select(Role.LEAD).run()
    assert stored()["Ada"].role == Role.ANNOTATOR
    press(page, "Set role")

    assert stored()["Ada"].role == Role.LEAD


def test_an_account_is_closed_and_opened_again(page):
    commands.add_account(name="Ada", role=Role.ANNOTATOR)
    page.run()

    press(pick(page, "Ada"), "Disable Ada")
    assert page.success[0].value == r"Ada is disabled\."
    assert stored()["Ada"].state == "disabled"
    press(page, "Enable")

    assert stored()["Ada"].disabled_at is None


def test_the_only_admin_cannot_close_their_own_account(page):
    press(pick(page, "Grace"), "Disable Grace")

    assert "only admin" in page.error[0].value
    assert stored()["Grace"].disabled_at is None


def test_a_new_link_replaces_the_one_before(page):
    first = commands.add_account(name="Ada", role=Role.ANNOTATOR)
    page.run()

    press(pick(page, "Ada"), "New invitation link")

    with read_session() as session:
        assert people.invited(session, token_hash=commands.token_hash(first)) is None
    assert commands.token_hash(links(page)[0].split("/")[-1]) != commands.token_hash(first)


def test_the_corner_says_who_is_signed_in_and_leads_out(page):
    assert "Signed in as Grace, admin" in [text.value for text in page.text]
    assert any('href="/sign-out"' in str(html.body) for html in page.get("html"))


def test_nobody_is_chosen_until_the_admin_chooses(page):
    assert page.selectbox(key="person").value is None
    assert not any(button.label.startswith("Disable") for button in page.button)


def test_an_admin_says_in_which_groups_somebody_is(page):
    commands.add_account(name="Ada", role=Role.ANNOTATOR)
    page.run()
    pick(page, "Ada")

    groups = page.multiselect(key=f"groups-{stored()['Ada'].id}")
    groups.set_value(["German", "medicine"]).run()
    press(page, "Set groups")

    assert stored()["Ada"].groups == {"German", "medicine"}
    assert "Ada is in German and medicine" in page.success[0].value
    table = page.dataframe[0].value
    assert table.set_index("Name")["Groups"]["Ada"] == "German, medicine"
