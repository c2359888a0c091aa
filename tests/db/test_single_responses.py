"""A study that shows each response alone, from its plan to its results and records."""

import pytest
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assignments import hold_next, next_task_id
from db.commands.records import import_file, import_records
from db.commands.studies import create_study, set_study_open
from db.engine import read_session, write_session
from db.models import Annotator, Assignment, Study
from db.queries import results
from db.queries.annotation.own import own_annotations
from db.queries.annotation.progress import study_progress
from db.queries.annotation.task import comparison_task
from evalkit.annotation.planning import StudyPlan, collected_of
from evalkit.errors import RefusedError
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.decision.document import decided
from evalkit.reports.decision.sentences import verdict
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.ranking.sentences import basis, headline
from evalkit.reports.scores.report import scores_report
from evalkit.study.sentences import NOT_COMPARED
from evalkit.vocabulary import TaskKind
from tests.db.record_files import (
    CRITERION,
    case,
    empty_tables,
    exported,
    labels_of,
    output,
    pair_of_outputs,
    score,
    table_sizes,
    write,
)
from tests.factories import opened

CRITERIA = ("helpfulness", "correctness", "instruction_following")
N_CASES = 4


def entered(value=4, **tags):
    return {"scores": {"left": dict.fromkeys(CRITERIA, value)}, "tags": {"left": tags}}


def submit(assignment_id, annotator_id, draft):
    return commands.submit(
        assignment_id=assignment_id,
        opening=opened(assignment_id),
        annotator_id=annotator_id,
        draft=draft,
        active_seconds=3,
        submission_key=f"submission-{assignment_id}-{draft['scores']['left']['helpfulness']}",
    )


def store_log(*models):
    """Start a study of the production log of some models, with two people; give all ids."""
    records = [case(f"c{n}", f"What about {n}?") for n in range(N_CASES)]
    records += [
        output(f"c{n}", model, f"Answer {n}, {place}.")
        for n in range(N_CASES)
        for place, model in enumerate(models)
    ]
    import_records(records, source_name="the test", eval_set="Log")
    study_id = create_study(
        StudyPlan(
            name="How good",
            eval_set="Log",
            models=models,
            kind=TaskKind.SINGLE,
            collects=frozenset(collected_of(TaskKind.SINGLE)),
        )
    )
    with write_session() as session:
        people = [Annotator(name="Ann"), Annotator(name="Bo")]
        session.add_all(people)
        session.flush()
        return study_id, [person.id for person in people]


def judge_all(study_id, people):
    """Let everybody judge all there is: Ann gives 4 and finds an error, Bo gives 5."""
    for value, who in zip((4, 5), people, strict=True):
        while (assignment := next_task_id(study_id=study_id, annotator_id=who)) is not None:
            submit(assignment, who, entered(value, **({"tone": "minor"} if value == 4 else {})))


def collected():
    with read_session() as session:
        return results.collect(session, results.result_study(session, name="How good"))


def test_the_log_of_one_model_is_given_out_one_response_at_a_time(database):
    study_id, people = store_log("Zephyr-9000")

    judge_all(study_id, people)

    with read_session() as session:
        assignments = session.exec(select(Assignment)).all()
        progress = study_progress(session, study_id, annotator_id=people[0])
        own, _ = own_annotations(session, study_id, annotator_id=people[0])
    assert len(assignments) == 2 * N_CASES
    assert {assignment.right_output_id for assignment in assignments} == {None}
    assert len({(a.annotator_id, a.left_output_id) for a in assignments}) == 2 * N_CASES
    assert (progress.n_done, progress.n_left) == (N_CASES, 0)
    assert len(own) == N_CASES


def test_what_an_annotator_sees_is_one_response_with_its_rubric_and_no_choice(database):
    study_id, (ann, _) = store_log("Zephyr-9000", "Quasar Pro 3")
    with read_session() as session:
        assignment = next_task_id(study_id=study_id, annotator_id=ann)
        task = comparison_task(session, assignment, annotator_id=ann)

    assert set(task.responses) == {"left"}
    assert task.collect == {"scores", "tags", "comment"}
    assert task.responses["left"].text.startswith("Answer")
    seen = repr(task)
    assert not any(name in seen for name in ("Zephyr", "9000", "Quasar"))


def test_what_is_missing_of_a_single_response_names_no_side(database):
    study_id, (ann, _) = store_log("A")
    assignment = next_task_id(study_id=study_id, annotator_id=ann)
    draft = entered()
    del draft["scores"]["left"]["correctness"]

    with pytest.raises(RefusedError, match=r"Still to do: “[^”]*correct\?”\.$"):
        submit(assignment, ann, draft)


