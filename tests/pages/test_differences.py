"""The page about the cases on which a judge and people differ."""

import html

import pytest
from sqlmodel import select

from db.columns import now
from db.commands.anchor_requests import wish_check
from db.commands.lessons import clarify
from db.engine import read_session, write_session
from db.models import (
    AnchorAnswer,
    AnchorCheck,
    AnchorRequest,
    Annotation,
    Annotator,
    Assignment,
    Case,
    Criterion as ScaleCriterion,
    JudgeAnchor,
    Judging,
)
from db.queries import results
from db.queries.responses.side_by_side import some_responses
from db.queries.results import ResultFilters
from evalkit.judging.split import Split, split_of
from evalkit.study.collected import Criterion
from evalkit.vocabulary import Role
from pages.shared.response.answers import said_html
from pages.shared.sections import differences
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_annotators import opened, written

PAGE = "results/differences.py"
MODELS = ("Atlas :red[x]", "Birch <b>")
JUDGE = "gauge $1$ <i>"
N_CASES = 30


def store_study():
    """Two people who prefer the left, and a judge that prefers the right of every third."""
    ids = make_eval_set(models=MODELS, n_cases=N_CASES)
    make_study(ids)
    for case in range(N_CASES):
        pair = [f"case-{case}/{model}" for model in MODELS]
        for person in ("Ada", "Bo"):
            annotate(ids, person, *pair, "left", comment=f"{person} on {case}")
        better = "left" if case % 3 else "right"
        for order, verdict in ((pair, better), (pair[::-1], _turned(better))):
            annotation = annotate(ids, JUDGE, *order, verdict, is_judge=True)
            _reason(annotation, f"Because of {case}, **{verdict}**")
    return ids


def _turned(side):
    return "right" if side == "left" else "left"


def _reason(annotation_id, rationale):
    with write_session() as session:
        session.get(Annotation, annotation_id).details = {"rationale": rationale}


def part_of_cases():
    """Give which part of the split each case is of, by its key."""
    with read_session() as session:
        return {case.key: split_of(case.case_hash) for case in session.exec(select(Case)).all()}


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def differing(*parts):
    """Give the cases on which the judge differs that are in some parts of the split."""
    of = part_of_cases()
    return [f"case-{case}" for case in range(0, N_CASES, 3) if of[f"case-{case}"] in parts]


def listed(app):
    """Give the list of cases."""
    return next(of.value for of in app.dataframe if "Weight" in of.value)


def test_the_cases_are_listed_worst_first_without_those_of_the_test(app, sign_in, study):
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    frame = listed(app)
    assert sorted(frame["Case"]) == sorted(differing(Split.TRAIN, Split.DEV))
    assert set(frame["People say"]) == {f"2 × {MODELS[0]} is better"}
    assert set(frame["Judge says"]) == {f"{MODELS[1]} is better"}
    assert "gauge $1$ &lt;i&gt; and people differ on" in words
    assert "Cases of the test split are not listed" in words


