import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import db.models  # noqa: F401  (fills the registry)
from db import schema
from db.columns import Table
from db.engine import engine
from evalkit.errors import RefusedError


def test_the_migrations_make_exactly_the_tables_of_the_models(database):
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})

        differences = compare_metadata(context, Table.metadata)

    assert differences == []


def test_upgrading_twice_changes_nothing(database):
    before = schema.revision()

    schema.upgrade()

    assert schema.revision() == before is not None


def test_a_database_of_a_newer_evalkit_is_refused_with_a_sentence(database):
    with engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(RefusedError, match="newer evalkit"):
        schema.require_current()
    with pytest.raises(RefusedError, match="newer evalkit"):
        schema.upgrade()


def test_an_empty_database_is_not_current_until_it_is_upgraded(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")

    with pytest.raises(RefusedError, match="db upgrade"):
        schema.require_current()

    schema.upgrade()
    schema.require_current()
    engine().dispose()