def test_a_single_response_is_held_drafted_skipped_and_undone_like_a_pair(database):
    study_id, (ann, bo) = store_log("A")
    first = next_task_id(study_id=study_id, annotator_id=ann)
    held = hold_next(study_id=study_id, annotator_id=ann, on_screen=None)
    assert held == first  # what is begun comes first

    commands.save_draft(
        assignment_id=first,
        annotator_id=ann,
        opening=opened(first),
        draft=entered(2),
        active_seconds=1,
    )
    assert next_task_id(study_id=study_id, annotator_id=ann) == first
    submit(first, ann, entered(2))
    commands.withdraw(assignment_id=first, annotator_id=ann, opening=opened(first))
    assert next_task_id(study_id=study_id, annotator_id=ann) == first
    commands.skip(assignment_id=first, annotator_id=ann, opening=opened(first), reason="other")
    assert next_task_id(study_id=study_id, annotator_id=ann) != first

    judged = []
    while (assignment := next_task_id(study_id=study_id, annotator_id=bo)) is not None:
        submit(assignment, bo, entered())
        judged.append(assignment)
    assert len(judged) == N_CASES


def test_results_of_one_model_say_its_scores_and_that_nothing_was_to_be_compared(database):
    judge_all(*store_log("A"))

    study = collected()
    ranking, scores = ranking_report(study), scores_report(study)

    # Ann gives 4 and Bo 5 everywhere: the mean of each case is 4.5.
    assert headline(ranking, scores).startswith("On helpfulness, A has a mean of 4.50")
    # Two people, three scores and one look for errors on each of four responses.
    assert basis(study, ranking) == (
        "24 scores and 8 looks at responses for errors by 2 annotators; "
        "no comparisons were asked for in this study."
    )
    assert ranking.reason == NOT_COMPARED
    assert ranking_document(study)["reason"] == NOT_COMPARED
    assert agreement_report(study).preference.alpha.reason == NOT_COMPARED
    assert verdict(decided(study), ()) == "There is one model only: A."


def test_results_of_several_models_compare_their_scores_by_case(database):
    judge_all(*store_log("A", "B", "C"))

    study = collected()
    preferred, helpful, *_ = significance_report(study)

    assert {pair.estimate.reason for pair in preferred.pairs} == {NOT_COMPARED}
    assert [pair.estimate.value for pair in helpful.pairs] == [0, 0, 0]
    assert decided(study).chosen.measure.key == "helpfulness"


def test_a_file_of_scores_alone_can_be_gone_on_with_one_response_at_a_time(database, tmp_path):
    labels = [CRITERION, *pair_of_outputs(), case("c2"), output("c2"), output("c2", "B")]
    import_file(write(tmp_path / "scores.jsonl", [*labels, score(annotator="Ann")]))
    with write_session() as session:
        study = session.exec(select(Study)).one()
        bo = Annotator(name="Bo")
        session.add(bo)
        session.flush()
        study_id, who = study.id, bo.id
    set_study_open(study_id, is_open=True)

    shown = []
    while (assignment := next_task_id(study_id=study_id, annotator_id=who)) is not None:
        commands.submit(
            assignment_id=assignment,
            opening=opened(assignment),
            annotator_id=who,
            draft={"scores": {"left": {"helpful": 3}}},
            active_seconds=0,
            submission_key=f"submission-{assignment}",
        )
        shown.append(assignment)

    with read_session() as session:
        given = [session.get_one(Assignment, assignment) for assignment in shown]
    # Four responses, one place each, of which Ann took one.
    assert len(given) == 3
    assert {(each.right_output_id, each.inclusion_probability) for each in given} == {(None, 1.0)}


@pytest.mark.parametrize("models", [("A",), ("A", "B")])
def test_single_responses_leave_and_come_back_byte_for_byte(database, tmp_path, models):
    study_id, people = store_log(*models)
    judge_all(study_id, people)
    with read_session() as session:
        first = session.exec(select(Assignment).where(Assignment.annotator_id == people[0])).first()
    submit(first.id, people[0], entered(1))  # an edit
    lines = exported("How good", include_superseded=True)
    labels = labels_of(lines)
    assert {label["type"] for label in labels} == {"score", "error"}
    assert all(label["assignment"] for label in labels)
    file = tmp_path / "all.jsonl"
    file.write_text("".join(lines))
    sizes = table_sizes()
    empty_tables()

    import_file(file)

    assert exported("How good", include_superseded=True) == lines
    assert table_sizes()["annotation"] == sizes["annotation"]
    with read_session() as session:
        study = session.exec(select(Study).where(Study.name == "How good")).one()
    assert (study.task_kind, study.collects_preference) == (TaskKind.SINGLE, False)
    assert ranking_report(collected()).reason == NOT_COMPARED


def test_two_responses_scored_on_one_screen_are_a_pair_though_nobody_compared_them(
    database, tmp_path
):
    scores = [score(3, assignment="one"), score(1, model="B", assignment="one")]
    import_file(write(tmp_path / "file.jsonl", [CRITERION, *pair_of_outputs(), *scores]))

    with read_session() as session:
        study = session.exec(select(Study)).one()
        shown = session.exec(select(Assignment)).one()
    assert shown.right_output_id is not None
    assert (study.task_kind, study.collects_preference) == (TaskKind.PAIR, False)
