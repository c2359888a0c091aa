"""One way to write a name at every door: imports, invitations, sign-in, the command line."""

import json
import unicodedata
from pathlib import Path

import pytest
from sqlmodel import col, select

from db.commands import people as commands
from db.commands.records import import_file
from db.engine import read_session
from db.models import Annotator
from db.queries.people import accounts
from db.queries.results import ResultFilters, collect, result_study
from evalkit.cli import main
from evalkit.errors import RefusedError
from evalkit.records import RecordsRefusedError
from evalkit.reports.agreement.report import agreement_report
from evalkit.vocabulary import Role
from tests.db.record_files import comparison, pair_of_outputs, write

JOSE = Path(__file__).parents[1] / "cases" / "one_jose.jsonl"
PASSWORD = "correct horse battery"
DECOMPOSED = unicodedata.normalize("NFD", "José")


def names():
    with read_session() as session:
        return sorted(session.exec(select(Annotator.name)).all())


def store(tmp_path, *annotators, file="file.jsonl"):
    labels = [comparison(annotator=name) for name in annotators]
    import_file(write(tmp_path / file, [*pair_of_outputs(), *labels]))


def test_names_in_a_file_that_look_alike_are_asked_about_and_nothing_is_stored(database):
    with pytest.raises(RecordsRefusedError) as refused:
        import_file(JOSE)

    (problem,) = refused.value.problems
    assert (problem.line, problem.field, problem.found) == (7, "annotator", '"josé"')
    assert problem.expected.startswith('"José", as line 5 spells')
    assert names() == []


def test_one_person_however_their_name_is_written_agrees_with_nobody(database, tmp_path):
    file = tmp_path / "one.jsonl"
    file.write_text(JOSE.read_text("utf-8").replace('"josé"', '"José"'), "utf-8")

    import_file(file)

    assert names() == ["José"]
    with read_session() as session:
        collected = collect(session, result_study(session, name="jose"), filters=ResultFilters())
    alpha = agreement_report(collected).preference.alpha
    assert alpha.value is None
    assert alpha.reason


@pytest.mark.parametrize(
    "name",
    [
        DECOMPOSED,
        "  Ada\u00a0",
        "x" * 120,
        "x" * 500,
        "محمد\u200f",
        "Ada\tLovelace",
        "\ufdfa" * 500,
    ],
)
def test_whoever_was_brought_by_an_import_signs_in_by_the_listed_name(database, tmp_path, name):
    store(tmp_path, name)
    with read_session() as session:
        (account,) = accounts(session)
    token = commands.invite(annotator_id=account.id)
    commands.accept_invitation(token=token, password=PASSWORD)

    for typed in (account.name, name, f" {unicodedata.normalize('NFD', account.name).upper()} "):
        assert commands.sign_in(name=typed, password=PASSWORD).id == account.id


def test_a_file_finds_the_person_that_another_file_brought_and_asks_about_a_look_alike(
    database, tmp_path
):
    store(tmp_path, "José")
    store(tmp_path, f" {DECOMPOSED} ", file="again.jsonl")
    assert names() == ["José"]

    with pytest.raises(RecordsRefusedError, match="as this database spells who looks the same"):
        store(tmp_path, "JOSÉ", file="look-alike.jsonl")


def test_nobody_is_added_under_a_name_that_looks_like_another(database):
    commands.add_account(name="José", role=Role.ANNOTATOR)

    for name in ("josé", DECOMPOSED, " JOSÉ", "Ｊｏｓé"):
        with pytest.raises(RefusedError, match="called José already"):
            commands.add_account(name=name, role=Role.ANNOTATOR)


def test_wrong_passwords_are_counted_by_name_however_it_is_typed(database):
    commands.add_account(name="José", role=Role.ANNOTATOR)
    for name in ("José", "josé", DECOMPOSED, " JOSÉ ", "José"):
        with pytest.raises(RefusedError, match="do not go together"):
            commands.sign_in(name=name, password="not the password")

    with pytest.raises(RefusedError, match="Too many wrong passwords"):
        commands.sign_in(name="jOSÉ", password="not the password")


def test_the_command_line_finds_a_person_by_any_way_to_write_the_name(sqlite_database, capsys):
    main(["annotator", "add", DECOMPOSED])

    assert main(["annotator", "invite", "JOSÉ", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.partition("\n")[2])["name"] == "José"
    assert main(["annotator", "disable", DECOMPOSED]) == 0
    with read_session() as session:
        assert session.exec(select(col(Annotator.disabled_at))).one() is not None


def test_a_name_of_which_nothing_can_be_seen_is_refused(database, tmp_path):
    with pytest.raises(RecordsRefusedError, match="a name that can be seen"):
        store(tmp_path, "\u200b")
    with pytest.raises(RefusedError, match="name is empty"):
        commands.add_account(name="\u200b", role=Role.ANNOTATOR)
