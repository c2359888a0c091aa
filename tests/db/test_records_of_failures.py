"""What became of tags, notes and failures as records: round trip, replacing, refusals."""

import json

import pytest
from sqlmodel import select

from db.columns import now
from db.commands.failures import NewFailure, change_cases, change_state, note_failure, start_failure
from db.commands.note_codes import code_notes
from db.commands.open_codings import reveal_models, save_open_note, start_open_coding
from db.commands.records import import_file
from db.commands.taxonomies import (
    change_taxonomy,
    freeze_taxonomy,
    recode_mark,
    take_back_recoding,
)
from db.engine import read_session, write_session
from db.models import Annotator, KnownFailureCase, OpenNote, Study, Taxonomy
from db.queries.failures import changes_of_failure, eval_set_called, known_failures, runs_of_set
from db.queries.recodings import last_recoding
from db.queries.results import ResultFilters, notes, result_study
from db.queries.results.failure_looks import board_in
from db.queries.results.note_codes import note_codes
from db.queries.taxonomies import stale_marks, taxonomy_history
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.records import RecordsRefusedError
from evalkit.records.followed import FOLLOWED
from evalkit.vocabulary import FailureState
from tests.db.record_files import (
    HEADER,
    TAG,
    case,
    empty_tables,
    exported,
    mark,
    output,
    table_sizes,
    write,
)
from tests.db.test_taxonomies import IN_TWO, RENAMED

LABELLED = {**HEADER, "study": "Set"}
FACTS = {**TAG, "key": "facts"}
RECORDS = [
    *(TAG, FACTS),
    *(case(key, f"What of {key}?") for key in ("c1", "c2")),
    *(output(key, model) for key in ("c1", "c2") for model in ("A", "B")),
    mark(note="Curt", start=0, end=3, quote="Yes", comment="Rude all over"),
    mark(note="Curt again"),
    mark("facts", case="c2", model="B", note="Wrong year"),
]
SPLIT_LATER = TaxonomyChange(ChangeKind.SPLIT, ("voice",), parts=IN_TWO.parts)


def lead():
    with write_session() as session:
        person = Annotator(name="Leo", role="lead")
        session.add(person)
        session.flush()
        return person.id


def the_notes():
    with read_session() as session:
        return notes(session, result_study(session, name="Set"), filters=ResultFilters()).rows


def store(tmp_path):
    """Store a study in which everything was done that records tell of; return a lead."""
    import_file(write(tmp_path / "a.jsonl", RECORDS, header=LABELLED))
    leo = lead()
    change_taxonomy("Errors", RENAMED, reason="The word of the guide", opened=1, actor_id=leo)
    change_taxonomy("Errors", SPLIT_LATER, reason="Two kinds", opened=2)
    freeze_taxonomy("Errors", 3, note="From two notes", actor_id=leo)
    with read_session() as session:
        first, second = stale_marks(session, "Errors")
    recode_mark(first.mark_id, "cold", actor_id=leo)
    with read_session() as session:
        take_back_recoding(last_recoding(session, "Errors").recoding_id, actor_id=leo)
    recode_mark(first.mark_id, "pushy", actor_id=leo)
    recode_mark(second.mark_id, "cold")
    with read_session() as session:
        of = session.exec(select(Study)).one()
        set_id, study = eval_set_called(session, "Set"), (of.id, of.eval_set_version_id)
        run_id = next(iter(runs_of_set(session, set_id)))
    reading = start_open_coding(reader_id=leo, version_id=study[1], n=3, seed=5)
    save_open_note(reading, 1, "Says nohting", reader_id=leo)
    save_open_note(reading, 1, "Says nothing", reader_id=leo, seen=1)
    save_open_note(reading, 2, "", is_nothing_wrong=True, reader_id=leo)
    start_open_coding(reader_id=leo, version_id=study[1], n=2, seed=6)  # it stays blind
    reveal_models(reading, reader_id=leo)
    code_notes(study[0], the_notes(), name="Unhelpful", actor_id=leo)
    with read_session() as session:
        hashes = [
            case_hash
            for (case_hash,) in session.connection().exec_driver_sql(
                'SELECT case_hash FROM "case" ORDER BY key'
            )
        ]
    new = NewFailure(set_id, "Curt", "Errors", "pushy", owner_id=leo, reason="Since the prompt")
    failure = start_failure(new, actor_id=leo)
    change_cases(failure, add=hashes, reason="They show it")
    change_cases(failure, take_out=hashes[1:], reason="Not this one", actor_id=leo)
    change_state(failure, FailureState.FIXED, reason="New prompt", run_id=run_id, actor_id=leo)
    note_failure(failure, "See the ticket")
    return leo


