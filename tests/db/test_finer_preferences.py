"""By how much a response is better, and how sure whoever chose is: entered, stored, exported."""

import csv
import json
from functools import partial

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.records import import_file, import_records
from db.commands.studies import StudyPlan, create_study
from db.engine import engine, read_session, write_session
from db.models import Annotation, Annotator, Criterion, CriterionPreference, Study
from db.queries import results
from db.queries.annotation import task as queries
from db.queries.annotation.own import own_annotations
from db.queries.results import collected
from evalkit.annotation.draft import IncompleteError
from evalkit.errors import RefusedError
from evalkit.records.problems import RecordsRefusedError
from evalkit.reports.strength.report import strength_report
from evalkit.vocabulary import CERTAINTY_CODES, PREFERENCE_CODES, STRENGTH_CODES
from tests.db.record_files import (
    CRITERION,
    case,
    comparison,
    empty_tables,
    exported,
    exported_labels,
    output,
    pair_of_outputs,
    study_csv,
    write,
)
from tests.factories import opened

FINER = frozenset({"preference", "strength", "certainty"})


def store_study(collects=FINER):
    """Store a study of two models on two cases; give its id and its annotator's."""
    records = [case(key) for key in ("c1", "c2")]
    records += [output(case["id"], model, f"{model}.") for case in records for model in "AB"]
    import_records(records, source_name="the test", eval_set="Set")
    study_id = create_study(
        StudyPlan(name="Study", eval_set="Set", models=("A", "B"), collects=collects)
    )
    with write_session() as session:
        person = Annotator(name="Ann")
        session.add(person)
        session.flush()
        return study_id, person.id


@pytest.fixture
def make_study(database, store_once):
    return partial(store_once, store_study)


def submit(assignment_id, annotator_id, *, key="key-00000001", **entered):
    return commands.submit(
        assignment_id=assignment_id,
        opening=opened(assignment_id),
        annotator_id=annotator_id,
        draft=entered,
        active_seconds=0,
        submission_key=key,
    )


def given(study_id, annotator_id):
    return next_task_id(study_id=study_id, annotator_id=annotator_id)


def stored():
    with read_session() as session:
        rows = session.exec(select(Annotation).order_by(Annotation.id)).all()
        return [(row.preference, row.strength, row.certainty) for row in rows]


def test_strength_and_certainty_are_stored_and_come_back_for_an_edit(make_study):
    study_id, ann = make_study()
    assignment = given(study_id, ann)

    submit(assignment, ann, preference="left", strength="much", certainty="unsure")

    assert stored() == [("left", "much", "unsure")]
    with read_session() as session:
        draft = queries.comparison_task(session, assignment, annotator_id=ann).draft
        (own,), _ = own_annotations(session, study_id, annotator_id=ann)
    assert (draft["strength"], draft["certainty"]) == ("much", "unsure")
    assert (own.strength, own.is_unsure) == ("much", True)
    submit(assignment, ann, key="key-00000002", **{**draft, "strength": "slightly"})
    assert stored()[-1] == ("left", "slightly", "unsure")


def test_who_was_asked_and_does_not_say_otherwise_is_sure(make_study):
    study_id, ann = make_study()
    assignment = given(study_id, ann)

    first = submit(assignment, ann, preference="tie")
    again = submit(assignment, ann, preference="tie", certainty="sure", key="key-00000002")

    assert stored() == [("tie", None, "sure")]
    assert (first.is_new, again.is_new) == (True, False)


def test_a_draft_keeps_what_a_screen_sent_and_one_of_before_opens_as_it_was(make_study):
    study_id, ann = make_study()
    assignment = given(study_id, ann)
    of_before = {"preference": "left", "scores": {}, "tags": {}, "comment": ""}
    for entered in (of_before, {**of_before, "strength": "much", "certainty": "unsure"}):
        commands.save_draft(
            assignment_id=assignment,
            annotator_id=ann,
            opening=opened(assignment),
            draft=entered,
            active_seconds=0,
        )
        with read_session() as session:
            draft = queries.comparison_task(session, assignment, annotator_id=ann).draft
        expected = {name: entered.get(name) for name in ("preference", "strength", "certainty")}
        assert {name: draft.get(name) for name in expected} == expected


def test_a_preference_without_its_strength_is_not_complete_where_strength_is_asked(make_study):
    study_id, ann = make_study()

    with pytest.raises(IncompleteError, match="by how much it is better") as refused:
        submit(given(study_id, ann), ann, preference="left")

    assert refused.value.fields == ("preference",)
    assert stored() == []


