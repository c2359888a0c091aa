"""From chosen responses to a study, a version, watched cases, a table and the start of a judge."""

import csv
import io
import json

import pytest
from sqlmodel import col, select

from db.commands.cases import change_status
from db.commands.note_codes import code_notes
from db.commands.selections import make_version, start_study, watch_cases
from db.engine import read_session, write_session
from db.models import (
    AuditEvent,
    Case,
    CaseEvent,
    ErrorMark,
    EvalSetVersion,
    Output,
    Study,
    StudyCase,
    StudyPerson,
    StudyRun,
    Taxonomy,
    VersionCase,
)
from db.queries.newer_taxonomy import newer_taxonomy
from db.queries.results import ResultFilters, collect, notes, result_study
from db.queries.selection import newest_of, selection_of, study_of
from db.queries.selection_files import COLUMNS, judge_start, selection_csv
from db.queries.traffic import is_of_chosen
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.selection import judge_words, study_words, version_words, watch_words
from evalkit.failures.words import versions_differ
from evalkit.judging.split import Split, split_of
from evalkit.vocabulary import CaseStatus, LeakPolicy, NoteSource, TaskKind
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO, THREE = "Model one", "Zephyr-9", "Model three"


@pytest.fixture
def ids(database):
    ids = make_eval_set(models=(ONE, TWO, THREE), n_cases=5)
    make_study(ids)
    annotate(
        ids, "Ada", f"case-0/{ONE}", f"case-0/{TWO}", "left",
        marks=[(f"case-0/{TWO}", "tone")], note="=cmd()", severity="major", comment="Too blunt",
    )  # fmt: skip
    return ids


def rows(table, *conditions):
    with read_session() as session:
        return session.exec(select(table).where(*conditions)).all()


def chosen(ids, *names):
    return [ids[name] for name in names]


def test_a_study_of_chosen_responses_has_their_cases_and_models_alone(ids):
    with write_session() as session:
        source = session.get(Study, ids["Study"])
        source.leak_policy, source.about = LeakPolicy.SHOW, "Which helps more"
        session.add(StudyPerson(study_id=source.id, annotator_id=ids["Ada"]))
    picked = chosen(ids, f"case-0/{TWO}", f"case-3/{TWO}", f"case-3/{ONE}")

    made = start_study(picked, like=ids["Study"], name=" Blunt ones ")

    (study,) = rows(Study, col(Study.id) == made.number)
    assert (made.is_new, study.name, study.task_kind) == (True, "Blunt ones", TaskKind.PAIR)
    cases = {case.case_id: case.inclusion_probability for case in rows(
        StudyCase, col(StudyCase.study_id) == study.id)}  # fmt: skip
    assert cases == {ids["case-0"]: 1.0, ids["case-3"]: 1.0}
    runs = [row.run_id for row in rows(StudyRun, col(StudyRun.study_id) == study.id)]
    models = {row.run_id for row in rows(Output, col(Output.id).in_(picked))}
    assert set(runs) == models
    # Blinded as ever: it never shows who made a response, and says nothing of why.
    assert study.leak_policy == LeakPolicy.MASK
    assert (study.about, study.rubric_id) == ("Which helps more", source.rubric_id)
    people = rows(StudyPerson, col(StudyPerson.study_id) == study.id)
    assert [person.annotator_id for person in people] == [ids["Ada"]]


def test_the_same_study_again_is_the_one_that_is_there(ids):
    picked = chosen(ids, f"case-0/{ONE}", f"case-1/{TWO}")

    made = start_study(picked, like=ids["Study"], name="Again")
    again = start_study(picked[::-1] + picked, like=ids["Study"], name="Again")

    assert (again.number, again.is_new) == (made.number, False)
    with pytest.raises(RefusedError, match="already a study named “Again”"):
        start_study(picked[:1], like=ids["Study"], name="Again")
    assert len(rows(Study)) == 2


def test_one_model_alone_is_judged_response_by_response(ids):
    made = start_study(chosen(ids, f"case-0/{TWO}"), like=ids["Study"], name="One")

    (study,) = rows(Study, col(Study.id) == made.number)
    assert (study.task_kind, study.pairs_per_case) == (TaskKind.SINGLE, 1)
    assert (study.collects_preference, study.collects_scores) == (False, True)


def test_a_study_that_only_compares_cannot_be_made_of_one_model(ids):
    with write_session() as session:
        source = session.get(Study, ids["Study"])
        source.collects_scores = source.collects_tags = False

    with pytest.raises(RefusedError, match="asks only which of several responses is better"):
        start_study(chosen(ids, f"case-0/{TWO}"), like=ids["Study"], name="One")
    assert len(rows(Study)) == 1