def types(lines):
    kinds = [json.loads(line)["type"] for line in lines]
    return {kind: kinds.count(kind) for kind in FOLLOWED}


def told():
    """Return what is known of failures, changes, codes and notes, but for row numbers."""
    with read_session() as session:
        of = session.exec(select(Study)).one()
        set_id = eval_set_called(session, "Set")
        board, _ = board_in(session, set_id, judges=False)
        (failure,) = known_failures(session, set_id)
        return {
            "asks for": session.get_one(Taxonomy, of.taxonomy_id).version,
            "board": [(row.standing, row.rate, row.n_cases) for row in board.rows],
            "failure": (failure.title, failure.tag_name, failure.owner, failure.fixed_in),
            "cases": [row.key for row in failure.cases],
            "history": [each.sentence for each in changes_of_failure(session, failure.failure_id)],
            "changes": taxonomy_history(session, "Errors")[::-1],
            "waiting": stale_marks(session, "Errors"),
            "codes": sorted((code.key, code.source) for code in note_codes(session, of.id)),
            "notes": sorted((note.source, note.text, note.who) for note in the_notes()),
        }


def test_an_export_brings_all_that_was_done_back_to_the_byte(database, tmp_path):
    store(tmp_path)
    before, first = told(), exported()
    assert types(first) == {
        **{"taxonomy_change": 3, "recoding": 4, "reading": 1},
        # Two revisions of one note, and one with nothing wrong; the blind reading is not told.
        **{"open_note": 3, "coded_note": len(the_notes()), "failure": 1},
    }
    empty_tables()
    whole = tmp_path / "whole.jsonl"
    whole.write_text("".join(first))

    report = import_file(whole)

    assert {kind: report.counts[kind].new for kind in FOLLOWED} == types(first)
    assert exported() == first
    after = told()
    # Who saved a version is said by a log that no file holds, nor does it say when.
    dated = [(each.version, each.kind, each.reason, each.by) for each in before.pop("changes")]
    again = [(each.version, each.kind, each.reason, each.by) for each in after.pop("changes")]
    assert [each for each in again if each[1] != "saved"] == [
        each for each in dated if each[1] != "saved"
    ]
    assert after == before
    # The same file again brings nothing.
    assert not import_file(whole).has_news


def test_what_was_done_since_stays_when_an_older_file_comes_again(database, tmp_path):
    store(tmp_path)
    whole = tmp_path / "whole.jsonl"
    whole.write_text("".join(exported()))
    with read_session() as session:
        (failure,) = known_failures(session, eval_set_called(session, "Set"))
    change_state(failure.failure_id, FailureState.REOPENED, reason="Again")

    assert not import_file(whole).has_news

    with read_session() as session:
        (failure,) = known_failures(session, eval_set_called(session, "Set"))
    assert failure.state is FailureState.REOPENED


def test_a_blind_reading_is_in_no_file(database, tmp_path):
    import_file(write(tmp_path / "a.jsonl", RECORDS, header=LABELLED))
    leo = lead()
    with read_session() as session:
        version_id = session.exec(select(Study)).one().eval_set_version_id
    reading = start_open_coding(reader_id=leo, version_id=version_id, n=1, seed=5)
    save_open_note(reading, 1, "Sounds like the old model", reader_id=leo)

    assert "Sounds like" not in "".join(exported())

    with read_session() as session:
        assert len(session.exec(select(OpenNote)).all()) == 1


