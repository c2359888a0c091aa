"""What is made of a case on which a judge and people differ, on either database."""

import json
from dataclasses import replace

import pytest
from sqlmodel import select

from db import judging
from db.commands.judgings import begin_judging
from db.commands.lessons import add_few_shot, adjudicate, clarify, remove_few_shot
from db.engine import read_session, write_session
from db.models import (
    Adjudication,
    Annotation,
    AskedVerdict,
    AuditEvent,
    Case,
    Judging,
    Output,
    Study,
)
from db.queries.few_shot import few_shot_of, few_shot_rows
from db.queries.judgings import identity_of
from db.queries.lessons import (
    adjudicated_pairs,
    adjudications_of,
    lessons_of_study,
    notes_on_rubric,
)
from db.queries.records.files import FileFormat, export_file
from evalkit.errors import NotFoundError, RefusedError
from evalkit.formats.material import ExportOptions, HeldBack
from evalkit.judging.plan import JudgePlan
from evalkit.judging.split import Split, split_of
from evalkit.running.endpoint import Endpoint
from evalkit.study.collected import Criterion
from evalkit.study.subjects import ANY_ERROR, PREFERRED
from evalkit.vocabulary import ConsensusRule, JudgeTask, Preference
from tests.endpoint.judge import NoisyJudge
from tests.endpoint.server import KEY, serving
from tests.endpoint.study import qualities, store_study
from tests.evalkit.reports.test_annotators import STARS
from tests.factories import annotate, make_eval_set, make_study

PLAN = JudgePlan("Study", "m", Endpoint("http://127.0.0.1:9", "TEST_KEY"))
N_CASES = 24


@pytest.fixture
def study(database):
    """Store a study of pairs, and a judge that was asked about them."""
    store_study(n_cases=N_CASES)
    begin_judging(PLAN)
    return number()


def number():
    with read_session() as session:
        return session.exec(select(Study.id)).one()


def cases():
    """Give the pairs of outputs by the part of the split their case is of."""
    by_part = {part: [] for part in Split}
    with read_session() as session:
        for case in session.exec(select(Case).order_by(Case.id)).all():
            ids = session.exec(
                select(Output.id).where(Output.case_id == case.id).order_by(Output.id)
            ).all()
            by_part[split_of(case.case_hash)].append(list(ids))
    return by_part


def judge_name():
    with read_session() as session:
        row = session.exec(select(Judging)).first()
        return identity_of(session, row).name


def few_shot(outputs, rationale="It answers.", judge=None):
    add_few_shot(number(), judge or judge_name(), PREFERRED, outputs, rationale)


def rows():
    with read_session() as session:
        return few_shot_rows(session, number())


def test_a_train_case_is_shown_and_cases_of_dev_and_test_are_refused_in_words(study):
    of = cases()

    few_shot(of[Split.TRAIN][0])

    for part in (Split.DEV, Split.TEST):
        with pytest.raises(RefusedError, match=f"is of the {part} split"):
            few_shot(of[part][0])
    with pytest.raises(RefusedError, match="a few-shot case already"):
        few_shot(of[Split.TRAIN][0][::-1])
    with pytest.raises(RefusedError, match="Say in a sentence"):
        few_shot(of[Split.TRAIN][1], "  ")
    with pytest.raises(RefusedError, match="was not asked from here"):
        few_shot(of[Split.TRAIN][1], judge="somebody else")
    with pytest.raises(NotFoundError, match="no such responses"):
        few_shot([of[Split.TRAIN][0][0], of[Split.TRAIN][1][1]])
    (row,) = rows()
    assert (row.task, row.rationale) == (JudgeTask.PAIR, "It answers.")


def test_an_example_that_holds_most_of_a_held_out_case_is_refused_with_which(study):
    """Of the held-out case's three runs of eight words two stand in the example: 67 %."""
    of = cases()
    with write_session() as session:
        for part, text in (
            (Split.TRAIN, "Please: one two three four five six seven eight nine. Thanks"),
            (Split.TEST, "One two three four five six seven eight nine ten"),
        ):
            case = session.get(Case, session.get(Output, of[part][0][0]).case_id)
            case.input = [{"role": "user", "content": text}]

    with pytest.raises(RefusedError, match=r"holds 67 % of the runs .* of the test split"):
        few_shot(of[Split.TRAIN][0])
    assert not rows()
    few_shot(of[Split.TRAIN][1])


