"""`db upgrade|check|backup` as one types them."""

import json
import os
import sqlite3
import threading
from contextlib import closing

import pytest
import typer
from sqlalchemy import text

from db import schema
from db.commands.records import import_file, import_records
from db.engine import engine
from evalkit.cli import app, main
from tests.db.record_files import CRITERION, HEADER, comparison, pair_of_outputs, score, write

RECORDS = [CRITERION, *pair_of_outputs(), comparison(), score(2)]


def store():
    import_records([HEADER, *RECORDS], source_name="made")


@pytest.fixture
def stored(sqlite_database, store_once):
    store_once(store)
    return sqlite_database


@pytest.mark.slow
def test_upgrade_makes_the_tables_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")

    assert main(["db", "upgrade"]) == 0
    assert main(["db", "upgrade"]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert "now up to date" in first
    assert "already up to date" in second
    engine().dispose()


def test_upgrade_says_whose_name_is_written_in_another_way(sqlite_database, monkeypatch, capsys):
    upgrade = schema.Upgrade("0004", "0005", (), (), renamed=((" Zoë ", "Zoë"),))
    monkeypatch.setattr(schema, "upgrade", lambda: upgrade)

    assert main(["db", "upgrade"]) == 0

    assert "Renamed: “ Zoë ” is now “Zoë”" in capsys.readouterr().out


@pytest.mark.slow
def test_a_whole_database_passes_every_check(sqlite_database, tmp_path, capsys):
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), comparison()]))

    assert main(["db", "check", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["is_sound"]
    assert {check["check"] for check in told["checks"]} >= {"schema version", "orphans"}


@pytest.mark.slow
def test_a_broken_reference_and_an_orphan_are_found(stored, capsys):
    with closing(sqlite3.connect(stored.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE score SET criterion_id = 99")
        connection.execute("DELETE FROM score WHERE 0")
        connection.execute("DELETE FROM annotation WHERE id = 1")
        connection.commit()

    assert main(["db", "check"]) == 1

    told = capsys.readouterr().out
    assert "foreign keys: wrong" in told
    assert "row 1 of score refers to no criterion" in told
    assert "1 submitted assignments have no annotation" in told


def test_a_check_of_no_database_says_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")

    assert main(["db", "check"]) == 1
    assert "db upgrade" in capsys.readouterr().err


def test_a_backup_is_one_whole_file_that_only_its_owner_reads(stored, tmp_path, capsys):
    copy = tmp_path / "copy.db"

    assert main(["db", "backup", str(copy)]) == 0

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM score").fetchone() == (1,)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".copy")]


def test_a_backup_while_somebody_writes_holds_one_state(stored, tmp_path, capsys):
    stop = threading.Event()

    def write_pairs():
        n = 0
        while not stop.is_set():
            n += 1
            with engine().begin() as connection:
                for half in "ab":
                    connection.execute(
                        text("INSERT INTO setting (key, value) VALUES (:key, '')"),
                        {"key": f"{n}{half}"},
                    )

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        copies = [tmp_path / f"copy-{number}.db" for number in range(5)]
        codes = [main(["db", "backup", str(copy)]) for copy in copies]
    finally:
        stop.set()
        writer.join()

    assert codes == [0] * 5
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            halves = connection.execute("SELECT COUNT(*) FROM setting").fetchone()[0]
        assert halves % 2 == 0


def test_a_backup_does_not_replace_the_database_itself(stored, capsys):
    assert main(["db", "backup", stored.removeprefix("sqlite:///")]) == 1
    assert "is the database itself" in capsys.readouterr().err


def test_a_backup_of_nothing_is_refused_and_makes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")

    assert main(["db", "backup", str(tmp_path / "copy.db")]) == 1
    assert os.listdir(tmp_path) == []


def test_postgresql_is_backed_up_by_its_own_tool(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@127.0.0.1/evalkit")

    assert main(["db", "backup", str(tmp_path / "copy.db")]) == 1
    assert "pg_dump" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@127.0.0.1:1/evalkit")

    assert main(["db", "check"]) == 1
    assert capsys.readouterr().err.startswith("The database could not be used")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "DATABASE_URL is no address of a database. Expected is sqlite:////"),
        ("mysql://ada:secret@127.0.0.1/x", "DATABASE_URL names mysql, which evalkit cannot use."),
    ],
)
def test_an_address_of_no_database_is_refused_with_what_is_expected(monkeypatch, capsys, url, said):
    monkeypatch.setenv("DATABASE_URL", url)

    assert main(["study", "list"]) == 1
    found = capsys.readouterr().err
    assert found.startswith(said)
    assert "secret" not in found


def test_a_file_that_is_no_database_is_one_sentence(monkeypatch, tmp_path, capsys):
    (tmp_path / "notes.db").write_text("These are notes, and no database. " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'notes.db'}")

    assert main(["study", "list"]) == 1
    assert capsys.readouterr().err == "The database could not be used: file is not a database\n"


@pytest.mark.slow
def test_check_tells_what_the_tables_lack_and_upgrade_makes_it(sqlite_database, capsys):
    """A database of the right version is not for that reason in order."""
    with engine().begin() as connection:
        connection.execute(text("DROP TABLE public_score"))

    assert main(["db", "check"]) == 1
    assert "tables: wrong\n  the table public_score is missing" in capsys.readouterr().out
    assert main(["db", "upgrade"]) == 0
    assert "Mended: the table public_score is missing; it is made now." in capsys.readouterr().out
    assert main(["db", "check"]) == 0


#: Every command that opens the database, as one types it.
COMMANDS = [
    ["import", "FILE"],
    ["export", "OUT", "--study", "s", "--format", "evalkit"],
    ["run", "--eval-set", "e", "--model", "m"],
    ["judge", "--study", "s", "--model", "m"],
    ["admission", "bar", "--study", "s"],
    ["admission", "open", "--study", "s"],
    ["check", "add", "c", "--kind", "language", "--eval-set", "e"],
    ["check", "revise", "c", "--eval-set", "e"],
    ["check", "map", "c", "--eval-set", "e"],
    ["check", "retire", "c", "--eval-set", "e"],
    ["check", "list", "--eval-set", "e"],
    ["check", "run", "--eval-set", "e"],
    ["check", "show", "c", "--eval-set", "e"],
    ["taxonomy", "add", "MAST"],
    ["failure", "start", "t", "--eval-set", "e", "--tag", "x"],
    ["failure", "state", "t", "--eval-set", "e", "--to", "open", "--reason", "r"],
    ["failure", "owner", "t", "--eval-set", "e"],
    ["failure", "cases", "t", "c", "--eval-set", "e", "--reason", "r"],
    ["failure", "note", "t", "--eval-set", "e", "--note", "n"],
    ["traffic", "set", "--eval-set", "e", "a=1"],
    ["traffic", "show", "--eval-set", "e"],
    ["traffic", "forget", "--eval-set", "e"],
    ["sample", "--eval-set", "e"],
    ["versions", "list", "--eval-set", "e"],
    ["versions", "diff", "1", "2", "--eval-set", "e"],
    ["versions", "export", "OUT", "--eval-set", "e"],
    ["versions", "without", "c", "--eval-set", "e", "--note", "n"],
    ["case", "show", "c", "--eval-set", "e"],
    ["case", "status", "c", "--eval-set", "e", "--to", "retired", "--reason", "r"],
    ["case", "why", "c", "--eval-set", "e", "--note", "n"],
    ["case", "add", "c", "--eval-set", "e", "--text", "t", "--note", "n"],
    ["case", "revise", "c", "--eval-set", "e", "--text", "t", "--reason", "r"],
    ["case", "merge", "--eval-set", "e", "--reason", "r"],
    ["case", "watch", "c", "--eval-set", "e"],
    ["case", "saturated", "--eval-set", "e"],
    ["sample-log", "FILE", "--eval-set", "e"],
    ["contamination", "--eval-set", "e", "--against", "FILE"],
    ["demo"],
    ["study", "create", "s", "--eval-set", "e", "--models", "a,b"],
    ["study", "list"],
    ["study", "show", "s"],
    ["study", "open", "s"],
    ["study", "close", "s"],
    ["study", "weigh", "s"],
    ["study", "audience", "s", "--group", "g"],
    ["leaderboard", "import", "FILE"],
    ["leaderboard", "list"],
    ["leaderboard", "match", "--board", "b", "--study", "s"],
    ["images", "list", "--eval-set", "e"],
    ["images", "replace", "a.png", "FILE", "--eval-set", "e"],
    ["images", "remove", "a.png", "--eval-set", "e"],
    *(["annotator", name, "ann"] for name in ("add", "invite", "disable", "enable")),
    ["annotator", "groups", "ann", "g"],
    ["annotator", "list"],
    ["db", "upgrade"],
    ["db", "check"],
    ["db", "repair"],
    ["report", "agreement", "--study", "s"],
    ["report", "ranking", "--study", "s"],
    ["report", "scores", "--study", "s"],
    ["report", "models", "--study", "s"],
    ["report", "errors", "--study", "s"],
    ["report", "failures", "--eval-set", "e"],
    ["report", "annotators", "--study", "s"],
    ["report", "judges", "--study", "s"],
    ["report", "checks", "--study", "s"],
    ["report", "retrieval", "--study", "s"],
    ["report", "coverage", "--log", "log.jsonl", "--eval-set", "s"],
    ["report", "clusters", "--study", "s"],
    ["report", "acceptance", "--study", "s"],
    ["report", "correction", "--study", "s"],
    ["report", "differences", "--study", "s"],
    ["report", "drift", "--study", "s"],
    ["ask", "--study", "s"],
    ["report", "html", "OUT", "--study", "s"],
    ["report", "decision", "--study", "s"],
    ["report", "power", "--study", "s"],
    ["report", "significance", "--study", "s"],
    ["report", "pair", "--study", "s", "--model", "a", "--other", "b"],
    ["report", "regression", "--before", "s", "--after", "t"],
]


def test_every_command_is_among_those_that_are_tried():
    """The rule below holds for a command that is added later, too; a backup copies anything.

    The kinds of checks and the taxonomies that come along are told, and a file is verified,
    without a database.
    """
    found = {
        tuple(filter(None, (group, command)))
        for group, commands in _commands().items()
        for command in commands
    }

    without = {("check", "kinds"), ("taxonomy", "ready"), ("verify",)}
    assert found - {("db", "backup")} - without == {tuple(_name(words)) for words in COMMANDS}


def content():
    with engine().connect() as connection:
        return connection.connection.driver_connection.serialize()


def store_newer():
    store()
    with engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    return content()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_no_command_touches_the_database_of_a_newer_evalkit(store_once, words, tmp_path, capsys):
    write(tmp_path / "file.jsonl", RECORDS)
    before = store_once(store_newer)
    files = {"FILE": str(tmp_path / "file.jsonl"), "OUT": str(tmp_path / "out.jsonl")}

    assert main([files.get(word, word) for word in words]) == 1

    assert "newer evalkit" in capsys.readouterr().err
    assert content() == before


def _commands():
    """Return the names of the commands by group; "" holds those outside of any."""
    root = typer.main.get_command(app)
    groups = {"": []}
    for name, command in root.commands.items():
        if hasattr(command, "commands"):
            groups[name] = list(command.commands)
        else:
            groups[""].append(name)
    return groups


def _name(words):
    return words[:2] if words[0] in _commands() else words[:1]