def test_the_open_case_shows_both_orders_the_reasons_and_everybody_s_answer(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    answers = next(of.value for of in app.dataframe if "Compared" in of.value)

    assert list(answers["By"][:2]) == ["Ada", "Bo"]
    assert len(answers) == 4
    assert set(answers["Compared"][2:]) == {" with ".join(MODELS), " with ".join(MODELS[::-1])}


def test_of_a_pair_the_answers_about_both_are_read_with_comments_and_reasons(study):
    pair = [study[f"case-3/{model}"] for model in MODELS]
    with read_session() as session:
        of = results.result_study(session, name="Study")
        read = some_responses(
            session, of, filters=ResultFilters().with_all_judges(), output_ids=pair
        )
        alone = some_responses(session, of, filters=ResultFilters(), output_ids=[pair[0], 9999])

    words = said_html(read.answers, read.headings, {})

    assert "Ada on 3" in words
    assert "Because of 3, **right**" in words
    assert "Because of 3, **left**" in words
    assert alone is None


def test_where_people_do_not_agree_can_be_left_out_by_its_address(app, sign_in, study):
    pair = [f"{differing(Split.DEV)[0]}/{model}" for model in MODELS]
    annotate(study, "Cy", *pair, "tie")
    sign_in(app, Role.LEAD)

    opened(app, PAGE)
    everywhere = list(listed(app)["Case"])
    words = opened(app, PAGE, agreed="1")

    assert set(everywhere) - set(listed(app)["Case"]) == {pair[0].split("/")[0]}
    assert "where people agree with one another" in words


def test_a_lead_decides_what_is_right_and_reads_it_with_the_case(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    key = next(area.key for area in app.text_input if area.key.startswith("adjudicate-words"))

    (right,) = [box for box in app.selectbox if box.label == "What is right"]
    assert f"{MODELS[1]} is better" in right.options
    app.text_input(key=key).set_value("The *other* one is right.")
    submit(app, "Adjudicate")

    assert not app.exception
    assert app.success[0].value == "Your answer is stored beside those of people."
    assert f"Adjudicated by test lead: {MODELS[1]} is better. The *other*" in html.unescape(
        written(app)
    )


def test_on_a_scale_without_steps_what_is_right_is_typed(app, sign_in, sqlite_database):
    ids = make_eval_set(models=MODELS, n_cases=N_CASES)
    make_study(ids)
    with write_session() as session:
        criterion = session.get(ScaleCriterion, ids["helpfulness"])
        criterion.scale, criterion.range = [], {"min": 0, "max": 100}
        dev = next(
            case.key
            for case in session.exec(select(Case)).all()
            if split_of(case.case_hash) is Split.DEV
        )
    name = f"{dev}/{MODELS[0]}"
    for who, value, is_judge in (("Ada", 70.0, False), ("Bo", 72.5, False), (JUDGE, 20.0, True)):
        annotate(ids, who, name, scores=[(name, "helpfulness", value)], is_judge=is_judge)
    sign_in(app, Role.LEAD)
    opened(app, PAGE, on="helpfulness")

    assert "differ on 100" in written(app)
    assert "within 5 % of the scale are the same" in written(app)
    right = app.number_input[0]
    assert (right.value, right.min, right.max) == (20.0, 0.0, 100.0)
    right.set_value(71.25)
    next(each for each in app.text_input if each.label == "Why people are wrong").set_value("Both.")
    submit(app, "Adjudicate")

    assert not app.exception
    assert "Adjudicated by test lead: 71.25. Both." in html.unescape(written(app))


def test_a_gap_in_the_rubric_is_kept_and_nothing_is_without_words(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    submit(app, "Keep for the rubric")
    assert "Write what the rubric should say" in app.error[0].value

    key = next(area.key for area in app.text_area if area.key.startswith("clarify-words"))
    app.text_area(key=key).set_value("Say what :red[late] means.")
    submit(app, "Keep for the rubric")

    assert "kept for the next version" in app.success[0].value
    assert "1 clarification" in [each.label for each in app.expander]
    assert "case-0: Say what :red[late] means." in html.unescape(written(app))
    words = opened(app, "library/rubrics.py", name="Rubric of Study")
    assert "On which response is better: Say what :red[late] means." in words


def test_a_note_on_a_criterion_is_put_into_its_text_with_a_click(app, sign_in, study):
    helpfulness = Criterion("helpfulness", "How?", "ordinal", (1.0, 2.0), ("", ""))
    clarify(study["Study"], helpfulness, [study["case-0/Birch <b>"]], "Late is a 2.")
    sign_in(app, Role.LEAD)

    opened(app, "library/rubrics.py", name="Rubric of Study")
    next(button for button in app.button if button.label == "Add to the text").click().run()

    assert not app.exception
    field = next(area for area in app.text_input if area.label == "In a sentence more")
    assert field.value == "Late is a 2."
    assert any(button.label == "In the text" and button.disabled for button in app.button)


def test_a_few_shot_case_is_of_the_train_split_and_of_a_judge_asked_from_here(app, sign_in, study):
    of = part_of_cases()
    places = {case: [study[f"{case}/{model}"] for model in MODELS] for case in of}
    dev, train = differing(Split.DEV)[0], differing(Split.TRAIN)[0]
    sign_in(app, Role.LEAD)

    opened(app, PAGE, shown="-".join(map(str, places[dev])))
    (button,) = [each for each in app.button if each.label == "Show it to judges"]
    assert button.disabled
    words = opened(app, PAGE, shown="-".join(map(str, places[train])))
    (button,) = [each for each in app.button if each.label == "Show it to judges"]
    assert button.disabled
    assert "was not asked from here" in words

    with write_session() as session:
        judge = session.exec(select(Annotator).where(Annotator.name == JUDGE)).one()
        session.add(
            Judging(
                study_id=study["Study"],
                annotator_id=judge.id,
                identity={},
                identity_hash="x",
                model="gauge",
                base_url="http://127.0.0.1:9",
                parameters={},
            )
        )
    app.run()
    submit(app, "Show it to judges")
    assert app.success[0].value == "It is a few-shot case now."
    assert "1 few-shot case" in [each.label for each in app.expander]
    next(each for each in app.button if each.label == "Remove").click().run()
    assert "not shown it any more" in app.success[0].value


def check_anchors_twice(ids):
    """Store two checks of one anchor at which the judge says the same."""
    with write_session() as session:
        judge = session.exec(select(Annotator).where(Annotator.name == JUDGE)).one()
        outputs = [ids[f"case-3/{model}"] for model in MODELS]
        anchor = JudgeAnchor(
            study_id=ids["Study"],
            task="pair",
            case_id=ids["case-3"],
            left_output_id=outputs[0],
            right_output_id=outputs[1],
            content_hash="x",
        )
        session.add(anchor)
        session.flush()
        for _ in range(2):
            check = AnchorCheck(study_id=ids["Study"], annotator_id=judge.id, identity_hash="x")
            session.add(check)
            session.flush()
            session.add_all(
                AnchorAnswer(
                    check_id=check.id,
                    anchor_id=anchor.id,
                    is_turned=is_turned,
                    look=number,
                    answer={"preference": "right" if is_turned else "left"},
                )
                for is_turned in (False, True)
                for number in (1, 2)
            )


def test_whether_the_judge_moved_stands_below_where_anchors_were_asked_about(app, sign_in, study):
    sign_in(app, Role.LEAD)
    assert "Drift" not in [header.value for header in (opened(app, PAGE), app.header)[1]]
    check_anchors_twice(study)

    words = opened(app, PAGE)

    assert "Drift" in [header.value for header in app.header]
    assert "No judge has moved in 1 check held against an earlier one." in words
    assert "gauge $1$ &lt;i&gt;, " in words


def submit(app, label):
    """Press the button of a form."""
    next(each for each in app.button if each.label == label).click().run()


def test_without_a_judge_it_says_how_verdicts_come_in(app, sign_in, sqlite_database):
    ids = make_eval_set(models=MODELS, n_cases=4)
    make_study(ids)
    annotate(ids, "Ada", *[f"case-0/{model}" for model in MODELS], "left")
    with write_session() as session:
        session.add(Annotator(name=JUDGE, kind="judge"))
    check_anchors_twice(ids)
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    assert "No judge has judged here yet" in words
    assert "No judge has moved in 1 check" in words
    assert "Verdicts are records of annotators of kind" in words


def test_where_they_never_differ_there_is_a_sentence_and_no_list(app, sign_in, sqlite_database):
    ids = make_eval_set(models=MODELS, n_cases=12)
    make_study(ids)
    for case in range(12):
        pair = [f"case-{case}/{model}" for model in MODELS]
        annotate(ids, "Ada", *pair, "left")
        annotate(ids, JUDGE, *pair, "left", is_judge=True)
    check_anchors_twice(ids)
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    assert "and people differ on none of" in words
    assert "No judge has moved in 1 check" in words
    assert not any("Weight" in of.value for of in app.dataframe)


def test_without_a_study_it_leads_to_one(app, sign_in, sqlite_database):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app, PAGE)


def test_an_annotator_may_not_open_it(app, sign_in, study):
    sign_in(app, Role.ANNOTATOR)

    assert "gauge" not in opened(app, PAGE)
    with read_session() as session:
        assert session.exec(select(Assignment.id)).first() is not None


def test_a_judge_asked_from_here_is_asked_about_the_anchors_at_a_click(
    app, sign_in, study, monkeypatch
):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    label = "Ask about the anchors now"
    assert label not in [each.label for each in app.button]
    with write_session() as session:
        judge = session.exec(select(Annotator).where(Annotator.name == JUDGE)).one()
        where = {"base_url": "http://127.0.0.1:9", "model": "gauge", "parameters": {}}
        row = {"study_id": study["Study"], "annotator_id": judge.id, "identity": {}}
        session.add(Judging(**row, **where, identity_hash="x"))

    opened(app, PAGE)
    submit(app, label)

    # What the judging asked is not what the study asks now, so nobody is asked.
    assert "another judge" in app.error[0].value
    monkeypatch.setattr(
        differences, "check_later", lambda judging_id, *, actor_id: wish_check(judging_id)
    )
    submit(app, label)
    assert f"{JUDGE} is being asked about the anchors." in html.unescape(written(app))
    submit(app, label)
    assert "already" in app.error[0].value
    with read_session() as session:
        (request_id,) = session.exec(select(AnchorRequest.id)).all()
    with write_session() as session:
        request = session.get_one(AnchorRequest, request_id)
        request.n_asked, request.n_failed, request.ended_at = 8, 1, now()
    assert "7 requests answered, 1 failed" in opened(app, PAGE)
