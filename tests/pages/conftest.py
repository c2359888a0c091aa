"""What page tests may ask for: the app from its entry point, and somebody signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.util import calc_hash

from db.engine import write_session
from db.models import Annotator
from db.queries.people import User, as_user
from evalkit.vocabulary import Role
from pages.routes import session
from pages.shared import menu

MAIN = Path(__file__).resolve().parents[2] / "pages" / "main.py"

SignIn = Callable[..., User]


@pytest.fixture(scope="session", autouse=True)
def no_package_asked_for_components() -> Iterator[None]:
    """Do what the start of the app does, which tests of its pages alone begin behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda max_workers=None: [])
        yield


@pytest.fixture(scope="session", autouse=True)
def runs_waited_for() -> Iterator[None]:
    """Wait for the end of a run, where AppTest looks a thousand times a second whether it came."""
    look = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        runner._script_thread.join(timeout)
        if runner._script_thread.is_alive():
            runner.request_stop()
            raise RuntimeError(f"The run of a page took longer than {timeout} seconds.")
        look(runner, timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Stand in for the browser's handshake, which AppTest has none of: the cookies it sends."""
    cookies: dict[str, str] = {}
    context = SimpleNamespace(cookies=cookies, headers=[], remote_ip=None)
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: context)
    return cookies


@pytest.fixture
def app(sqlite_database: str) -> AppTest:
    """Give the app on an empty database, not yet run, with nobody signed in."""
    return new_app()


@pytest.fixture
def sign_in(browser: dict[str, str]) -> SignIn:
    """Sign somebody in to an app: ``user = sign_in(app, Role.LEAD)``, then ``app.run()``.

    The account is made where there is none of that name yet. The cookie is the real one, checked
    by the real code, and belongs to that app alone: two apps may be two people.
    """

    def sign_in(app: AppTest, role: Role, *, name: str | None = None) -> User:
        user = account(role, name=name or f"test {role}")
        value = session.cookie_value(user)
        run = app._run

        def run_signed_in(*args: Any, **kwargs: Any) -> AppTest:
            browser[session.COOKIE] = value
            try:
                return run(*args, **kwargs)
            finally:
                browser.clear()

        app._run = run_signed_in  # type: ignore[method-assign]
        return user

    return sign_in


def new_app() -> AppTest:
    """Start from the entry point, as people do."""
    return AppTest.from_file(MAIN, default_timeout=60)


def at_page(app: AppTest, file: str) -> AppTest:
    """Let the next run be of a page, as by its address, without a run of where people start."""
    (entry,) = (entry for entry in menu.ENTRIES if entry.file == file)
    app._page_hash = calc_hash("" if entry == menu.HOME else entry.address)
    return app


def account(role: Role, *, name: str) -> User:
    """Return the account of that name with that role, made where there is none."""
    from sqlmodel import col, select

    with write_session() as opened:
        found = opened.exec(select(Annotator).where(col(Annotator.name) == name)).first()
        person = found or Annotator(name=name)
        person.role = role
        opened.add(person)
        opened.flush()
        return as_user(person)
