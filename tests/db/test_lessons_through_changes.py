"""What people said of errors, and what was decided of them, as the errors count by now."""

import pytest
from sqlmodel import select

from db.commands.lessons import adjudicate
from db.commands.taxonomies import recode_mark
from db.engine import read_session
from db.models import Study
from db.queries.lessons import adjudicated_values, adjudications_of, given_by_people
from db.queries.responses.answers import answers
from db.queries.results import ResultFilters, remarks, result_study
from db.queries.taxonomies import stale_marks
from evalkit.study.collected import Tag
from evalkit.study.subjects import ANY_ERROR
from tests.db.test_taxonomies import IN_TWO, NAME, RENAMED, change, marked
from tests.factories import annotate

TONE, VOICE, PUSHY = (Tag(key, key.capitalize()) for key in ("tone", "voice", "pushy"))


@pytest.fixture
def ids(database):
    """Of what Model two wrote Ann says that its tone is wrong, and Ben that nothing is."""
    return marked()


def study_id():
    with read_session() as session:
        return session.exec(select(Study.id)).one()


def said(ids, subject):
    """Return the values that people give of what Model two wrote, Ann first."""
    with read_session() as session:
        given = given_by_people(session, study_id(), subject, [ids["case-0/Model two"]])
    return [value for _, value in given.answers]


def decided(ids, subject):
    with read_session() as session:
        rows = adjudications_of(session, study_id(), subject, [ids["case-0/Model two"]])
    return [row.answer for row in rows]


def test_people_are_counted_for_what_an_error_is_called_by_now(ids):
    assert said(ids, TONE) == [1.0, 0.0]

    change(ids, RENAMED, 1)

    assert said(ids, VOICE) == [1.0, 0.0]
    assert said(ids, TONE) == [0.0, 0.0]
    assert said(ids, ANY_ERROR) == [1.0, 0.0]


def test_people_are_counted_for_the_part_that_their_mark_is_of(ids):
    change(ids, IN_TWO, 1)
    assert (said(ids, TONE), said(ids, PUSHY)) == ([1.0, 0.0], [0.0, 0.0])
    with read_session() as session:
        (mark,) = stale_marks(session, NAME)

    recode_mark(mark.mark_id, "pushy")

    assert (said(ids, TONE), said(ids, PUSHY)) == ([0.0, 0.0], [1.0, 0.0])


def test_what_was_decided_of_an_error_holds_under_its_new_name(ids):
    two = ids["case-0/Model two"]
    adjudicate(study_id(), TONE, [two], 0.0, "A matter of taste")
    change(ids, RENAMED, 1)

    assert (decided(ids, VOICE), decided(ids, TONE)) == ([0.0], [])

    adjudicate(study_id(), VOICE, [two], 1.0, "It is not")
    assert decided(ids, VOICE) == [1.0, 0.0]
    with read_session() as session:
        assert adjudicated_values(session, study_id(), "error:voice") == {two: 1.0}
        assert adjudicated_values(session, study_id(), "error:tone") == {}


def test_marks_beside_a_response_are_called_what_they_count_as(ids):
    def called():
        with read_session() as session:
            read = answers(session, [ids["case-0/Model two"]])
        return [mark.tag for answer in read for mark in answer.marks]

    before = called()
    change(ids, RENAMED, 1)

    assert called() == ["Voice" if tag in ("tone", "Tone") else tag for tag in before]
    assert "Voice" in called()


def test_remarks_say_what_the_error_they_are_on_counts_as(ids):
    two = "case-0/Model two"
    annotate(ids, "cy", "case-0/Model one", two, "left", marks=[(two, "tone")], note="Curt.")
    change(ids, RENAMED, 1)

    with read_session() as session:
        study = result_study(session, name="Study")
        (remark,) = remarks(session, study, filters=ResultFilters(), search="voice")

    assert (remark.text, remark.about, remark.models) == ("Curt.", "Voice", ("Model two",))
