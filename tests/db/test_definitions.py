"""Rubrics and taxonomies that are changed in the app: each change a version of its own."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from db.commands.rubrics import save_rubric, save_taxonomy
from db.commands.studies import StudyPlan, create_study, weigh_errors
from db.engine import read_session
from db.models import AuditEvent, Criterion, Rubric, Study, Taxonomy
from db.queries.definitions import newest_rubric, newest_taxonomy, studies_of_rubric
from evalkit.annotation.rubric import DEFAULT_RUBRIC, DEFAULT_RUBRIC_NAME
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, DEFAULT_TAXONOMY_NAME, TagDefinition
from evalkit.reports.errors.penalties import read_weights
from evalkit.severity import DEFAULT_SEVERITIES, Severity, read_severities
from tests.factories import make_eval_set

PLAN = StudyPlan(name="First", eval_set="Support questions", models=("Model one", "Model two"))
GRADES = (Severity("neutral", "Neutral", 0.0), Severity("bad", "Bad", 25.0))
TAGS = (
    TagDefinition("tone", "Tone", "Cold.", ("neutral", "bad")),
    TagDefinition("other", "Other", "Something else.", ()),
)
CHANGED = (replace(DEFAULT_RUBRIC[0], question="Does it help?"), *DEFAULT_RUBRIC[2:])


def newest(name=DEFAULT_RUBRIC_NAME):
    with read_session() as session:
        return newest_rubric(session, name)


def questions_of(study_name):
    """Return the questions of a study, and the version of its rubric."""
    with read_session() as session:
        study = session.exec(select(Study).where(Study.name == study_name)).one()
        criteria = session.exec(
            select(Criterion.question)
            .where(Criterion.rubric_id == study.rubric_id)
            .order_by(col(Criterion.position))
        ).all()
        return list(criteria), session.get(Rubric, study.rubric_id).version


def test_what_is_saved_is_a_new_version_and_new_studies_use_it_while_others_keep_theirs(database):
    make_eval_set()
    create_study(PLAN)
    opened = newest()
    assert (opened.version, opened.parts) == (1, DEFAULT_RUBRIC)

    assert save_rubric(DEFAULT_RUBRIC_NAME, CHANGED, opened=1) == 2
    create_study(replace(PLAN, name="Second"))

    assert questions_of("First") == ([each.question for each in DEFAULT_RUBRIC], 1)
    assert questions_of("Second") == ([each.question for each in CHANGED], 2)
    assert newest().parts == CHANGED
    with read_session() as session:
        uses = studies_of_rubric(session, DEFAULT_RUBRIC_NAME)
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "save rubric")).all()
    assert [(use.study, use.version, use.is_annotated) for use in uses] == [
        ("Second", 2, False),
        ("First", 1, False),
    ]
    assert [event.details for event in events] == [{"version": 2}]


def test_the_ready_rubric_is_version_1_also_where_it_is_changed_before_any_study(database):
    assert newest().version == 0

    assert save_rubric(DEFAULT_RUBRIC_NAME, CHANGED, opened=0) == 2

    with read_session() as session:
        first = session.exec(select(Rubric).where(Rubric.version == 1)).one()
        keys = session.exec(select(Criterion.key).where(Criterion.rubric_id == first.id)).all()
    assert sorted(keys) == sorted(each.key for each in DEFAULT_RUBRIC)


def test_what_was_before_can_be_saved_again_and_is_the_newest_then(sqlite_database):
    save_rubric("Mine", DEFAULT_RUBRIC, opened=None)
    save_rubric("Mine", CHANGED, opened=1)

    assert save_rubric("Mine", DEFAULT_RUBRIC, opened=2) == 3
    assert newest("Mine").parts == DEFAULT_RUBRIC


def test_what_did_not_change_makes_no_version(sqlite_database):
    save_rubric("Mine", CHANGED, opened=None)

    assert save_rubric("Mine", CHANGED, opened=1) == 1
    assert newest("Mine").version == 1


def test_nothing_is_saved_over_what_was_not_seen(database):
    save_rubric("Mine", DEFAULT_RUBRIC, opened=None)
    save_rubric("Mine", CHANGED, opened=1)

    with pytest.raises(RefusedError, match="saved version 2 of “Mine” since you opened version 1"):
        save_rubric("Mine", DEFAULT_RUBRIC[:1], opened=1)
    with pytest.raises(RefusedError, match="already a rubric named “Mine”"):
        save_rubric(" Mine ", DEFAULT_RUBRIC[:1], opened=None)
    assert newest("Mine").version == 2


def test_a_rubric_with_something_wrong_is_refused_and_nothing_is_stored(sqlite_database):
    with pytest.raises(RefusedError, match="Criterion 1 has no question"):
        save_rubric("Mine", [replace(DEFAULT_RUBRIC[0], question="")], opened=None)

    assert newest("Mine") is None


def test_a_new_version_of_a_taxonomy_keeps_what_its_errors_weigh_but_for_tags_that_are_gone(
    database,
):
    make_eval_set()
    study_id = create_study(PLAN)
    weights = read_weights(["minor=2", "major:tone=9", "major:format=7"])
    weigh_errors(study_id, weights=weights)
    rest = tuple(tag for tag in DEFAULT_TAXONOMY if tag.key != "format")

    assert save_taxonomy(DEFAULT_TAXONOMY_NAME, rest, opened=1) == 2

    with read_session() as session:
        newest = newest_taxonomy(session, DEFAULT_TAXONOMY_NAME)
        second = session.exec(select(Taxonomy).where(Taxonomy.version == 2)).one()
    assert newest.parts == rest
    assert [severity.weight for severity in newest.severities] == [2, 5, 10]
    assert second.weights == {"major:tone": 9.0}


def test_the_severities_of_a_taxonomy_are_part_of_its_version(database):
    assert save_taxonomy("Mine", TAGS, opened=None, severities=GRADES) == 1
    assert save_taxonomy("Mine", TAGS, opened=1, severities=GRADES) == 1  # nothing changed
    heavier = (*GRADES[:-1], replace(GRADES[-1], weight=50.0))
    assert save_taxonomy("Mine", TAGS, opened=1, severities=heavier) == 2
    assert save_taxonomy("Mine", TAGS[:1], opened=2) == 3  # those of the version before

    with read_session() as session:
        stored = session.exec(select(Taxonomy).order_by(Taxonomy.version)).all()
        assert newest_taxonomy(session, "Mine").severities == heavier
    assert [read_severities(each.severities) for each in stored] == [GRADES, heavier, heavier]


def test_a_taxonomy_of_the_usual_severities_says_nothing_of_them(database):
    save_taxonomy("Mine", TAGS[1:], opened=None)

    with read_session() as session:
        assert newest_taxonomy(session, "Mine").severities == DEFAULT_SEVERITIES
        assert session.exec(select(Taxonomy)).one().severities is None
