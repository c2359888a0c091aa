"""What the results are computed from: what counts, what does not, and how it is numbered."""

from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from db.engine import engine, know_tables, read_session, write_session
from db.models import (
    Annotation,
    Assignment,
    Case,
    ErrorMark,
    Output,
    Run,
    Score,
    Tag,
    Taxonomy,
)
from db.queries.responses.answers import answers
from db.queries.results import (
    ResultFilters,
    collect,
    pace,
    remarks,
    result_studies,
    result_study,
    tagged_responses,
)
from db.queries.results.filtering import counted
from evalkit.errors import NotFoundError
from evalkit.study.collected import NO_TAG, codings_of_preferences, comparisons, names
from evalkit.study.looks import acceptable, tagged
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO = "Model one", "Model two"


def store_study():
    made = make_eval_set(models=(ONE, TWO), n_cases=4)
    make_study(made)
    return made


@pytest.fixture
def ids(database, store_once):
    return store_once(store_study)


def collected(study="Study", **filters):
    with read_session() as session:
        found = result_study(session, name=study)
        return collect(session, found, filters=ResultFilters(**filters))


def both(case):
    return f"{case}/{ONE}", f"{case}/{TWO}"


def test_preferences_are_counted_by_output_annotator_and_verdict(ids):
    annotate(ids, "Ada", *both("case-0"), "left")
    annotate(ids, "Ada", *both("case-1"), "tie")
    annotate(ids, "Bo", *both("case-0"), "right")

    given = comparisons(collected())

    assert given.models == (ONE, TWO)
    assert sorted(zip(given.case.tolist(), given.preference.tolist(), strict=True)) == sorted(
        [(ids["case-0"], 0), (ids["case-1"], 2), (ids["case-0"], 1)]
    )
    assert given.left.tolist() == [0, 0, 0]
    assert given.right.tolist() == [1, 1, 1]
    assert given.n.sum() == 3


def test_a_repeated_preference_counts_each_time_it_was_given(ids):
    annotate(ids, "Ada", *both("case-0"), "left")
    annotate(ids, "Ada", *both("case-0"), "left", kind="repeat")

    assert comparisons(collected()).n.sum() == 2


def test_a_superseded_preference_does_not_count(ids):
    first = annotate(ids, "Ada", *both("case-0"), "left")
    with write_session() as session:
        old = session.get(Annotation, first)
        old.is_superseded = True
        session.add(old)
        session.flush()
        session.add(Annotation(assignment_id=old.assignment_id, revision=2, preference="right"))

    given = comparisons(collected())

    assert given.preference.tolist() == [1]


def test_superseded_scores_and_marks_do_not_count(ids):
    annotate(
        ids,
        "Ada",
        *both("case-0"),
        scores=[(f"case-0/{ONE}", "helpfulness", 4)],
        marks=[(f"case-0/{ONE}", "tone")],
    )
    with write_session() as session:
        for row in (*session.exec(select(Score)), *session.exec(select(ErrorMark))):
            row.is_superseded = True
            session.add(row)

    found = collected()

    assert len(found.values.value) == 0
    assert len(found.marks.tag) == 0


def test_unreadable_verdicts_are_counted_apart(ids):
    annotate(ids, "Ada", *both("case-0"), "left")
    annotate(ids, "Ada", *both("case-1"), is_unreadable=True)

    found = collected()

    assert found.n_unreadable == 1
    assert len(found.preferences.n) == 1


def test_an_annotation_without_a_preference_is_not_a_comparison(ids):
    annotate(ids, "Ada", *both("case-0"), scores=[(f"case-0/{ONE}", "helpfulness", 4)])
    annotate(ids, "Ada", f"case-1/{ONE}", scores=[(f"case-1/{ONE}", "helpfulness", 2)])

    found = collected()

    assert len(found.preferences.n) == 0
    assert found.n_unreadable == 0
    assert sorted(found.values.value) == [2.0, 4.0]


