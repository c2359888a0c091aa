"""Words in cases: wherever somebody wrote them, in any letters, and nowhere else."""

import pytest

from db.commands.cases import state_why
from db.commands.records import import_records
from db.engine import read_session
from db.models import Case
from db.queries.case_search import cases_with_words, state_of_texts
from db.queries.library import eval_sets
from tests.db.record_files import HEADER, case


def store():
    cases = [
        case("plain", "Can I get a refund after 40 days?", category="billing"),
        case("umlaut", "Wie hoch sind die GEBÜHREN für Grüße?", tags=["fees", "50%"]),
        case("reference", "Anything", reference={"pass_if": "Names the deadline"}),
        case("noted", "Nothing", note="The user was told a wrong role"),
        case("quoted", 'She said "no\nway"', context=[{"id": "kb-1", "text": "Passage_one"}]),
    ]
    import_records([HEADER, *cases], source_name="made")


@pytest.fixture
def version_id(database, store_once):
    store_once(store)
    with read_session() as session:
        return eval_sets(session)[0].version_id


def find(version_id, words):
    with read_session() as session:
        ids = cases_with_words(session, version_id, words)
        return sorted(session.get(Case, case_id).key for case_id in ids)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("refund", ["plain"]),
        ("REFUND 40", ["plain"]),
        ("refund missing", []),
        ("gebühren", ["umlaut"]),
        ("grüße", ["umlaut"]),
        ("deadline", ["reference"]),
        ("fees", ["umlaut"]),
        ("50%", ["umlaut"]),
        ("5_%", []),
        ("Passage_one", ["quoted"]),
        ('"no', ["quoted"]),
        ("billing", ["plain"]),
        ("QUOTED", ["quoted"]),
        # Words of the JSON around texts are found where somebody said them alone.
        ("user", ["noted"]),
        ("role", ["noted"]),
        ("content", []),
        ("pass_if", []),
        ("", ["noted", "plain", "quoted", "reference", "umlaut"]),
    ],
)
def test_words_are_found_where_somebody_wrote_them(version_id, words, keys):
    assert find(version_id, words) == keys


def test_what_is_said_of_a_case_here_is_found_too_and_changes_the_state(version_id):
    with read_session() as session:
        before = state_of_texts(session, version_id)
        (case_id,) = cases_with_words(session, version_id, "plain")

    state_why(case_id, "Promised after the deadline")

    with read_session() as session:
        assert state_of_texts(session, version_id) > before
    assert find(version_id, "promised") == ["plain"]
