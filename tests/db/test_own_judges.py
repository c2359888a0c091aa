"""Judges that ask nobody: the baseline learns on its split alone, and a panel votes."""

import json
from collections import defaultdict

import pytest
from sqlmodel import select

from db.baseline import judge_by_baseline
from db.commands.records import import_records
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, Assignment, Case, Output, Score
from db.panels import let_panel_vote
from db.queries.integrity import integrity_findings
from db.scored_baseline import judge_scores_by_baseline
from evalkit.cli import main
from evalkit.errors import NotFoundError, RefusedError
from evalkit.judging.split import Split, split_of
from evalkit.vocabulary import TextPlace
from tests.db.record_files import exported
from tests.endpoint.study import CRITERION, MODELS, store_scored_study, store_study

N_CASES = 60


@pytest.fixture
def study(sqlite_database, store_once):
    store_once(store_study, n_cases=N_CASES)
    return sqlite_database


def said_by(name):
    """Return what a judge said: (left, right) and the preference, by case hash."""
    with read_session() as session:
        rows = session.exec(
            select(Case.case_hash, Assignment, Annotation)
            .join(Assignment, Assignment.case_id == Case.id)
            .join(Annotation, Annotation.assignment_id == Assignment.id)
            .join(Annotator, Annotator.id == Assignment.annotator_id)
            .where(Annotator.name == name)
        ).all()
    said = defaultdict(dict)
    for case_hash, shown, annotation in rows:
        said[case_hash][shown.left_output_id, shown.right_output_id] = annotation
    return said


def test_the_baseline_judges_both_orders_of_all_but_what_it_learnt_from_and_is_one_judge(study):
    judged = judge_by_baseline("Study")

    said = said_by(judged.judge)
    with read_session() as session:
        hashes = session.exec(select(Case.case_hash)).all()
    n_train = sum(split_of(each) is Split.TRAIN for each in hashes)
    assert judged.baseline.n_cases == n_train
    assert set(said) == {each for each in hashes if split_of(each) is not Split.TRAIN}
    assert judged.n_new == judged.n_verdicts == 2 * (N_CASES - n_train)
    other = {"left": "right", "right": "left", "tie": "tie"}
    for orders in said.values():
        (one, verdict), (turned, again) = orders.items()
        assert turned == one[::-1]
        assert again.preference == other[verdict.preference]
        assert verdict.probability == again.probability >= 0.5
    assert judge_by_baseline("Study").n_new == 0
    assert [finding for finding in integrity_findings() if finding.problems] == []


def test_other_labels_on_the_train_split_make_another_baseline_and_others_none(study):
    first = judge_by_baseline("Study").judge
    with read_session() as session:
        by_part = {
            split_of(case_hash) is Split.TRAIN: key
            for key, case_hash in session.exec(select(Case.key, Case.case_hash))
        }

    for is_train, is_same in ((False, True), (True, False)):
        label = {"case": by_part[is_train], "annotator": "Cy", "left": MODELS[0]}
        import_records(
            [{"type": "comparison", **label, "right": MODELS[1], "preference": "left"}],
            source_name="made",
            eval_set="Set",
            study="Study",
        )
        assert (judge_by_baseline("Study").judge == first) is is_same


def test_it_learns_nothing_from_what_is_kept_without_its_text(study):
    first = judge_by_baseline("Study").baseline
    with read_session() as session:
        stored = session.exec(select(Case).order_by(Case.id)).all()
        gone = next(case for case in stored if split_of(case.case_hash) is Split.TRAIN)
    with write_session() as session:
        for output in session.exec(select(Output).where(Output.case_id == gone.id)):
            output.text_place = TextPlace.ELSEWHERE
            session.add(output)

    assert judge_by_baseline("Study").baseline.n_cases == first.n_cases - 1


def test_too_few_cases_to_learn_from_are_refused_and_nothing_is_stored(sqlite_database):
    store_study(n_cases=4)

    with pytest.raises(RefusedError, match="train split alone"):
        judge_by_baseline("Study")

    with read_session() as session:
        assert not session.exec(select(Annotator).where(Annotator.kind == "judge")).all()


