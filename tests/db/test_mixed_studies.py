"""A study that mixes kinds of task, from its plan to results and records."""

from collections import Counter, defaultdict

import pytest
from sqlmodel import select

from db.commands import annotation as commands, repair
from db.commands.assignments import next_task_id
from db.commands.preview import preview
from db.commands.records import import_file, import_records
from db.commands.studies import create_study
from db.commands.units import count_units, outdate_units
from db.engine import read_session, write_session
from db.models import Annotator, Assignment, Study, Unit
from db.queries import library, results
from db.queries.annotation.own import own_annotations
from db.queries.annotation.progress import study_progress
from db.queries.annotation.task import comparison_task
from db.queries.annotation.tasks import kind_of
from db.queries.integrity import integrity_findings
from evalkit.annotation.planning import StudyPlan, TaskPlan
from evalkit.errors import RefusedError
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.errors.report import tags_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.report import criterion_scores
from evalkit.study.odds import odds_of_outputs, odds_of_pairs
from evalkit.vocabulary import TaskKind
from tests.db.record_files import (
    CRITERION,
    HEADER,
    case,
    comparison,
    empty_tables,
    exported,
    exported_labels,
    labels_of,
    output,
    score,
)
from tests.factories import opened

PAIR, SINGLE, RANK = TaskKind.PAIR, TaskKind.SINGLE, TaskKind.RANK
MODELS = ("Zephyr-9000", "Quasar Pro 3", "Nimbus")
CRITERIA = ("helpfulness", "correctness", "instruction_following")
N_CASES = 10


def planned(**changes):
    """Plan pairs on eight of ten cases, and each response to the other two alone."""
    values = {
        "name": "Mixed",
        "eval_set": "Cases",
        "models": MODELS[:2],
        "kind": PAIR,
        "share": 0.8,
        "collects": frozenset({"preference", "strength", "comment"}),
        "beside": [TaskPlan(kind=SINGLE, overlap=1, share=0.2)],
    }
    return StudyPlan(**{**values, **changes})


def store_study(*, people=("Ann", "Bo"), n_cases=N_CASES, **changes):
    """Start a mixed study; give its id and those of the people."""
    plan = planned(**changes)
    records = [case(f"c{n}", f"What about {n}?", category="ab"[n % 2]) for n in range(n_cases)]
    records += [
        output(f"c{n}", model, f"Answer {n}, {place}.")
        for n in range(n_cases)
        for place, model in enumerate(plan.models)
    ]
    import_records(records, source_name="the test", eval_set="Cases")
    with write_session() as session:
        rows = [Annotator(name=name) for name in people]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
    return create_study(plan), ids


def draft(task):
    """Answer all that a task asks: the first model is better, gets a 5, the second a 4."""
    quality = {side: -int(shown.text[-2]) for side, shown in task.responses.items()}
    best_first = sorted(quality, key=lambda side: -quality[side])
    made = {}
    if "preference" in task.collect:
        made["preference"] = best_first[0]
    if "strength" in task.collect:
        made["strength"] = "much"
    if "ranking" in task.collect:
        made["ranking"] = [[side] for side in best_first]
    if "scores" in task.collect:
        made["scores"] = {side: dict.fromkeys(CRITERIA, 5 + rank) for side, rank in quality.items()}
    if "tags" in task.collect:
        made["tags"] = {side: {"tone": "minor"} for side, rank in quality.items() if rank}
    return made


def judge(assignment, who):
    with read_session() as session:
        task = comparison_task(session, assignment, annotator_id=who)
    commands.submit(
        assignment_id=assignment,
        annotator_id=who,
        opening=opened(assignment),
        draft=draft(task),
        active_seconds=3,
        submission_key=f"submission-{assignment}",
    )
    return task


def judge_all(study_id, people):
    """Let everybody take turns until nobody is given anything; return the tasks of each."""
    tasks = defaultdict(list)
    at_work = list(people)
    while at_work:
        for who in list(at_work):
            assignment = next_task_id(study_id=study_id, annotator_id=who)
            if assignment is None:
                at_work.remove(who)
            else:
                tasks[who].append(judge(assignment, who))
    return tasks


def collected(name="Mixed"):
    with read_session() as session:
        return results.collect(session, results.result_study(session, name=name))


def kinds_of(tasks):
    return [
        RANK if len(task.responses) > 2 else PAIR if len(task.responses) == 2 else SINGLE
        for task in tasks
    ]