@pytest.mark.parametrize("kind", ["training", "gold"])
def test_work_that_teaches_or_checks_annotators_does_not_count(ids, kind):
    annotate(ids, "Ada", *both("case-0"), "left", kind=kind)

    found = collected()

    assert found.annotators == ()
    assert len(found.preferences.n) == 0


def test_judges_count_only_when_asked_for(ids):
    annotate(ids, "Ada", *both("case-0"), "left")
    annotate(ids, "judge-1", *both("case-0"), "right", is_judge=True)

    assert names(collected()) == ("Ada",)
    assert comparisons(collected()).preference.tolist() == [0]
    with_judges = collected(judges=True)
    assert names(with_judges) == ("Ada", "judge-1")
    assert sorted(comparisons(with_judges).preference) == [0, 1]


def test_a_judge_named_like_a_person_is_told_apart(ids):
    annotate(ids, "Ada", *both("case-0"), "left")
    annotate(ids, "Ada", *both("case-0"), "right", is_judge=True)

    assert names(collected(judges=True)) == ("Ada", "Ada (judge)")


def test_filters_by_category_and_annotator_leave_the_rest_out(ids):
    annotate(ids, "Ada", *both("case-0"), "left")  # case-0 and case-2 are billing
    annotate(ids, "Ada", *both("case-1"), "right")  # case-1 and case-3 are code
    annotate(ids, "Bo", *both("case-0"), "tie")

    code = collected(categories=("code",))
    of_bo = collected(annotator_ids=(ids["Bo"],))

    assert comparisons(code).preference.tolist() == [1]
    assert code.categories == ("code",)
    assert set(code.outputs.case.tolist()) == {ids["case-1"], ids["case-3"]}
    assert comparisons(of_bo).preference.tolist() == [2]


def test_cases_without_a_category_are_a_category_of_their_own(ids):
    annotate(ids, "Ada", *both("case-0"), "left")
    with write_session() as session:
        case = session.get(Case, ids["case-0"])
        case.category = None
        session.add(case)

    assert collected().categories == ("", "billing", "code")
    assert len(collected(categories=("",)).preferences.n) == 1


def test_another_study_on_the_same_eval_set_is_not_mixed_in(ids):
    make_study(ids, name="Other")
    annotate(ids, "Ada", *both("case-0"), "left", study="Other")

    assert len(collected().preferences.n) == 0
    assert len(collected("Other").preferences.n) == 1


def test_two_runs_of_a_model_count_as_that_model_and_their_outputs_stay_apart(ids):
    with write_session() as session:
        run = Run(eval_set_id=ids["eval_set"], model_id=ids[ONE], name="2")
        session.add(run)
        session.flush()
        output = Output(run_id=run.id, case_id=ids["case-0"], content="Again.")
        session.add(output)
        session.flush()
        ids["case-0/again"] = output.id
    make_study(ids, name="Two runs")
    annotate(ids, "Ada", f"case-0/{ONE}", "case-0/again", "left", study="Two runs")
    annotate(ids, "Ada", f"case-0/{TWO}", "case-0/again", "left", study="Two runs")

    found = collected("Two runs")
    given, codings = comparisons(found), codings_of_preferences(found)

    assert found.models == (ONE, TWO)
    assert sorted(zip(given.left.tolist(), given.right.tolist(), strict=True)) == [(0, 0), (1, 0)]
    assert len(set(codings.unit.tolist())) == 2


def test_where_a_study_has_one_model_its_runs_are_compared(ids):
    with write_session() as session:
        session.add(Run(eval_set_id=ids["eval_set"], model_id=ids[ONE], name="2"))
    make_study(ids, name="One model", models=(ONE,))

    assert collected("One model").models == (f"{ONE}:1", f"{ONE}:2")