@pytest.mark.parametrize(
    ("names", "name", "problem"),
    [
        ((), "Empty", "No response is chosen"),
        ((f"case-0/{ONE}",), "  ", "Give the study a name"),
        ((f"case-0/{ONE}",), "x" * 121, "at most 120 characters"),
        ((f"case-0/{ONE}",), "Study", "already a study named"),
    ],
)
def test_what_cannot_be_a_study_is_refused_and_nothing_is_stored(ids, names, name, problem):
    with pytest.raises(RefusedError, match=problem):
        start_study(chosen(ids, *names), like=ids["Study"], name=name)
    assert len(rows(Study)) == 1


def test_responses_that_are_gone_are_said_to_be(ids):
    with pytest.raises(NotFoundError, match="Load the page again"):
        start_study([987_654], like=ids["Study"], name="Gone")


def test_responses_of_other_models_or_cases_are_no_part_of_such_a_study(ids):
    make_study(ids, name="Two of them", models=(ONE, TWO))
    with pytest.raises(RefusedError, match="of models that “Two of them” has not"):
        start_study(chosen(ids, f"case-0/{THREE}"), like=ids["Two of them"], name="N")
    make_version(chosen(ids, f"case-1/{ONE}"), note="One")
    with read_session() as session:
        second = session.exec(select(EvalSetVersion.id).order_by(EvalSetVersion.number)).all()[1]
    with write_session() as session:
        session.get(Study, ids["Study"]).eval_set_version_id = second
    with pytest.raises(RefusedError, match=r"1 case of these is not in the version.*“case-0”"):
        start_study(chosen(ids, f"case-0/{ONE}", f"case-1/{ONE}"), like=ids["Study"], name="N")


def test_cases_that_nobody_is_asked_about_any_more_are_no_part_of_such_a_study(ids):
    case_id = rows(Output, Output.id == ids[f"case-0/{ONE}"])[0].case_id
    change_status([case_id], CaseStatus.QUARANTINED, reason="The reference is wrong.")

    with pytest.raises(RefusedError, match=r"1 case of these is asked about no more.*“case-0”"):
        start_study(chosen(ids, f"case-0/{ONE}", f"case-1/{ONE}"), like=ids["Study"], name="N")

    assert [study.name for study in rows(Study)] == ["Study"]


def test_a_version_holds_the_chosen_cases_with_parent_and_note(ids):
    picked = chosen(ids, f"case-1/{ONE}", f"case-1/{TWO}", f"case-4/{ONE}")

    made = make_version(picked, note=" Tone ", actor_id=ids["Ada"])

    (version,) = rows(EvalSetVersion, col(EvalSetVersion.number) == 2)
    assert (made.number, made.is_new) == (2, True)
    assert (version.parent_id, version.note, version.author) == (ids["version"], "Tone", "Ada")
    held = {row.case_id for row in rows(VersionCase, col(VersionCase.version_id) == version.id)}
    assert held == {ids["case-1"], ids["case-4"]}
    # The same again is there already, and a case it does not hold is refused.
    assert make_version(picked, note="Tone").is_new is False
    with pytest.raises(RefusedError, match="“case-0” is not in version 2, the newest"):
        make_version(chosen(ids, f"case-0/{ONE}"), note="More")
    with pytest.raises(RefusedError, match="Say what the version is for"):
        make_version(picked, note=" ")


def drawn_with(ids, chance):
    """Let every case of the study's version have come in with a chance."""
    with write_session() as session:
        for row in session.exec(select(VersionCase)):
            row.stratum, row.inclusion_probability = "billing", chance


def sampled_of(name):
    with read_session() as session:
        return collect(session, result_study(session, name=name)).outputs.sampled


def test_cases_chosen_of_a_sample_have_no_chance_in_their_version(ids):
    drawn_with(ids, 0.1)
    assert set(sampled_of("Study")) == {0.1}

    make_version(chosen(ids, f"case-1/{ONE}", f"case-3/{ONE}"), note="They fail")

    version = [row.id for row in rows(EvalSetVersion, col(EvalSetVersion.number) == 2)]
    held = rows(VersionCase, col(VersionCase.version_id).in_(version))
    assert {(row.stratum, row.inclusion_probability) for row in held} == {("chosen by hand", None)}
    assert set(sampled_of("Study")) == {0.1}  # the version before stays as it was


def test_a_study_of_chosen_responses_is_not_weighted_by_the_chances_of_its_version(ids):
    drawn_with(ids, 0.1)
    picked = chosen(ids, f"case-0/{ONE}", f"case-3/{TWO}")
    start_study(picked, like=ids["Study"], name="Chosen")
    with write_session() as session:
        like = {"like": "Chosen"}
        session.add(AuditEvent(action="ask for labels", subject="study Labels", details=like))

    assert sampled_of("Chosen") is None
    assert set(sampled_of("Study")) == {0.1}
    with write_session() as session:
        told = [is_of_chosen(session, name) for name in ("Chosen", "Labels", "Study", "None")]
        session.add(AuditEvent(action="discard study", subject="study Chosen"))
        session.flush()
        # Another study of the name of one that is gone is a study of its own.
        again = is_of_chosen(session, "Chosen")
    assert (told, again) == ([True, True, False, False], False)


