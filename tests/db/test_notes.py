"""What was written of responses, read one way: comments, notes, marked words, judges' reasons."""

import pytest
from sqlmodel import select

from db.engine import read_session, write_session
from db.models import Annotation, ErrorMark
from db.queries.results import ResultFilters, notes, result_study
from evalkit.vocabulary import NoteSource
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO = "Model one", "Model two"


@pytest.fixture
def ids(database):
    ids = make_eval_set(n_cases=4)
    make_study(ids)
    return ids


def compare(ids, case, preference, comment, **more):
    return annotate(
        ids, "Ada", f"case-{case}/{ONE}", f"case-{case}/{TWO}", preference, comment=comment, **more
    )


def read(sources=tuple(NoteSource), **filters):
    with read_session() as session:
        study = result_study(session, name="Study")
        return notes(session, study, filters=ResultFilters(**filters), sources=sources).rows


@pytest.mark.parametrize(
    ("preference", "comment", "model"),
    [
        ("left", "Clearer.", TWO),
        ("right", "Clearer.", ONE),
        ("tie", "Both are fine.", ""),
        ("both_bad", "Neither helps.", ""),
        ("left", "A: Exactly what was asked for.", ONE),
        ("tie", "response b - wrong total", TWO),
        ("left", "A good one", TWO),
    ],
)
def test_a_comment_on_two_counts_for_whom_it_names_or_for_who_was_not_preferred(
    ids, preference, comment, model
):
    row_id = compare(ids, 0, preference, comment)

    (note,) = read()

    assert (note.source, note.row_id, note.text) == (NoteSource.COMMENT, row_id, comment)
    assert (note.model, note.case_key, note.category, note.who) == (
        model,
        "case-0",
        "billing",
        "Ada",
    )
    if model:
        assert note.output_id == ids[f"case-0/{model}"]


def test_a_comment_on_one_response_counts_for_it(ids):
    annotate(ids, "Ada", f"case-1/{TWO}", comment="Invents a source.")

    (note,) = read()

    assert (note.model, note.output_id) == (TWO, ids[f"case-1/{TWO}"])


def test_notes_and_marked_words_are_those_of_marks_that_count(ids):
    marks = [(f"case-0/{ONE}", "tone"), (f"case-0/{TWO}", "unsafe"), (f"case-0/{TWO}", "tone")]
    compare(ids, 0, "left", None, marks=marks, note=" Sounds cross ")
    with write_session() as session:
        rows = session.exec(select(ErrorMark).order_by(ErrorMark.id)).all()
        rows[0].quote, rows[1].quote, rows[2].quote = "No.", None, " "
        rows[1].is_superseded = True

    assert [(note.source, note.text, note.model) for note in read()] == [
        (NoteSource.MARK, "Sounds cross", ONE),
        (NoteSource.MARK, "Sounds cross", TWO),
        (NoteSource.WORDS, "No.", ONE),
    ]


def test_reasons_of_judges_count_where_judges_do_and_may_be_anything(ids):
    for case, details in enumerate([{"rationale": "B is rude."}, {"rationale": 4}, {}]):
        row_id = annotate(
            ids, "Judge", f"case-{case}/{ONE}", f"case-{case}/{TWO}", "left", is_judge=True
        )
        with write_session() as session:
            session.get_one(Annotation, row_id).details = details
    compare(ids, 0, "left", "   ")

    assert read() == ()
    assert [(note.source, note.text, note.model) for note in read(judges=True)] == [
        (NoteSource.RATIONALE, "B is rude.", TWO)
    ]


def test_filters_and_superseded_annotations_narrow_notes(ids):
    first = compare(ids, 0, "left", "Of billing")
    compare(ids, 1, "left", "Of code")

    assert [note.text for note in read(categories=("code",))] == ["Of code"]
    with write_session() as session:
        session.get_one(Annotation, first).is_superseded = True
    assert [note.text for note in read()] == ["Of code"]
    assert read(sources=(NoteSource.MARK,)) == ()
