from collections import Counter

import numpy as np
import pytest

from db.commands.acceptances import record_look
from db.commands.demo import is_demo_wanted, load_demo, load_desk, load_triage
from db.engine import read_session
from db.queries import library, results
from db.queries.failures import eval_set_called
from db.queries.people import demo_accounts
from db.queries.results.acceptances import looks
from db.queries.results.failure_looks import looks_in
from db.queries.results.splits import splits
from db.queries.results.studies import ResultFilters
from evalkit.contamination.examples import given_away
from evalkit.demo.desk import DESK_EVAL_SET, DESK_STUDIES, HABITS, desk_records
from evalkit.demo.judges import judge_records
from evalkit.demo.simulate import demo_latent, demo_texts
from evalkit.demo.triage import (
    SECOND_IS_BETTER,
    SURE,
    SURE_RIGHT,
    TELLING,
    TRIAGE_STUDY,
    triage_records,
)
from evalkit.failures.clusters.clusters import clusters_of_notes
from evalkit.reports.acceptance.report import Refusal, acceptance_report, looked_at
from evalkit.reports.correction.report import correction_report
from evalkit.reports.failures.sentences import is_decided
from evalkit.reports.failures.versions import chosen_versions, judged_versions, versions_report
from tests.factories import make_eval_set


def test_the_demo_fills_an_empty_database_with_a_study_that_has_work_left(database, store_once):
    assert is_demo_wanted()

    store_once(load_demo)

    assert not is_demo_wanted()
    with read_session() as session:
        (study,) = library.studies(session)
        accounts = demo_accounts(session)
    assert (study.n_cases, len(study.models), study.is_open) == (36, 4, True)
    # Every case shows every model once, so two pairs, and each pair has three annotators.
    planned = study.n_cases * study.pairs_per_case * study.overlap
    by_judges = sum(1 for _ in judge_records(demo_latent(), demo_texts()))
    assert 0.7 * planned < study.n_annotations - by_judges < 0.8 * planned
    # Five that stand for people, and two judges.
    assert study.n_annotators == study.n_simulated_annotators == 7
    assert {account.role for account in accounts} == {"annotator", "lead", "admin"}


def test_loading_the_demo_again_changes_nothing(sqlite_database, store_once):
    store_once(load_demo)
    with read_session() as session:
        before = library.studies(session)

    said = load_demo()

    assert said.count("Nothing new") == 3
    with read_session() as session:
        assert library.studies(session) == before


def test_the_demo_is_not_wanted_where_there_is_work_of_ones_own(sqlite_database):
    make_eval_set()

    assert not is_demo_wanted()


@pytest.mark.slow
def test_the_simulated_study_for_judges_shows_what_a_good_judge_can_do_and_the_truth_is_known(
    sqlite_database,
):
    load_triage()

    def read():
        judges = ResultFilters(judges=True)
        with read_session() as session:
            study = results.result_study(session, name=TRIAGE_STUDY)
            collected = results.collect(session, study, filters=judges)
            parts = splits(session, study), results.presented(session, study, filters=judges)
            return (
                study,
                collected,
                parts,
                looks(session, study),
                results.sure_answers(session, study, filters=judges),
            )

    study, collected, parts, ledger, sure = read()
    assert all(who.is_simulated for who in collected.annotators)
    report = acceptance_report(collected, *parts, looks=ledger, answers=sure)
    (row,) = report.rows
    assert row.refusal is Refusal.NOT_LOOKED
    promise = report.promise
    least = looked_at(collected, *parts, row, promise=promise, answers=sure)
    record_look(study, row, promise, threshold=least)

    study, collected, parts, ledger, sure = read()
    (row,) = acceptance_report(collected, *parts, looks=ledger, answers=sure).rows

    assert row.is_accepted
    assert row.test.threshold == pytest.approx(SURE_RIGHT)
    assert abs(row.test.accepted.value - SURE) < 0.1
    # The truth: how often the second model is better, drawn with this chance for 900 cases.
    (part,) = correction_report(collected, parts[1]).parts
    (birch,) = (each.correction for each in part.rows if (each.model, each.other) == ("Birch", ""))
    corrected, people = birch.corrected, birch.people
    assert corrected.low <= SECOND_IS_BETTER <= corrected.high
    assert corrected.high - corrected.low < 0.9 * (people.high - people.low)


def test_a_ticket_may_be_a_few_shot_case_since_it_gives_no_other_away():
    inputs = {each["id"]: each["input"] for each in triage_records() if each["type"] == "case"}
    first, *others = inputs

    assert given_away(inputs[first], ((key, inputs[key]) for key in others)) is None


def test_words_alone_tell_little_of_which_answer_to_a_ticket_is_better():
    # Else a judge without any model would be as good as people, and none could beat it.
    texts, votes = {}, {}
    for each in triage_records():
        if each["type"] == "output":
            texts.setdefault(each["case"], {})[each["model"]] = each["content"]
        elif each["type"] == "comparison" and each.get("annotator_kind") != "judge":
            preferred = each[each["preference"]]
            votes.setdefault(each["case"], Counter())[preferred] += 1
    better = {case: told.most_common(1)[0][0] for case, told in votes.items()}
    sides = [
        [text for model, text in texts[case].items() if (model == best) == is_better]
        for is_better in (True, False)
        for case, best in better.items()
    ]
    good, bad = (" ".join(map(" ".join, half)).split() for half in np.array_split(sides, 2))

    for team in ("Payments", "Calendar", "Access"):
        assert abs(good.count(team) - bad.count(team)) < 0.15 * len(better)
    # Drawn with this chance for each answer; .1 is four standard errors of 400.
    assert good.count("today.") / len(better) == pytest.approx(TELLING, abs=0.1)
    assert bad.count("today.") / len(better) == pytest.approx(1 - TELLING, abs=0.1)


def test_notes_of_the_simulated_help_desk_fall_into_the_habits_they_were_drawn_from():
    for run, without in ((0, "language"), (1, "deadline")):
        notes = [each["note"] for each in desk_records(run) if "note" in each]

        clustering = clusters_of_notes(notes)

        # Which habit each note was drawn from: how it begins tells, no two begin alike.
        habit_of = [
            next(of.name for of in HABITS if note.startswith(of.subjects)) for note in notes
        ]
        # A habit that is rare in this run makes no group: it is listed with the rest.
        assert len(clustering.clusters) == len(HABITS) - 1
        assert clustering.n_grouped > 0.9 * len(notes)
        for cluster in clustering.clusters:
            assert cluster.stability >= 0.9
            inside = [habit_of[place] for place in cluster.places]
            commonest = max(set(inside), key=inside.count)
            assert commonest != without
            assert inside.count(commonest) >= 0.95 * len(inside)


def test_the_simulated_help_desk_has_a_failure_that_was_fixed_and_one_that_is_new(sqlite_database):
    load_desk()

    with read_session() as session:
        looks = looks_in(session, eval_set_called(session, DESK_EVAL_SET), judges=False)
        names = {study.name for study in library.studies(session)}
    assert names == set(DESK_STUDIES)
    decided = {}
    for model in ("Atlas", "Birch"):
        versions = chosen_versions(judged_versions(looks), [f"{model}, run 1", f"{model}, run 2"])
        for change in versions_report(looks, versions).changes:
            if change.category is None and is_decided(change):
                decided[model, change.of.tag] = change.difference.value
    # The truth: Atlas's deadlines went from 75 to 4 % of refunds, Birch's English from 2 to 40 %.
    assert set(decided) == {("Atlas", "made_up"), ("Birch", "manners")}
    assert decided["Atlas", "made_up"] < 0 < decided["Birch", "manners"]