MOMENT = "2026-11-01T09:00:00+00:00"
CHANGE = {"type": "taxonomy_change", "taxonomy": "Errors", "created_at": MOMENT, "note": "So"}
CODED = {
    **{"type": "coded_note", "source": "note", "case": "c1", "model": "A", "created_at": MOMENT},
    **{"taxonomy": "Errors", "taxonomy_version": 1, "tag": "tone", "annotator": "Ann"},
}
FAILED = {
    **{"type": "failure", "title": "Curt", "taxonomy": "Errors", "taxonomy_version": 1},
    **{"tag": "tone", "state": "open", "created_at": MOMENT},
}
NOTED = {
    **{"type": "open_note", "annotator": "Leo", "reading": MOMENT, "case": "c1", "model": "A"},
    **{"words": "Curt", "created_at": MOMENT},
}


RENAME = {"tags": ["tone"], "target": "voice", "name": "Voice", "parts": []}
OF_NO_TAG, WORDS = RENAME | {"tags": []}, RENAME | {"tags": "tone"}
READ = {
    **{"type": "reading", "annotator": "Leo", "seed": 1, "created_at": MOMENT},
    "revealed_at": MOMENT,
}
SHOWS_IT = {"case": "c1", "added_at": MOMENT, "out": False}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (CHANGE | {"taxonomy_version": 7, "kind": "freeze"}, "a version whose tags are there"),
        (CHANGE | {"taxonomy_version": 1, "kind": "shake"}, "rename, merge, split, nest, freeze"),
        (CHANGE | {"taxonomy_version": 1, "kind": "merge"}, "the tags, target, name and parts"),
        (CHANGE | {"taxonomy_version": 1, "kind": "rename", "details": OF_NO_TAG}, "and parts"),
        (CHANGE | {"taxonomy_version": 1, "kind": "rename", "details": WORDS}, "and parts"),
        # Version 1 came from nothing, so there is no tag that it could have renamed.
        (CHANGE | {"taxonomy_version": 1, "kind": "rename", "details": RENAME}, "version before"),
        (READ | {"outputs": [{"case": "c1", "model": "A"}] * 2}, "each response once"),
        (FAILED | {"cases": [SHOWS_IT, SHOWS_IT]}, "each case once"),
        (CODED | {"nth": 3}, "a mark of this annotator that counts"),
        (CODED | {"tag": "nothing"}, "a tag of this version"),
        (CODED | {"source": "open"}, "the time the reading began"),
        (NOTED, "a reading of this person"),
        (NOTED | {"nothing_wrong": True}, "none, for nothing is wrong"),
        (FAILED | {"state": "fixed"}, "the run, and since when"),
        (FAILED | {"model": "Z"}, "a model of the eval set"),
        (
            FAILED | {"cases": [{"case": "c9", "added_at": MOMENT, "out": False}]},
            "the id of a case",
        ),
    ],
)
def test_what_is_about_nothing_is_refused_and_nothing_is_stored(
    sqlite_database, tmp_path, record, words
):
    file = write(tmp_path / "a.jsonl", [*RECORDS, record], header=LABELLED)

    with pytest.raises(RecordsRefusedError, match=words):
        import_file(file)

    with read_session() as session:
        assert session.exec(select(Study)).all() == []