def test_a_judge_with_few_shot_cases_is_another_and_is_not_asked_about_these(study):
    before = judge_name()
    of = cases()[Split.TRAIN]
    with pytest.raises(RefusedError, match="no few-shot case"):
        begin_judging(JudgePlan("Study", "m", PLAN.endpoint, has_few_shot=True))
    for outputs in of[:2]:
        few_shot(outputs)

    begun = begin_judging(JudgePlan("Study", "m", PLAN.endpoint, has_few_shot=True))

    with read_session() as session:
        row = session.get_one(Judging, begun.judging_id)
        identity = identity_of(session, row)
        asked = session.exec(
            select(AskedVerdict.left_output_id).where(AskedVerdict.judging_id == begun.judging_id)
        ).all()
    assert begun.is_new
    assert identity.name != before
    assert len(identity.document()["few_shot"]) == 2
    # Every other one is shown the other way round, so that no side is taught.
    lefts = [shot.responses["left"].text.split(":")[0] for shot in identity.few_shot]
    assert [words[: len("Response 0")] for words in lefts] == ["Response 0", "Response 1"]
    assert len(asked) == 2 * (N_CASES - 2)
    assert not set(asked) & {each for outputs in of[:2] for each in outputs}


def test_what_is_removed_goes_to_no_new_judge_and_stays_with_those_that_saw_it(study):
    few_shot(cases()[Split.TRAIN][0])
    plan = JudgePlan("Study", "m", PLAN.endpoint, has_few_shot=True)
    begun = begin_judging(plan)

    remove_few_shot(rows()[0].few_shot_id)

    assert rows() == ()
    with read_session() as session:
        row = session.get_one(Judging, begun.judging_id)
        assert identity_of(session, row).hash == row.identity_hash
    with pytest.raises(RefusedError, match="no few-shot case"):
        begin_judging(plan)
    with pytest.raises(NotFoundError):
        remove_few_shot(1)


