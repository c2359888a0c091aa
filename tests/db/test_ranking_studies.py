"""A study in which several responses of a case are ranked, from its plan to results and records."""

from collections import Counter

import numpy as np
import pytest
from sqlmodel import col, select

from db.commands import annotation as commands
from db.commands.assignments import hold_next, next_task_id
from db.commands.preview import preview
from db.commands.records import import_file, import_records
from db.commands.studies import create_study, set_study_open
from db.commands.units import outdate_units
from db.engine import read_session, write_session
from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Model,
    Output,
    RankedOutput,
    Run,
    Study,
    Unit,
)
from db.queries import results
from db.queries.annotation.own import own_annotations
from db.queries.annotation.progress import study_progress
from db.queries.annotation.shown import shown_outputs
from db.queries.annotation.task import comparison_task
from db.queries.integrity import integrity_findings
from db.queries.responses.answers import answers
from db.queries.results.studies import ResultFilters
from evalkit.annotation.draft import IncompleteError, parse_draft
from evalkit.annotation.form import Form, checked_draft
from evalkit.annotation.planning import StudyPlan, collected_of
from evalkit.errors import RefusedError
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.report import annotators_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.vocabulary import SIDES, TaskKind
from tests.db.record_files import (
    TAG,
    case,
    empty_tables,
    exported,
    labels_of,
    mark,
    output,
    table_sizes,
    write,
)
from tests.factories import opened

MODELS = ("Zephyr-9000", "Quasar Pro 3", "Nimbus", "Orion", "Lyra")
CRITERIA = ("helpfulness", "correctness", "instruction_following")
N_CASES = 4


def store_study(*, n_models=5, n_cases=N_CASES, people=("Ann", "Bo"), without=(), **plan):
    """Start a study of so many models; give its id and those of the people."""
    models = MODELS[:n_models]
    records = [case(f"c{n}", f"What about {n}?") for n in range(n_cases)]
    records += [
        output(f"c{n}", model, f"Answer {n}, {place}.")
        for n in range(n_cases)
        for place, model in enumerate(models)
        if (n, model) not in without
    ]
    import_records(records, source_name="the test", eval_set="Ranked")
    with write_session() as session:
        rows = [Annotator(name=name) for name in people]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
    return create_study(planned(models=models, **plan)), ids


def planned(**changes):
    values = {
        "name": "In order",
        "eval_set": "Ranked",
        "models": MODELS,
        "kind": TaskKind.RANK,
        "collects": frozenset(collected_of(TaskKind.RANK)),
    }
    return StudyPlan(**{**values, **changes})


def submit(assignment_id, annotator_id, draft, *, key="first", **changes):
    opening = opened(assignment_id)
    return commands.submit(
        assignment_id=assignment_id,
        annotator_id=annotator_id,
        opening=opening,
        draft=draft,
        active_seconds=3,
        submission_key=f"submission-{assignment_id}-{key}",
        **changes,
    )


def outputs_of(assignment_id):
    with read_session() as session:
        return shown_outputs(session.get_one(Assignment, assignment_id))


def models_of(assignment_id):
    """Say by side which model's response an assignment shows: they end with the model's place."""
    with read_session() as session:
        task = comparison_task(session, assignment_id, annotator_id=owner(assignment_id))
    return {side: int(shown.text[-2]) for side, shown in task.responses.items()}


def owner(assignment_id):
    with read_session() as session:
        return session.get_one(Assignment, assignment_id).annotator_id


def by_quality(assignment_id):
    """Rank what is shown as the models are listed, the first two on one place."""
    places = sorted((max(model, 1), side) for side, model in models_of(assignment_id).items())
    ranks = sorted({place for place, _ in places})
    return [[side for place, side in places if place == rank] for rank in ranks]


def rank_all(study_id, people):
    for who in people:
        while (assignment := next_task_id(study_id=study_id, annotator_id=who)) is not None:
            submit(assignment, who, {"ranking": by_quality(assignment)})


