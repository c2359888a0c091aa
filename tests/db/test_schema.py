import re

import pytest
from sqlalchemy import text

from db import revisions, schema
from db.differences import differences
from db.engine import engine
from evalkit.errors import RefusedError


def test_the_migrations_make_exactly_the_tables_of_the_models(database):
    with engine().connect() as connection:
        assert differences(connection) == []


def test_upgrading_twice_changes_nothing(database):
    before = revisions.of_database()

    schema.upgrade()

    assert revisions.of_database() == before is not None


def test_a_database_of_a_newer_evalkit_is_refused_with_a_sentence(database):
    with engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(RefusedError, match="newer evalkit"):
        revisions.require_current()
    with pytest.raises(RefusedError, match="newer evalkit"):
        schema.upgrade()


def test_an_empty_database_is_not_current_until_it_is_upgraded(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")

    with pytest.raises(RefusedError, match="db upgrade"):
        revisions.require_current()

    schema.upgrade()
    revisions.require_current()
    engine().dispose()


#: How somebody's database came to lack something, and the words for it.
MISSING = {
    "the table public_score is missing": ["DROP TABLE public_score"],
    "the column weights of taxonomy is missing": ["ALTER TABLE taxonomy DROP COLUMN weights"],
    "the column is_simulated of annotator is missing": [
        "INSERT INTO annotator (name, kind, role, session_epoch, is_simulated, is_demo, created_at)"
        " VALUES ('ann', 'human', 'annotator', 0, false, false, '2026-01-01')",
        "ALTER TABLE annotator DROP COLUMN is_simulated",
    ],
    "the index ix_score_output_id is missing": ["DROP INDEX ix_score_output_id"],
    "the index uq_annotation_current is missing": ["DROP INDEX uq_annotation_current"],
}


@pytest.mark.parametrize(("what", "statements"), MISSING.items(), ids=range(len(MISSING)))
def test_what_a_database_lacks_is_found_and_made(database, what, statements):
    with engine().begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    upgrade = schema.upgrade()

    assert what in upgrade.mended
    assert upgrade.wrong == ()
    assert schema.schema_differences() == []


def test_a_missing_constraint_is_found_and_made_where_the_database_can(database):
    what = "the constraint ck_study_overlap of study is missing"
    with engine().begin() as connection:
        _without_in_definition(
            connection, "study", r",\s*CONSTRAINT ck_study_overlap CHECK \(.*?\)"
        )

    assert schema.schema_differences() == [what]
    upgrade = schema.upgrade()

    if engine().dialect.name == "postgresql":
        assert (upgrade.mended, upgrade.wrong) == ((what,), ())
    else:
        assert (upgrade.mended, upgrade.wrong) == ((), (what,))


def test_tables_that_allow_other_values_or_give_numbers_twice_are_found(sqlite_database):
    with engine().begin() as connection:
        _without_in_definition(connection, "assignment", ", 'skipped'(?=\\))")
        _without_in_definition(connection, "study", " AUTOINCREMENT")

    assert set(schema.schema_differences()) == {
        "the constraint ck_assignment_state of assignment allows other values",
        "the numbers of study can be given twice",
    }


def test_tables_and_indexes_of_somebody_else_are_left_alone(database):
    with engine().begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE INDEX my_own ON score (value)"))

    assert schema.schema_differences() == []


def _without_in_definition(connection, table, pattern):
    """Make a table as if it had been made without what the pattern finds."""
    if connection.dialect.name == "postgresql":
        name = re.search(r"CONSTRAINT (\w+)", pattern).group(1)
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        return
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    definition = connection.scalar(query, {"name": table})
    changed = re.sub(pattern, "", definition, count=1)
    assert changed != definition
    connection.execute(text("PRAGMA writable_schema = ON"))
    connection.execute(
        text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": changed, "name": table},
    )
    connection.execute(text("PRAGMA writable_schema = RESET"))
