"""The odds of labels as the database has them, and where judges judged the same responses."""

import numpy as np
import pytest
from sqlmodel import col, update

from db.commands.assignments import next_task_id
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session, write_session
from db.models import Annotator, Assignment
from db.queries import results
from db.queries.results import ResultFilters
from evalkit.study.odds import SAMPLINGS, odds_of_outputs, odds_of_pairs
from evalkit.vocabulary import AssignmentState, Sampling
from tests.factories import annotate, make_eval_set, make_study

MODELS = ("Atlas", "Birch", "Cedar")


def presented_in(name, **filters):
    with read_session() as session:
        study = results.result_study(session, name=name)
        narrowed = ResultFilters(judges=True, **filters)
        collected = results.collect(session, study, filters=narrowed)
        return collected, results.presented(session, study, filters=narrowed)


@pytest.fixture
def ids(database):
    return make_eval_set(models=MODELS, n_cases=12)


def test_a_study_that_draws_cases_has_odds_for_all_it_gives_out(ids):
    # Six of twelve cases, one of three pairs each: 1/2 · 1/3; a response: 1/2 · 2/3.
    plan = StudyPlan(
        name="Study", eval_set="Support questions", models=MODELS, pairs_per_case=1, n_cases=6
    )
    study_id = create_study(plan)
    with write_session() as session:
        session.add(person := Annotator(name="Ada", kind="human"))
        session.flush()
        person_id = person.id
    task = next_task_id(study_id=study_id, annotator_id=person_id)
    with write_session() as session:
        session.exec(
            update(Assignment)
            .where(col(Assignment.id) == task)
            .values(state=AssignmentState.SUBMITTED)
        )

    collected, presented = presented_in("Study")
    pairs, outputs = odds_of_pairs(collected, presented), odds_of_outputs(collected, presented)

    assert len(pairs.odds) == 6
    assert pairs.odds == pytest.approx(np.full(6, 1 / 6))
    assert outputs.odds == pytest.approx(np.full(12, 1 / 3))
    assert {SAMPLINGS[code] for code in pairs.sampling.tolist()} == {Sampling.STRATIFIED}


def test_records_have_the_odds_they_bring_and_judges_have_none(ids):
    make_study(ids)
    pair = [f"case-0/{model}" for model in MODELS[:2]]
    annotate(ids, "Ada", *pair, "left")
    annotate(ids, "gauge", *pair, "left", is_judge=True)
    annotate(ids, "Ada", *[f"case-1/{model}" for model in MODELS[:2]], "left")
    with write_session() as session:
        session.exec(
            update(Assignment)
            .where(col(Assignment.case_id) == ids["case-0"])
            .values(inclusion_probability=0.25, sampling="random", policy="imported")
        )
        session.exec(
            update(Assignment)
            .where(col(Assignment.case_id) == ids["case-1"])
            .values(policy="imported")
        )

    collected, presented = presented_in("Study")
    pairs = odds_of_pairs(collected, presented)

    assert len(presented.odds) == 2
    assert np.nan_to_num(np.sort(pairs.odds), nan=-1).tolist() == [0.25, -1]
    assert np.nanmin(odds_of_outputs(collected, presented).odds) == 0.25


def test_other_studies_in_which_a_judge_judged_the_same_runs_are_known(ids):
    for name in ("Study", "Verdicts", "People"):
        make_study(ids, name=name)
    pair = [f"case-0/{model}" for model in MODELS[:2]]
    annotate(ids, "gauge", *pair, "left", is_judge=True, study="Verdicts")
    annotate(ids, "Ada", *pair, "left", study="People")

    with read_session() as session:
        study = results.result_study(session, name="Study")
        assert results.studies_with_verdicts(session, study) == ("Verdicts",)
        (elsewhere,) = results.verdicts_elsewhere(session, study)
    assert len(elsewhere.preferences.n) == 1