def collected(name="In order"):
    with read_session() as session:
        return results.collect(session, results.result_study(session, name=name))


def test_each_case_is_given_out_once_to_as_many_annotators_as_are_asked(database):
    study_id, people = store_study(people=("Ann", "Bo", "Cy"))

    rank_all(study_id, people[:2])

    assert next_task_id(study_id=study_id, annotator_id=people[2]) is None
    with read_session() as session:
        rows = session.exec(select(Assignment)).all()
        progress = study_progress(session, study_id, annotator_id=people[0])
        units = session.exec(select(Unit)).all()
    assert Counter(row.annotator_id for row in rows) == dict.fromkeys(people[:2], N_CASES)
    assert len({(row.case_id, row.annotator_id) for row in rows}) == 2 * N_CASES
    assert all(len(set(shown_outputs(row).values())) == 5 for row in rows)
    assert (progress.n_done, progress.n_left) == (N_CASES, 0)
    assert [(unit.n_live, unit.lead) for unit in units] == [(2, 0)] * N_CASES


def test_counting_anew_finds_what_was_counted_on_the_way(database):
    study_id, people = store_study(people=("Ann", "Bo"))
    ann, bo = people
    submit(
        first := next_task_id(study_id=study_id, annotator_id=ann),
        ann,
        {"ranking": by_quality(first)},
    )
    next_task_id(study_id=study_id, annotator_id=bo)

    def counts():
        with read_session() as session:
            return sorted(
                (unit.case_id, unit.n_live, unit.lead) for unit in session.exec(select(Unit))
            )

    before = counts()
    with write_session() as session:
        outdate_units(session, study_id)
    set_study_open(study_id, is_open=True)

    assert counts() == before
    assert sum(n for _, n, _ in before) == 2


def test_of_as_many_annotators_as_responses_each_sees_another_one_first(database):
    names = ("Ann", "Bo", "Cy", "Di", "Ed")
    study_id, people = store_study(people=names, overlap=5)
    for who in people:
        rank_all(study_id, [who])

    with read_session() as session:
        rows = session.exec(select(Assignment)).all()
    seen = Counter(
        (row.case_id, side, of) for row in rows for side, of in shown_outputs(row).items()
    )
    assert len(seen) == N_CASES * 5 * 5
    assert set(seen.values()) == {1}
    orders = {tuple(shown_outputs(row).values()) for row in rows}
    assert len({order for order in orders if list(order) != sorted(order)}) > N_CASES


def test_of_more_models_than_are_ranked_each_case_takes_as_many_each_model_equally_often(database):
    study_id, people = store_study(n_cases=10, ranked_per_case=3, overlap=1)

    rank_all(study_id, people[:1])

    with read_session() as session:
        rows = session.exec(select(Assignment)).all()
    assert {len(shown_outputs(row)) for row in rows} == {3}
    shown = Counter(model for row in rows for model in models_of(row.id).values())
    assert shown == dict.fromkeys(range(5), 6)  # ten cases of three, over five models
    chances = [row.inclusion_probability for row in rows]
    assert chances == pytest.approx([1 / 10] * 10)  # of 5 choose 3


def test_a_case_that_fewer_than_three_answered_is_not_asked_for(database):
    missing = [(0, model) for model in MODELS[:3]] + [(1, MODELS[0])]
    study_id, people = store_study(without=missing, overlap=1)

    rank_all(study_id, people[:1])

    with read_session() as session:
        rows = session.exec(select(Assignment)).all()
    assert sorted(len(shown_outputs(row)) for row in rows) == [4, 5, 5]


def test_what_an_annotator_is_shown_are_responses_by_side_and_a_ranking_is_asked(database):
    study_id, (ann, _) = store_study()
    assignment = next_task_id(study_id=study_id, annotator_id=ann)
    with read_session() as session:
        task = comparison_task(session, assignment, annotator_id=ann)

    assert tuple(task.responses) == SIDES
    assert task.collect == {"ranking", "comment"}
    assert sorted(models_of(assignment).values()) == [0, 1, 2, 3, 4]


