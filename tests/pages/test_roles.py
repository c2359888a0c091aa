"""Every page × role × fresh process and deep link: only what the role may see is ever run."""

from itertools import product
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from db.commands import people as commands
from evalkit.vocabulary import Role
from pages.shared import menu
from tests.pages.conftest import MAIN, at_page

PAGES = MAIN.parent
FILES = sorted(
    str(path.relative_to(PAGES))
    for path in PAGES.rglob("*.py")
    if not {"shared", "routes"} & set(path.relative_to(PAGES).parts)
    and path.name not in {"__init__.py", "main.py"}
)
ROLES = list(Role)
TABLE = list(product(menu.ENTRIES, [None, *ROLES]))
#: What a page says before it asks the database for anything.
REFUSALS = ("You are not signed in", "This page is not for you")


def may(role: Role | None, entry: menu.Entry) -> bool:
    return role is not None and ROLES.index(role) >= ROLES.index(entry.role)


CLOSED = [(entry, role) for entry, role in TABLE if not may(role, entry)]


def names(table: list[tuple[menu.Entry, Role | None]]) -> list[str]:
    return [f"{entry.address}-{role or 'nobody'}" for entry, role in table]


def texts(app: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*app.subheader, *app.text, *app.title])


def open_address(app: AppTest, entry: menu.Entry) -> AppTest:
    """Open a page by its address as the very first request of a fresh process."""
    PagesManager.uses_pages_directory = None
    return at_page(app, entry.file).run()


@pytest.fixture
def ran(monkeypatch):
    """Record which page files are run, by whatever way."""
    from streamlit.navigation.page import Page

    files: list[str] = []
    run = Page.run

    def recorded(page):
        files.append(str(Path(page._page).relative_to(PAGES)))
        run(page)

    monkeypatch.setattr(Page, "run", recorded)
    return files


def test_the_menu_lists_every_page_file_there_is():
    assert sorted(entry.file for entry in menu.ENTRIES) == FILES


def test_every_page_has_an_address_of_its_own():
    addresses = [entry.address for entry in menu.ENTRIES]

    assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize(
    ("role", "start"),
    [(Role.ANNOTATOR, "Annotate"), (Role.LEAD, "Decision"), (Role.ADMIN, "Decision")],
)
def test_home_leads_each_to_where_their_work_starts(app, sign_in, role, start):
    sign_in(app, role)

    app.run()

    assert [title.value for title in app.title] == [start]


@pytest.mark.parametrize(("entry", "role"), TABLE, ids=names(TABLE))
def test_a_deep_link_into_a_fresh_process_runs_only_what_the_role_may_see(
    app, sign_in, ran, entry, role
):
    if role is not None:
        sign_in(app, role)

    open_address(app, entry)

    assert not app.exception
    allowed = {other.file for other in menu.ENTRIES if may(role, other)}
    assert set(ran) <= allowed
    if may(role, entry):
        assert ran[0] == entry.file
        assert not any(refusal in texts(app) for refusal in REFUSALS)
    if role is None:
        assert ran == []
        assert "You are not signed in" in texts(app)


@pytest.mark.parametrize(("entry", "role"), CLOSED, ids=names(CLOSED))
def test_a_page_run_without_the_router_refuses_whoever_may_not_see_it(
    sqlite_database, browser, sign_in, entry, role
):
    app = AppTest.from_file(PAGES / entry.file, default_timeout=20)
    if role is not None:
        sign_in(app, role)

    app.run()

    assert not app.exception
    expected = REFUSALS[0] if role is None else REFUSALS[1]
    assert expected in texts(app)
    assert not app.title


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_shows_a_role_exactly_its_pages(role):
    assert menu.pages_of(role) == tuple(entry for entry in menu.ENTRIES if may(role, entry))


def test_whoever_is_signed_out_elsewhere_loses_the_page_at_the_next_click(app, sign_in):
    user = sign_in(app, Role.ADMIN)
    app.run()
    app.switch_page("admin/people.py").run()
    assert app.title[0].value == "People"

    commands.sign_out(annotator_id=user.id)
    app.run()

    assert "You are not signed in" in texts(app)
    assert not app.title


def test_whoever_is_disabled_loses_the_page_at_the_next_click(app, sign_in):
    user = sign_in(app, Role.LEAD)
    app.run()

    commands.set_disabled(annotator_id=user.id, disabled=True)
    app.run()

    assert "You are not signed in" in texts(app)


def test_whoever_gets_a_lesser_role_loses_the_page_at_the_next_click(app, sign_in, ran):
    token = commands.add_account(name="another admin", role=Role.ADMIN)
    commands.accept_invitation(token=token, password="a long real password")
    user = sign_in(app, Role.ADMIN)
    app.run()
    app.switch_page("admin/people.py").run()

    commands.set_role(annotator_id=user.id, role=Role.ANNOTATOR)
    ran.clear()
    app.run()

    assert "admin/people.py" not in ran


def test_two_apps_may_be_signed_in_as_two_people(sqlite_database, sign_in):
    first, second = (AppTest.from_file(MAIN, default_timeout=20) for _ in range(2))
    sign_in(first, Role.ADMIN, name="Grace")
    sign_in(second, Role.ADMIN, name="Amira")

    first.run()
    second.run()
    first.run()

    assert "Signed in as Grace, admin" in texts(first)
    assert "Signed in as Amira, admin" in texts(second)
