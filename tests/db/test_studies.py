import dataclasses
from collections import Counter

import pytest
from sqlmodel import col, select

from db.commands.assignments import next_task_id
from db.commands.preview import sample_by_category
from db.commands.records import import_file, import_records
from db.commands.studies import create_study, discard_study, set_study_open
from db.commands.units import count_units
from db.engine import read_session, write_session, writers
from db.models import (
    Annotator,
    Assignment,
    AuditEvent,
    Case,
    Criterion,
    Model,
    Output,
    Rubric,
    Run,
    Study,
    StudyCase,
    Tag,
    Unit,
    UnitPair,
)
from db.queries import library
from db.queries.annotation.leaks import leak_count
from db.queries.records.files import FileFormat, export_bytes, export_file
from evalkit.annotation.assignment.sample import sampled_cases
from evalkit.annotation.planning import StudyPlan, collected_of
from evalkit.annotation.rubric import DEFAULT_RUBRIC
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY
from evalkit.vocabulary import TaskKind
from tests.db.record_files import comparison, pair_of_outputs, write
from tests.factories import annotate, make_eval_set, make_study

PLAN = StudyPlan(name="Which one", eval_set="Support questions", models=("Model one", "Model two"))

OF_ONE = StudyPlan(
    name="How good",
    eval_set="Support questions",
    models=("Model one",),
    kind=TaskKind.SINGLE,
    collects=frozenset(collected_of(TaskKind.SINGLE)),
)


def test_a_study_starts_with_the_ready_rubric_and_taxonomy(database):
    make_eval_set()

    create_study(PLAN)

    with read_session() as session:
        (study,) = library.studies(session)
        keys = session.exec(select(Criterion.key).order_by(Criterion.position)).all()
        tags = session.exec(select(Tag.key).order_by(Tag.position)).all()
    assert study.models == ("Model one", "Model two")
    assert study.rubric == "Response quality v1"
    assert study.taxonomy == "Response errors v1"
    assert keys == [criterion.key for criterion in DEFAULT_RUBRIC]
    assert tags == [tag.key for tag in DEFAULT_TAXONOMY]
    assert study.collects == ("preference", "scores", "tags", "comment")
    assert (study.n_cases, study.n_annotations, study.is_open) == (4, 0, True)


def test_every_model_is_shown_once_per_case_unless_the_plan_says_otherwise(database):
    make_eval_set(models=("a", "b", "c", "d", "e"))

    create_study(dataclasses.replace(PLAN, models=("a", "b", "c", "d", "e")))

    with read_session() as session:
        (study,) = library.studies(session)
    assert study.pairs_per_case == 3  # five models in pairs: two pairs and one with a second turn


def test_a_study_of_drawn_cases_asks_for_these_alone_whatever_is_imported_later(database):
    make_eval_set(n_cases=12)
    study_id = create_study(dataclasses.replace(PLAN, n_cases=6))

    with write_session() as session:
        annotator = Annotator(name="Ada", kind="human")
        session.add(annotator)
        session.flush()
        annotator_id = annotator.id
        drawn = set(session.exec(select(StudyCase.case_id)).all())
        count_units(session, session.get(Study, study_id))  # as after an import
    given = []
    while (task_id := next_task_id(study_id=study_id, annotator_id=annotator_id)) is not None:
        with write_session() as session:
            assignment = session.get(Assignment, task_id)
            given.append(
                (assignment.case_id, assignment.sampling, assignment.inclusion_probability)
            )
            assignment.state, assignment.skip_reason = "skipped", "other"
            session.add(assignment)

    # Of the 12 cases six are of either category: three of each are drawn, with a chance of 1/2,
    # and a case's one pair is asked for in any case.
    assert sorted(given) == [(case_id, "stratified", 0.5) for case_id in sorted(drawn)]
    assert len(drawn) == 6
    with read_session() as session:
        (study,) = library.studies(session)
        assert study.cases == "6 of 12"
        assert leak_count(session, study_id).n_outputs == 12


def test_the_same_seed_draws_the_same_cases_and_another_seed_others(database):
    make_eval_set(n_cases=40)
    seeds = {"first": 1, "again": 1, "other": 2}
    for name, seed in seeds.items():
        create_study(dataclasses.replace(PLAN, name=name, n_cases=20, seed=seed))

    with read_session() as session:
        drawn = {
            name: set(
                session.exec(
                    select(StudyCase.case_id)
                    .join(Study, col(Study.id) == StudyCase.study_id)
                    .where(Study.name == name)
                ).all()
            )
            for name in seeds
        }
    assert drawn["first"] == drawn["again"] != drawn["other"]