def test_a_panel_votes_once_on_what_all_its_members_judged_and_is_exported(study, capsys):
    pair = {"case": "c0", "left": MODELS[0], "right": MODELS[1], "annotator_kind": "judge"}
    votes = {"one": "left", "two": "left", "three": "right"}
    import_records(
        [
            *(
                {"type": "comparison", **pair, "annotator": who, "preference": preference}
                for who, preference in votes.items()
            ),
            {"type": "comparison", **pair, "case": "c1", "annotator": "one", "preference": "left"},
        ],
        source_name="made",
        eval_set="Set",
        study="Study",
    )
    command = ["judge", "--study", "Study", "--json"]
    for who in votes:
        command += ["--panel", who]

    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)

    assert (told["n_verdicts"], told["n_new"]) == (1, 1)
    ((verdict,),) = (orders.values() for orders in said_by(told["judge"]).values())
    assert (verdict.preference, verdict.probability) == ("left", 0.666667)
    assert let_panel_vote("Study", list(votes)[::-1]).n_new == 0
    lines = exported("Study")
    assert sum(told["judge"] in line and '"probability": 0.666667' in line for line in lines) == 1
    with pytest.raises(NotFoundError, match="called “four”"):
        let_panel_vote("Study", ["one", "four"])
    with pytest.raises(RefusedError, match="two judges or more"):
        let_panel_vote("Study", ["one", "one"])


def test_the_baseline_is_told_beside_always_naming_the_longer(study, capsys):
    assert main(["judge", "--study", "Study", "--baseline"]) == 0

    told = capsys.readouterr().out
    assert "of the train split" in told
    assert "always naming the longer response" in told


def test_the_baseline_of_scores_judges_what_it_did_not_learn_from_on_the_study_s_scale(
    sqlite_database, capsys
):
    store_scored_study(n_cases=N_CASES)

    judged = judge_scores_by_baseline("Study")

    with read_session() as session:
        hashes = session.exec(select(Case.case_hash)).all()
        said = session.exec(
            select(Case.case_hash, Score.value)
            .join(Assignment, Assignment.case_id == Case.id)
            .join(Annotation, Annotation.assignment_id == Assignment.id)
            .join(Score, Score.annotation_id == Annotation.id)
            .join(Annotator, Annotator.id == Assignment.annotator_id)
            .where(Annotator.name == judged.judge)
        ).all()
    rest = {each for each in hashes if split_of(each) is not Split.TRAIN}
    assert {case_hash for case_hash, _ in said} == rest
    assert {value for _, value in said} <= {0.0, 1.0}
    # Two responses to a case, each once.
    assert judged.n_new == judged.n_verdicts == len(said) == 2 * len(rest)
    assert judge_scores_by_baseline("Study").n_new == 0
    assert [finding for finding in integrity_findings() if finding.problems] == []
    command = ["judge", "--study", "Study", "--baseline", "--task", "scores"]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert f"{judged.judge} on Study: {judged.n_verdicts} judged, 0 of them new." in told
    assert "always saying the commonest" in told
    assert main([*command, "--json"]) == 0
    (criterion,) = json.loads(capsys.readouterr().out)["criteria"]
    assert criterion["left_out"]["value"] == judged.baselines[CRITERION].left_out.value


def test_the_baseline_says_nothing_of_errors_and_panels_vote_on_pairs_alone(study, capsys):
    assert main(["judge", "--study", "Study", "--baseline", "--task", "errors"]) == 1
    assert "gives scores (--task scores)" in capsys.readouterr().err
    assert main(["judge", "--study", "Study", "--panel", "a", "--task", "scores"]) == 1
    assert "Panels vote on pairs only." in capsys.readouterr().err
    assert main(["judge", "--study", "Study", "--baseline", "--task", "scores"]) == 1
