"""Notes that are named: a tag in a new version of the taxonomy, and who gave it to which note."""

import pytest
from sqlmodel import select

from db.commands.note_codes import code_notes
from db.commands.open_codings import reveal_models, save_open_note, start_open_coding
from db.commands.taxonomies import change_taxonomy
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, AuditEvent, CodedNote, ErrorMark, Study, Taxonomy
from db.queries import results
from db.queries.definitions import newest_taxonomy
from db.queries.results import ResultFilters, notes, result_study
from db.queries.results.note_codes import note_codes
from evalkit.errors import RefusedError
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.taxonomy import TagDefinition
from evalkit.reports.clusters.report import named_report
from evalkit.study.notes import NoteCode
from evalkit.vocabulary import NoteSource
from tests.factories import annotate, make_eval_set, make_study

TAXONOMY = "Taxonomy of Study"


@pytest.fixture
def study(database):
    ids = make_eval_set()
    make_study(ids)
    for case in range(4):
        annotate(ids, "Ada", f"case-{case}/Model one", comment=f"Note {case}")
    return ids["Study"]


def read():
    with read_session() as session:
        study = result_study(session, name="Study")
        return notes(session, study, filters=ResultFilters()).rows


def codes(study):
    with read_session() as session:
        return note_codes(session, study)


def test_a_name_makes_a_tag_in_a_new_version_and_the_study_keeps_its_own(study):
    first, second, *_ = read()

    named = code_notes(study, [first, second], name="  Wrong   total ", definition="A sum.")

    assert (named.version, named.tag, named.is_new_tag, named.n_coded) == (
        2,
        "Wrong total",
        True,
        2,
    )
    with read_session() as session:
        newest = newest_taxonomy(session, TAXONOMY)
        own = session.get_one(Taxonomy, session.get_one(Study, study).taxonomy_id)
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "code notes")).all()
    assert (newest.parts[-1].key, newest.parts[-1].definition) == ("wrong_total", "A sum.")
    assert own.version == 1
    assert [event.details["notes"] for event in events] == [2]
    assert codes(study) == tuple(
        NoteCode("wrong_total", "Wrong total", NoteSource.COMMENT, note.row_id)
        for note in (first, second)
    )


def test_a_tag_that_is_there_is_taken_and_no_note_is_given_it_twice(study):
    rows = read()
    code_notes(study, rows[:2], name="Wrong total")

    again = code_notes(study, rows[1:3], name="WRONG TOTAL")

    assert (again.version, again.is_new_tag, again.n_coded) == (2, False, 1)
    assert code_notes(study, rows[:3], name="wrong total").n_coded == 0
    assert len(codes(study)) == 3


def test_a_named_tag_is_called_as_it_is_called_now(study):
    rows = read()
    code_notes(study, rows[:2], name="Wrong total")
    renamed = TaxonomyChange(ChangeKind.RENAME, ("wrong_total",), "sums", "Wrong sums")
    change_taxonomy(TAXONOMY, renamed, reason="They all are", opened=2)

    assert [(code.key, code.name) for code in codes(study)] == [("sums", "Wrong sums")] * 2
    assert code_notes(study, rows[:3], name="Wrong sums").n_coded == 1


def test_a_tag_that_was_split_and_a_later_one_of_its_name_have_each_their_own_notes(study):
    rows = read()
    code_notes(study, rows[:3], name="Wrong total")
    parts = tuple(TagDefinition(key, key, "", ()) for key in ("sums", "tax"))
    split = TaxonomyChange(ChangeKind.SPLIT, ("wrong_total",), parts=parts)
    change_taxonomy(TAXONOMY, split, reason="Two kinds", opened=2)

    # One of the notes has the former tag, which is another.
    assert code_notes(study, rows[2:4], name="Wrong total").n_coded == 2

    with read_session() as session:
        of_study = results.result_study(session, name="Study")
        collected = results.collect(session, of_study)
        notes = results.notes(session, of_study, filters=results.ResultFilters())
    named = {row.name: row.n_notes for row in named_report(collected, notes, codes(study))}
    assert named == {"Wrong total (split in version 3)": 3, "Wrong total": 2}


def test_it_is_told_whether_a_study_like_this_one_could_ask_for_the_new_tag(study):
    assert code_notes(study, read()[:1], name="Wrong total").is_offered
    with write_session() as session:
        session.get_one(Study, study).taxonomy_id = None
    assert not code_notes(study, read()[:1], name="Wrong sum").is_offered