def test_what_is_said_of_a_sample_before_is_what_is_drawn(database):
    ids = make_eval_set(n_cases=40, categories=("a", "b", "b", "c", "b", "a", ""))
    with write_session() as session:  # as after an import that has no category there
        for case in session.exec(select(Case).where(Case.category == "")):
            case.category = None
        for number in (0, 2):  # answered by one model alone
            session.delete(session.get(Output, ids[f"case-{number}/Model two"]))
    plan = dataclasses.replace(PLAN, n_cases=13)

    told = sample_by_category(plan, 13)
    create_study(plan)

    with read_session() as session:
        categories = session.exec(
            select(Case.category).join(StudyCase, col(StudyCase.case_id) == Case.id)
        ).all()
    assert Counter(category or "" for category in categories) == told
    assert list(told.values()) == sorted(told.values(), reverse=True)


def test_cases_are_drawn_before_anybody_has_to_wait_for_it(sqlite_database, monkeypatch):
    make_eval_set(n_cases=12)
    n_waiting = []

    def draw(*asked, **named):
        n_waiting.append(len(writers()))
        return sampled_cases(*asked, **named)

    monkeypatch.setattr("db.commands.studies.sampled_cases", draw)

    create_study(dataclasses.replace(PLAN, n_cases=6))

    assert n_waiting == [0]


def test_more_cases_than_two_models_answered_are_refused_and_nothing_is_stored(database):
    make_eval_set(n_cases=4)

    with pytest.raises(RefusedError, match="5 cases cannot be drawn: 4 were answered"):
        create_study(dataclasses.replace(PLAN, n_cases=5))

    with read_session() as session:
        assert library.studies(session) == []


def test_an_import_counts_what_open_studies_give_out_so_that_no_annotator_waits_for_it(database):
    make_eval_set()
    study_id = create_study(PLAN)
    with write_session() as session:
        session.exec(select(UnitPair)).one().n_missing = 99  # only a count made anew mends it
    case = {"id": "new", "input": [{"role": "user", "content": "And now?"}]}
    output = {"case": "new", "model": "Model one", "content": "Now too."}

    import_records(
        [{"type": "case", **case}, {"type": "output", **output}],
        source_name="more of it",
        eval_set="Support questions",
    )

    with read_session() as session:
        assert session.get(Study, study_id).are_units_current
        # Four cases of the study's version, one pair each, two annotators a pair.
        assert session.exec(select(UnitPair)).one().n_missing == 8


def test_two_studies_share_one_version_of_an_unchanged_rubric(database):
    make_eval_set()

    create_study(PLAN)
    create_study(dataclasses.replace(PLAN, name="Again"))

    with read_session() as session:
        assert len(session.exec(select(Rubric)).all()) == 1


def test_a_changed_rubric_makes_a_new_version_and_keeps_the_old_one(database):
    from db.commands.rubrics import store_rubric

    with write_session() as session:
        first = store_rubric(session, name="Quality", criteria=DEFAULT_RUBRIC)
    changed = dataclasses.replace(DEFAULT_RUBRIC[0], question="Does it help?")

    with write_session() as session:
        second = store_rubric(session, name="Quality", criteria=(changed, *DEFAULT_RUBRIC[1:]))
        again = store_rubric(session, name="Quality", criteria=DEFAULT_RUBRIC)

    with read_session() as session:
        assert session.get(Rubric, second).version == 2
    assert again == first != second


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 121}, "needs a name"),
        ({"models": ("Model one",)}, "at least two models"),
        ({"models": ("Model one", "Model one")}, "named twice"),
        ({"models": ("Model one", "Nobody")}, "It holds: Model one, Model two"),
        ({"eval_set": "Nothing"}, "There are: Support questions"),
        ({"overlap": 0}, "between 1 and 20"),
        ({"pairs_per_case": 2}, "1 to 1"),
        ({"collects": frozenset({"comment"})}, "a preference, scores or error tags"),
        ({"collects": frozenset({"smell"})}, "cannot be asked for smell"),
        ({"collects": frozenset({"comment", "certainty"})}, "a preference, scores or error tags"),
        ({"collects": frozenset({"scores", "strength"})}, "Without a preference .* its strength"),
        ({"rubric": None}, "Scores need a rubric"),
        ({"rubric": "Mine"}, "no rubric named “Mine”"),
        ({"taxonomy": None}, "need a taxonomy"),
        ({"taxonomy": "Mine"}, "no taxonomy named “Mine”"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_and_nothing_is_stored(
    sqlite_database, change, sentence
):
    make_eval_set()

    with pytest.raises(RefusedError, match=sentence):
        create_study(dataclasses.replace(PLAN, **change))

    with read_session() as session:
        assert session.exec(select(Study)).all() == []
        assert session.exec(select(Rubric)).all() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"models": ()}, "Name one or more"),
        ({"pairs_per_case": 1}, "make no pairs"),
        ({"collects": frozenset({"preference", "scores"})}, "nobody can choose"),
        ({"tells_agreement": True}, "nobody can choose"),
        ({"collects": frozenset({"comment"})}, "Ask annotators for scores or error tags"),
        ({"collects": frozenset()}, "Ask annotators for scores or error tags"),
    ],
)
def test_a_study_of_single_responses_that_asks_what_they_cannot_say_is_refused(
    sqlite_database, change, sentence
):
    make_eval_set()

    with pytest.raises(RefusedError, match=sentence):
        create_study(dataclasses.replace(OF_ONE, **change))

    with read_session() as session:
        assert session.exec(select(Study)).all() == []


