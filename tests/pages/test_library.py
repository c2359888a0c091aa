import dataclasses
import io
import re
from html import unescape

import pytest
from PIL import Image as Picture

from db.commands.audience import set_groups
from db.commands.images import store_images
from db.commands.judgings import begin_judging
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session, write_session
from db.models import Case, Output
from db.queries import image_names, library
from db.queries.annotation.audience import Audience, audience
from evalkit.formats.material import FileFormat, HeldBack
from evalkit.formats.table import FORMATS
from evalkit.judging.plan import JudgePlan
from evalkit.running.endpoint import Endpoint
from evalkit.vocabulary import LeakPolicy, Role, TaskKind
from pages.routes import downloads
from pages.shared.library import study_form, tables as library_tables
from pages.shared.response import responses
from tests.db.record_files import comparison
from tests.db.test_training_pairs import pair, told
from tests.factories import make_eval_set
from tests.pages.conftest import account, at_page

PLAN = StudyPlan(name="Which one", eval_set="Support questions", models=("Model one", "Model two"))


def everything_written(app):
    kinds = (app.markdown, app.caption, app.info, app.error, app.success, app.title, app.text)
    said = [str(element.value) for kind in kinds for element in kind]
    return "\n".join([*said, *(unescape(element.proto.body) for element in app.get("html"))])


def as_read(app):
    """Return the same without what keeps Streamlit from making Markdown of it."""
    return re.sub("[\\\\\N{WORD JOINER}]", "", everything_written(app))


@pytest.mark.parametrize("page", ["library/eval_sets.py", "library/studies.py"])
def test_an_empty_library_says_what_is_missing_and_leads_to_the_import(app, sign_in, page):
    sign_in(app, Role.LEAD)

    at_page(app, page).run()

    assert not app.exception
    assert "mport" in everything_written(app)


@pytest.mark.parametrize("page", ["library/eval_sets.py", "library/studies.py"])
def test_an_annotator_never_sees_the_library(app, sign_in, page):
    make_eval_set()
    sign_in(app, Role.ANNOTATOR)
    app.run()

    with pytest.raises(ValueError, match=r"switch_page|not found|Unable"):
        app.switch_page(page).run()

    assert "Support questions" not in everything_written(app)


def test_eval_sets_show_cases_that_match_a_category_and_a_text(app, sign_in):
    make_eval_set(n_cases=5)
    sign_in(app, Role.LEAD)

    at_page(app, "library/eval_sets.py").run()
    assert "5 of 5 cases" in everything_written(app)
    next(box for box in app.selectbox if box.label == "Category").set_value("code").run()
    assert "2 of 5 cases" in everything_written(app)  # case-1 and case-3
    next(box for box in app.text_input if "Find" in box.label).set_value("CASE-3").run()

    assert not app.exception
    assert "1 of 5 cases" in everything_written(app)


def test_of_many_responses_the_first_ten_are_read_until_others_or_all_are_asked_for(
    app, sign_in, monkeypatch
):
    shown = []
    monkeypatch.setattr(responses, "show", lambda read: shown.append(len(read.responses)))
    make_eval_set(models=[f"model {number:02}" for number in range(14)], n_cases=1)
    sign_in(app, Role.LEAD)

    at_page(app, "library/eval_sets.py").run()
    app.multiselect(key="responses-of").set_value(["model 13", "model 02"]).run()
    app.toggle(key="all-responses").set_value(True).run()

    assert not app.exception
    assert shown == [10, 2, 14]


def test_cases_that_repeat_one_content_are_warned_of_and_named(app, sign_in):
    ids = make_eval_set(n_cases=4)
    with write_session() as session:
        for key in ("case-1", "case-3"):
            session.get(Case, ids[key]).case_hash = "the same"
    sign_in(app, Role.LEAD)

    at_page(app, "library/eval_sets.py").run()

    assert not app.exception
    assert any("4 cases hold only 3 contents: 1 repeats" in one.value for one in app.warning)
    listed = next(frame.value for frame in app.dataframe if "Case" in frame.value)
    # By category, then name: billing 0 and 2, code 1 and 3.
    assert listed["Same content as"].tolist() == ["", "", "", "case-1"]


def picture(shade):
    drawn = io.BytesIO()
    Picture.new("L", (4, 3), shade).save(drawn, "PNG")
    return drawn.getvalue()


def test_a_lead_replaces_a_wrong_image_and_removes_it_and_both_are_told(app, sign_in):
    make_eval_set()
    store_images(lambda: [("in/cat.png", picture(1))], eval_set="Support questions")
    user = sign_in(app, Role.LEAD)
    at_page(app, "library/eval_sets.py").run()
    (before,) = stored_images().values()
    assert f"/image/{before}" in everything_written(app)

    uploader = next(one for one in app.file_uploader if one.label == "Another image in its place")
    uploader.set_value(("other.png", picture(9), "image/png")).run()
    next(button for button in app.button if button.label == "Replace the image").click().run()

    assert not app.exception
    assert "in/cat.png is replaced" in as_read(app)
    (after,) = stored_images().values()
    assert after != before
    assert f"in/cat.png, which was {before[:12]}: replaced by {after[:12]}" in as_read(app)
    next(button for button in app.button if button.label == "Remove the image").click().run()
    assert not app.exception
    assert stored_images() == {}
    assert f"in/cat.png, which was {after[:12]}: removed" in as_read(app)
    assert user.name in as_read(app)