@pytest.mark.parametrize(
    "entered",
    [
        {"preference": "tie", "strength": "much"},
        {"preference": "both_bad", "strength": "slightly"},
        {"preference": None, "strength": "much"},
        {"preference": "left", "strength": "hugely"},
        {"preference": "left", "strength": 2},
        {"preference": "left", "strength": "much", "certainty": "perhaps"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(make_study, entered):
    study_id, ann = make_study()

    with pytest.raises(RefusedError):
        submit(given(study_id, ann), ann, **entered)

    assert stored() == []


def test_what_a_study_does_not_ask_for_is_not_stored(make_study):
    study_id, ann = make_study(collects=frozenset({"preference"}))

    submit(given(study_id, ann), ann, preference="left", strength="much", certainty="unsure")

    assert stored() == [("left", None, None)]


def test_the_tables_hold_no_strength_without_a_better_response(make_study):
    study_id, ann = make_study()
    submit(given(study_id, ann), ann, preference="left", strength="much")

    for change in ("preference = 'tie'", "strength = 'hugely'", "certainty = 'perhaps'"):
        with pytest.raises(IntegrityError), engine().begin() as connection:
            connection.execute(sa.text(f"UPDATE annotation SET {change}"))


def test_strength_and_certainty_leave_and_come_back_byte_for_byte(make_study, tmp_path):
    study_id, ann = make_study()
    submit(given(study_id, ann), ann, preference="left", strength="much", certainty="unsure")
    second = given(study_id, ann)
    submit(second, ann, preference="right", strength="slightly", key="key-00000002")
    submit(second, ann, preference="both_bad", key="key-00000003")
    lines = exported("Study", include_superseded=True)
    said = [
        (label["preference"], label.get("strength"), label.get("certainty"))
        for label in exported_labels("Study", include_superseded=True)
    ]
    (tmp_path / "export.jsonl").write_text("".join(lines), newline="")
    empty_tables()

    import_file(tmp_path / "export.jsonl")

    assert said == [
        ("left", "much", "unsure"),
        ("right", "slightly", "sure"),
        ("both_bad", None, "sure"),
    ]
    assert json.loads(lines[0])["version"] == 2
    assert exported("Study", include_superseded=True) == lines
    with read_session() as session:
        (study,) = session.exec(select(Study)).all()
    assert (study.collects_strength, study.collects_certainty) == (True, True)


def test_a_file_of_the_first_version_says_what_one_of_the_second_says(database, tmp_path):
    records = [*pair_of_outputs(), comparison(), comparison("tie", annotator="Bo")]
    exports = []
    for version in (1, 2):
        header = {"type": "header", "format": "evalkit", "version": version, "eval_set": "Set"}
        import_file(write(tmp_path / "file.jsonl", records, header=header))
        exports.append(exported())
        empty_tables()

    assert exports[0] == exports[1]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"preference": "tie", "strength": "much"}, "strength"),
        ({"preference": None, "strength": "slightly"}, "strength"),
        ({"preference": "left", "strength": "hugely"}, "strength"),
        ({"preference": "left", "certainty": True}, "certainty"),
    ],
)
def test_a_record_that_cannot_be_is_refused_with_its_field(
    sqlite_database, tmp_path, fields, field
):
    path = write(tmp_path / "file.jsonl", [*pair_of_outputs(), comparison(**fields)])

    with pytest.raises(RecordsRefusedError) as refused:
        import_file(path)

    (problem,) = refused.value.problems
    assert (problem.line, problem.field) == (5, field)


def test_the_long_table_says_by_how_much_and_how_sure(make_study):
    study_id, ann = make_study()
    submit(given(study_id, ann), ann, preference="right", strength="much", certainty="unsure")

    with read_session() as session:
        (row,) = csv.DictReader("".join(study_csv(session, study_id)).splitlines())

    assert (row["preference"], row["strength"], row["certainty"]) == ("right", "much", "unsure")


def test_results_read_strength_and_certainty_as_they_were_said(make_study):
    study_id, ann = make_study()
    submit(given(study_id, ann), ann, preference="right", strength="much", certainty="unsure")
    submit(given(study_id, ann), ann, preference="tie", key="key-00000002")

    with read_session() as session:
        study = results.result_study(session, name="Study")
        preferences = results.collect(session, study).preferences

    strength, certainty = (
        column[np.argsort(preferences.latest)].tolist()
        for column in (preferences.strength, preferences.certainty)
    )
    assert strength == [STRENGTH_CODES["much"], 0]
    assert certainty == [CERTAINTY_CODES["unsure"], CERTAINTY_CODES["sure"]]


BY_CRITERION = frozenset({"preference", "preferences"})
CHOSEN = {"helpfulness": "left", "correctness": "tie", "instruction_following": "both_bad"}


