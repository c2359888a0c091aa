"""Errors read again with weights of one's own, on both databases."""

import pytest

from db.engine import read_session
from db.queries.results import ResultFilters, collect, penalties, result_study
from evalkit.stats.penalties import ErrorWeights
from evalkit.vocabulary import Severity
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO = "case-0/Model one", "case-0/Model two"


@pytest.fixture
def ids(database):
    made = make_eval_set()
    make_study(made)
    annotate(made, "Ada", ONE, TWO, marks=[(ONE, "tone"), (TWO, None)], severity="major")
    annotate(made, "Bo", ONE, TWO, marks=[(ONE, "tone"), (TWO, "tone")], severity="minor")
    annotate(made, "Cleo", ONE, TWO, marks=[(ONE, "tone"), (TWO, None)])
    annotate(made, "judge-1", ONE, TWO, marks=[(ONE, "tone")], severity="critical", is_judge=True)
    return made


def read(weights, **filters):
    chosen = ResultFilters(**filters)
    with read_session() as session:
        study = result_study(session, name="Study")
        collected = collect(session, study, filters=chosen)
        return collected, penalties(session, study, collected, filters=chosen, weights=weights)


def weights_of(found):
    return sorted(zip(found.output.tolist(), found.weight.tolist(), strict=True))


def test_the_usual_weights_are_those_every_report_counts_with(ids):
    for judges in (False, True):
        collected, found = read(ErrorWeights(), judges=judges)

        assert weights_of(found) == weights_of(collected.penalties)


def test_each_look_weighs_what_its_errors_weigh_by_severity_and_tag(ids):
    given = ErrorWeights({Severity.MAJOR: 7, Severity.MINOR: 1}, {("tone", Severity.MINOR): 0.25})

    _, found = read(given)

    # Ada's major is 7, Bo's minor tones 0.25 each; Cleo's has no severity and weighs as a minor.
    assert sorted(found.weight.tolist()) == [0, 0, 0.25, 0.25, 0.25, 7]


def test_without_any_severity_nothing_is_weighed(ids):
    cleo = ids["Cleo"]

    _, found = read(ErrorWeights(), annotator_ids=(cleo,))

    assert found is None