def test_a_judge_is_sent_its_few_shot_cases_with_the_answer_of_people(sqlite_database, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    store_study(n_cases=N_CASES)
    begin_judging(PLAN)
    few_shot(cases()[Split.TRAIN][0], "Because it is right.")
    with serving(default=NoisyJudge(qualities(N_CASES))) as server:
        plan = JudgePlan("Study", "m", Endpoint(server.base_url, "TEST_KEY"), has_few_shot=True)
        assert judging.judge_on(begin_judging(plan).judging_id)
        bodies = [body for _, body in server.requests]

    assert bodies
    for body in bodies:
        roles = [message["role"] for message in body["messages"]]
        assert roles == ["system", "user", "assistant", "user"]
        answer = json.loads(body["messages"][2]["content"])
        assert answer["rationale"] == "Because it is right."
        assert answer["verdict"] in ("A", "B")


def test_where_people_are_split_no_answer_is_right_until_a_lead_decides(database):
    ids = make_eval_set(n_cases=40)
    make_study(ids)
    with read_session() as session:
        train = next(
            case.key
            for case in session.exec(select(Case)).all()
            if split_of(case.case_hash) is Split.TRAIN
        )
    names = [f"{train}/{model}" for model in ("Model one", "Model two")]
    annotate(ids, "Ada", *names, "left")
    annotate(ids, "Bo", *names[::-1], "left")
    begin_judging(PLAN)
    outputs = [ids[name] for name in names]
    with pytest.raises(RefusedError, match="People are split"):
        few_shot(outputs)

    adjudicate(ids["Study"], PREFERRED, outputs[::-1], Preference.LEFT, "The second is right.")
    few_shot(outputs)

    with read_session() as session:
        (decided,) = adjudications_of(session, ids["Study"], PREFERRED, outputs)
    assert decided.answer is Preference.RIGHT
    assert len(rows()) == 1


def test_a_lead_s_answer_is_kept_beside_what_people_said_and_the_last_one_holds(study):
    outputs = cases()[Split.DEV][0]
    with read_session() as session:
        before = session.exec(select(Annotation.id)).all()

    adjudicate(study, PREFERRED, outputs, Preference.TIE, "Neither.")
    adjudicate(study, PREFERRED, outputs[::-1], Preference.LEFT, "The second after all.")

    with read_session() as session:
        decided = adjudications_of(session, study, PREFERRED, outputs)
        assert [each.answer for each in decided] == [Preference.RIGHT, Preference.TIE]
        assert adjudicated_pairs(session, study) == {tuple(outputs): Preference.RIGHT}
        assert session.exec(select(Annotation.id)).all() == before
        assert len(session.exec(select(Adjudication.id)).all()) == 2
        actions = session.exec(select(AuditEvent.action)).all()
    assert actions.count("adjudicate") == 2


def test_what_cannot_be_decided_is_refused_and_stores_nothing(study):
    outputs = cases()[Split.DEV][0]

    for subject, ids, answer, words, why in (
        (PREFERRED, outputs, Preference.LEFT, " ", "Say in a sentence"),
        (PREFERRED, outputs[:1], Preference.LEFT, "x", "does not belong"),
        (PREFERRED, outputs, 1.0, "x", "does not belong"),
        (STARS, outputs[:1], 9.0, "x", "9 is not on the scale"),
        (ANY_ERROR, outputs[:1], 0.5, "x", "not on the scale"),
    ):
        with pytest.raises(RefusedError, match=why):
            adjudicate(study, subject, ids, answer, words)
    with pytest.raises(NotFoundError):
        adjudicate(study, PREFERRED, [outputs[0], 99_999], Preference.LEFT, "x")
    with read_session() as session:
        assert session.exec(select(Adjudication.id)).all() == []


def test_any_value_between_the_ends_of_a_continuous_scale_can_be_right(study):
    outputs = cases()[Split.DEV][0]
    ranged = replace(STARS, values=(0.0, 10.0), labels=(), is_continuous=True)

    adjudicate(study, ranged, outputs[:1], 7.5, "Between the two of them.")
    with pytest.raises(RefusedError, match=r"10\.5 is not on the scale"):
        adjudicate(study, ranged, outputs[:1], 10.5, "Above it.")

    with read_session() as session:
        assert session.exec(select(Adjudication.value)).all() == [7.5]


def test_exports_take_what_was_decided_and_the_manifest_says_of_how_many(study, tmp_path):
    outputs = cases()[Split.TRAIN][0]
    file = tmp_path / "x.jsonl"

    def exported(rule):
        options = ExportOptions(rule=rule, also=(HeldBack.DEV, HeldBack.TEST))
        export_file(file, study="Study", format=FileFormat.DPO, options=options)
        told = json.loads((tmp_path / "x.jsonl.manifest.json").read_text())
        return [json.loads(line) for line in file.read_text().splitlines()], told

    majority, plain = exported(ConsensusRule.MAJORITY)
    with read_session() as session:
        key = session.get_one(Case, session.get_one(Output, outputs[0]).case_id).key
    before = next(line for line in majority if line["case"] == key)
    is_first = before["chosen_model"] == "Amber"
    adjudicate(
        study, PREFERRED, outputs, Preference.RIGHT if is_first else Preference.LEFT, "Wrong."
    )
    decided, manifest = exported(ConsensusRule.ADJUDICATED)
    after = next(line for line in decided if line["case"] == key)

    assert after["chosen_model"] == before["rejected_model"]
    assert [line for line in decided if line["case"] != key] == [
        line for line in majority if line["case"] != key
    ]
    assert (plain["n_adjudicated"], manifest["n_adjudicated"]) == (0, 1)
    assert manifest["options"]["rule"] == "adjudicated"
    assert exported(ConsensusRule.MAJORITY)[0] == majority


def test_a_clarification_stands_with_the_criterion_of_every_version_of_the_rubric(database):
    ids = make_eval_set(n_cases=2)
    make_study(ids)
    output = ids["case-0/Model one"]

    helpfulness = Criterion("helpfulness", "How?", "ordinal", (1.0, 2.0, 3.0, 4.0, 5.0), ("",) * 5)

    clarify(ids["Study"], helpfulness, [output], "A refusal with a reason is a 3.")
    clarify(ids["Study"], ANY_ERROR, [output], "Old prices are errors.")
    with pytest.raises(RefusedError, match="Write what the rubric"):
        clarify(ids["Study"], helpfulness, [output], "")

    with read_session() as session:
        notes = notes_on_rubric(session, "Rubric of Study")
        assert notes_on_rubric(session, "Another") == ()
    assert [(note.criterion, note.words) for note in notes] == [
        ("", "Old prices are errors."),
        ("helpfulness", "A refusal with a reason is a 3."),
    ]
    assert {(note.study, note.case) for note in notes} == {("Study", "case-0")}


def test_a_clarification_of_a_study_without_a_rubric_is_listed_with_the_study(study):
    outputs = cases()[Split.TRAIN][0]

    clarify(study, PREFERRED, outputs, "Late is worse than wrong.")

    with read_session() as session:
        so_far = lessons_of_study(session, study)
    assert [note.words for note in so_far.notes] == ["Late is worse than wrong."]
    assert (so_far.has_rubric, so_far.few_shot) == (False, ())


def test_of_a_response_the_whole_answer_of_a_person_who_is_right_is_shown(database):
    ids = make_eval_set(n_cases=40)
    make_study(ids)
    with read_session() as session:
        train = next(
            case.key
            for case in session.exec(select(Case)).all()
            if split_of(case.case_hash) is Split.TRAIN
        )
    name = f"{train}/Model one"

    helpfulness = Criterion("helpfulness", "How?", "ordinal", (1.0, 2.0, 3.0, 4.0, 5.0), ("",) * 5)
    for person, helpful, polite in (("Ada", 4, 1), ("Bo", 4, 0), ("Cy", 1, 1)):
        scores = [(name, "helpfulness", helpful), (name, "polite", polite)]
        annotate(ids, person, name, scores=scores)
    begin_judging(JudgePlan("Study", "m", PLAN.endpoint, task=JudgeTask.SCORES))

    add_few_shot(ids["Study"], judge_name(), helpfulness, [ids[name]], "It helps.")

    with read_session() as session:
        study = session.get_one(Study, ids["Study"])

        (shot,) = few_shot_of(session, study, JudgeTask.SCORES)
    assert shot.answer.responses["left"].scores == {"helpfulness": 4.0, "polite": 1.0}


def test_whether_a_response_passes_can_be_what_a_lead_decided_of_its_score(database, tmp_path):
    ids = make_eval_set(n_cases=2)
    make_study(ids)
    names = [f"case-{case}/Model one" for case in range(2)]
    # Passing is 4 and more of 5: both do after people, of whom one of three does not say so.
    for person, helpful in (("Ada", 4), ("Bo", 5), ("Cy", 1)):
        for name in names:
            annotate(ids, person, name, scores=[(name, "helpfulness", helpful)])
    helpfulness = Criterion("helpfulness", "How?", "ordinal", (1.0, 2.0, 3.0, 4.0, 5.0), ("",) * 5)
    adjudicate(ids["Study"], helpfulness, [ids[names[0]]], 5.0, "It helps.")
    adjudicate(ids["Study"], helpfulness, [ids[names[0]]], 2.0, "It does not.")

    def exported(rule):
        options = ExportOptions(criterion="helpfulness", rule=rule, also=tuple(HeldBack))
        export_file(tmp_path / "x", study="Study", format=FileFormat.KTO, options=options)
        told = json.loads((tmp_path / "x.manifest.json").read_text())
        lines = map(json.loads, (tmp_path / "x").read_text().splitlines())
        return {line["case"]: (line["label"], line["agreement"]) for line in lines}, told[
            "n_adjudicated"
        ]

    by_majority, by_lead = map(exported, (ConsensusRule.MAJORITY, ConsensusRule.ADJUDICATED))

    two_thirds = pytest.approx(2 / 3)
    assert by_majority == ({"case-0": (True, two_thirds), "case-1": (True, two_thirds)}, 0)
    # The last decision holds, and agreement stays the share of people who say so.
    decided = (False, pytest.approx(1 / 3))
    assert by_lead == ({"case-0": decided, "case-1": (True, two_thirds)}, 1)
    with pytest.raises(RefusedError, match="by majority or adjudicated"):
        exported(ConsensusRule.DAWID_SKENE)
