"""Versions of an eval set: made by hand, set side by side, exported, verified, imported."""

import json
import shutil

import pytest
from sqlmodel import select

from db.commands import versions
from db.commands.cases import change_status, state_why
from db.commands.records import import_file
from db.engine import engine, read_session
from db.models import Case, EvalSetVersion, Output, VersionCase
from db.queries.case_life import cases_called, changes_of, versions_with
from db.queries.versions import diff_of, held_cases, version_bytes, version_file, version_list
from evalkit.errors import NotFoundError, RefusedError
from evalkit.evalset.version_file import hashed_file
from evalkit.vocabulary import CaseEventKind, CaseStatus
from tests.db.record_files import case, output, write

SET = "Cases"


def header(**more):
    return {"type": "header", "format": "evalkit", "version": 2, "eval_set": SET, **more}


def store(folder):
    cases = [
        case("a", input=[{"role": "user", "content": "One?"}], note="It failed", watched=True),
        case("b", input=[{"role": "user", "content": "Two?"}], reference="2", status="quarantined"),
        case("c", input=[{"role": "user", "content": "Two?"}], category="twice"),
    ]
    outputs = [output(each["id"], model) for each in cases for model in ("A", "B")]
    import_file(write(folder / "first.jsonl", [header(), *cases, *outputs], header=None))


@pytest.fixture
def stored(database, tmp_path):
    store(tmp_path)
    return tmp_path


def ids(*keys):
    with read_session() as session:
        return cases_called(session, SET, keys)


def test_a_case_by_hand_makes_the_next_version_with_parent_note_and_history(stored):
    number = versions.add_case(SET, "d", "Four?", note="Seen in the log", category="new")

    with read_session() as session:
        newest, first = version_list(session, SET)
        assert diff_of(session, SET, 1, 2).names["added"] == ("d",)
        (event,) = changes_of(session, *cases_called(session, SET, ["d"]))
    assert (number, newest.parent, newest.n_cases, first.n_cases) == (2, 1, 4, 3)
    assert newest.note == "Added d: Seen in the log"
    assert event.kind == CaseEventKind.ADDED


@pytest.mark.parametrize(
    ("key", "words", "note", "told"),
    [
        ("d", "Four?", " ", "why this case exists"),
        ("d", "", "why", "what the case asks"),
        ("a", "Four?", "why", "already"),
        ("", "Four?", "why", "Give the case an id"),
        ("d" * 501, "Four?", "why", "The id has 501 characters, expected at most 500"),
    ],
)
def test_a_case_without_a_reason_words_or_a_name_of_its_own_is_refused(
    stored, key, words, note, told
):
    with pytest.raises(RefusedError, match=told):
        versions.add_case(SET, key, words, note=note)

    with read_session() as session:
        assert len(version_list(session, SET)) == 1


def test_a_revised_case_keeps_its_name_and_the_former_its_version_and_responses(stored):
    (former,) = ids("a")
    number = versions.revise_case(former, "One and a half?", reason="It was unclear")

    (revised,) = ids("a")
    assert revised != former
    with read_session() as session:
        assert diff_of(session, SET, 1, number).names["edited"] == ("a",)
        assert (versions_with(session, former), versions_with(session, revised)) == ([1], [2])
        assert len(session.exec(select(Output).where(Output.case_id == former)).all()) == 2
        row = session.get(Case, revised)
        assert (row.note, row.is_watched) == ("It failed", True)
        assert changes_of(session, revised)[0].reason == "It was unclear"
    with pytest.raises(RefusedError, match="not in version 2"):
        versions.revise_case(former, "Once more?", reason="why")
    with pytest.raises(RefusedError, match="the text of the case already"):
        versions.revise_case(revised, "One and a half?", reason="why")


