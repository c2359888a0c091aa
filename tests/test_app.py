"""The app as a process: what it refuses to start on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from db import schema
from db.commands.people import add_demo_accounts
from db.engine import engine
from pages.routes import exposure

ROOT = Path(__file__).resolve().parents[1]


def start(database_url: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start the app on a port the system picks, and wait for it to give up."""
    return subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port=0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url} | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [("older", "`python -m evalkit db upgrade`"), ("newer", "written by a newer evalkit")],
)
def test_the_app_refuses_a_database_of_another_schema_in_one_sentence(tmp_path, state, said):
    url = f"sqlite:///{tmp_path / 'evalkit.db'}"
    if state == "newer":
        schema.upgrade(url)
        with engine(url).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine(url).dispose()

    ended = start(url)

    assert ended.returncode == 1
    assert ended.stderr.startswith("evalkit cannot start. ")
    assert said in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_database_that_does_not_answer_is_named_without_its_password():
    ended = start("postgresql://evalkit:hunter2@127.0.0.1:1/evalkit")

    assert ended.returncode == 1
    assert "does not answer" in ended.stderr
    assert "hunter2" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_app_does_not_open_the_demo_to_others_unless_told(sqlite_database):
    add_demo_accounts()

    ended = start(sqlite_database, STREAMLIT_SERVER_ADDRESS="0.0.0.0")

    assert ended.returncode == 1
    assert "accounts of the demo" in ended.stderr
    assert f"set {exposure.VARIABLE}=1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_who_opens_the_demo_to_others_is_warned(sqlite_database, monkeypatch, capsys):
    import app

    add_demo_accounts()
    monkeypatch.setenv(exposure.VARIABLE, "1")
    monkeypatch.setattr(app.st, "get_option", lambda _name: "0.0.0.0")

    app.look_at_the_demo()

    assert capsys.readouterr().err.startswith("WARNING: The accounts of the demo")


@pytest.mark.parametrize(
    ("address", "names", "expected"),
    [
        ("127.0.0.1", "", False),
        ("localhost", "localhost", False),
        ("::1", "", False),
        ("unix:///run/evalkit.sock", "", False),
        ("127.0.0.1", "evalkit.example.org", True),
        ("unix:///run/evalkit.sock", "evalkit.example.org", True),
        ("0.0.0.0", "", True),
        ("192.168.1.5", "", True),
        (None, "", True),
    ],
)
def test_a_server_is_for_others_by_its_address_or_by_its_names(
    monkeypatch, address, names, expected
):
    monkeypatch.setenv("EVALKIT_HOSTS", names)

    assert exposure.is_beyond_this_machine(address) == expected


def test_a_page_that_fails_is_told_in_our_words_and_logged(caplog, monkeypatch):
    import app

    shown: list[str] = []
    monkeypatch.setattr(app.st, "error", shown.append)

    assert app.say_that_a_page_failed(ValueError("secret detail"))  # True hides Streamlit's box

    assert "Nothing that was saved is lost" in shown[0]
    assert "secret detail" not in shown[0]
    assert "secret detail" in caplog.text