def chosen():
    with read_session() as session:
        rows = session.exec(
            select(CriterionPreference.annotation_id, Criterion.key, CriterionPreference.preference)
            .join(Criterion, Criterion.id == CriterionPreference.criterion_id)
            .order_by(CriterionPreference.annotation_id, Criterion.position)
        ).all()
    return [(key, preference) for _, key, preference in rows]


def test_a_preference_on_each_criterion_is_stored_and_comes_back_for_an_edit(make_study):
    study_id, ann = make_study(collects=BY_CRITERION)
    assignment = given(study_id, ann)

    submit(assignment, ann, preference="left", preferences=CHOSEN)
    again = submit(assignment, ann, preference="left", preferences=CHOSEN, key="key-00000002")

    assert chosen() == list(CHOSEN.items())
    assert not again.is_new
    with read_session() as session:
        draft = queries.comparison_task(session, assignment, annotator_id=ann).draft
    assert draft["preferences"] == CHOSEN


def test_a_criterion_without_a_preference_is_still_to_do(make_study):
    study_id, ann = make_study(collects=BY_CRITERION)

    with pytest.raises(IncompleteError, match="which is better") as refused:
        submit(given(study_id, ann), ann, preference="left", preferences={"helpfulness": "tie"})

    assert refused.value.fields == ("preference.correctness", "preference.instruction_following")
    assert chosen() == []


@pytest.mark.parametrize(
    "preferences",
    [{**CHOSEN, "beauty": "left"}, {**CHOSEN, "correctness": "much"}, ["left"], {"correctness": 1}],
)
def test_a_preference_on_no_criterion_or_of_no_kind_is_refused(make_study, preferences):
    study_id, ann = make_study(collects=BY_CRITERION)

    with pytest.raises(RefusedError):
        submit(given(study_id, ann), ann, preference="left", preferences=preferences)

    assert chosen() == []


def test_preferences_by_criterion_leave_and_come_back_byte_for_byte(make_study, tmp_path):
    study_id, ann = make_study(collects=BY_CRITERION)
    assignment = given(study_id, ann)
    submit(assignment, ann, preference="left", preferences=CHOSEN)
    changed = {**CHOSEN, "correctness": "right"}
    submit(assignment, ann, preference="left", preferences=changed, key="key-00000002")
    lines = exported("Study", include_superseded=True)
    labels = exported_labels("Study", include_superseded=True)
    path = tmp_path / "export.jsonl"
    path.write_text("".join(lines), newline="")
    empty_tables()

    import_file(path)

    assert [label["criteria"] for label in labels] == [CHOSEN, changed]
    assert exported("Study", include_superseded=True) == lines
    assert not import_file(path).has_news
    with read_session() as session:
        assert session.exec(select(Study)).one().collects_criterion_preferences


@pytest.mark.parametrize(
    "criteria", [{"beauty": "left"}, {"helpful": "much"}, {}, ["helpful"], {"helpful": None}]
)
def test_a_record_with_criteria_that_cannot_be_is_refused(sqlite_database, tmp_path, criteria):
    records = [CRITERION, *pair_of_outputs(), comparison(criteria=criteria)]

    with pytest.raises(RecordsRefusedError) as refused:
        import_file(write(tmp_path / "file.jsonl", records))

    (problem,) = refused.value.problems
    assert problem.line == 6
    assert problem.field.startswith("criteria")


def test_both_tables_have_a_row_for_every_criterion_that_was_preferred_on(make_study):
    study_id, ann = make_study(collects=BY_CRITERION)
    submit(given(study_id, ann), ann, preference="left", preferences=CHOSEN)

    with read_session() as session:
        long, wide = (
            list(
                csv.DictReader(
                    "".join(study_csv(session, study_id, shape=shape))
                    .removeprefix("\N{BYTE ORDER MARK}")
                    .splitlines()
                )
            )
            for shape in ("long", "wide")
        )

    finer = [row for row in long if row["type"] == "criterion_comparison"]
    assert {row["criterion"]: row["preference"] for row in finer} == CHOSEN
    assert sorted(row["criterion"] for row in wide if row["criterion"]) == sorted(CHOSEN)


def test_a_plan_for_preferences_by_criterion_needs_a_rubric(sqlite_database):
    plan = {"name": "s", "eval_set": "Set", "models": ("A", "B"), "collects": BY_CRITERION}

    with pytest.raises(RefusedError, match="need a rubric"):
        create_study(StudyPlan(**plan, rubric=None))


