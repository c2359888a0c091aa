"""The page about judges: people first, then each judge beside them."""

import pytest

from db.commands.admission import set_bar
from db.engine import read_session
from db.queries.results import result_study
from evalkit.study.admitted import AdmissionBar
from evalkit.vocabulary import AdmissionStanding, Role
from tests.db.test_sure_judges import rows as sure_rows, stored as import_sure
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_annotators import opened, written

PAGE = "results/judges.py"
MODELS = ("Atlas :red[x]", "Birch <b>")
JUDGE = "gauge $1$ <i>"


def store_study(*, judged=True, people=("Ada", "Bo", "Cy")):
    """Three people on forty cases who mostly agree, and a judge that always says left."""
    ids = make_eval_set(models=MODELS, n_cases=40)
    make_study(ids)
    for case in range(40):
        pair = [f"case-{case}/{model}" for model in MODELS]
        for place, person in enumerate(people):
            better = "left" if (case + (place == case % 13)) % 2 else "right"
            annotate(ids, person, *pair, better)
        if judged:
            annotate(ids, JUDGE, *pair, "left", is_judge=True)
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_it_says_how_people_agree_then_how_near_the_judge_is(app, sign_in, study):
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    headings = [header.value for header in app.header]
    assert headings == ["People first", "Judges beside people", "Admission", "One judge"]
    ground, judged = "judges can be measured against them", "100 % is a judge that agrees"
    assert words.index(ground) < words.index(judged)
    assert "gauge $1$ &lt;i&gt; agrees with people less than people do with each other" in words
    assert "0 of 3 people matched" in words
    assert "What gauge $1$ &lt;i&gt; says where people say" in words


def test_without_a_judge_it_says_how_verdicts_come_in(app, sign_in, sqlite_database):
    store_study(judged=False)
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    assert "No judge has judged here yet." in words
    assert "Verdicts are records of annotators of kind" in words


def test_without_a_study_it_leads_to_one(app, sign_in, sqlite_database):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app, PAGE)


def test_a_judge_that_is_not_there_is_said_and_another_shown(app, sign_in, study):
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE, judge="nobody")

    assert "The address asks for judge “nobody”" in words
    assert "says where people say" in words


def test_a_lead_says_what_a_judge_must_reach_then_opens_the_test_once(app, sign_in, study):
    sign_in(app, Role.LEAD)
    assert "Nobody has said yet what a judge must reach" in opened(app, PAGE)

    [ask] = [button for button in app.button if button.label == "Ask this of judges"]
    ask.click().run()
    before = written(app)
    [button] = [each for each in app.button if each.label == "Open the test"]
    button.click().run()
    after = written(app)

    assert not app.exception
    assert "No test was opened yet, so no judge is admitted" in before
    assert "was opened once, last on" in after
    (standing,) = [each.value for each in app.dataframe if "Standing" in each.value]
    assert set(standing["Standing"]) <= {str(each) for each in AdmissionStanding}
    assert len(standing)
    assert "Ask this of judges" not in [button.label for button in app.button]


def test_a_bar_that_was_set_elsewhere_is_shown_as_it_is_and_not_rounded(app, sign_in, study):
    bar = AdmissionBar(ratio=0.004, sensitivity=0.996, specificity=0.855, bias=0.004)
    set_bar(study["Study"], bar)
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    asked = [field.value for field in app.number_input if field.key.startswith("judge-bar")]
    [ask] = [button for button in app.button if button.label == "Ask this of judges"]
    ask.click().run()

    assert asked == [0.4, 99.6, 85.5, 0.4]
    assert not app.exception
    with read_session() as session:
        assert result_study(session, name="Study").bar == bar


def test_a_judge_that_says_how_sure_it_is_has_a_calibration_curve(
    app, sign_in, sqlite_database, tmp_path
):
    import_sure(tmp_path, sure_rows())
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE, study="Sure")

    assert not app.exception
    assert "How sure gauge is on which response is better is off by" in words
    assert "surer than right" in words
    assert "With themselves: who judged the same again" in words
    assert "Shown 40 pairs in both orders, it says the same of 100 %" in words