def test_one_model_is_enough_where_each_response_is_shown_alone(database):
    make_eval_set()

    study_id = create_study(OF_ONE)

    with read_session() as session:
        (study,) = library.studies(session)
        stored = session.get_one(Study, study_id)
    assert (study.kind, study.models) == (TaskKind.SINGLE, ("Model one",))
    assert study.collects == ("scores", "tags", "comment")
    assert "one response" in stored.guidelines
    assert "two responses" not in stored.guidelines


def test_cases_of_one_model_are_drawn_where_each_response_is_shown_alone(sqlite_database):
    make_eval_set(n_cases=6)

    study_id = create_study(dataclasses.replace(OF_ONE, n_cases=4))

    with read_session() as session:
        assert len(session.exec(select(StudyCase.case_id)).all()) == 4
        units = session.exec(select(Unit).where(Unit.study_id == study_id)).all()
    assert [unit.inclusion_probability for unit in units] == pytest.approx([2 / 3] * 4)
    with pytest.raises(RefusedError, match="6 were answered by one or more"):
        create_study(dataclasses.replace(OF_ONE, name="More", n_cases=7))


def test_a_second_study_of_the_same_name_is_refused(database):
    make_eval_set()
    create_study(PLAN)

    with pytest.raises(RefusedError, match="already a study"):
        create_study(PLAN)


def test_a_model_with_several_runs_must_be_named_with_its_run(database):
    ids = make_eval_set()
    with write_session() as session:
        model = session.exec(select(Model).where(Model.name == "Model one")).one()
        run = Run(eval_set_id=ids["eval_set"], model_id=model.id, name="2")
        session.add(run)
        session.flush()
        session.add(Output(run_id=run.id, case_id=ids["case-0"], content="Another"))

    with pytest.raises(RefusedError, match="Model one:1, Model one:2"):
        create_study(PLAN)
    create_study(dataclasses.replace(PLAN, models=("Model one:1", "Model one:2")))

    with read_session() as session:
        (study,) = library.studies(session)
    assert study.models == ("Model one:1", "Model one:2")


def test_closing_and_opening_a_study_is_written_down(database):
    make_eval_set()
    study_id = create_study(PLAN)

    set_study_open(study_id, is_open=False)

    with read_session() as session:
        assert not library.studies(session)[0].is_open
        actions = session.exec(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["create study", "close study"]
    with pytest.raises(NotFoundError):
        set_study_open(study_id + 1, is_open=True)


def test_what_is_downloaded_is_what_is_exported_to_a_file(sqlite_database, tmp_path):
    make_eval_set()
    create_study(PLAN)
    file = tmp_path / "study.jsonl.gz"
    export_file(file, study=PLAN.name)

    assert (
        export_bytes("study.jsonl.gz", study=PLAN.name, format=FileFormat.EVALKIT)
        == file.read_bytes()
    )
    assert export_bytes("x.csv", study=PLAN.name, format=FileFormat.CSV).startswith(b"\xef\xbb\xbf")


def test_a_study_nobody_annotated_can_be_discarded_and_is_gone(database):
    make_eval_set()
    study_id = create_study(PLAN)
    next_task_id(study_id=study_id, annotator_id=person("Ada"))

    discard_study(study_id)

    with read_session() as session:
        assert library.studies(session) == []
    create_study(PLAN)  # its name is free again


def test_a_study_with_annotations_is_never_discarded(database):
    ids = make_eval_set()
    study_id = make_study(ids)
    annotate(ids, "Ada", "case-0/Model one", "case-0/Model two", "left")

    with pytest.raises(RefusedError, match="holds annotations"):
        discard_study(study_id)

    with read_session() as session:
        assert library.studies(session)[0].n_annotations == 1


def person(name: str) -> int:
    with write_session() as session:
        made = Annotator(name=name)
        session.add(made)
        session.flush()
        return made.id


def test_the_numbers_of_a_discarded_study_and_its_assignments_are_not_given_again(database):
    """A page still open on it would otherwise write into another study."""
    make_eval_set()
    annotator_id = _stored_annotator()

    def begun():
        study_id = create_study(PLAN)
        return study_id, next_task_id(study_id=study_id, annotator_id=annotator_id)

    first = begun()
    discard_study(first[0])
    second = begun()

    assert second[0] > first[0]
    assert second[1] > first[1]


def test_an_import_gives_no_number_of_a_row_that_is_gone(database, tmp_path):
    make_eval_set()
    study_id = create_study(PLAN)
    begun = next_task_id(study_id=study_id, annotator_id=_stored_annotator())
    discard_study(study_id)

    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), comparison()]))

    with read_session() as session:
        (assignment,) = session.exec(select(Assignment)).all()
    assert assignment.id > begun
    assert len(assignment.token) == 32


def _stored_annotator():
    with write_session() as session:
        person = Annotator(name="Ann")
        session.add(person)
        session.flush()
        return person.id