def assignments():
    with read_session() as session:
        return session.exec(select(Assignment).order_by(Assignment.id)).all()


def test_each_kind_is_given_out_of_its_cases_to_as_many_as_it_asks(database):
    study_id, people = store_study()

    tasks = judge_all(study_id, people)

    rows = assignments()
    # Eight cases with a pair by two people, and two with two responses by one.
    assert Counter(map(kind_of, rows)) == {PAIR: 16, SINGLE: 4}
    of_kind = {
        kind: {row.case_id for row in rows if kind_of(row) == kind} for kind in (PAIR, SINGLE)
    }
    assert (len(of_kind[PAIR]), len(of_kind[SINGLE])) == (8, 2)
    assert not of_kind[PAIR] & of_kind[SINGLE]
    chances = {(kind_of(row), round(row.inclusion_probability, 9)) for row in rows}
    assert chances == {(PAIR, 0.8), (SINGLE, 0.2)}
    asked = defaultdict(set)
    for task in [*tasks[people[0]], *tasks[people[1]]]:
        asked[kinds_of([task])[0]].add(task.collect)
    assert asked[PAIR] == {frozenset({"preference", "strength", "comment"})}
    assert asked[SINGLE] == {frozenset({"scores", "tags", "comment"})}


def test_what_is_left_is_the_sum_over_kinds_and_kept_as_it_is_counted_anew(database):
    study_id, people = store_study()
    n_left = []
    for _ in range(20):
        with read_session() as session:
            n_left.append(study_progress(session, study_id, annotator_id=people[0]).n_left)
        assignment = next_task_id(study_id=study_id, annotator_id=people[0])
        if assignment is None:
            break
        judge(assignment, people[0])
        with read_session() as session:
            kept = repair._counts(session, study_id)
        with write_session() as session:
            outdate_units(session, study_id)
            session.expire_all()
            count_units(session, session.get_one(Study, study_id))
        with read_session() as session:
            assert repair._counts(session, study_id) == kept

    # Alone Ann can do each of eight pairs, and four single responses.
    assert n_left == list(range(12, -1, -1))


def test_no_kind_is_left_for_the_end_of_anybody(sqlite_database):
    study_id, people = store_study(
        n_cases=40,
        share=0.5,
        beside=[TaskPlan(kind=SINGLE, overlap=2, share=0.5)],
        models=MODELS[:1] + MODELS[2:],
    )

    tasks = judge_all(study_id, people)

    for who in people:
        kinds = kinds_of(tasks[who])
        assert Counter(kinds) == {PAIR: 20, SINGLE: 40}
        # Of a shuffled pile each third has both; that one has none of 20 is rarer than 1 in 5,000.
        for third in (kinds[:20], kinds[20:40], kinds[40:]):
            assert set(third) == {PAIR, SINGLE}


def test_kinds_asked_of_every_case_leave_a_case_that_was_seen_for_later(sqlite_database):
    study_id, people = store_study(
        people=("Ann",),
        share=1,
        models=MODELS,
        beside=[
            TaskPlan(kind=RANK, overlap=1, collects=frozenset({"preference"})),
            TaskPlan(kind=SINGLE, overlap=1),
        ],
        overlap=1,
        pairs_per_case=1,
    )

    judge_all(study_id, people)

    rows = assignments()
    assert Counter(map(kind_of, rows)) == {PAIR: 10, RANK: 10, SINGLE: 30}
    assert len({row.case_id for row in rows[:N_CASES]}) == N_CASES
    assert len({row.presentation for row in rows}) == len(rows)


def test_results_count_preferences_of_pairs_and_rankings_and_scores_of_single_responses(database):
    study_id, people = store_study(
        share=0.5,
        models=MODELS,
        overlap=2,
        beside=[
            TaskPlan(kind=RANK, overlap=2, share=0.3, collects=frozenset({"preference"})),
            TaskPlan(kind=SINGLE, overlap=2, share=0.2),
        ],
        pairs_per_case=3,
    )

    judge_all(study_id, people)

    whole = collected()
    # Two people: three pairs of five cases, three rankings, and three responses to two cases.
    assert whole.preferences.n.sum() == 2 * (5 * 3 + 3 * 3)
    assert whole.n_rankings == 2 * 3
    assert whole.values.n.sum() == 2 * (2 * 3) * len(CRITERIA)
    # "How much" was asked of pairs alone.
    assert whole.preferences.asks_strength.sum() == 2 * 5 * 3
    assert ranking_report(whole).n_comparisons == 48
    # Every two models met in five pairs and three rankings of two people, and the better one won.
    matrix = ranking_report(whole).matrix
    better, worse = MODELS[0], MODELS[2]
    assert (matrix[better][worse].wins, matrix[worse][better].wins) == (16, 0)
    assert agreement_report(whole).preference.alpha.n_units == 5 * 3 + 3 * 3