def test_a_ranking_is_stored_as_places_and_comes_back_as_it_was_entered(database):
    study_id, (ann, _) = store_study(n_models=4)
    assignment = next_task_id(study_id=study_id, annotator_id=ann)
    order = [["third"], ["right", "left"], ["fourth"]]

    submit(assignment, ann, {"ranking": order, "comment": "Close."})

    shown = outputs_of(assignment)
    with read_session() as session:
        places = dict(session.exec(select(RankedOutput.output_id, RankedOutput.place)).all())
        stored = session.exec(select(Annotation)).one()
        task = comparison_task(session, assignment, annotator_id=ann)
        [own], _ = own_annotations(session, study_id, annotator_id=ann)
        [answer] = answers(session, [shown["fourth"]])
    assert places == {shown["third"]: 0, shown["left"]: 1, shown["right"]: 1, shown["fourth"]: 2}
    assert (stored.preference, stored.comment) == (None, "Close.")
    assert task.draft["ranking"] == [["third"], ["left", "right"], ["fourth"]]
    assert own.ranking == (("C",), ("A", "B"), ("D",))
    assert [set(place) for place in answer.ranking] == [
        {shown[side] for side in place} for place in order
    ]


def test_the_same_submission_twice_is_stored_once_and_an_edit_is_a_new_revision(database):
    study_id, (ann, _) = store_study(n_models=3)
    assignment = next_task_id(study_id=study_id, annotator_id=ann)
    first, second = [["left"], ["right"], ["third"]], [["right", "third"], ["left"]]
    submit(assignment, ann, {"ranking": first})

    assert not submit(assignment, ann, {"ranking": first}).is_new
    assert not submit(assignment, ann, {"ranking": first}, key="other").is_new  # nothing changed
    assert submit(assignment, ann, {"ranking": second}, key="edit").revision == 2

    with read_session() as session:
        rows = session.exec(select(Annotation).order_by(col(Annotation.id))).all()
        places = Counter(session.exec(select(RankedOutput.annotation_id)).all())
    assert [(row.revision, row.is_superseded) for row in rows] == [(1, True), (2, False)]
    assert places == {row.id: 3 for row in rows}
    assert ranking_report(collected()).n_comparisons == 3  # of the edit alone


def test_scores_tags_and_answers_are_kept_for_each_of_five_responses(database):
    study_id, (ann, _) = store_study(collects=frozenset({"preference", "scores", "tags"}))
    assignment = next_task_id(study_id=study_id, annotator_id=ann)
    scores = {side: dict.fromkeys(CRITERIA, n + 1) for n, side in enumerate(SIDES)}
    draft = {
        "ranking": [[side] for side in SIDES],
        "scores": scores,
        "tags": {"fifth": {"tone": "minor"}},
    }

    with pytest.raises(IncompleteError) as refused:
        submit(assignment, ann, {**draft, "scores": {**scores, "fourth": {}}})
    submit(assignment, ann, draft)

    assert refused.value.fields == tuple(f"fourth.{key}" for key in CRITERIA)
    assert "for D" in str(refused.value)
    with read_session() as session:
        task = comparison_task(session, assignment, annotator_id=ann)
        given = answers(session, list(outputs_of(assignment).values()))
    assert task.draft["scores"] == scores
    assert task.draft["tags"]["fifth"] == {"tone": "minor"}
    assert len(given[0].scores) == 15


THREE = Form((), (), frozenset({"ranking"}), SIDES[:3])