def test_responses_of_two_eval_sets_make_no_version(ids):
    others = make_eval_set(name="Others", models=("Fourth",), n_cases=1)

    with pytest.raises(RefusedError, match="of 2 eval sets: “Others”, “Support questions”"):
        make_version([ids[f"case-0/{ONE}"], others["case-0/Fourth"]], note="Both")


def test_watched_cases_say_why_they_exist_and_those_that_did_keep_it(ids):
    with write_session() as session:
        session.get(Case, ids["case-0"]).note = "Blunt since May"
    picked = chosen(ids, f"case-0/{ONE}", f"case-2/{ONE}", f"case-2/{TWO}")

    with pytest.raises(RefusedError, match="Say why these cases are watched"):
        watch_cases(picked, why=" ")
    assert watch_cases(picked, why="Tone", actor_id=ids["Ada"]) == 2
    assert watch_cases(picked, why="Tone") == 0  # the same again changes nothing

    watched = {case.key: case.note for case in rows(Case, col(Case.is_watched))}
    assert watched == {"case-0": "Blunt since May", "case-2": "Tone"}
    kinds = [(event.kind, event.after) for event in rows(CaseEvent)]
    assert sorted(kinds) == [("note", "Tone"), ("watched", "watched"), ("watched", "watched")]


def test_the_table_has_a_row_for_what_was_said_and_runs_no_formula(ids):
    with write_session() as session:
        output = session.get(Output, ids[f"case-0/{TWO}"])
        output.content = "@SUM(A1)"
    picked = chosen(ids, f"case-0/{TWO}", f"case-2/{ONE}")
    with read_session() as session:
        study = result_study(session, name="Study")
        content = selection_csv(
            session, study, selection_of(session, picked), filters=ResultFilters()
        )

    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    assert tuple(table[0]) == COLUMNS
    error, comment, nothing = table
    assert error["response"] == "'@SUM(A1)"
    assert error["input"] == "user: What about number 0?"
    said = ("annotator", "what", "error", "severity", "note")
    assert [error[name] for name in said] == ["Ada", "error", "Tone", "major", "'=cmd()"]
    assert [comment[name] for name in said] == ["Ada", "comment", "", "", "Too blunt"]
    assert (nothing["case"], nothing["model"], nothing["annotator"]) == ("case-2", ONE, "")