def test_a_revised_case_goes_on_with_the_history_of_its_former_texts_each_thing_once(stored):
    (first,) = ids("a")
    state_why(first, "It failed in May")
    versions.revise_case(first, "One and a half?", reason="It was unclear")
    (second,) = ids("a")
    versions.revise_case(second, "Two thirds?", reason="It was wrong")
    (third,) = ids("a")
    change_status([first], CaseStatus.RETIRED, reason="Of the former text alone")
    change_status([third], CaseStatus.RETIRED, reason="It has served")

    reasons = [
        (third, ["It has served", "It was wrong", "It was unclear", ""]),
        (second, ["It was wrong", "It was unclear", ""]),
        (first, ["Of the former text alone", "It was unclear", ""]),
    ]
    with read_session() as session:
        for case_id, told in reasons:
            assert [change.reason for change in changes_of(session, case_id)] == told
        assert changes_of(session, third)[-1].after == "It failed in May"
        assert changes_of(session, 10_000) == []


def test_repeated_contents_are_merged_and_keep_responses_and_history(stored):
    (second,) = ids("c")

    assert versions.merge_repeats(SET, reason="Asked twice") == (2, 1)

    with read_session() as session:
        newest = session.exec(select(EvalSetVersion).where(EvalSetVersion.number == 2)).one()
        assert [held.key for held in held_cases(session, newest.id)] == ["a", "b"]
        row = session.get(Case, second)
        assert (row.status, row.status_reason) == ("retired", "Same content as b. Asked twice")
        assert [event.kind for event in changes_of(session, second)] == ["merged", "status"]
        assert len(session.exec(select(Output).where(Output.case_id == second)).all()) == 2
    with pytest.raises(RefusedError, match="No content repeats"):
        versions.merge_repeats(SET, reason="again")


def test_cases_left_out_stay_where_they_were_and_chances_stay_with_the_others(stored):
    with read_session() as session:
        assert len(session.exec(select(VersionCase)).all()) == 3
    assert versions.leave_out(SET, ids("b"), note="Only sound ones") == 2
    with pytest.raises(RefusedError, match="not in version 2"):
        versions.leave_out(SET, ids("b"), note="again")
    with pytest.raises(RefusedError, match="one case at least"):
        versions.leave_out(SET, ids("a", "c"), note="none")
    with pytest.raises(RefusedError, match="Say what the version is for"):
        versions.leave_out(SET, ids("a"), note=" ")

    with read_session() as session:
        assert [version.n_cases for version in version_list(session, SET)] == [2, 3]
        with pytest.raises(NotFoundError):
            diff_of(session, SET, 1, 9)


def test_a_version_is_one_file_that_verifies(stored):
    versions.add_case(SET, "d", "Four?", note="Seen in the log")
    file = stored / "version.jsonl"

    assert version_file(file, eval_set=SET) == 2

    assert hashed_file(file).is_whole
    assert file.read_bytes() == version_bytes(SET, 2)
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert records[0]["version_note"] == "Added d: Seen in the log"
    with read_session() as session:
        assert records[0]["eval_set_version"] == version_list(session, SET)[0].content_hash
    assert records[1]["watched"] is True
    assert records[2]["status"] == "quarantined"


def test_a_version_imported_into_another_database_gives_the_same_bytes(
    sqlite_database, sqlite_template, tmp_path, monkeypatch
):
    store(tmp_path)
    change_status(ids("a"), CaseStatus.SATURATED, reason="All pass")
    versions.add_case(SET, "d", "Vier? Grüße", note="Seen in the log")
    file, again = tmp_path / "version.jsonl", tmp_path / "again.jsonl"
    version_file(file, eval_set=SET)

    other = tmp_path / "other.db"
    shutil.copyfile(sqlite_template, other)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{other}")
    import_file(file)
    version_file(again, eval_set=SET)
    engine().dispose()

    assert again.read_bytes() == file.read_bytes()


def test_what_is_said_here_of_a_case_is_not_brought_back_by_its_file(stored):
    (first,) = ids("a")
    state_why(first, "Another reason")

    assert not import_file(stored / "first.jsonl").has_news
    with read_session() as session:
        assert session.get(Case, first).note == "Another reason"