@pytest.mark.parametrize(
    ("ranking", "words"),
    [
        (None, "Still to do: the place of A, B, C."),
        ([["left"], ["third"]], "Still to do: the place of B."),
        ([["left"], ["third"], ["right"], ["fifth"]], "a ranking of the responses on the screen"),
    ],
)
def test_a_ranking_of_other_responses_than_those_shown_is_incomplete(ranking, words):
    with pytest.raises(IncompleteError, match=words) as refused:
        checked_draft(parse_draft({"ranking": ranking}), THREE)

    assert refused.value.fields == ("ranking",)


@pytest.mark.parametrize(
    "ranking", ["left", [[]], ["left"], [["sixth"]], [[["left"]]], {"left": 1}, [["left", 3]], 5]
)
def test_a_ranking_of_another_shape_is_refused(ranking):
    with pytest.raises(RefusedError, match="not in the form this page sends"):
        parse_draft({"ranking": ranking})


def test_a_response_at_two_places_is_refused():
    with pytest.raises(RefusedError, match="two places"):
        parse_draft({"ranking": [["left"], ["right", "left"]]})


def test_a_draft_from_before_there_were_rankings_reads_as_it_did():
    draft = parse_draft({"preference": "left", "scores": {"left": {"a": 1}, "right": {}}})

    assert draft.ranking == ()
    assert draft.as_json() == {
        "preference": "left",
        "scores": {"left": {"a": 1.0}, "right": {}},
        "tags": {"left": {}, "right": {}},
        "comment": "",
    }


def test_what_is_held_drafted_skipped_and_withdrawn_goes_the_way_of_pairs(database):
    study_id, (ann, bo) = store_study(overlap=1)
    shown = next_task_id(study_id=study_id, annotator_id=ann)
    held = hold_next(study_id=study_id, annotator_id=ann, on_screen=None)
    assert held == shown  # nothing else was begun
    part = {"ranking": [["fifth"]]}
    kept = commands.save_draft(
        assignment_id=shown, annotator_id=ann, opening=opened(shown), draft=part, active_seconds=1
    )
    with read_session() as session:
        task = comparison_task(session, shown, annotator_id=ann)
    assert kept.is_newest
    assert task.draft["ranking"] == [["fifth"]]

    submit(shown, ann, {"ranking": by_quality(shown)})
    commands.withdraw(assignment_id=shown, annotator_id=ann, opening=opened(shown))
    with read_session() as session:
        again = comparison_task(session, shown, annotator_id=ann)
    assert again.draft["ranking"] == [sorted(place, key=SIDES.index) for place in by_quality(shown)]
    assert collected().n_rankings == 0

    skipped = next_task_id(study_id=study_id, annotator_id=bo)
    commands.skip(
        assignment_id=skipped, annotator_id=bo, opening=opened(skipped), reason="not_my_field"
    )
    assert next_task_id(study_id=study_id, annotator_id=bo) != skipped


def test_results_count_each_pair_of_a_ranking_once_and_say_of_how_many_rankings(database):
    study_id, people = store_study(n_models=3)

    rank_all(study_id, people)

    study = collected()
    report = ranking_report(study)
    # Two people rank four cases of three responses: eight rankings, of three pairs each.
    assert (study.n_rankings, report.n_comparisons) == (8, 24)
    # The first two models share a place in each, and the third is behind both.
    pair = report.matrix[MODELS[0]][MODELS[1]]
    assert (pair.wins, pair.losses, pair.ties) == (0, 0, 8)
    assert report.matrix[MODELS[0]][MODELS[2]].wins == 8
    # Both put the same first everywhere: each of twelve pairs was judged alike by both.
    agreed = agreement_report(study).preference.alpha
    assert (agreed.value, agreed.n_units) == (pytest.approx(1), 12)