def test_of_a_pair_judged_twice_the_latest_counts_for_agreement_whatever_the_side(ids):
    one, two = both("case-0")
    annotate(ids, "Ada", one, two, "left")
    annotate(ids, "Ada", two, one, "left", kind="repeat")

    codings = codings_of_preferences(collected())

    # Shown swapped, "left" is the second model by name.
    assert [codings.values[value] for value in codings.value] == ["second model wins"]


def test_looking_and_finding_nothing_counts_as_a_look(ids):
    annotate(ids, "Ada", *both("case-0"), marks=[(f"case-0/{ONE}", None)])
    annotate(ids, "Bo", *both("case-0"), marks=[(f"case-0/{ONE}", "tone")])

    found = collected()
    of_tone = tagged(found)[1]

    assert sorted(found.marks.tag.tolist()) == [NO_TAG, 1]
    assert sorted(of_tone.hit.tolist()) == [False, True]


def test_a_response_is_acceptable_unless_found_bad_or_unsafe_by_that_annotator(ids):
    annotate(ids, "Ada", *both("case-0"), "both_bad")
    annotate(ids, "Bo", *both("case-0"), "left", marks=[(f"case-0/{TWO}", "unsafe")])
    annotate(ids, "Cy", *both("case-0"), "tie", marks=[(f"case-0/{TWO}", "tone")])

    found = collected()
    looks = acceptable(found)
    who = names(found)
    verdicts = {
        (who[annotator], found.models[found.outputs.model[output]]): bool(hit)
        for output, annotator, hit in zip(looks.output, looks.annotator, looks.hit, strict=True)
    }

    assert verdicts == {
        ("Ada", ONE): False,
        ("Ada", TWO): False,
        ("Bo", ONE): True,
        ("Bo", TWO): False,
        ("Cy", ONE): True,
        ("Cy", TWO): True,
    }


def test_what_a_response_took_is_read_with_its_gaps(ids):
    with write_session() as session:
        output = session.get(Output, ids[f"case-0/{ONE}"])
        output.latency_ms, output.cost_usd = 120.0, 0.002
        session.add(output)

    outputs = collected().outputs

    assert np.nansum(outputs.latency_ms) == 120.0
    assert int(np.isnan(outputs.cost_usd).sum()) == len(outputs.id) - 1
    assert outputs.is_counted.all()


def test_a_study_where_nobody_could_refuse_a_response_does_not_ask_whether_it_is_acceptable(ids):
    annotate(ids, "Ada", *both("case-0"), "left")
    annotate(ids, "Ada", *both("case-1"), "tie")

    assert not collected().asks_acceptable
    assert not len(acceptable(collected()).output)


@pytest.mark.parametrize(("preference", "marked"), [("both_bad", False), ("left", True)])
def test_one_refusal_or_look_anywhere_in_the_study_asks_whatever_the_filters(
    ids, preference, marked
):
    one, two = both("case-0")  # of billing
    annotate(ids, "Ada", one, two, preference, marks=[(one, None)] if marked else ())
    annotate(ids, "Ada", *both("case-1"), "left")

    assert collected().asks_acceptable
    assert collected(categories=("code",)).asks_acceptable
    assert len(acceptable(collected(categories=("code",))).output) == 2


def test_errors_are_weighed_by_severity_once_per_look(ids):
    one, two = both("case-0")
    first = annotate(ids, "Ada", one, two, marks=[(one, "tone"), (one, "unsafe"), (two, None)])
    annotate(ids, "Bo", one, two, marks=[(one, "tone")])
    assert collected().penalties is None  # no error has a severity yet
    with write_session() as session:
        marks = session.exec(select(ErrorMark).where(ErrorMark.annotation_id == first)).all()
        for mark in marks:
            if mark.tag_id is not None:
                mark.severity = "major" if mark.tag_id == ids["tone"] else "critical"

    found = collected()

    outputs = found.outputs.id[found.penalties.output].tolist()
    # Ada found a major (5) and a critical (10) error in one and none in two; Bo's has no severity.
    assert sorted(zip(outputs, found.penalties.weight.tolist(), strict=True)) == sorted(
        [(ids[one], 15.0), (ids[two], 0.0), (ids[one], 1.0)]
    )