#: Each is sound by itself: what it is about is not there, or is told otherwise.
ABOUT_NOTHING = [
    (CODED | {"nth": 3}, "a mark of this annotator that counts"),
    (NOTED, "a reading of this person"),
    (FAILED | {"model": "Z"}, "a model of the eval set"),
    (FAILED | {"owner": "Leo", "author": "leo"}, 'found "leo", expected "Leo", as who looks'),
    (
        FAILED | {"events": [{"kind": "note", "at": MOMENT, "reason": "", "author": "ANN"}]},
        'events: found "ANN", expected "Ann", as who looks',
    ),
    (READ | {"annotator": "ann", "outputs": [{"case": "c1", "model": "A"}]}, "two people need"),
    (FAILED | {"title": "F" * 121}, "at most 120 characters"),
]


@pytest.mark.parametrize(("record", "words"), ABOUT_NOTHING)
def test_a_dry_run_says_what_the_import_would_refuse(sqlite_database, tmp_path, record, words):
    file = write(tmp_path / "a.jsonl", [*RECORDS, record], header=LABELLED)

    for dry_run in (True, False):
        with pytest.raises(RecordsRefusedError, match=words):
            import_file(file, dry_run=dry_run)

    assert not any(table_sizes().values())


def test_a_dry_run_of_what_fits_stores_nothing_and_counts_what_the_import_does(database, tmp_path):
    reading = READ | {"outputs": [{"case": "c1", "model": "A"}]}
    file = write(tmp_path / "a.jsonl", [*RECORDS, reading, NOTED, FAILED, CODED], header=LABELLED)
    before = table_sizes()

    rehearsed = import_file(file, dry_run=True)

    assert table_sizes() == before
    assert import_file(file).counts == rehearsed.counts


def test_all_that_is_about_nothing_is_told_at_once(sqlite_database, tmp_path):
    notes = [NOTED | {"case": key, "model": model} for key in ("c1", "c2") for model in ("A", "B")]
    file = write(tmp_path / "a.jsonl", [*RECORDS, *notes], header=LABELLED)

    with pytest.raises(RecordsRefusedError, match="refused with 4 problems"):
        import_file(file)


def test_two_cases_of_one_content_are_one_of_the_set_of_a_failure(sqlite_database, tmp_path):
    again = case("c3", "What of c1?")
    shows = [SHOWS_IT, SHOWS_IT | {"case": "c3", "out": True}]
    failure = FAILED | {"title": "  Curt \n answers ", "cases": shows}

    import_file(write(tmp_path / "a.jsonl", [*RECORDS, again, failure], header=LABELLED))

    with read_session() as session:
        (stored,) = known_failures(session, eval_set_called(session, "Set"))
        (of_set,) = session.exec(select(KnownFailureCase)).all()
    assert stored.title == "Curt answers"
    assert not of_set.is_out


def test_two_titles_that_are_read_alike_are_one(sqlite_database, tmp_path):
    spaced = FAILED | {"title": " Curt ", "created_at": now().isoformat()}
    file = write(tmp_path / "a.jsonl", [*RECORDS, FAILED, spaced], header=LABELLED)

    with pytest.raises(RecordsRefusedError, match="no other failure of the eval set has"):
        import_file(file)


def test_two_failures_of_one_title_are_refused(sqlite_database, tmp_path):
    later = FAILED | {"created_at": now().isoformat()}
    file = write(tmp_path / "a.jsonl", [*RECORDS, FAILED, later], header=LABELLED)

    with pytest.raises(RecordsRefusedError, match="no other failure of the eval set has"):
        import_file(file)


def test_a_moment_in_another_zone_is_the_same_moment(sqlite_database, tmp_path):
    there = MOMENT.replace("T09:00:00+00:00", "T11:00:00+02:00")
    reading = READ | {"outputs": [{"case": "c1", "model": "A"}]}
    told = [reading, NOTED, FAILED]
    import_file(write(tmp_path / "a.jsonl", [*RECORDS, *told], header=LABELLED))
    moved = [
        record
        | {name: there for name in ("created_at", "reading", "revealed_at") if name in record}
        for record in told
    ]

    report = import_file(write(tmp_path / "b.jsonl", [*RECORDS, *moved], header=LABELLED))

    assert not report.has_news