def test_results_say_how_far_who_ranks_puts_what_is_shown_first_above_the_others(
    database, tmp_path
):
    study_id, people = store_study(n_models=3)
    rank_all(study_id, people[:1])
    while (assignment := next_task_id(study_id=study_id, annotator_id=people[1])) is not None:
        first, *others = outputs_of(assignment)
        submit(assignment, people[1], {"ranking": [[first, others[0]], others[1:]]})
    # Ann ranks by quality: of two that share the first place each has one other below and one
    # beside it, so 3 of 4; the third has none below. Which is shown first is read from what was.
    shown_first = [models_of(assignment)["left"] for assignment in assignments_of(people[0])]
    expected = np.mean([0.75 if model < 2 else 0.0 for model in shown_first])

    ann, bo = (row.profile for row in annotators_report(collected()).rows)

    assert (ann.first_rate.value, ann.first_rate.n) == (pytest.approx(expected), N_CASES)
    assert (bo.first_rate.value, bo.first_rate.n) == (0.75, N_CASES)
    path = tmp_path / "study.jsonl"
    path.write_text("".join(exported("In order")))
    empty_tables()
    import_file(path, study="In order")
    again = [row.profile.first_rate for row in annotators_report(collected()).rows]
    assert again == [ann.first_rate, bo.first_rate]


def assignments_of(annotator_id):
    with read_session() as session:
        return session.exec(
            select(Assignment.id).where(Assignment.annotator_id == annotator_id)
        ).all()


def test_a_comment_on_a_ranking_names_all_that_were_ranked(database):
    study_id, (ann, _) = store_study(n_models=4)
    assignment = next_task_id(study_id=study_id, annotator_id=ann)
    submit(assignment, ann, {"ranking": by_quality(assignment), "comment": "None is good."})

    with read_session() as session:
        study = results.result_study(session, name="In order")
        [remark] = results.remarks(session, study, filters=ResultFilters())

    assert remark.text == "None is good."
    assert sorted(remark.models) == sorted(MODELS[:4])


def test_what_was_exported_comes_back_byte_for_byte(database, tmp_path):
    study_id, people = store_study(
        collects=frozenset({"preference", "scores", "tags", "comment"}), ranked_per_case=4
    )
    for who in people:
        while (assignment := next_task_id(study_id=study_id, annotator_id=who)) is not None:
            sides = list(outputs_of(assignment))
            draft = {
                "ranking": by_quality(assignment),
                "scores": {side: dict.fromkeys(CRITERIA, 3) for side in sides},
                "tags": {sides[-1]: {"tone": "minor"}},
                "comment": f"By {who}.",
            }
            submit(assignment, who, draft)
    before, written = collected(), exported("In order")
    path = tmp_path / "study.jsonl"
    path.write_text("\n".join(written) + "\n")
    empty_tables()

    import_file(path, study="In order")

    assert exported("In order") == written
    rankings = [label for label in labels_of(written) if label["type"] == "ranking"]
    assert {len(ranking["shown"]) for ranking in rankings} == {4}
    after = collected()
    assert after.n_rankings == before.n_rankings == 2 * N_CASES
    with read_session() as session:
        study = session.exec(select(Study)).one()
        rows = session.exec(select(Assignment)).all()
    assert [fault for finding in integrity_findings() for fault in finding.problems] == []
    assert (study.task_kind, study.pairs_per_case, study.overlap) == (TaskKind.RANK, 4, 2)
    assert {len(shown_outputs(row)) for row in rows} == {4}
    import_file(path, study="In order")  # once more changes nothing
    assert exported("In order") == written


def test_an_imported_study_of_rankings_goes_on_where_it_was(database, tmp_path):
    rank_all(*store_study(ranked_per_case=3))
    path = tmp_path / "study.jsonl"
    path.write_text("\n".join(exported("In order")) + "\n")
    empty_tables()
    import_file(path, study="In order")
    with write_session() as session:
        study = session.exec(select(Study)).one()
        assert study.overlap == 2  # whatever stood left and right for the one and the other
        study.overlap, again = 3, study.id
        session.add(study)
        cy = Annotator(name="Cy")
        session.add(cy)
        session.flush()
        cy_id = cy.id
    set_study_open(again, is_open=True)

    rank_all(again, [cy_id])

    with read_session() as session:
        rows = session.exec(select(Assignment)).all()
    of_cases = {}
    for row in rows:
        of_cases.setdefault(row.case_id, set()).add(frozenset(shown_outputs(row).values()))
    assert len(rows) == 3 * N_CASES
    assert all(len(together) == 1 for together in of_cases.values())  # the same three as before


