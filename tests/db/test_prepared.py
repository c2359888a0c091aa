"""A statement that was compiled beforehand gives what SQLAlchemy gives, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlmodel import col

from db.engine import one_transaction, read_session, write_session
from db.models import Annotator, Criterion, Rubric, Setting
from db.prepared import Prepared, columns_of

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = (sa.bindparam("first"), sa.bindparam("second"))

INSERT = Prepared(sa.insert(Setting))
SETTINGS = Prepared(
    sa.select(col(Setting.key), col(Setting.value))
    .where(col(Setting.key).in_(KEYS))
    .order_by(col(Setting.key))
)
RENAME = Prepared(
    sa.update(Setting)
    .where(col(Setting.key) == sa.bindparam("first"))
    .values(value=sa.bindparam("words"))
)


def test_values_come_back_as_they_are_with_the_names_of_their_columns(database):
    scale = [{"value": 1, "label": "ä"}]
    with write_session() as session:
        rubric = Rubric(name="A rubric", created_at=MOMENT)
        session.add(rubric)
        session.flush()
        about = {"key": "good", "position": 0, "question": "Is it good?", "level": "ordinal"}
        session.add(Criterion(rubric_id=rubric.id, scale=scale, is_required=False, **about))
    statement = sa.select(
        col(Rubric.created_at), col(Criterion.scale), col(Criterion.is_required)
    ).join(Criterion, col(Criterion.rubric_id) == Rubric.id)
    from_elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5)))
    at = statement.where(col(Rubric.created_at) == sa.bindparam("at"))

    with read_session() as session:
        (row,) = Prepared(at).all(session, {"at": from_elsewhere})
        expected = session.connection().execute(at, {"at": from_elsewhere}).one()

    assert (row.created_at, row.scale, row.is_required) == (MOMENT, scale, False)
    assert tuple(row) == tuple(expected)


def test_constants_and_lists_of_them_are_part_of_the_statement(database):
    with write_session() as session:
        session.add_all([Annotator(name=name, name_key=name, role="admin") for name in ("a", "b")])
    statement = sa.select(sa.func.count(), sa.func.max(col(Annotator.name))).where(
        col(Annotator.role).in_(("lead", "admin")), col(Annotator.name) != sa.bindparam("but")
    )

    with read_session() as session:
        assert [tuple(row) for row in Prepared(statement).all(session, {"but": "b"})] == [(1, "a")]


def test_rows_are_written_one_or_many_at_a_time(database):
    with write_session() as session:
        INSERT.run(session, {"key": "a", "value": "1"})
        INSERT.run(session, *({"key": key, "value": "2"} for key in "bc"))
        INSERT.run(session)
        RENAME.run(session, {"first": "a", "words": "3"})

    with read_session() as session:
        assert SETTINGS.all(session, {"first": "a", "second": "c"}) == [("a", "3"), ("c", "2")]
        assert SETTINGS.first(session, {"first": "x", "second": "y"}) is None
        assert SETTINGS.scalar(session, {"first": "b", "second": "y"}) == "b"


def test_what_a_statement_asks_for_is_not_taken_from_the_time_before(database):
    with read_session() as session:
        SETTINGS.all(session, {"first": "a", "second": "b"})
        with pytest.raises((KeyError, sa.exc.ProgrammingError)):
            SETTINGS.all(session, {"first": "a"})


def test_what_the_database_refuses_is_refused_in_the_words_of_sqlalchemy(database):
    def write_twice() -> None:
        with write_session() as session:
            INSERT.run(session, {"key": "a", "value": "1"})
            INSERT.run(session, {"key": "a", "value": "2"})

    with pytest.raises(IntegrityError):
        write_twice()
    with read_session() as session:
        assert SETTINGS.all(session, {"first": "a", "second": "b"}) == []


def test_nothing_is_written_outside_a_transaction(database):
    def go_on_in_spite_of_a_failure() -> None:
        with one_transaction(), write_session() as outer:
            with pytest.raises(ValueError, match="no good"), write_session():
                raise ValueError("no good")
            INSERT.run(outer, {"key": "a", "value": "1"})

    with pytest.raises(InvalidRequestError):
        go_on_in_spite_of_a_failure()
    with read_session() as session:
        assert SETTINGS.all(session, {"first": "a", "second": "b"}) == []


def test_a_number_with_a_fraction_is_read(database):
    statement = sa.select(sa.cast(sa.bindparam("number"), sa.Float).label("number"))

    with read_session() as session:
        assert Prepared(statement).scalar(session, {"number": 0.5}) == 0.5


def test_objects_are_the_session_s_own_and_what_it_has_stays_as_it_is_there(database):
    with write_session() as session:
        session.add(Rubric(name="A rubric", created_at=MOMENT))
    rubrics = Prepared(sa.select(*columns_of(Rubric)).where(col(Rubric.name) == sa.bindparam("of")))
    asked = {"of": "A rubric"}

    with write_session() as session:
        (rubric,) = rubrics.objects(session, asked, Rubric)
        assert not session.dirty
        assert rubric is session.get_one(Rubric, rubric.id)  # no other one is made of the same row
        rubric.version = 7  # and not flushed
        assert rubrics.objects(session, asked, Rubric) == [rubric]
        assert rubric.version == 7

    with read_session() as session:
        stored = session.get_one(Rubric, rubric.id)
        session.expunge(stored)
        (read,) = rubrics.objects(session, asked, Rubric)
        assert read.model_dump() == stored.model_dump()
        assert stored.version == 7
