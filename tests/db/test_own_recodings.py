"""Marks of one's own whose error was divided: who made them says what they are, blind."""

import json
from dataclasses import asdict

import pytest
import sqlalchemy as sa
from sqlmodel import select

from db.commands.own_recodings import recode_own_mark, take_back_own_recoding
from db.commands.taxonomies import change_taxonomy, recode_mark
from db.engine import read_session, write_session
from db.models import Annotator, ErrorMark, Output, RecodedMark
from db.queries.annotation.own_recodings import own_stale_mark, own_stale_marks
from db.queries.taxonomies import stale_marks
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.taxonomy import TagDefinition
from tests.factories import annotate, make_eval_set, make_study

NAME = "Taxonomy of Study"
MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
IN_TWO = TaxonomyChange(
    ChangeKind.SPLIT,
    ("tone",),
    parts=(
        TagDefinition("cold", "Cold", "Says no word too many", ()),
        TagDefinition("pushy", "Pushy", "", ()),
    ),
)
LEFT, RIGHT = (f"case-0/{model}" for model in MODELS)


def marked():
    """Ada marks a tone on each response, Ben one and something else."""
    ids = make_eval_set(models=MODELS)
    make_study(ids)
    annotate(ids, "Ada", LEFT, RIGHT, "left", marks=[(LEFT, "tone"), (RIGHT, "tone")], note="Hm.")
    annotate(ids, "Ben", LEFT, RIGHT, "left", marks=[(LEFT, "tone"), (RIGHT, "unsafe")])
    with write_session() as session:
        for annotator in session.exec(select(Annotator)).all():
            ids[annotator.name] = annotator.id
    return ids


@pytest.fixture
def ids(database):
    return marked()


def divide():
    change_taxonomy(NAME, IN_TWO, reason="They differ", opened=1, actor_id=None)


def waiting(ids, who):
    with read_session() as session:
        return own_stale_marks(session, annotator_id=ids[who])


def read(ids, mark_id, who):
    with read_session() as session:
        return own_stale_mark(session, mark_id, annotator_id=ids[who])


def test_nothing_waits_before_an_error_is_divided_and_then_each_mark_with_who_made_it(ids):
    assert waiting(ids, "Ada") == []

    divide()

    assert (len(waiting(ids, "Ada")), len(waiting(ids, "Ben"))) == (2, 1)
    first = read(ids, waiting(ids, "Ada")[0], "Ada")
    assert (first.name, first.letter, first.note) == ("Tone", "A", "Hm.")
    assert [(part.key, part.name) for part in first.parts] == [("cold", "Cold"), ("pushy", "Pushy")]
    assert first.parts[0].definition == "Says no word too many"
    assert read(ids, waiting(ids, "Ada")[1], "Ada").letter == "B"


def test_what_is_named_is_counted_and_waits_no_more_and_the_mark_stays(ids):
    divide()
    mark_id = waiting(ids, "Ada")[0]

    stored = [recode_own_mark(mark_id, "pushy", annotator_id=ids["Ada"]) for _ in range(2)]

    assert stored[0] == stored[1]
    assert len(waiting(ids, "Ada")) == 1
    with read_session() as session:
        (recoded,) = session.exec(select(RecodedMark)).all()
        assert (recoded.mark_id, recoded.actor_id) == (mark_id, ids["Ada"])
        assert session.get_one(ErrorMark, mark_id).tag_id == ids["tone"]
        assert len(stale_marks(session, NAME)) == 2  # the lead's queue is the same one


def test_a_wrong_name_is_taken_back_by_who_gave_it_alone(ids):
    divide()
    mark_id = waiting(ids, "Ada")[0]
    stored = recode_own_mark(mark_id, "pushy", annotator_id=ids["Ada"])

    with pytest.raises(NotFoundError, match="not one of yours"):
        take_back_own_recoding(stored, annotator_id=ids["Ben"])
    take_back_own_recoding(stored, annotator_id=ids["Ada"])

    assert waiting(ids, "Ada")[0] == mark_id
    with read_session() as session:
        assert len(session.exec(select(RecodedMark)).all()) == 2  # nothing is taken out


def test_nobody_sees_or_names_the_marks_of_others(ids):
    divide()
    mark_id = waiting(ids, "Ada")[0]

    assert read(ids, mark_id, "Ben") is None
    with pytest.raises(NotFoundError, match="not one of yours"):
        recode_own_mark(mark_id, "cold", annotator_id=ids["Ben"])
    assert len(waiting(ids, "Ada")) == 2


def test_what_a_lead_said_first_holds_and_another_part_is_refused(ids):
    divide()
    mark_id = waiting(ids, "Ada")[0]
    recode_mark(mark_id, "cold")

    with pytest.raises(RefusedError):
        recode_own_mark(mark_id, "pushy", annotator_id=ids["Ada"])
    with pytest.raises(RefusedError, match="Choose one of these"):
        recode_own_mark(waiting(ids, "Ada")[0], "unsafe", annotator_id=ids["Ada"])

    assert read(ids, mark_id, "Ada") is None


def test_a_part_that_is_divided_in_turn_waits_anew_and_its_sister_does_not(ids):
    divide()
    first, second = waiting(ids, "Ada")
    recode_own_mark(first, "cold", annotator_id=ids["Ada"])
    recode_own_mark(second, "pushy", annotator_id=ids["Ada"])
    parts = tuple(TagDefinition(key, key, "", ()) for key in ("curt", "aloof"))

    again = TaxonomyChange(ChangeKind.SPLIT, ("cold",), parts=parts)
    change_taxonomy(NAME, again, reason="So do these", opened=2, actor_id=None)

    assert waiting(ids, "Ada") == [first]
    assert len(waiting(ids, "Ben")) == 1


def test_only_marks_that_may_have_been_divided_are_asked_what_they_count_as(ids):
    divide()
    asked = []

    with read_session() as session:
        sa.event.listen(
            session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2])
        )
        own = own_stale_marks(session, annotator_id=ids["Ben"])

    (of_marks,) = [each for each in asked if "FROM assignment" in each]
    assert "error_mark.tag_id IN" in of_marks
    assert len(own) == 1


def test_words_that_name_a_model_are_shown_as_they_were_without_the_name(ids):
    text = "I am Zephyr-9000-chat, and no."
    with write_session() as session:
        session.get_one(Output, ids[LEFT]).content = text
        mark = session.exec(
            select(ErrorMark).where(ErrorMark.output_id == ids[LEFT]).order_by(ErrorMark.id)
        ).first()
        mark.start, mark.end, mark.quote = 0, len(text), text
    divide()

    first = read(ids, waiting(ids, "Ada")[0], "Ada")

    assert first.words == "I am [name removed], and no."
    assert "zephyr" not in json.dumps(asdict(first)).lower()