def test_a_study_is_read_in_the_order_of_its_table(ids):
    # By case or annotator the annotations of a large study lie everywhere in the file.
    with read_session() as session:
        connection = session.connection()
        if connection.dialect.name != "sqlite":
            pytest.skip("only SQLite walks an index for all rows of a study")
        found = result_study(session, name="Study")
        statement = (
            sa.select(Assignment.left_output_id)
            .join(Annotation, Annotation.assignment_id == Assignment.id)
            .where(*counted(found, ResultFilters()), ~Annotation.is_superseded)
        )
        text = statement.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()

    assert plan[0].detail == "SEARCH assignment USING INDEX ix_assignment_study_id (study_id=?)"


def test_a_study_without_annotations_gives_empty_tables_not_an_error(ids):
    found = collected()

    assert len(found.preferences.n) == len(found.values.n) == len(found.marks.tag) == 0
    assert found.models == (ONE, TWO)
    assert [one.key for one in found.criteria] == ["helpfulness", "polite"]
    assert [one.key for one in found.tags] == ["hallucination", "tone", "unsafe"]


def test_an_unknown_study_is_refused_with_those_there_are(ids):
    with (
        read_session() as session,
        pytest.raises(NotFoundError, match=r"no study named “Nope”.*“Study”"),
    ):
        result_study(session, name="Nope")


def test_studies_are_listed_newest_first(ids):
    make_study(ids, name="Later")

    with read_session() as session:
        assert list(result_studies(session)) == ["Later", "Study"]


@pytest.fixture
def marked(ids):
    """Two annotators found errors; one of them twice in one response."""
    mark = [(f"case-0/{ONE}", "tone")]
    annotate(ids, "Ada", *both("case-0"), "left", marks=mark, note="Sounds  CROSS", comment="Ügly")
    annotate(ids, "Bo", *both("case-0"), "left", marks=mark)
    annotate(ids, "Bo", *both("case-1"), "left", marks=[(f"case-1/{TWO}", "tone")])
    annotate(ids, "judge-1", *both("case-2"), marks=[(f"case-2/{TWO}", "tone")], is_judge=True)
    return ids


def drill(ids, **where):
    with read_session() as session:
        study = result_study(session, name="Study")
        where = {"filters": ResultFilters(), "tag_id": ids["tone"]} | where
        return tagged_responses(session, study, **where)


def test_a_cell_opens_to_its_responses_those_most_agree_on_first(marked):
    found = drill(marked)

    assert [(one.case_key, one.model, one.annotators) for one in found] == [
        ("case-0", ONE, ("Ada", "Bo")),
        ("case-1", TWO, ("Bo",)),
    ]
    assert [one.case_key for one in drill(marked, model=TWO)] == ["case-1"]
    assert [one.case_key for one in drill(marked, category="billing")] == ["case-0"]
    assert len(drill(marked, filters=ResultFilters(judges=True))) == 3


def test_a_cell_names_the_steps_that_were_marked_in_their_order_each_place_once(marked):
    with write_session() as session:
        marks = session.exec(
            select(ErrorMark)
            .where(ErrorMark.output_id == marked[f"case-0/{ONE}"])
            .order_by(col(ErrorMark.id))
        ).all()
        for mark, (step, quote) in zip(marks, [(2, None), (0, "by Friday")], strict=True):
            mark.step, mark.quote = step, quote

    first = drill(marked)[0]

    assert first.places == ((0, "by Friday"), (2, ""))
    with read_session() as session:
        study = result_study(session, name="Study")
        noted = remarks(session, study, filters=ResultFilters(), search="cross")
    assert [remark.about for remark in noted] == ["Tone, step 3"]


