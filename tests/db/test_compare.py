"""Two models from the database: the responses to a case and everybody's answers about them."""

import pytest
from sqlalchemy import update

from db.engine import read_session, write_session
from db.models import Annotation, Output, Score
from db.queries.responses.responses import case_keys
from db.queries.responses.side_by_side import (
    every_response,
    of_responses,
    one_response,
    side_by_side,
)
from db.queries.results import ResultFilters, collect, result_study
from evalkit.reports.pair.report import pair_report
from evalkit.reports.pair.significance import significance_report
from evalkit.vocabulary import Preference
from tests.factories import annotate, make_eval_set, make_study
from tests.versions import add_version

ONE, TWO, THREE = "Model one", "Model two", "Model three"


def store_study():
    made = make_eval_set(models=(ONE, TWO, THREE), n_cases=4)
    make_study(made)
    return made


@pytest.fixture
def ids(database, store_once):
    return store_once(store_study)


def shown(ids, case="case-0", models=(ONE, TWO), **filters):
    with read_session() as session:
        study = result_study(session, name="Study")
        return side_by_side(
            session,
            study,
            filters=ResultFilters(**filters),
            case_id=ids[case],
            models=models,
        )


def test_responses_come_in_the_order_asked_for_with_what_they_took(ids):
    with write_session() as session:
        output = session.get(Output, ids[f"case-0/{TWO}"])
        output.latency_ms, output.cost_usd = 1200.0, 0.004

    found = shown(ids, models=(TWO, ONE))

    assert [one.model for one in found.responses] == [TWO, ONE]
    assert found.responses[0].latency_ms == 1200.0
    assert found.case.messages[0]["content"] == "What about number 0?"
    assert found.answers == ()


def test_everybodys_answers_come_with_scores_marks_and_comments(ids):
    left, right = f"case-0/{TWO}", f"case-0/{ONE}"
    annotate(
        ids,
        "Ada",
        left,
        right,
        "right",
        scores=[(left, "helpfulness", 2), (right, "helpfulness", 5)],
        marks=[(left, "tone"), (right, None)],
        note="Curt",
        comment="Model one says why.",
        is_simulated=True,
    )
    annotate(ids, "Bo", right, left, "both_bad")
    annotate(ids, "Cy", right, left, is_unreadable=True)

    ada, bo, cy = shown(ids).answers

    assert (ada.annotator, ada.is_simulated, ada.comment) == ("Ada", True, "Model one says why.")
    assert ada.preferred == ids[right]
    assert ada.output_ids == (ids[left], ids[right])
    assert {(one.output_id, one.value) for one in ada.scores} == {(ids[left], 2), (ids[right], 5)}
    assert [(one.tag, one.note) for one in ada.marks if one.tag] == [("Tone", "Curt")]
    assert (bo.preference, bo.preferred) == (Preference.BOTH_BAD, None)
    assert (cy.is_unreadable, cy.preference) == (True, None)


def test_comparisons_with_a_third_model_count_with_what_they_say_of_the_two(ids):
    one, three = f"case-0/{ONE}", f"case-0/{THREE}"
    annotate(
        ids,
        "Ada",
        one,
        three,
        "right",
        scores=[(one, "helpfulness", 3), (three, "helpfulness", 5)],
    )

    found = shown(ids)

    (ada,) = found.answers
    assert found.headings[ada.preferred] == THREE
    assert [(given.output_id, given.value) for given in ada.scores] == [(ids[one], 3)]


def test_filters_leave_out_answers_and_other_studies_never_show(ids):
    make_study(ids, name="Other")
    pair = f"case-0/{ONE}", f"case-0/{TWO}"
    annotate(ids, "Ada", *pair, "left")
    annotate(ids, "Bo", *pair, "left")
    annotate(ids, "Cy", *pair, "left", study="Other")
    annotate(ids, "Dee", *pair, "left", kind="training")
    annotate(ids, "judge", *pair, "left", is_judge=True)

    def names(**filters):
        return [one.annotator for one in shown(ids, **filters).answers]

    assert names() == ["Ada", "Bo"]
    assert names(judges=True) == ["Ada", "Bo", "judge"]
    assert names(annotator_ids=(ids["Bo"],)) == ["Bo"]


