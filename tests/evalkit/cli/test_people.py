"""Accounts from the command line."""

import json

from db.commands import people as commands
from db.engine import read_session
from db.queries import people
from evalkit.cli import main
from evalkit.vocabulary import Role


def states() -> dict[str, str]:
    with read_session() as session:
        return {account.name: account.state for account in people.accounts(session)}


def test_adding_somebody_prints_a_link_that_lets_them_in(sqlite_database, capsys):
    ended = main(["annotator", "add", "Ada", "--role", "lead", "--url", "https://evalkit.test/"])

    link = capsys.readouterr().out.strip()
    assert ended == 0
    assert link.startswith("https://evalkit.test/invitation/")
    ada = commands.accept_invitation(token=link.split("/")[-1], password=None)
    assert (ada.name, ada.role) == ("Ada", Role.LEAD)


def test_a_name_in_use_is_refused_with_exit_code_one(sqlite_database, capsys):
    main(["annotator", "add", "Ada"])
    capsys.readouterr()

    assert main(["annotator", "add", "Ada"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert "Use another name" in said.err


def test_a_role_that_is_none_is_wrong_usage(sqlite_database, capsys):
    assert main(["annotator", "add", "Ada", "--role", "king"]) == 2
    assert states() == {}


def test_disabling_and_enabling_somebody(sqlite_database, capsys):
    main(["annotator", "add", "Ada"])

    assert main(["annotator", "disable", "Ada"]) == 0
    assert states() == {"Ada": "disabled"}
    assert main(["annotator", "enable", "Ada"]) == 0
    assert states() == {"Ada": "no sign-in"}
    assert main(["annotator", "invite", "Ada"]) == 0
    assert states() == {"Ada": "invited"}


def test_somebody_there_is_not_is_refused_and_who_there_is_is_named(sqlite_database, capsys):
    main(["annotator", "add", "Ada"])

    assert main(["annotator", "disable", "Eve"]) == 1
    assert "There are: Ada" in capsys.readouterr().err


def test_the_list_as_json_says_who_may_do_what_and_how_they_sign_in(sqlite_database, capsys):
    commands.add_account(name="[bold]Ada", role=Role.LEAD)

    main(["annotator", "list", "--json"])

    (ada,) = json.loads(capsys.readouterr().out)
    assert (ada["name"], ada["role"], ada["state"]) == ("[bold]Ada", "lead", "invited")
    assert not {"password_hash", "token_hash"} & set(ada)


def test_names_are_listed_as_they_are(sqlite_database, capsys):
    commands.add_account(name="[bold]Ada", role=Role.LEAD)

    main(["annotator", "list"])

    assert "[bold]Ada" in capsys.readouterr().out


def test_an_empty_list_says_what_to_do(sqlite_database, capsys):
    assert main(["annotator", "list"]) == 0
    assert "annotator add NAME" in capsys.readouterr().err


def test_a_database_without_tables_is_refused_with_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")

    assert main(["annotator", "list"]) == 1
    assert "db upgrade" in capsys.readouterr().err