def test_notes_of_merged_tags_have_the_one_once(study):
    rows = read()
    code_notes(study, rows[:2], name="Wrong total")
    code_notes(study, rows[1:3], name="Wrong sum")
    merged = TaxonomyChange(ChangeKind.MERGE, ("wrong_sum",), "wrong_total")
    change_taxonomy(TAXONOMY, merged, reason="The same", opened=3)

    assert [(code.key, code.row_id) for code in codes(study)] == [
        ("wrong_total", note.row_id) for note in rows[:3]
    ]


def test_keys_of_tags_are_told_apart_and_a_name_without_letters_has_one(study):
    rows = read()
    for name in ("Wrong total", "Wrong: total", "?!", "合計"):
        code_notes(study, rows[:1], name=name)

    assert [code.key for code in codes(study)] == ["wrong_total", "wrong_total_2", "tag", "合計"]


@pytest.mark.parametrize(("name", "n"), [("  ", 2), ("Named", 0)])
def test_what_cannot_be_named_is_refused_and_nothing_is_stored(study, name, n):
    with pytest.raises(RefusedError):
        code_notes(study, read()[:n], name=name)

    with read_session() as session:
        assert session.exec(select(CodedNote)).all() == []
        assert newest_taxonomy(session, TAXONOMY).version == 1


def revise(annotation_id, *, comment=None, mark_notes=()):
    """Store another revision of an annotation, with its marks, as an edit does; return its id."""
    with write_session() as session:
        before = session.get_one(Annotation, annotation_id)
        old = session.exec(select(ErrorMark).where(ErrorMark.annotation_id == annotation_id)).all()
        before.is_superseded = True
        session.add(before)
        session.flush()
        after = Annotation(
            assignment_id=before.assignment_id, revision=before.revision + 1, comment=comment
        )
        session.add(after)
        session.flush()
        for mark, note in zip(old, mark_notes, strict=False):
            mark.is_superseded = True
            session.add(mark)
            session.add(
                ErrorMark(
                    annotation_id=after.id,
                    output_id=mark.output_id,
                    tag_id=mark.tag_id,
                    note=note,
                )
            )
        return after.id


def coded_texts(study):
    """Return the texts of the notes that count and have a tag."""
    texts = {(note.source, note.row_id): note.text for note in read()}
    return sorted(
        texts[code.source, code.row_id]
        for code in codes(study)
        if (code.source, code.row_id) in texts
    )


def test_a_comment_that_is_mended_keeps_its_tag_and_is_not_given_it_twice(study):
    first = read()[0]
    code_notes(study, [first], name="Wrong total")

    revise(revise(first.row_id, comment="Note zero"), comment="Note zero.")

    assert coded_texts(study) == ["Note zero."]
    mended = next(note for note in read() if note.text == "Note zero.")
    assert code_notes(study, [mended], name="Wrong total").n_coded == 0


def test_a_comment_that_was_taken_back_and_written_anew_is_another_note(study):
    first = read()[0]
    code_notes(study, [first], name="Wrong total")

    revise(revise(first.row_id, comment=None), comment="Something else")

    assert coded_texts(study) == []


def test_notes_of_marks_keep_their_tags_when_the_annotation_is_edited(database):
    ids = make_eval_set()
    make_study(ids)
    response = "case-0/Model one"
    annotation = annotate(ids, "Ada", response, marks=[(response, "tone")] * 2)
    with write_session() as session:
        for number, mark in enumerate(session.exec(select(ErrorMark)).all()):
            mark.note = f"Mark {number}"
            session.add(mark)
    code_notes(ids["Study"], read()[1:2], name="Wrong total")

    revise(annotation, mark_notes=["Mark 0, mended", "Mark 1"])

    assert coded_texts(ids["Study"]) == ["Mark 1"]


def test_an_open_note_that_is_mended_keeps_its_tag(database):
    ids = make_eval_set()
    make_study(ids)
    with write_session() as session:
        person = Annotator(name="Leo", role="lead")
        session.add(person)
        session.flush()
        reader = person.id
    coding = start_open_coding(reader_id=reader, version_id=ids["version"], n=2, seed=1)
    save_open_note(coding, 1, "Wrong nubmer", reader_id=reader)
    reveal_models(coding, reader_id=reader)
    code_notes(ids["Study"], read(), name="Wrong numbers")

    save_open_note(coding, 1, "Wrong number", reader_id=reader, seen=1)

    assert coded_texts(ids["Study"]) == ["Wrong number"]
