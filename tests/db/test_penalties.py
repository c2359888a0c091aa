"""What errors weigh: as usual, as the taxonomy says, or as somebody asks."""

from dataclasses import replace

import pytest
from sqlmodel import select

from db.commands.studies import weigh_errors
from db.engine import read_session, write_session
from db.models import AuditEvent, Study
from db.queries.results import ResultFilters, collect, result_study
from evalkit.errors import RefusedError
from evalkit.reports.errors.penalties import read_weights
from evalkit.stats.penalties import ErrorWeights
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO = "case-0/Model one", "case-0/Model two"


def store_study():
    made = make_eval_set()
    make_study(made)
    annotate(made, "Ada", ONE, TWO, marks=[(ONE, "tone"), (TWO, None)], severity="major")
    annotate(made, "Bo", ONE, TWO, marks=[(ONE, "tone"), (TWO, "tone")], severity="minor")
    annotate(made, "Cleo", ONE, TWO, marks=[(ONE, "tone"), (TWO, None)])
    annotate(made, "judge-1", ONE, TWO, marks=[(ONE, "tone")], severity="critical", is_judge=True)
    return made


@pytest.fixture
def ids(database, store_once):
    return store_once(store_study)


def read(weights=None, **filters):
    with read_session() as session:
        study = result_study(session, name="Study")
        if weights is not None:
            study = replace(study, weights=weights)
        return collect(session, study, filters=ResultFilters(**filters)).penalties


def test_errors_weigh_one_five_and_ten_unless_the_taxonomy_says_otherwise(ids):
    # Ada's major is 5, Bo's minors 1 each; Cleo's has no severity and weighs as a minor.
    assert sorted(read().weight.tolist()) == [0, 0, 1, 1, 1, 5]
    assert sorted(read(judges=True).weight.tolist()) == [0, 0, 1, 1, 1, 5, 10]


def test_each_look_weighs_what_its_errors_weigh_by_severity_and_tag(ids):
    given = read_weights(["major=7", "minor:tone=0.25"])

    # Ada's major is 7, Bo's minor tones 0.25 each, and Cleo's, which weighs as a minor.
    assert sorted(read(given).weight.tolist()) == [0, 0, 0.25, 0.25, 0.25, 7]


def test_what_the_taxonomy_says_is_kept_with_who_said_it(ids):
    given = read_weights(["major=7", "minor:tone=0.25"])

    weigh_errors(ids["Study"], weights=given, actor_id=ids["Ada"])

    with read_session() as session:
        study = result_study(session, name="Study")
        said = session.exec(select(AuditEvent).where(AuditEvent.action == "weigh errors")).one()
    assert study.weights == given
    assert sorted(read().weight.tolist()) == [0, 0, 0.25, 0.25, 0.25, 7]
    assert said.actor_id == ids["Ada"]
    assert said.details["weights"] == {
        "minor": 1,
        "major": 7,
        "critical": 10,
        "minor:tone": 0.25,
    }


def test_a_study_without_a_taxonomy_cannot_be_weighed(database):
    made = make_eval_set()
    make_study(made)
    with write_session() as session:
        session.get(Study, made["Study"]).taxonomy_id = None

    with pytest.raises(RefusedError, match="has no taxonomy"):
        weigh_errors(made["Study"], weights=ErrorWeights())


def test_without_any_severity_nothing_is_weighed(ids):
    assert read(annotator_ids=(ids["Cleo"],)) is None