def stored_images():
    with read_session() as session:
        return image_names.named_images(session, 1)


def test_a_lead_starts_a_study_from_the_page(app, sign_in):
    make_eval_set()
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    next(box for box in app.text_input if box.label == "Name").set_value("  Spring  ")
    next(button for button in app.button if button.label == "Start the study").click().run()

    assert not app.exception
    assert "“Spring” is open" in everything_written(app)
    with read_session() as session:
        (study,) = library.studies(session)
    assert (study.name, study.overlap, study.pairs_per_case) == ("Spring", 2, 1)
    assert study.models == ("Model one", "Model two")


def test_a_study_of_some_of_the_cases_says_how_much_work_that_is(app, sign_in):
    make_eval_set(n_cases=12)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    # 12 cases, of two models one pair each, two annotators a pair.
    assert "12 cases, 1 pair each, 2 annotators a pair: 24 annotations" in everything_written(app)
    next(box for box in app.number_input if box.label == "Cases").set_value(5).run()
    assert "5 of 12 cases, 1 pair each, 2 annotators a pair: 10" in everything_written(app)
    # Two categories of six cases: five are two of one and three of the other.
    assert re.search(
        r"Drawn once, when the study starts, by category: (billing|code) 3 and (billing|code) 2\.",
        as_read(app),
    )
    next(box for box in app.text_input if box.label == "Name").set_value("Some")
    next(button for button in app.button if button.label == "Start the study").click().run()

    assert not app.exception
    with read_session() as session:
        (study,) = library.studies(session)
    assert study.cases == "5 of 12"
    (table,) = [frame.value for frame in app.dataframe if "Eval set" in frame.value]
    assert table["Cases"].tolist() == ["5 of 12"]


def test_more_cases_than_were_answered_are_refused_as_they_are_typed(app, sign_in):
    ids = make_eval_set(n_cases=12)
    with write_session() as session:
        for number in range(4):
            session.delete(session.get(Output, ids[f"case-{number}/Model two"]))
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()

    next(box for box in app.number_input if box.label == "Cases").set_value(9).run()

    assert "9 cases cannot be drawn: 8 were answered by two or more" in as_read(app)


def test_of_many_cases_it_is_said_that_fewer_may_do(app, sign_in):
    make_eval_set(n_cases=401)
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()
    assert "Fewer cases may do" in everything_written(app)

    next(box for box in app.number_input if box.label == "Cases").set_value(200).run()

    assert "Fewer cases may do" not in everything_written(app)


def test_a_sample_is_told_by_its_largest_categories_and_cases_without_one_are_none():
    shares = {f"kind {number}": 20 - number for number in range(10)} | {"": 3}

    assert study_form.sample_sentence(shares) == (
        "Drawn once, when the study starts, by category: kind 0 20, kind 1 19, kind 2 18, "
        "kind 3 17, kind 4 16, kind 5 15, kind 6 14, kind 7 13, 2 more categories and 3 without a "
        "category."
    )
    assert study_form.sample_sentence({"": 5}) == "They are drawn once, when the study starts."


def test_a_study_that_cannot_work_is_refused_in_a_sentence(app, sign_in):
    make_eval_set()
    create_study(PLAN)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    next(box for box in app.text_input if box.label == "Name").set_value("Which one")
    next(button for button in app.button if button.label == "Start the study").click().run()

    assert not app.exception
    assert "already a study named “Which one”" in app.error[0].value
    with read_session() as session:
        assert len(library.studies(session)) == 1


def test_texts_that_name_a_model_are_pointed_out_beside_the_study(app, sign_in):
    make_eval_set(models=("gemini-2.5-flash", "Birch"))
    plan = dataclasses.replace(PLAN, models=("gemini-2.5-flash", "Birch"))
    create_study(plan)
    create_study(dataclasses.replace(plan, name="Two", guidelines="Gemini is *ours*."))
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    assert not app.exception
    assert "the guidelines (“Gemini”)" in everything_written(app)
    box = next(box for box in app.selectbox if box.label == "Study")
    box.set_value(next(option for option in (1, 2) if option != box.value)).run()

    assert not app.exception
    assert "names models that are compared" not in everything_written(app)


def test_a_study_can_be_closed_and_opened_from_the_page(app, sign_in):
    make_eval_set()
    create_study(PLAN)
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()

    next(button for button in app.button if button.label == "Close to new work").click().run()

    assert not app.exception
    with read_session() as session:
        assert not library.studies(session)[0].is_open
    assert any(button.label == "Open to new work" for button in app.button)


