"""A judging from its pairs to its verdicts over real HTTP: each once, kept as by an import."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlmodel import select

from db import judging
from db.commands.errands import JUDGING, stop_errand
from db.commands.judgings import begin_judging
from db.commands.records import import_file
from db.engine import engine, read_session, write_session
from db.models import Annotation, Annotator, AskedVerdict, Assignment, Judging, Output, Study
from db.queries.integrity import integrity_findings
from db.queries.judgings import (
    count_done_judgings,
    is_judging_open,
    judging_progress,
    judgings,
)
from db.queries.results import ResultFilters, collect, result_study
from evalkit.errors import NotFoundError, RefusedError
from evalkit.judging.plan import JudgePlan
from evalkit.reports.judges.report import judges_report
from evalkit.running.endpoint import Endpoint
from evalkit.running.prices import Prices
from evalkit.study.subjects import PREFERRED
from evalkit.vocabulary import Api, SoftScore
from tests.db.record_files import exported
from tests.endpoint.judge import NoisyJudge
from tests.endpoint.server import KEY, Trouble, serving
from tests.endpoint.spoken import plain
from tests.endpoint.study import MODELS, qualities, store_study, text_of

N_CASES = 6
N_VERDICTS = 2 * N_CASES


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving(default=NoisyJudge(qualities(40))) as running:
        yield running


@pytest.fixture
def study(sqlite_database, store_once):
    store_once(store_study, n_cases=N_CASES)
    return sqlite_database


def plan_at(server, **how):
    return JudgePlan("Study", "m", Endpoint(server.base_url, "TEST_KEY"), **how)


def judge(plan, **how):
    judging_id = begin_judging(plan).judging_id
    assert judging.judge_on(judging_id, **how)
    return progress_of(judging_id)


def progress_of(judging_id):
    with read_session() as session:
        return judging_progress(session, judging_id)


def verdicts():
    """Return what judges said: annotations with their assignments."""
    with read_session() as session:
        return session.exec(
            select(Annotation, Assignment)
            .join(Assignment, Assignment.id == Annotation.assignment_id)
            .join(Annotator, Annotator.id == Assignment.annotator_id)
            .where(Annotator.kind == "judge")
            .order_by(Annotation.id)
        ).all()


def written():
    with read_session() as session:
        study = session.exec(select(Study.name)).one()
        return exported(study)


def texts_by_id():
    with read_session() as session:
        return dict(session.exec(select(Output.id, Output.content)).all())


def near(share, expected, n):
    """Tell whether a share of n is within three standard errors of what is expected."""
    return abs(share - expected) <= 3 * (expected * (1 - expected) / n) ** 0.5


def report():
    with read_session() as session:
        study = result_study(session, name="Study")
        collected = collect(session, study, filters=ResultFilters(judges=True))
    return judges_report(collected)


def test_each_pair_is_asked_once_in_each_order_on_either_database(database, server):
    store_study(n_cases=N_CASES)

    progress = judge(plan_at(server, concurrency=4))

    assert (progress.state, progress.n_answered, progress.n_again) == ("done", N_VERDICTS, 0)
    assert Counter(server.asked.values()) == {1: N_VERDICTS}
    sides = [(shown.left_output_id, shown.right_output_id) for _, shown in verdicts()]
    assert len(set(sides)) == N_VERDICTS
    assert {tuple(reversed(pair)) for pair in sides} == set(sides)
    # A judge that is always right, beside people who are, too.
    (row,) = report().on(PREFERRED)
    assert (row.orders.right.mean.value, row.orders.positions.positional.value) == (1.0, 1.0)
    assert [finding for finding in integrity_findings() if finding.problems] == []


def test_a_judge_s_known_faults_are_found_again_in_the_report(sqlite_database, server):
    """Each within three standard errors of what the judge was made to do; draws are independent."""
    n_cases = 40
    store_study(n_cases=n_cases, n_models=3)
    noisy = NoisyJudge(
        qualities(n_cases),
        accuracy=0.9,
        towards_a=0.35,
        towards_longer=0.25,
        unreadable=0.05,
        seed=3,
    )
    server.models["m"] = noisy

    progress = judge(plan_at(server, concurrency=8))

    # For each pair: is the better one the longer, and how often is it named as A and as B.
    pairs = [
        sorted((text_of(case, left), text_of(case, right)), key=noisy.quality.__getitem__)
        for case in range(n_cases)
        for left, right in ((0, 1), (0, 2), (1, 2))
    ]
    is_longer = np.array([len(better) > len(worse) for worse, better in pairs])
    as_a, as_b = (
        np.array([noisy.is_right(is_a=is_a, is_longer=longer) for longer in is_longer])
        for is_a in (True, False)
    )
    n_all = 2 * len(pairs)
    assert progress.n_answered == n_all
    assert near(progress.n_unreadable / n_all, 0.05, n_all)
    (row,) = report().on(PREFERRED)
    n = row.orders.n_pairs  # of which both orders could be read
    assert near(n / len(pairs), 0.95**2, len(pairs))
    assert near(row.orders.right.mean.value, np.mean((as_a + as_b) / 2), 2 * n)
    assert near(
        row.orders.positions.positional.value, np.mean(as_a * as_b + (1 - as_a) * (1 - as_b)), n
    )
    texts = texts_by_id()
    sides = [
        (said.preference, len(texts[it.left_output_id]), len(texts[it.right_output_id]))
        for said, it in verdicts()
        if said.preference
    ]
    says_a = np.mean([preference == "left" for preference, *_ in sides])
    says_longer = np.mean([(preference == "left") == (a > b) for preference, a, b in sides])
    # A is named where it is the better and that is seen, and where B is and that is not.
    assert near(says_a, np.mean((as_a + 1 - as_b) / 2), n_all)
    right = (as_a + as_b) / 2
    assert near(says_longer, np.mean(np.where(is_longer, right, 1 - right)), n_all)
    # A judge without these faults would be told from this one.
    fair = NoisyJudge({}, accuracy=0.9).is_right(is_a=True, is_longer=True)
    assert not near(row.orders.right.mean.value, fair, 2 * n)
    assert not near(row.orders.positions.positional.value, fair**2 + (1 - fair) ** 2, n)
    assert not near(says_a, 0.5, n_all)


def test_a_verdict_keeps_its_rationale_its_raw_answer_and_what_it_took(study, server):
    progress = judge(plan_at(server, prices=Prices(1.0, 10.0)))

    said, shown = verdicts()[0]
    # 1000 tokens at 1 and 100 at 10 US dollars per million, 12 times
    assert progress.cost_usd == pytest.approx(N_VERDICTS * 0.002)
    side = "A" if said.preference == "left" else "B"
    assert json.loads(said.details["metadata"]["raw"])["verdict"] == side
    assert said.details["rationale"] == f"I prefer {side}."
    assert said.details["cost_usd"] == pytest.approx(0.002)
    assert (said.details["input_tokens"], said.details["output_tokens"]) == (1000, 100)
    assert said.details["latency_ms"] > 0
    assert (shown.policy, shown.state) == ("imported", "submitted")


def test_what_a_judge_is_asked_names_no_model_and_masks_what_would(study, server):
    server.models["m"] = plain()
    with write_session() as session:
        session.exec(select(Study)).one().leak_policy = "mask"  # as those begun here have it
        for output in session.exec(select(Output)):
            output.content = "I am Amber. What else?"

    judge(plan_at(server))

    asked = json.dumps([body["messages"] for _, body in server.requests])
    assert asked.count("What else?") == 2 * N_VERDICTS
    assert not any(model in asked for model in MODELS)


def test_an_export_of_verdicts_is_imported_as_the_same(study, server, tmp_path, another_database):
    server.models["m"] = NoisyJudge(qualities(N_CASES), unreadable=0.3)
    judge(plan_at(server, repeats=2))
    path = tmp_path / "study.jsonl"
    path.write_text("".join(lines := written()), encoding="utf-8")

    counts = import_file(path).counts

    assert sum(count.new for count in counts.values()) == 0
    assert sum('"annotator_kind": "judge"' in line for line in lines) == 2 * N_VERDICTS
    another_database()
    import_file(path)
    assert written() == lines


@pytest.mark.parametrize("soft", SoftScore)
@pytest.mark.parametrize("api", Api)
def test_how_sure_a_judge_was_is_stored_exported_and_imported(
    study, server, tmp_path, another_database, soft, api
):
    server.models["m"] = NoisyJudge(qualities(N_CASES), sure=0.8)

    judge(plan_at(server, soft=soft, api=api))

    assert {said.probability for said, _ in verdicts()} == {0.8}
    path = tmp_path / "study.jsonl"
    path.write_text("".join(lines := written()), encoding="utf-8")
    assert sum('"probability": 0.8' in line for line in lines) == N_VERDICTS
    assert sum(count.new for count in import_file(path).counts.values()) == 0
    another_database()
    import_file(path)
    assert written() == lines


def test_the_same_judge_is_never_asked_again_what_it_judged(study, server):
    first = judge(plan_at(server))

    second = judge(plan_at(server))

    assert (second.judging_id, second.state, second.n_answered) == (first.judging_id, "done", 12)
    assert len(server.requests) == len(verdicts()) == N_VERDICTS
    with write_session() as session:  # as after an import into another database
        for row in session.exec(select(AskedVerdict)):
            session.delete(row)
    third = judge(plan_at(server))
    assert (third.n_answered, len(server.requests)) == (N_VERDICTS, N_VERDICTS)


def test_more_repeats_ask_what_is_missing_and_are_looks_of_their_own(study, server):
    judge(plan_at(server))

    progress = judge(plan_at(server, repeats=2))

    assert progress.n_answered == 2 * N_VERDICTS
    assert Counter(server.asked.values()) == {2: N_VERDICTS}
    looks = Counter(shown.presentation.endswith("~2") for _, shown in verdicts())
    assert looks == {False: N_VERDICTS, True: N_VERDICTS}


def test_another_setting_is_another_judge(study, server):
    judge(plan_at(server))

    judge(plan_at(server, parameters={"temperature": 0.5}))

    with read_session() as session:
        names = session.exec(select(Annotator.name).where(Annotator.kind == "judge")).all()
    assert len(set(names)) == 2
    assert len(verdicts()) == 2 * N_VERDICTS


def test_only_what_people_compared_is_judged_unless_all_is_wished(sqlite_database, server):
    store_study(n_cases=N_CASES, n_models=3, n_compared=2)

    assert judge(plan_at(server)).n_answered == 2 * 3 * 2  # cases, pairs of models, orders

    assert judge(plan_at(server, is_all=True)).n_answered == N_CASES * 3 * 2
    assert Counter(server.asked.values()) == {1: N_CASES * 3 * 2}


def test_a_study_without_a_comparison_by_people_is_refused_and_nothing_stored(
    sqlite_database, server
):
    store_study(n_cases=2, n_compared=0)

    with pytest.raises(RefusedError, match="--all"):
        begin_judging(plan_at(server))
    with pytest.raises(NotFoundError, match="There is no study named “Other”"):
        begin_judging(replace(plan_at(server), study="Other"))

    with read_session() as session:
        assert session.exec(select(Annotator)).all() == []


def test_what_fails_is_no_verdict_and_is_asked_again(study, server):
    server.trouble(Trouble.TOO_LONG, times=2, fits=lambda body: "Question 3?" in str(body))

    progress = judge(plan_at(server))

    assert (progress.state, progress.n_answered, progress.n_failed) == ("done", N_VERDICTS - 2, 2)
    ((error, n),) = progress.reasons
    assert "maximum context length" in error
    assert (n, len(verdicts())) == (2, N_VERDICTS - 2)

    again = judge(plan_at(server))
    assert (again.n_answered, again.n_failed, again.reasons) == (N_VERDICTS, 0, ())
    assert len(server.requests) == N_VERDICTS + 2


def test_an_answer_that_cannot_be_read_is_kept_as_such_and_not_asked_again(study, server):
    server.models["m"] = NoisyJudge(qualities(N_CASES), unreadable=1.0)

    progress = judge(plan_at(server))

    assert (progress.n_answered, progress.n_unreadable) == (N_VERDICTS, N_VERDICTS)
    said, _ = verdicts()[0]
    assert (said.preference, said.is_unreadable) == (None, True)
    assert said.details["metadata"]["raw"] == "Both have their merits."
    assert judge(plan_at(server)).n_answered == N_VERDICTS
    assert len(server.requests) == N_VERDICTS


def test_a_budget_stops_a_judging_and_another_one_goes_on(study, server):
    prices = Prices(0.0, 1000.0)  # a verdict of 100 tokens costs 0.1
    plan = plan_at(server, prices=prices, budget_usd=0.45, parameters={"max_tokens": 100})

    progress = judge(plan)

    assert (progress.state, progress.n_answered) == ("stopped", 4)
    assert progress.reason == (
        "The budget of 0.45 US dollars does not carry another verdict: 0.4000 are spent."
    )
    assert judge(replace(plan, budget_usd=5.0)).n_answered == N_VERDICTS
    assert Counter(server.asked.values()) == {1: N_VERDICTS}


def test_a_judging_whose_study_asks_otherwise_by_now_is_stopped_with_the_reason(study, server):
    judging_id = begin_judging(plan_at(server)).judging_id
    with write_session() as session:
        session.exec(select(Study)).one().guidelines = "Facts first."

    judging.judge_on(judging_id)

    progress = progress_of(judging_id)
    assert (progress.state, progress.n_answered) == ("stopped", 0)
    assert "another judge" in progress.reason
    assert server.requests == []


def test_only_one_of_two_workers_judges(study, server):
    judging_id = begin_judging(plan_at(server), lease="somebody").judging_id

    assert not judging.judge_on(judging_id)
    with pytest.raises(RefusedError, match="Somebody works on this judging already"):
        begin_judging(plan_at(server), lease="me")


def test_a_judging_that_is_stopped_asks_no_more_and_stores_what_is_on_its_way(study, server):
    judging_id = begin_judging(plan_at(server, concurrency=2)).judging_id
    seen = []

    def stop_at_third(stored):
        seen.append(stored)
        if len(seen) == 3:
            stop_errand(JUDGING, judging_id, "Enough.")

    judging.judge_on(judging_id, on_stored=stop_at_third)

    progress = progress_of(judging_id)
    assert (progress.state, progress.reason) == ("stopped", "Enough.")
    assert progress.n_answered == len(server.requests) == len(verdicts())
    assert 3 <= progress.n_answered < N_VERDICTS


def test_an_estimate_counts_what_is_left_and_asks_nothing(study, server):
    plan = plan_at(server, prices=Prices(1.0, 1.0), parameters={"max_tokens": 50})

    estimate = judging.estimate_judging(plan)

    assert server.requests == []
    assert (estimate.n_cases, estimate.output_per_case) == (N_VERDICTS, 50)
    assert estimate.cost_usd == pytest.approx((estimate.input_tokens + N_VERDICTS * 50) / 1e6)
    judge(plan)
    assert judging.estimate_judging(plan).n_cases == 0
    engine().dispose()


def test_of_judgings_that_are_done_only_the_newest_are_counted_through(database):
    store_study(n_cases=1)
    stopped = ("m0", "m2")
    with write_session() as session:
        study_id = session.exec(select(Study.id)).one()
        for place in range(5):
            judge = Annotator(name=f"m{place}", kind="judge")
            session.add(judge)
            session.flush()
            session.add(
                Judging(
                    model=judge.name,
                    base_url="http://127.0.0.1:1",
                    parameters={},
                    study_id=study_id,
                    annotator_id=judge.id,
                    identity={},
                    identity_hash=judge.name,
                    state="stopped" if judge.name in stopped else "done",
                    created_at=datetime(2026, 1, 1 + place, tzinfo=UTC),
                )
            )

    with read_session() as session:
        assert [each.judge for each in judgings(session)] == ["m4", "m3", "m2", "m1", "m0"]
        assert [each.judge for each in judgings(session, n_done=1)] == ["m4", "m2", "m0"]
        assert count_done_judgings(session) == 3
        assert not is_judging_open(session)
        judging_id = judgings(session)[0].judging_id
    with write_session() as session:
        session.get_one(Judging, judging_id).state = "open"
    with read_session() as session:
        assert is_judging_open(session)