def test_results_read_what_was_chosen_on_each_criterion(make_study):
    study_id, ann = make_study(collects=BY_CRITERION)
    submit(given(study_id, ann), ann, preference="left", preferences=CHOSEN)

    with read_session() as session:
        study = results.result_study(session, name="Study")
        collected = results.collect(session, study)

    chosen_on = {
        criterion.key: on.preference.tolist()
        for criterion, on in zip(collected.criteria, collected.by_criterion, strict=True)
    }
    assert chosen_on == {key: [PREFERENCE_CODES[value]] for key, value in CHOSEN.items()}


def test_what_was_preferred_on_a_criterion_of_an_older_rubric_counts_under_its_version(
    database, tmp_path
):
    versions = [{**CRITERION, "rubric_version": number} for number in (1, 2)]
    older = comparison(criteria={"helpful": "left"}, rubric_version=1)
    import_file(write(tmp_path / "two.jsonl", [*versions, *pair_of_outputs(), older]))

    with read_session() as session:
        collected = results.collect(session, results.result_study(session, name="Set"))

    keys = [criterion.key for criterion in collected.criteria]
    sizes = [len(preferences.n) for preferences in collected.by_criterion]
    assert dict(zip(keys, sizes, strict=True)) == {"helpful": 0, "helpful (Quality v1)": 1}


def means(study="Set", **filters):
    """Return of A the mean preference and of how many comparisons it is."""
    with read_session() as session:
        stored_study = results.result_study(session, name=study)
        chosen = results.ResultFilters(
            categories=filters.get("categories", ()),
            annotator_ids=tuple(
                each.annotator_id
                for each in stored_study.annotators
                if each.name in filters.get("annotators", ())
            ),
        )
        rows = strength_report(results.collect(session, stored_study, filters=chosen)).models
    return [(row.mean.value, row.mean.n) for row in rows if row.model == "A"]


def test_a_tie_has_its_grade_whatever_else_its_annotator_said_within_the_filters(database):
    """Ann calls A much better once and ties once, Bo ties twice: A's grades are 2, 0, 0 and 0."""
    records = []
    for key, category in (("c1", "x"), ("c2", "y")):
        records += [case(key, category=category), output(key), output(key, "B", "No.")]
        records.append(comparison("tie", case=key, annotator="Bo"))
    records.append(comparison("left", case="c1", strength="much"))
    records.append(comparison("tie", case="c2"))
    import_records(records, source_name="the test", eval_set="Set")

    assert means() == [(0.5, 4)]
    assert means(categories=("x",)) == [(1.0, 2)]
    assert means(categories=("y",)) == [(0.0, 2)]
    assert means(annotators=("Bo",)) == [(0.0, 2)]


@pytest.mark.parametrize("collects", [FINER, frozenset({"preference"})])
def test_of_work_given_out_here_the_study_says_whether_strength_was_asked(make_study, collects):
    study_id, ann = make_study(collects=collects)
    for key in ("key-00000001", "key-00000002"):
        submit(given(study_id, ann), ann, preference="tie", key=key)

    assert means("Study") == ([(0.0, 2)] if "strength" in collects else [])


def test_the_pairs_of_a_ranking_have_no_grade_for_it_asks_for_none(database):
    ranking = {"type": "ranking", "case": "c2", "annotator": "Ann", "order": [["A", "B"]]}
    records = [*pair_of_outputs(), comparison("left", strength="much")]
    records += [case("c2"), output("c2"), output("c2", "B", "No."), ranking]
    import_records(records, source_name="the test", eval_set="Set")

    assert means() == [(2.0, 1)]


def test_all_of_a_study_is_read_for_strength_only_where_the_filters_leave_it_open(
    sqlite_database, monkeypatch
):
    # Ann said by how much in each category, Bo in none: with Ann alone nothing is open.
    records = []
    for key in ("c0", "c1"):
        records += [case(key, f"What about {key}?", category=key)]
        records += [output(key, "A", "Yes."), output(key, "B", "No.")]
        records += [comparison("left", case=key, strength="much")]
        records += [comparison("left", case=key, annotator="Bo")]
    import_records(records, source_name="the test", eval_set="Set", study="Study")
    asked = []
    statement = collected.strengths_imported
    monkeypatch.setattr(
        collected, "strengths_imported", lambda *of: asked.append(1) or statement(*of)
    )

    with read_session() as session:
        study = results.result_study(session, name="Study")
        ann = next(each for each in study.annotators if each.name == "Ann")
        only = {"categories": ("c0",)}
        hers = results.collect(
            session, study, filters=results.ResultFilters(annotator_ids=(ann.annotator_id,), **only)
        )
        assert asked == []
        both = results.collect(session, study, filters=results.ResultFilters(**only))

    assert asked == [1]
    assert hers.preferences.asks_strength.tolist() == [True]
    assert sorted(both.preferences.asks_strength.tolist()) == [False, True]