def test_scores_and_errors_are_those_of_single_responses_alone(database):
    study_id, people = store_study(beside=[TaskPlan(kind=SINGLE, overlap=2, share=0.2)])

    judge_all(study_id, people)

    whole = collected()
    means = {
        row.model: (row.estimate.value, row.estimate.n)
        for row in criterion_scores(whole, whole.criteria[0]).means
        if row.category is None
    }
    # Two responses of each model alone, by two people: what was compared was not scored.
    assert means == {MODELS[0]: (5.0, 4), MODELS[1]: (4.0, 4)}
    tone = next(rates for rates in tags_report(whole) if rates.tag.key == "tone")
    shares = {
        row.model: (row.estimate.value, row.estimate.n) for row in tone.rows if row.category is None
    }
    assert shares == {MODELS[0]: (0.0, 4), MODELS[1]: (1.0, 4)}
    agreement = agreement_report(whole)
    assert agreement.preference.alpha.n_units == 8
    assert {of.alpha.n_units for of in agreement.criteria} == {4}
    with read_session() as session:
        own, _ = own_annotations(session, study_id, annotator_id=people[0])
    assert Counter(entry.preference is None for entry in own) == {False: 8, True: 4}


def test_a_mixed_study_is_written_and_read_back_as_it_was(database, tmp_path):
    study_id, people = store_study(
        models=MODELS,
        share=0.5,
        beside=[
            TaskPlan(kind=RANK, overlap=1, share=0.3, collects=frozenset({"preference"})),
            TaskPlan(kind=SINGLE, overlap=1, share=0.2),
        ],
    )
    judge_all(study_id, people)
    before, written = collected(), exported("Mixed")
    path = tmp_path / "study.jsonl"
    path.write_text("\n".join(written) + "\n")
    empty_tables()

    import_file(path, study="Mixed")

    assert exported("Mixed") == written
    after = collected()
    assert after.n_rankings == before.n_rankings
    assert after.values.n.sum() == before.values.n.sum()
    assert after.preferences.n.sum() == before.preferences.n.sum()
    assert Counter(label["type"] for label in labels_of(written)).keys() == {
        "comparison",
        "ranking",
        "score",
        "error",
    }
    with read_session() as session:
        study = next(each for each in library.studies(session) if each.name == "Mixed")
    tasks = {task.kind: task for task in study.tasks}
    assert {kind: task.overlap for kind, task in tasks.items()} == {PAIR: 2, RANK: 1, SINGLE: 1}
    assert {kind: task.share for kind, task in tasks.items()} == {PAIR: 0.5, RANK: 0.3, SINGLE: 0.2}
    assert tasks[SINGLE].collects == ("scores", "tags")
    assert tasks[PAIR].collects == ("preference", "strength")
    # Of three models a plan shows each once: two pairs, one ranking of three, three responses.
    before_it = {PAIR: 2, RANK: 3, SINGLE: 3}
    assert {kind: task.per_case for kind, task in tasks.items()} == before_it
    with read_session() as session:
        stored = session.exec(select(Study).where(Study.name == "Mixed")).one()
    first = study.tasks[0]
    assert (stored.task_kind, stored.pairs_per_case, stored.overlap) == (
        *(first.kind, first.per_case, first.overlap),
    )
    assert [fault for finding in integrity_findings() for fault in finding.problems] == []


@pytest.mark.parametrize("has_people", [True, False], ids=["people compared", "nobody did"])
def test_judges_say_what_people_are_asked_only_where_no_person_labelled(
    sqlite_database, has_people
):
    judge = {"annotator": "J", "annotator_kind": "judge"}
    records = [CRITERION]
    for key in ("c1", "c2", "c3"):
        records += [case(key, f"What about {key}?"), output(key), output(key, "B", "No.")]
        records += [comparison(case=key)] if has_people else [comparison(case=key, **judge)]
    records += [score(case="c1", **judge), score(case="c2", **judge)]
    import_records([HEADER, *records], source_name="labels", study="Labels")

    with read_session() as session:
        study = session.exec(select(Study).where(Study.name == "Labels")).one()
    assert (study.task_kind, study.collects_preference) == (PAIR, True)
    assert study.collects_scores is not has_people
    kinds = [(task["kind"], task["share"]) for task in study.tasks or []]
    assert kinds == ([] if has_people else [(PAIR, 1), (SINGLE, 2 / 3)])
    # What the judge said is there, whoever is asked what.
    assert Counter(label["type"] for label in exported_labels("Labels")) == {
        "comparison": 3,
        "score": 2,
    }


