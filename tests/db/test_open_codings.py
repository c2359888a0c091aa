"""Reading before there is a taxonomy: what is drawn, what is noted, and that nothing is lost."""

import pytest
from sqlmodel import col, select

from db.commands.open_codings import (
    keep_open_draft,
    reveal_models,
    save_open_note,
    start_open_coding,
)
from db.commands.studies import discard_study
from db.engine import read_session, write_session
from db.models import Annotator, Case, Model, OpenNote, Output
from db.queries import results
from db.queries.open_codings import (
    coding_sources,
    note_history,
    noted_responses,
    own_codings,
    response_to_read,
)
from db.queries.results.notes import notes
from evalkit.errors import NotFoundError, RefusedError
from evalkit.study.notes import NoteSource
from tests.factories import make_eval_set, make_study


@pytest.fixture
def ids(database):
    ids = make_eval_set()
    with write_session() as session:
        for name in ("Leo", "Lea"):
            person = Annotator(name=name, role="lead")
            session.add(person)
            session.flush()
            ids[name] = person.id
    return ids


def start(ids, **changes):
    asked = {"reader_id": ids["Leo"], "version_id": ids["version"], "n": 100, "seed": 3}
    return start_open_coding(**asked | changes)


def progress(ids, reader="Leo"):
    with read_session() as session:
        return own_codings(session, reader_id=ids[reader])[0]


def read(coding_id, place):
    with read_session() as session:
        return response_to_read(session, coding_id, place)


def noted(coding_id):
    with read_session() as session:
        return noted_responses(session, coding_id)


def test_all_responses_are_drawn_where_there_are_fewer_than_asked_for(ids):
    coding_id = start(ids)

    # Four cases, answered by two models.
    assert progress(ids).n_responses == 8
    texts = {read(coding_id, place).content for place in range(1, 9)}
    assert len(texts) == 8


def test_of_a_study_only_its_models_are_read(ids):
    study_id = make_study(ids, models=["Model one"])

    start(ids, study_id=study_id)

    assert progress(ids).n_responses == 4
    assert progress(ids).title == "Study Study"


def test_failed_responses_and_quarantined_cases_are_not_read(ids):
    with write_session() as session:
        session.get_one(Output, ids["case-0/Model one"]).error = "It timed out"
        session.get_one(Case, ids["case-1"]).status = "quarantined"

    start(ids)

    assert progress(ids).n_responses == 8 - 1 - 2


def test_with_nothing_to_read_nothing_is_begun(ids):
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.error = "It timed out"

    with pytest.raises(RefusedError, match="no response with a text"):
        start(ids)

    with read_session() as session:
        assert own_codings(session, reader_id=ids["Leo"]) == ()


@pytest.mark.parametrize("n", [0, 2_001])
def test_a_number_of_responses_that_is_none_is_refused(ids, n):
    with pytest.raises(RefusedError, match="From 1 to 2,000 responses"):
        start(ids, n=n)


def test_a_note_is_stored_once_however_often_it_is_sent(ids):
    coding_id = start(ids)

    for _ in range(3):
        assert save_open_note(coding_id, 1, " Invents a source ", reader_id=ids["Leo"]) == 1

    (row,) = noted(coding_id)
    assert (row.place, row.words, row.revision) == (1, "Invents a source", 1)


def test_every_text_a_note_ever_had_is_kept(ids):
    coding_id = start(ids)
    save_open_note(coding_id, 1, "Invents a source", reader_id=ids["Leo"])
    save_open_note(coding_id, 1, "Misquotes a source", reader_id=ids["Leo"], seen=1)
    save_open_note(coding_id, 1, "", reader_id=ids["Leo"], seen=2)
    assert noted(coding_id) == ()  # taken back
    save_open_note(coding_id, 1, "", reader_id=ids["Leo"], is_nothing_wrong=True, seen=3)

    with read_session() as session:
        history = note_history(session, coding_id, 1)
    assert [(row.revision, row.words, row.is_nothing_wrong) for row in history] == [
        (1, "Invents a source", False),
        (2, "Misquotes a source", False),
        (3, "", False),
        (4, "", True),
    ]
    assert progress(ids).n_nothing_wrong == 1


def test_what_another_window_noted_is_not_overwritten_unseen(ids):
    coding_id = start(ids)
    save_open_note(coding_id, 1, "Invents a source", reader_id=ids["Leo"])

    with pytest.raises(RefusedError, match="in another window: “Invents a source”"):
        save_open_note(coding_id, 1, "Too long", reader_id=ids["Leo"], seen=0)

    assert [row.words for row in noted(coding_id)] == ["Invents a source"]


def test_what_says_nothing_is_refused_and_so_is_a_note_of_nothing_wrong(ids):
    coding_id = start(ids)
    with pytest.raises(RefusedError, match="Write what goes wrong first"):
        save_open_note(coding_id, 1, "  ", reader_id=ids["Leo"])
    with pytest.raises(RefusedError, match="empty it"):
        save_open_note(coding_id, 1, "Rude", reader_id=ids["Leo"], is_nothing_wrong=True)
    with pytest.raises(RefusedError, match="4,000 are allowed"):
        save_open_note(coding_id, 1, "x" * 4_001, reader_id=ids["Leo"])
    with pytest.raises(RefusedError, match="cannot be stored"):
        keep_open_draft(coding_id, 1, "\x00", reader_id=ids["Leo"])

    assert noted(coding_id) == ()
    assert read(coding_id, 1).draft is None


