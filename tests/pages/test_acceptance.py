"""The page about verdicts taken without a person."""

import pytest

from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_annotators import opened

PAGE = "results/acceptance.py"
MODELS = ("Atlas :red[x]", "Birch <b>")
JUDGE = "gauge $1$ <i>"
N_CASES = 150


def store_study(*, judged=True):
    """One person on many cases, and a judge that says the same."""
    ids = make_eval_set(models=MODELS, n_cases=N_CASES)
    make_study(ids)
    for case in range(N_CASES):
        pair = [f"case-{case}/{model}" for model in MODELS]
        better = "left" if case % 2 else "right"
        annotate(ids, "Ada", *pair, better)
        if judged:
            annotate(ids, JUDGE, *pair, better, is_judge=True)
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_it_says_what_may_be_accepted_and_with_what_promise(app, sign_in, study):
    sign_in(app, Role.LEAD)

    # About 40 % of the cases certify: some 60 labels show 10 %, hardly 5 %.
    words = opened(app, PAGE, risk="10")

    assert "Verdicts may be taken without a person, at most 10 % of them wrong" in words
    assert "gauge $1$ &lt;i&gt; on which response is better" in words
    assert "With probability at least 95 %, at most 10 % of the accepted" in words
    headings = [header.value for header in app.header]
    assert headings == ["Who may be taken at their word", "One judge"]


def test_what_is_missing_is_said_with_the_number_of_labels(app, sign_in, study):
    sign_in(app, Role.LEAD)

    # .99^299 < .05: more labels than there are.
    words = opened(app, PAGE, risk="1")

    assert "verdicts may be taken without a person yet" in words
    assert "it takes 299 labels on the test split even if none is wrong" in words


def test_a_risk_that_cannot_be_had_is_the_usual_one(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, PAGE, risk="900", sure="x")

    assert [field.value for field in app.number_input] == [5.0, 95.0]


def test_without_a_judge_it_says_how_verdicts_come_in(app, sign_in, sqlite_database):
    ids = make_eval_set(models=MODELS, n_cases=2)
    make_study(ids)
    annotate(ids, "Ada", *[f"case-0/{model}" for model in MODELS], "left")
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    assert "No judge has judged here yet." in words
    assert "Verdicts are records of annotators of kind" in words


def test_without_a_study_it_leads_to_one(app, sign_in, sqlite_database):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app, PAGE)