def test_a_lead_says_whom_a_study_is_for(app, sign_in):
    make_eval_set()
    study_id = create_study(PLAN)
    ada = account(Role.ANNOTATOR, name="Ada")
    set_groups(ada.id, ["German"])
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()
    assert "For everybody" in [expander.label for expander in app.expander]

    app.multiselect(key=f"audience-{study_id}-groups").set_value(["German"]).run()
    app.multiselect(key=f"audience-{study_id}-people").set_value([ada.id]).run()
    app.button(key=f"audience-{study_id}-set").click().run()

    assert not app.exception
    assert f"For German and {ada.name}" in [expander.label for expander in app.expander]
    with read_session() as session:
        stored = audience(session, study_id)
    assert stored == Audience(frozenset([ada.id]), frozenset(["German"]))
    assert app.button(key=f"audience-{study_id}-set").disabled


def test_without_a_study_there_is_nothing_to_export_and_the_page_says_so(app, sign_in):
    sign_in(app, Role.LEAD)

    at_page(app, "library/export.py").run()

    assert not app.exception
    assert "no study yet" in everything_written(app)


def test_a_study_can_be_taken_away_as_csv_and_records(app, sign_in):
    make_eval_set()
    create_study(PLAN)
    sign_in(app, Role.LEAD)

    at_page(app, "library/export.py").run()

    assert not app.exception
    assert app.selectbox(key="export-format").options[:4] == [
        "CSV, long",
        "CSV, a column per annotator",
        "Parquet",
        "Records",
    ]
    assert "Nobody has annotated" in everything_written(app)
    for format in ("csv", "evalkit", "promptfoo"):
        app.selectbox(key="export-format").set_value(format).run()
        assert not app.exception
        # The file, and its manifest beside it.
        links = [link.proto.url for link in app.get("link_button")]
        assert [link.startswith(downloads.FOLDER) for link in links] == [True] * 2
        assert FORMATS[FileFormat(format)].purpose in everything_written(app)


def test_pairs_to_train_on_are_counted_with_what_is_left_out(app, sign_in):
    told([*pair("good"), *pair("secret", of_case={"canary": "KEEP OUT"}), *pair("open"),
          comparison("right", case="open", annotator="Bo")])  # fmt: skip
    sign_in(app, Role.LEAD)
    at_page(app, "library/export.py").run()

    app.selectbox(key="export-format").set_value("dpo").run()
    app.multiselect(key="export-also").set_value([HeldBack.DEV, HeldBack.TEST]).run()
    app.button(key="export-count").click().run()

    # Ann and Bo disagree on the case "open", and "secret" has a canary: one of three is written.
    why = "1 preference without a majority and 1 preference of a case with a canary"
    assert f"1 preference. Left out: {why}." in everything_written(app)


def test_where_single_responses_are_judged_no_pairs_to_train_on_are_offered(app, sign_in):
    make_eval_set()
    collects = frozenset({"scores"})
    create_study(dataclasses.replace(PLAN, kind=TaskKind.SINGLE, collects=collects))
    sign_in(app, Role.LEAD)

    at_page(app, "library/export.py").run()

    titles = app.selectbox(key="export-format").options
    assert "Single responses to train on (KTO)" in titles
    assert not any("DPO" in title or "Battles" in title for title in titles)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Which one, spring?", "which-one-spring"), ("../../etc", "etc"), ("???", "study")],
)
def test_a_download_is_named_after_its_study_with_what_every_file_system_allows(name, expected):
    assert library_tables.file_name(name) == expected


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [("mask", "see the words masked"), ("leave_out", "not shown"), ("show", "not blind there")],
)
def test_the_page_says_how_many_responses_name_their_maker_and_what_becomes_of_them(
    app, sign_in, policy, sentence
):
    ids = make_eval_set()
    with write_session() as session:
        output = session.get(Output, ids["case-0/Model one"])
        output.content = "As an AI model trained by OpenAI, I cannot say."
    create_study(dataclasses.replace(PLAN, leak_policy=LeakPolicy(policy)))
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()

    assert not app.exception
    assert "1 of 8 responses name their maker (“OpenAI”)" in everything_written(app)
    assert sentence in everything_written(app)


def test_the_form_says_how_much_work_a_study_is(app, sign_in):
    make_eval_set(n_cases=5)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()

    # 5 cases, one pair of the two models each, two annotators a pair: 5 × 1 × 2
    assert "5 cases, 1 pair each, 2 annotators a pair: 10 annotations" in everything_written(app)


def test_a_study_without_annotations_can_be_discarded_from_the_page(app, sign_in):
    make_eval_set()
    create_study(PLAN)
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()

    next(button for button in app.button if button.label == "Discard for good").click().run()

    assert not app.exception
    with read_session() as session:
        assert library.studies(session) == []


def test_a_study_that_a_judge_is_at_work_on_is_kept_and_that_is_said(app, sign_in):
    make_eval_set()
    create_study(PLAN)
    endpoint = Endpoint("http://127.0.0.1:9/v1")
    begin_judging(JudgePlan(PLAN.name, "m", endpoint, is_all=True), lease="of a worker")
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()

    next(button for button in app.button if button.label == "Discard for good").click().run()

    assert not app.exception
    assert "A judge is at work on" in app.error[0].value
    with read_session() as session:
        assert len(library.studies(session)) == 1