def test_a_reading_is_taken_up_at_the_draft_then_at_the_first_response_not_noted(ids):
    coding_id = start(ids)
    save_open_note(coding_id, 1, "Rude", reader_id=ids["Leo"])
    save_open_note(coding_id, 3, "Wrong", reader_id=ids["Leo"])
    assert progress(ids).resume_at == 2

    keep_open_draft(coding_id, 5, "Half a thou", reader_id=ids["Leo"])
    assert progress(ids).resume_at == 5
    assert read(coding_id, 5).draft == "Half a thou"

    save_open_note(coding_id, 5, "Half a thought", reader_id=ids["Leo"])
    assert read(coding_id, 5).draft is None
    # A draft that was on its way when the note was saved is no draft any more.
    keep_open_draft(coding_id, 5, "Half a thought", reader_id=ids["Leo"])
    assert read(coding_id, 5).draft is None
    assert progress(ids).resume_at == 2


def test_nobody_writes_in_the_reading_of_somebody_else(ids):
    coding_id = start(ids)

    for act in (save_open_note, keep_open_draft):
        with pytest.raises(NotFoundError, match="no such reading of yours"):
            act(coding_id, 1, "Rude", reader_id=ids["Lea"])
    with pytest.raises(NotFoundError, match="no such reading of yours"):
        reveal_models(coding_id, reader_id=ids["Lea"])
    with pytest.raises(NotFoundError, match="no response 9"):
        save_open_note(coding_id, 9, "Rude", reader_id=ids["Leo"])


def test_models_are_named_nowhere_before_they_are_asked_for(ids):
    # Names of plain words are not looked for, here as on the annotation screen; see `names`.
    makers = ("Zephyr-7B", "Quill-3")
    with write_session() as session:
        for model, name in zip(session.exec(select(Model).order_by(Model.id)), makers, strict=True):
            model.name = name
        for output in session.exec(select(Output)):
            output.content = "I am Zephyr-7B, made by Mistral."
            output.provider = "Mistral"
        for case in session.exec(select(Case)):
            case.note = "Quill-3 fails this"
            case.reference = {"pass_if": "unlike Zephyr-7B"}
            case.category = "Failures of Quill-3"
            case.key = f"Zephyr-7B {case.id}"
    coding_id = start(ids)
    save_open_note(coding_id, 1, "Names itself", reader_id=ids["Leo"])

    everything = repr([read(coding_id, place) for place in range(1, 9)]) + repr(noted(coding_id))
    for name in (*makers, "Mistral"):
        assert name not in everything

    for _ in range(2):
        reveal_models(coding_id, reader_id=ids["Leo"])
    assert noted(coding_id)[0].model in makers


def test_notes_stay_when_the_study_they_were_read_from_is_discarded(ids):
    study_id = make_study(ids)
    coding_id = start(ids, study_id=study_id)
    save_open_note(coding_id, 1, "Rude", reader_id=ids["Leo"])

    discard_study(study_id)

    assert [row.words for row in noted(coding_id)] == ["Rude"]
    assert progress(ids).title == "Eval set Support questions"
    with read_session() as session:
        assert [source.study_id for source in coding_sources(session)] == [None]


def test_rows_of_notes_are_never_changed(ids):
    coding_id = start(ids)
    save_open_note(coding_id, 1, "Rude", reader_id=ids["Leo"])
    with read_session() as session:
        before = session.exec(select(OpenNote)).one().model_dump()

    save_open_note(coding_id, 1, "Very rude", reader_id=ids["Leo"], seen=1)

    with read_session() as session:
        first = session.exec(select(OpenNote).order_by(col(OpenNote.id))).first()
    assert first is not None
    assert first.model_dump() == before


def test_open_notes_are_notes_of_the_study_once_their_reader_knows_the_models(ids):
    make_study(ids)
    coding_id = start(ids)
    save_open_note(coding_id, 1, "Invents", reader_id=ids["Leo"])
    save_open_note(coding_id, 1, "Invents a source", reader_id=ids["Leo"], seen=1)
    save_open_note(coding_id, 2, "", reader_id=ids["Leo"], is_nothing_wrong=True)

    def open_notes(**filters):
        with read_session() as session:
            study = results.result_study(session, name="Study")
            read = notes(
                session,
                study,
                filters=results.ResultFilters(**filters),
                sources=(NoteSource.OPEN,),
            )
        return [(note.text, note.who, note.source) for note in read.rows]

    assert open_notes() == []
    reveal_models(coding_id, reader_id=ids["Leo"])

    # Of each response what stands; where nothing is wrong there is no note.
    assert open_notes() == [("Invents a source", "Leo", NoteSource.OPEN)]
    assert open_notes(annotator_ids=(ids["Lea"],)) == []
    with read_session() as session:
        category = noted_responses(session, coding_id)[0].category
    assert len(open_notes(categories=(category,))) == 1
    assert open_notes(categories=("another",)) == []
