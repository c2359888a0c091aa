"""Changes stored by something that knew no better: they count for nothing and stop nobody."""

import json

import pytest
import sqlalchemy as sa

from db.columns import now
from db.commands.taxonomies import recode_mark
from db.engine import read_session, write_session
from db.models import Annotator
from db.queries.annotation.own_recodings import own_stale_marks
from db.queries.taxonomies import changes_since, stale_marks, taxonomy_history
from evalkit.errors import RefusedError
from tests.db.test_taxonomies import IN_TWO, NAME, change, marked, rates

#: As an import took them: only that there were these fields was asked.
BAD = [
    ("rename", {"tags": [], "target": "zz", "name": "Z", "parts": []}),
    ("rename", {"tags": "facts", "target": "zz", "name": "Z", "parts": []}),
    ("merge", {"tags": [1], "target": 2, "name": "", "parts": []}),
    ("split", {"tags": ["tone"], "target": "", "name": "", "parts": []}),
    ("split", {"tags": ["tone"], "target": "", "name": "", "parts": [{"key": ["a"]}]}),
    ("nest", ["tone"]),
    ("nest", {}),
]


def store(kind, details, version=2):
    """Store a change by SQL, as nothing in the app would any more."""
    event = "INSERT INTO taxonomy_event (taxonomy, version, kind, details, reason, at) VALUES "
    with write_session() as session:
        session.execute(
            sa.text(f"{event} (:taxonomy, :version, :kind, :details, 'So', :at)"),
            {
                **{"taxonomy": NAME, "version": version, "kind": kind},
                **{"details": json.dumps(details), "at": now()},
            },
        )


def test_changes_that_cannot_be_read_stop_neither_annotators_nor_results(database):
    ids = marked()
    before = rates()

    for kind, details in BAD:
        store(kind, details)

    with read_session() as session:
        ann = session.scalar(sa.select(Annotator.id).where(Annotator.name == "ann"))
        assert own_stale_marks(session, annotator_id=ann) == []
        assert stale_marks(session, NAME) == ()
        assert changes_since(session, NAME, 0) == ()
    assert rates() == before
    # What is changed in the app afterwards is read as ever.
    assert change(ids, IN_TWO, 1) == 2
    with read_session() as session:
        assert [mark.key for mark in stale_marks(session, NAME)] == ["tone"]
        assert len(own_stale_marks(session, annotator_id=ann)) == 1


def test_history_keeps_what_could_not_be_read_in_view(sqlite_database):
    marked()
    store(*BAD[0], version=1)

    with read_session() as session:
        (entry,) = taxonomy_history(session, NAME)

    assert (entry.kind, entry.change, entry.reason) == ("rename", None, "So")


@pytest.mark.parametrize("kind", ["merge", "rename"])
def test_a_change_into_what_no_version_has_stops_nobody_either(sqlite_database, kind):
    marked()
    store(kind, {"tags": ["tone"], "target": "nowhere", "name": "", "parts": []})

    assert rates()["nowhere"] == {"Model one": (0, 2), "Model two": (1, 2)}


def test_a_part_that_no_version_has_cannot_be_chosen_and_it_is_said(sqlite_database):
    marked()
    parts = [
        {"key": key, "name": key, "definition": "", "severities": []} for key in ("cold", "pushy")
    ]
    store("split", {"tags": ["tone"], "target": "", "name": "", "parts": parts})
    with read_session() as session:
        (mark,) = stale_marks(session, NAME)

    with pytest.raises(RefusedError, match="Version 2 of “Taxonomy of Study” has no tag “cold”"):
        recode_mark(mark.mark_id, "cold")
