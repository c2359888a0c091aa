"""Studies that are removed: with what nobody said anything in, and not while a judge is at work."""

import pytest
from sqlmodel import select

from db.columns import DatabaseTable
from db.commands.anchor_requests import wish_check
from db.commands.errands import JUDGING, leave_errand
from db.commands.judgings import begin_judging
from db.commands.studies import _OF_A_STUDY, create_study, discard_study
from db.engine import read_session
from db.models import AnchorRequest, AskedVerdict, Judging, Study
from evalkit.annotation.planning import StudyPlan
from evalkit.errors import RefusedError
from evalkit.judging.plan import JudgePlan
from evalkit.running.endpoint import Endpoint
from tests.factories import make_eval_set

PLAN = StudyPlan(name="Study", eval_set="Support questions", models=("Model one", "Model two"))
JUDGE = JudgePlan("Study", "m", Endpoint("http://127.0.0.1:9/v1"), is_all=True)

#: What refers to a study otherwise: it goes by a step of its own, stays without its study, or is
#: there only where there are annotations, with which a study is kept.
OTHERWISE = {
    "judging": "goes by itself",
    "open_coding": "stays",
    "verdict_acceptance": "of annotations; its audit is told",
    "anchor_check": "of annotations",
    "certification_look": "of annotations",
    "judge_anchor": "of annotations",
    "judge_opening": "of annotations",
}


def test_whatever_refers_to_a_study_is_known_to_who_discards_it():
    referring = {
        table.name
        for table in DatabaseTable.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "study"
    }
    assert referring == {table.__tablename__ for table in _OF_A_STUDY} | set(OTHERWISE)


def test_a_judging_that_came_to_no_verdict_goes_with_its_study_once_nobody_works_on_it(database):
    make_eval_set(n_cases=1)
    study_id = create_study(PLAN)
    judging_id = begin_judging(JUDGE, lease="of a worker").judging_id

    with pytest.raises(RefusedError, match="A judge is at work on “Study”"):
        discard_study(study_id)
    with read_session() as session:
        assert len(session.exec(select(AskedVerdict)).all()) == 2  # a pair in both orders
    leave_errand(JUDGING, judging_id, "of a worker")
    wish_check(judging_id)
    discard_study(study_id)

    with read_session() as session:
        for table in (Study, Judging, AskedVerdict, AnchorRequest):
            assert session.exec(select(table)).all() == []