def test_the_odds_of_pairs_and_of_single_responses_are_those_of_their_kinds(sqlite_database):
    study_id, people = store_study(
        models=MODELS,
        kind=SINGLE,
        share=0.2,
        collects=frozenset({"scores"}),
        beside=[TaskPlan(kind=PAIR, share=0.8, pairs_per_case=2)],
    )
    judge_all(study_id, people)

    with read_session() as session:
        study = results.result_study(session, name="Mixed")
        whole, presented = results.collect(session, study), results.presented(session, study)

    # Two of three pairs of 0.8 of the cases; and each response of 0.2 of the cases. In two pairs of
    # three responses each stands with a chance of 1 at most: then the case alone decides, 0.8.
    pairs, outputs = odds_of_pairs(whole, presented), odds_of_outputs(whole, presented)
    assert pairs.odds == pytest.approx([0.8 * 2 / 3] * len(pairs.odds))
    assert {round(float(odds), 6) for odds in outputs.odds} == {0.2, 0.8}


def test_each_kind_is_previewed_as_it_is_asked(sqlite_database):
    _, (leo, _) = store_study()

    pair = preview(planned(name=""), viewer_id=leo)
    single = preview(planned(name=""), viewer_id=leo, kind=SINGLE)

    assert (list(pair.responses), list(single.responses)) == (["left", "right"], ["left"])
    assert (pair.n_total, single.n_total) == (12, 12)  # eight pairs and four responses
    assert "preference" in pair.collect
    assert "scores" in single.collect


def test_a_sample_has_cases_that_every_kind_can_be_asked_of(sqlite_database):
    study_id, _ = store_study(n_cases=12)
    plan = planned(name="Some", n_cases=6)

    some = create_study(plan)

    with read_session() as session:
        units = session.exec(select(Unit).where(Unit.study_id == some)).all()
    by_kind = Counter(unit.kind for unit in units)
    # Of six cases 0.8 and 0.2 are 4.8 and 1.2: five are compared, one has both responses alone.
    assert by_kind == {PAIR: 5, SINGLE: 2}
    chances = {(unit.kind, round(unit.inclusion_probability, 9)) for unit in units}
    assert chances == {(PAIR, round(6 / 12 * 5 / 6, 9)), (SINGLE, round(6 / 12 * 1 / 6, 9))}
    assert study_id != some


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"beside": [TaskPlan(kind=PAIR)]}, "each kind of task once"),
        ({"share": 0}, "more than 0 %"),
        ({"beside": [TaskPlan(kind=SINGLE, share=1.5)]}, "at most 100 %"),
        ({"beside": [TaskPlan(kind=RANK)]}, "at least 3 models"),
        ({"beside": [TaskPlan(kind=SINGLE, overlap=0)]}, "between 1 and 20"),
        (
            {"beside": [TaskPlan(kind=SINGLE, collects=frozenset({"preference"}))]},
            "nobody can choose",
        ),
        ({"rubric": None}, "Scores need a rubric"),
    ],
)
def test_a_mix_that_cannot_work_is_refused_and_nothing_is_stored(sqlite_database, changes, words):
    store_study()

    with pytest.raises(RefusedError, match=words):
        create_study(planned(name="Other", **changes))

    with read_session() as session:
        assert len(session.exec(select(Study)).all()) == 1


def test_a_mixed_study_tells_annotators_about_each_kind(sqlite_database):
    store_study()

    with read_session() as session:
        guidelines = session.exec(select(Study)).one().guidelines

    assert guidelines.index("# Where two responses") < guidelines.index("# Where a response stands")
    assert guidelines.count("## When you cannot judge") == 1


def test_who_is_told_how_they_chose_is_told_of_pairs(sqlite_database):
    study_id, _ = store_study(tells_agreement=True)

    with read_session() as session:
        assert session.get_one(Study, study_id).tells_agreement
