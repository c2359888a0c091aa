"""Runs on eval set versions from the database: what there is, what was answered, what broke."""

import pytest
from sqlmodel import col, select

from db.commands.cases import change_status
from db.engine import read_session
from db.models import Case
from db.queries.results import ResultFilters, collect, result_study
from db.queries.results.regression import answered, eval_set_names, runs_on_versions, studies_of
from evalkit.errors import NotFoundError
from evalkit.reports.regression.report import Change, regression_report
from evalkit.reports.regression.sentences import regression_basis
from evalkit.study.passing import PassRule, Verdict, measures, passing
from evalkit.vocabulary import CaseStatus
from tests.factories import annotate, make_eval_set, make_study
from tests.versions import add_version

ONE, TWO = "Model one", "Model two"


def store_study():
    made = make_eval_set(models=(ONE, TWO), n_cases=5)
    make_study(made)
    add_version(made, drop=("case-1",), change=("case-2",), add=("case-9",))
    return made


@pytest.fixture
def ids(database, store_once):
    return store_once(store_study)


def runs():
    with read_session() as session:
        return runs_on_versions(session, eval_set="Support questions")


def run(name):
    return next(one for one in runs() if one.name == name)


def collected(**filters):
    with read_session() as session:
        study = result_study(session, name="Study")
        return [collect(session, study, filters=ResultFilters(**filters))]


def test_every_run_is_listed_on_every_version_it_answered(ids):
    assert [(one.name, one.n_answered) for one in runs()] == [
        ("Model one, run 1, version 1", 5),
        ("Model one, run 1, version 2", 3),
        ("Model one, run 2, version 1", 3),
        ("Model one, run 2, version 2", 5),
        ("Model two, version 1", 5),
        ("Model two, version 2", 3),
    ]


def test_a_name_says_no_more_than_it_takes_to_tell_runs_apart(database):
    make_eval_set()

    assert [one.name for one in runs()] == [ONE, TWO]


def test_an_eval_set_without_responses_is_not_offered_and_an_unknown_one_is_refused(database):
    with read_session() as session:
        assert eval_set_names(session) == {}
        with pytest.raises(NotFoundError, match="no eval set named “Nope”"):
            runs_on_versions(session, eval_set="Nope")


def test_a_side_holds_every_case_of_its_version_answered_or_not(ids):
    with read_session() as session:
        side = answered(session, run("Model one, run 1, version 2"))

    assert [(one.key, one.output_id) for one in side.cases] == [
        ("case-0", ids["case-0/Model one"]),
        ("case-2", None),
        ("case-3", ids["case-3/Model one"]),
        ("case-4", ids["case-4/Model one"]),
        ("case-9", None),
    ]
    assert side.cases[0].case_hash == "hash Support questions 0"


def test_studies_are_those_that_judge_one_of_the_runs(ids):
    make_study(ids, name="Later", models=(TWO,))
    with read_session() as session:
        two = run("Model two, version 1").run_id
        again = run("Model one, run 2, version 2").run_id
        assert studies_of(session, {two}) == ["Study", "Later"]
        assert studies_of(session, {again}) == ["Study"]
        assert studies_of(session, []) == []


def test_what_broke_was_repaired_is_new_and_removed(ids):
    for annotator in ("Ada", "Bo"):
        for case, was, now in (("case-0", 5, 1), ("case-3", 2, 4), ("case-4", 4, 4)):
            old, new = f"{case}/{ONE}", f"{case}/{ONE} again"
            annotate(ids, annotator, old, scores=[(old, "helpfulness", was)])
            annotate(ids, annotator, new, scores=[(new, "helpfulness", now)])
    measure = PassRule("helpfulness", 4)

    with read_session() as session:
        before = answered(session, run("Model one, run 1, version 1"))
        after = answered(session, run("Model one, run 2, version 2"))
    report = regression_report(
        before, after, verdicts=passing(collected(), measure), measure=measure
    )

    assert {one.key: one.change for one in report.cases} == {
        "case-0": Change.BROKE,
        "case-3": Change.REPAIRED,
        "case-4": Change.STILL_PASSES,
    }
    assert report.cases[0].before == Verdict(2, 2)
    assert [(one.key, one.is_changed) for one in report.new] == [
        ("case-2", True),
        ("case-9", False),
    ]
    assert [(one.key, one.is_changed) for one in report.removed] == [
        ("case-1", False),
        ("case-2", True),
    ]


def test_quarantined_cases_are_left_out_on_both_sides_and_counted(ids):
    with read_session() as session:
        gone = session.exec(select(Case.id).where(col(Case.key).in_(["case-0", "case-1"]))).all()
    change_status(gone, CaseStatus.QUARANTINED, reason="The reference is wrong")

    with read_session() as session:
        before = answered(session, run("Model one, run 1, version 1"))
        after = answered(session, run("Model one, run 2, version 2"))
    measure = PassRule("helpfulness", 4)
    report = regression_report(before, after, verdicts={}, measure=measure)

    # Case 0 is in both versions and counts once; case 1 is in the first alone.
    assert [one.key for one in report.cases] == ["case-3", "case-4"]
    assert report.n_quarantined == 2
    assert "2 quarantined cases left out" in regression_basis(report)


def test_acceptable_is_what_the_overview_calls_acceptable(ids):
    one, two = f"case-0/{ONE}", f"case-0/{TWO}"
    annotate(ids, "Ada", one, two, "both_bad")
    annotate(ids, "Bo", one, two, "left", marks=[(two, "unsafe"), (one, "tone")])
    annotate(ids, "Cy", one, two, "left")
    annotate(ids, "judge", one, two, "both_bad", is_judge=True)

    found = passing(collected(), PassRule())

    # Ada refuses both; Bo refuses two; Cy neither.
    assert found == {ids[one]: Verdict(2, 3), ids[two]: Verdict(1, 3)}
    with_judges = passing(collected(judges=True), PassRule())
    assert with_judges[ids[one]] == Verdict(2, 4)
    assert not with_judges[ids[one]].passes


def test_who_scored_twice_says_once_whether_it_passes(ids):
    one = f"case-0/{ONE}"
    annotate(ids, "Ada", one, scores=[(one, "helpfulness", 5)])
    annotate(ids, "Ada", one, scores=[(one, "helpfulness", 2)], kind="repeat")
    annotate(ids, "Bo", one, scores=[(one, "helpfulness", 4)])

    # Ada's mean is 3.5: below 4.
    assert passing(collected(), PassRule("helpfulness", 4)) == {ids[one]: Verdict(1, 2)}
    assert passing(collected(), PassRule("helpfulness", 3.5)) == {ids[one]: Verdict(2, 2)}


def test_criteria_to_pass_by_are_those_that_were_scored(ids):
    assert measures(collected()) == ()
    one = f"case-0/{ONE}"
    annotate(ids, "Ada", one, scores=[(one, "helpfulness", 5), (one, "polite", 1)])

    assert [criterion.key for criterion in measures(collected())] == ["helpfulness", "polite"]
    assert passing(collected(), PassRule("unheard of", 1)) == {}
