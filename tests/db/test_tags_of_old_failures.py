"""Failures that were followed before tags of one key were told apart get the version they meant."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command

from db import schema
from db.engine import engine

JANUARY, MARCH, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3, 5))


@pytest.fixture
def old(tmp_path, monkeypatch):
    """Make a database as it was before, with two versions of a taxonomy that both have a tag."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'old.db'}")
    with schema._rebuilding(None) as connection:
        command.upgrade(schema.config(connection), "0049")
        tables = sa.MetaData()
        tables.reflect(connection)

        def insert(table, *rows):
            connection.execute(tables.tables[table].insert(), list(rows))

        insert("eval_set", {"id": 1, "name": "Set", "created_at": JANUARY})
        versions = ((1, JANUARY), (2, MAY))
        insert(
            "taxonomy",
            *({"id": n, "name": "T", "version": n, "created_at": at} for n, at in versions),
        )
        insert(
            "tag",
            *({"taxonomy_id": n, "key": "tone", "position": 0, "severities": []} for n in (1, 2)),
        )
        yield connection, insert
    engine().dispose()


def test_it_is_the_newest_version_that_had_the_tag_when_the_failure_was_started(old):
    connection, insert = old
    of = {"eval_set_id": 1, "taxonomy": "T", "tag": "tone", "state": "open"}
    failures = (
        ("Curt", MARCH),
        ("Audio", MAY),
        ("Older than both", datetime(2025, 1, 1, tzinfo=UTC)),
    )
    insert("known_failure", *({**of, "title": title, "created_at": at} for title, at in failures))
    insert("known_failure", {**of, "tag": "gone", "title": "Gone", "created_at": MAY})

    command.upgrade(schema.config(connection), "0050")

    rows = connection.execute(sa.text("SELECT title, tag_version FROM known_failure ORDER BY id"))
    assert list(map(tuple, rows)) == [
        ("Curt", 1),
        ("Audio", 2),
        # Nothing says which was meant: the one of today, as it was read before.
        ("Older than both", 2),
        ("Gone", None),
    ]