def test_of_a_revised_answer_only_what_still_counts_shows(ids):
    pair = f"case-0/{ONE}", f"case-0/{TWO}"
    first = annotate(ids, "Ada", *pair, "left", scores=[(pair[0], "helpfulness", 1)], comment="Old")
    with write_session() as session:
        session.get(Annotation, first).is_superseded = True
    annotate(ids, "Bo", *pair, "right")

    old, bo = shown(ids).answers

    # The preference was replaced; its score was not.
    assert (old.preference, old.comment, old.scores[0].value) == (None, "", 1)
    assert bo.preference == Preference.RIGHT
    with write_session() as session:
        session.exec(update(Score).values(is_superseded=True))
    assert [one.annotator for one in shown(ids).answers] == ["Bo"]


def test_both_runs_of_a_model_show(ids):
    add_version(ids, model=ONE)

    found = shown(ids)

    assert [(one.model, one.run) for one in found.responses] == [(ONE, "1"), (ONE, "2"), (TWO, "1")]


def test_cases_are_called_by_their_keys(ids):
    with read_session() as session:
        assert case_keys(session, [ids["case-1"], ids["case-3"], 10**9]) == {
            ids["case-1"]: "case-1",
            ids["case-3"]: "case-3",
        }


def test_the_report_from_the_database_points_to_its_cases(ids):
    for case in range(3):
        annotate(ids, "Ada", f"case-{case}/{ONE}", f"case-{case}/{TWO}", "left")
    annotate(ids, "Ada", f"case-3/{TWO}", f"case-3/{ONE}", "left")
    with read_session() as session:
        collected = collect(session, result_study(session, name="Study"))

    report = pair_report(collected, significance_report(collected), model=ONE, other=TWO)

    assert [one.case for one in report.cases] == [ids[f"case-{case}"] for case in range(4)]
    assert report.overall[0].difference.estimate.value == pytest.approx(0.5)


def test_runs_of_one_model_are_told_apart_by_name(ids):
    add_version(ids)

    found = shown(ids)

    assert sorted(found.headings.values()) == [f"{ONE}:1", f"{ONE}:2", THREE, TWO]


def test_one_response_of_a_study_comes_with_answers_beside_third_models(ids):
    annotate(ids, "Ada", f"case-0/{ONE}", f"case-0/{THREE}", "right")
    other = make_eval_set(name="Elsewhere", models=("Model four",))
    with read_session() as session:
        study, everybody = result_study(session, name="Study"), ResultFilters()
        read = one_response(session, study, filters=everybody, output_id=ids[f"case-0/{ONE}"])
        foreign = other["case-0/Model four"]
        elsewhere = one_response(session, study, filters=everybody, output_id=foreign)

    assert [one.model for one in read.responses] == [ONE]
    assert read.headings[read.answers[0].preferred] == THREE
    assert read.case.key == "case-0"
    assert elsewhere is None


def test_every_response_to_a_case_comes_with_what_people_and_judges_of_any_study_said(ids):
    make_study(ids, name="Other")
    pair = f"case-1/{ONE}", f"case-1/{TWO}"
    annotate(ids, "Ada", *pair, "left")
    annotate(ids, "Bo", *pair, "left", study="Other")
    annotate(ids, "judge", *pair, "left", is_judge=True)
    annotate(ids, "Cy", *pair, "left", kind="training")
    with read_session() as session:
        read = every_response(session, ids["case-1"])
        gone = every_response(session, 10**9)

    assert [one.model for one in read.responses] == sorted((ONE, TWO, THREE))
    assert [one.annotator for one in read.answers] == ["Ada", "Bo", "judge"]
    assert gone is None


def test_responses_of_two_versions_come_with_the_case_of_the_later(ids):
    add_version(ids, change=("case-2",))
    two = [ids[f"case-2/{ONE}"], ids[f"case-2/{ONE} again"]]
    with read_session() as session:
        read = of_responses(session, two, filters=ResultFilters())

    assert [one.output_id for one in read.responses] == two
    assert read.case.case_id == ids["case-2 again"]
