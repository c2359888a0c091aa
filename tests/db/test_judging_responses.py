"""Judges of single responses over real HTTP: their known faults are what is found again."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from sqlmodel import select

from db import judging
from db.commands.judgings import begin_judging
from db.commands.records import import_file
from db.engine import read_session
from db.models import Annotation, Annotator, Assignment, ErrorMark, Score
from db.queries.integrity import integrity_findings
from db.queries.judgings import judging_progress
from db.queries.results import ResultFilters, collect, result_study
from evalkit.errors import RefusedError
from evalkit.judging.plan import JudgePlan
from evalkit.reports.judges.report import judges_report
from evalkit.running.endpoint import Endpoint
from evalkit.stats.judges.answers import beside
from evalkit.stats.judges.by_value import value_rows
from evalkit.study.collected import Tag
from evalkit.study.subjects import codings_of, subject_key
from evalkit.vocabulary import JudgeTask
from tests.db.record_files import exported
from tests.endpoint.judge import NoisyReader
from tests.endpoint.server import KEY, serving
from tests.endpoint.study import CRITERION, TAGS, store_scored_study, store_study, truths

N_CASES = 4
N_RESPONSES = 2 * N_CASES
EXACT = dict.fromkeys((CRITERION, *TAGS), 1.0)


def reader(n_cases=N_CASES, **how):
    asked = {"sensitivity": EXACT, "specificity": EXACT, "criteria": (CRITERION,), "tags": TAGS}
    return NoisyReader(truths(n_cases), **{**asked, **how})


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving(default=reader()) as running:
        yield running


@pytest.fixture
def study(sqlite_database, store_once):
    store_once(store_scored_study, n_cases=N_CASES)
    return sqlite_database


def plan_at(server, task=JudgeTask.RESPONSE, **how):
    return JudgePlan("Study", "m", Endpoint(server.base_url, "TEST_KEY"), task=task, **how)


def judge(plan):
    judging_id = begin_judging(plan).judging_id
    assert judging.judge_on(judging_id)
    with read_session() as session:
        return judging_progress(session, judging_id)


def said(table):
    """Return what judges gave responses."""
    with read_session() as session:
        return session.exec(
            select(table)
            .join(Annotation, Annotation.id == table.annotation_id)
            .join(Assignment, Assignment.id == Annotation.assignment_id)
            .join(Annotator, Annotator.id == Assignment.annotator_id)
            .where(Annotator.kind == "judge")
        ).all()


def written():
    return exported("Study")


def collected():
    with read_session() as session:
        study = result_study(session, name="Study")
        return collect(session, study, filters=ResultFilters(judges=True))


def near(share, expected, n):
    """Tell whether a share of n is within three standard errors of what is expected."""
    return abs(share - expected) <= 3 * (expected * (1 - expected) / n) ** 0.5


def test_each_response_is_asked_about_once_and_scored_and_looked_through_on_either_database(
    database, server
):
    store_scored_study(n_cases=N_CASES)

    progress = judge(plan_at(server))

    assert (progress.state, progress.n_answered, progress.n_unreadable) == ("done", N_RESPONSES, 0)
    assert Counter(server.asked.values()) == {1: N_RESPONSES}
    truth = truths(N_CASES).values()
    assert len(said(Score)) == N_RESPONSES
    assert sum(score.value for score in said(Score)) == sum(each[CRITERION] for each in truth)
    marks = said(ErrorMark)
    n_marks = sum(each[tag] for each in truth for tag in TAGS)
    n_clean = sum(not any(each[tag] for tag in TAGS) for each in truth)
    assert Counter(mark.tag_id is None for mark in marks) == {False: n_marks, True: n_clean}
    # Every response begins with its own words, so each mark has the place where they stand.
    assert {(mark.start, mark.quote) for mark in marks if mark.tag_id} <= {
        (0, "Response 0"),
        (0, "Response 1"),
    }
    assert [finding for finding in integrity_findings() if finding.problems] == []
    assert judge(plan_at(server)).n_answered == len(server.requests) == N_RESPONSES


def test_known_sensitivity_and_specificity_are_what_the_numbers_about_the_judge_say(
    sqlite_database, server
):
    """Each within three standard errors; people say what is true, so recall is that of the judge.

    Whether any error was marked follows from the tags, which are drawn independently: it is not
    where none of the true ones is seen and none of the others imagined.
    """
    n_cases = 60
    store_scored_study(n_cases=n_cases)
    sensitivity = {CRITERION: 0.9, "invented": 0.75, "tone": 0.5}
    specificity = {CRITERION: 0.7, "invented": 0.95, "tone": 0.8}
    server.models["m"] = reader(n_cases, sensitivity=sensitivity, specificity=specificity, seed=5)

    judge(plan_at(server, concurrency=8))

    study = collected()
    truth = list(truths(n_cases).values())
    report = judges_report(study)
    (judged,) = [row for row in report.rows if subject_key(row.subject) == CRITERION]
    places = {value: place for place, value in enumerate(judged.value_names)}
    recall = {row.value: row.recall.value for row in judged.values}
    holds = sum(each[CRITERION] for each in truth)
    assert near(recall[places[1.0]], 0.9, holds)
    assert near(recall[places[0.0]], 0.7, len(truth) - holds)
    place = [who.kind for who in study.annotators].index("judge")
    for tag in study.tags:
        has = np.array([each[tag.key] for each in truth])
        no, yes = value_rows(beside(codings_of(study, Tag(tag.key, tag.name)), place))
        assert near(yes.recall.value, sensitivity[tag.key], has.sum())
        assert near(no.recall.value, specificity[tag.key], (~has).sum())
    (anything,) = [row for row in report.rows if subject_key(row.subject) == "any_error"]
    silent = np.array(
        [
            np.prod([1 - sensitivity[tag] if each[tag] else specificity[tag] for tag in TAGS])
            for each in truth
        ]
    )
    is_any = np.array([any(each[tag] for tag in TAGS) for each in truth])
    no, yes = anything.values
    assert near(yes.recall.value, (1 - silent)[is_any].mean(), is_any.sum())
    assert near(no.recall.value, silent[~is_any].mean(), (~is_any).sum())
    # A judge without these faults would be told from this one.
    assert not near(yes.recall.value, 0.999, is_any.sum())


@pytest.mark.parametrize(
    ("task", "has_scores", "has_marks"),
    [(JudgeTask.SCORES, True, False), (JudgeTask.ERRORS, False, True)],
)
def test_a_judge_of_scores_marks_nothing_and_one_of_errors_scores_nothing(
    study, server, task, has_scores, has_marks
):
    progress = judge(plan_at(server, task))

    assert progress.task is task
    assert (bool(said(Score)), bool(said(ErrorMark))) == (has_scores, has_marks)


def test_an_answer_that_cannot_be_read_is_kept_counted_and_not_asked_again(study, server):
    server.models["m"] = reader(unreadable=1.0)

    progress = judge(plan_at(server))

    assert (progress.n_answered, progress.n_unreadable) == (N_RESPONSES, N_RESPONSES)
    assert said(Score) == said(ErrorMark) == []
    answers = [json.loads(line) for line in written() if '"answer"' in line]
    assert {each["metadata"]["raw"] for each in answers} == {"It has its merits."}
    assert judge(plan_at(server)).n_answered == len(server.requests) == N_RESPONSES


def test_an_export_of_scores_and_marks_is_imported_as_the_same(
    study, server, tmp_path, another_database
):
    server.models["m"] = reader(unreadable=0.3)
    progress = judge(plan_at(server, repeats=2))
    assert 0 < progress.n_unreadable < progress.n_answered == 2 * N_RESPONSES
    path = tmp_path / "study.jsonl"
    path.write_text("".join(lines := written()), encoding="utf-8")

    counts = import_file(path).counts

    assert sum(count.new for count in counts.values()) == 0
    assert any('"rationale": "I read it twice."' in line for line in lines)
    another_database()
    import_file(path)
    assert written() == lines


def test_only_what_people_judged_is_asked_about_unless_all_is_wished(sqlite_database, server):
    store_scored_study(n_cases=N_CASES, n_judged=1)

    assert judge(plan_at(server)).n_answered == 2
    assert judge(plan_at(server, is_all=True)).n_answered == N_RESPONSES


def test_what_a_study_does_not_ask_no_judge_is_asked(sqlite_database, server):
    store_study(n_cases=2)

    with pytest.raises(RefusedError, match="no criterion with a scale"):
        begin_judging(plan_at(server, JudgeTask.SCORES))
    with pytest.raises(RefusedError, match="no kinds of errors"):
        begin_judging(plan_at(server, JudgeTask.ERRORS))


def test_a_study_whose_responses_nobody_scored_is_refused(sqlite_database, server):
    store_scored_study(n_cases=2, n_judged=0)
    scores = plan_at(server, JudgeTask.SCORES)

    with pytest.raises(RefusedError, match="No response of this study was scored by people"):
        begin_judging(scores)
    assert begin_judging(replace(scores, is_all=True)).is_new