@pytest.mark.parametrize(
    ("search", "texts"),
    [
        ("", ["Sounds  CROSS", "Ügly"]),
        ("cross sounds", ["Sounds  CROSS"]),
        ("ügLY", ["Ügly"]),
        ("tone", ["Sounds  CROSS"]),
        ("100%", []),
    ],
)
def test_notes_and_comments_are_found_by_their_words_in_any_case_and_order(marked, search, texts):
    with read_session() as session:
        study = result_study(session, name="Study")
        found = remarks(session, study, filters=ResultFilters(), search=search)

    assert sorted(one.text for one in found) == texts


def test_reading_results_takes_no_write_lock(marked, database):
    if not database.startswith("sqlite"):
        pytest.skip("the write lock is SQLite's")
    with write_session(), read_session() as session:
        study = result_study(session, name="Study")

        assert len(collect(session, study).preferences.n) == 3


def test_a_missing_output_is_an_error_and_not_another_output(ids, monkeypatch):
    annotate(ids, "Ada", *both("case-0"), "left")
    with read_session() as session:
        study = result_study(session, name="Study")
    without_second_model = replace(study, runs=study.runs[:1])

    with read_session() as session, pytest.raises(LookupError, match="not part of its study"):
        collect(session, without_second_model)


def test_the_answers_to_a_case_are_found_without_a_walk_through_the_study(sqlite_database):
    # Property of the plan: it begins at the responses asked for, however large the study is.
    # PostgreSQL looks at its tables by itself.
    ids = make_eval_set(models=(ONE, TWO), n_cases=120)
    make_study(ids)
    for case in range(120):
        annotate(ids, "Ada", *both(f"case-{case}"), "left")
    with engine().begin() as opened:
        know_tables(opened)  # as an upgrade does
    asked = []

    def note(_connection, _cursor, statement, given, *_):
        asked.append((statement, given))

    with read_session() as session:
        connection = session.connection()
        sa.event.listen(connection, "before_cursor_execute", note)
        answers(session, [ids[one] for one in both("case-0")], study_ids=[ids["Study"]])
        statement, given = asked[0]
        raw = connection.connection.driver_connection
        plan = [step[3] for step in raw.execute(f"EXPLAIN QUERY PLAN {statement}", given)]

    assert any("ix_assignment_left_output_id" in step for step in plan)
    assert not any("ix_assignment_study_id" in step for step in plan)


def test_tags_of_the_same_name_are_told_apart_by_their_key_and_taxonomy(ids):
    with write_session() as session:
        session.get(Tag, ids["tone"]).name = "Other"
        session.get(Tag, ids["hallucination"]).name = "Other"
        imported = Taxonomy(name="House", version=2)
        session.add(imported)
        session.flush()
        foreign = Tag(taxonomy_id=imported.id, key="tone", position=0, name="Other")
        session.add(foreign)
        session.flush()
        ids["foreign"] = foreign.id
    annotate(ids, "Ada", *both("case-0"), marks=[(f"case-0/{ONE}", "foreign")])

    with read_session() as session:
        tags = result_study(session, name="Study").tags

    assert [one.name for one in tags] == [
        "Other (hallucination)",
        "Other (tone)",
        "Unsafe",
        "Other (tone, House v2)",
    ]


def test_who_annotates_first_after_the_study_was_read_counts_from_the_next_reading(ids):
    scores, marks = [(f"case-0/{ONE}", "polite", 1)], [(f"case-0/{ONE}", "tone")]
    annotate(ids, "Ada", *both("case-0"), "left", scores=scores, marks=marks)
    with read_session() as session:
        study = result_study(session, name="Study")
    late = annotate(ids, "Bo", *both("case-0"), "left", scores=scores, marks=marks)
    with write_session() as session:
        session.get(Annotation, late).active_seconds = 9

    with read_session() as session:
        found, times = collect(session, study), pace(session, study)

    entries = (found.preferences, found.values, found.marks, times)
    assert [one.annotator.tolist() for one in entries] == [[0], [0], [0], []]
    assert len(collected().preferences.n) == 2