def test_a_preview_shows_the_first_case_as_it_will_be_ranked(database):
    store_study(name="Another")
    with read_session() as session:
        leo = session.exec(select(Annotator.id)).first()

    task = preview(planned(ranked_per_case=4), viewer_id=leo)

    assert list(task.responses) == list(SIDES[:4])
    assert (task.collect, task.n_total) == ({"ranking", "comment"}, N_CASES)


FOUR = [case(), *(output(model=model, content=f"By {model}.") for model in "ABCD")]
ABC = {
    "type": "ranking",
    "case": "c1",
    "annotator": "Ann",
    "assignment": "one",
    "order": [["B"], ["A", "C"]],
    "shown": ["C", "A", "B"],
}


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (["C", "A"], "the outputs of the order, each once"),
        (["C", "A", "B", "B"], "the outputs of the order, each once"),
        (["C", "A", "D"], "the outputs of the order, each once"),
        ([], "outputs"),
    ],
)
def test_a_file_whose_ranking_was_shown_otherwise_than_it_ranks_is_refused(
    database, tmp_path, shown, words
):
    with pytest.raises(RefusedError, match=words):
        import_file(write(tmp_path / "study.jsonl", [*FOUR, {**ABC, "shown": shown}]))

    assert table_sizes()["case"] == 0


def test_what_a_ranking_of_two_was_shown_as_is_refused_for_it_is_a_pair(database, tmp_path):
    two = {**ABC, "order": [["B"], ["A"]], "shown": ["A", "B"]}
    with pytest.raises(RefusedError, match="3 to 5 outputs"):
        import_file(write(tmp_path / "study.jsonl", [*FOUR, two]))


def test_a_mark_of_a_rankings_assignment_is_of_what_it_ranks_and_of_nothing_else(
    database, tmp_path
):
    def marked(model):
        return {**mark(model=model), "annotator": "Ann", "assignment": "one"}

    with pytest.raises(RefusedError, match="another output under assignment"):
        import_file(write(tmp_path / "study.jsonl", [*FOUR, ABC, TAG, marked("D")]))
    import_file(write(tmp_path / "study.jsonl", [*FOUR, ABC, TAG, marked("C"), marked("B")]))

    with read_session() as session:
        row = session.exec(select(Assignment)).one()
        statement = (
            select(Output.id, Model.name)
            .join(Run, col(Run.id) == Output.run_id)
            .join(Model, col(Model.id) == Run.model_id)
        )
        names = dict(session.exec(statement).all())
    assert [names[of] for of in shown_outputs(row).values()] == ["C", "A", "B"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"models": MODELS[:2]}, "at least 3 models"),
        ({"ranked_per_case": 2}, "3 to 5 responses can be ranked together, not 2"),
        ({"ranked_per_case": 6}, "3 to 5 responses can be ranked together, not 6"),
        ({"models": MODELS[:3], "ranked_per_case": 4}, "3 to 3 responses"),
        ({"pairs_per_case": 1}, "there are no pairs"),
        ({"collects": frozenset({"scores"})}, "Ask annotators for the ranking"),
        ({"collects": frozenset({"preference", "strength"})}, "Of a ranking annotators cannot"),
        ({"tells_agreement": True}, "nor be told"),
        ({"kind": TaskKind.PAIR, "ranked_per_case": 3}, "Only where responses are ranked"),
    ],
)
def test_a_plan_that_cannot_be_ranked_is_refused_in_words(database, changes, words):
    with pytest.raises(RefusedError, match=words):
        create_study(planned(**changes))