def test_the_start_of_a_judge_shows_examples_of_the_train_split_alone(ids):
    # Content hashes whose split is computed from SHA-256 by the rule of evalkit.judging.split.
    of_part = {part: next(h for h in map(str, range(999)) if split_of(h) is part) for part in Split}
    words = {Split.TRAIN: "I am Zephyr-9, at your service.", Split.DEV: "dev words"}
    with write_session() as session:
        for number, (part, hashed) in enumerate(of_part.items()):
            session.get(Case, ids[f"case-{number}"]).case_hash = hashed
            output = session.get(Output, ids[f"case-{number}/{TWO}"])
            output.content = words.get(part, "test words")
        for mark in session.exec(select(ErrorMark)):
            mark.quote, mark.note = "at your service", "Obsequious."
    picked = chosen(ids, *(f"case-{number}/{TWO}" for number in range(3)))

    with read_session() as session:
        selection = selection_of(session, picked)
        study = result_study(session, name="Study")
        made = judge_start(session, study, selection, tag_id=ids["tone"], filters=ResultFilters())
    start = made.request

    text = json.dumps(start, ensure_ascii=False)
    assert ("at your service" in text, "dev words" in text, "test words" in text) == (
        True,
        False,
        False,
    )
    assert "Zephyr" not in text  # masked, as annotators see it
    roles = [message["role"] for message in start["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    system, _, answer, last = (message["content"] for message in start["messages"])
    assert "tone" in system
    assert "hallucination" not in system
    assert json.loads(answer) == {
        "rationale": "Obsequious.",
        "errors": [{"tag": "tone", "quote": "at your service", "severity": "major"}],
    }
    assert last == ""
    said = judge_words(selection, "Tone", n_examples=made.n_examples)
    assert "with 1 example of the train split. 2 cases of the dev and test splits" in said


def test_a_judge_is_taught_by_people_of_the_study_that_count_and_never_by_a_judge(ids):
    tone = ids["tone"]
    make_study(ids, name="Other")
    ids["tone"] = tone
    of_train = next(h for h in map(str, range(999)) if split_of(h) is Split.TRAIN)
    response = f"case-1/{TWO}"
    with write_session() as session:
        session.get(Case, ids["case-1"]).case_hash = of_train
    marked = {"marks": [(response, "tone")], "severity": "major"}
    annotate(ids, "Robot", response, is_judge=True, note="By a judge", **marked)
    with write_session() as session:
        session.get(Study, ids["Other"]).taxonomy_id = session.get(Study, ids["Study"]).taxonomy_id
    annotate(ids, "Eve", response, study="Other", note="Elsewhere", **marked)

    def told(filters):
        with read_session() as session:
            study = result_study(session, name="Study")
            selection = selection_of(session, chosen(ids, response))
            made = judge_start(session, study, selection, tag_id=tone, filters=filters)
        return made.n_examples, [
            note for note in ("By a judge", "Elsewhere", "Late") if note in json.dumps(made.request)
        ]

    judges = ResultFilters(judges=True, every_judge=True)
    assert told(ResultFilters()) == told(judges) == (0, [])
    annotate(ids, "Bob", response, note="Late", **marked)
    assert told(ResultFilters()) == told(judges) == (1, ["Late"])
    assert told(ResultFilters(annotator_ids=(ids["Ada"],))) == (0, [])


def test_a_judge_for_an_error_that_is_not_asked_for_is_refused(ids):
    make_study(ids, name="Other")  # its taxonomy has the same keys: its rows are others
    with write_session() as session:
        session.get(Study, ids["Study"]).taxonomy_id = None
    with read_session() as session:
        selection = selection_of(session, chosen(ids, f"case-0/{TWO}"))
        with pytest.raises(RefusedError, match="no kinds of errors"):
            judge_start(
                session,
                result_study(session, name="Study"),
                selection,
                tag_id=ids["tone"],
                filters=ResultFilters(),
            )


def test_a_study_asks_for_a_later_version_of_the_taxonomy_only_where_that_is_asked_for(ids):
    with read_session() as session:
        taxonomy = session.get(Taxonomy, session.get(Study, ids["Study"]).taxonomy_id).name
        assert newer_taxonomy(session, ids["Study"]) is None
        (note,) = notes(
            session, result_study(session, name="Study"), filters=ResultFilters(),
            sources=(NoteSource.COMMENT,),
        ).rows  # fmt: skip
    code_notes(ids["Study"], [note], name="Wrong total")
    picked = chosen(ids, f"case-0/{ONE}")

    with read_session() as session:
        newer = newer_taxonomy(session, ids["Study"])
    as_before = start_study(picked, like=ids["Study"], name="As before")
    asked = {"like": ids["Study"], "name": "With it", "taxonomy_version": newer.newest}
    with_it = start_study(picked, **asked)

    assert (newer.name, newer.asked, newer.newest) == (taxonomy, 1, 2)
    assert versions_differ(newer.before, newer.after) == "New: “Wrong total”."
    of_study = col(Taxonomy.id) == col(Study.taxonomy_id)
    with read_session() as session:
        asks = select(Study.name, Taxonomy.version).join(Taxonomy, of_study)
        versions = dict(session.exec(asks).all())
    assert versions == {"Study": 1, "As before": 1, "With it": 2}
    assert (as_before.is_new, start_study(picked, **asked).is_new) == (True, False)
    # The same name with what it asked for before is another study.
    with pytest.raises(RefusedError, match="already a study named"):
        start_study(picked, like=ids["Study"], name="With it")
    with pytest.raises(NotFoundError, match="no version 9 of its taxonomy"):
        start_study(picked, like=ids["Study"], name="Ninth", taxonomy_version=9)
    with read_session() as session:
        assert newer_taxonomy(session, with_it.number) is None


def test_each_way_says_before_what_it_will_make(ids):
    watch_cases(chosen(ids, f"case-0/{ONE}"), why="Tone")
    picked = chosen(ids, f"case-0/{ONE}", f"case-1/{TWO}")
    with read_session() as session:
        selection = selection_of(session, picked)
        planned = study_of(session, selection, ids["Study"])
        number, n_before = newest_of(session, selection.eval_set)

    assert selection.in_words() == "2 responses of 2 models to 2 cases"
    # Two cases of two models are four responses, two of which were not chosen.
    assert planned.n_responses == 4
    said = study_words(selection, "Study", n_responses=4, kind="pair by pair")
    assert "A study of 2 cases, pair by pair, with 4 responses, 2 of them not chosen" in said
    assert "Version 2 of “Support questions” with 2 cases of the 5 of version 1" in version_words(
        selection, n_before=n_before, number=number
    )
    said = watch_words(selection)
    assert said.startswith("1 case will raise an alarm")
    assert said.endswith("why 1 of them exist: nobody said. Watched already: 1.")
