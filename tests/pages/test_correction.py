"""The page with corrected numbers: people alone beside them, or why there are none."""

import pytest
from sqlmodel import col, select, update

from db.commands.admission import set_bar
from db.engine import write_session
from db.models import Assignment, Study
from evalkit.study.admitted import AdmissionBar
from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_annotators import opened

PAGE = "results/correction.py"
MODELS = ("Atlas :red[x]", "Birch <b>")
JUDGE = "gauge $1$ <i>"
N_CASES, N_LABELLED = 90, 60


def store_study(*, judged=True, odds=0.5):
    """A person on sixty of ninety cases, and a judge of all that is right on five of six."""
    ids = make_eval_set(models=MODELS, n_cases=N_CASES)
    make_study(ids)
    for case in range(N_CASES):
        pair = [f"case-{case}/{model}" for model in MODELS]
        better, worse = ("left", "right") if case % 3 else ("right", "left")
        if case < N_LABELLED:
            annotate(ids, "Ada", *pair, better)
        if judged:
            annotate(ids, JUDGE, *pair, worse if case % 6 == 1 else better, is_judge=True)
    if odds is not None:
        with write_session() as session:
            session.exec(
                update(Assignment)
                .where(col(Assignment.annotator_id) == ids["Ada"])
                .values(inclusion_probability=odds, sampling="random")
            )
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_it_shows_people_alone_beside_the_corrected_number_and_how_it_was_made(app, sign_in, study):
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    assert "it judged 90 comparisons, people labelled 60 of them at known odds" in words
    assert "PPI++, for labels drawn at random" in words
    assert "People alone: the labels of people" in words
    assert "gauge $1$ &lt;i&gt;" in words


def test_labels_without_odds_are_refused_in_a_sentence(app, sign_in, sqlite_database):
    store_study(odds=None)
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    assert "No number of a judge can be corrected here" in words
    assert "60 more that people labelled do not count" in words


def test_without_a_judge_it_says_so_and_leads_to_the_import(app, sign_in, sqlite_database):
    store_study(judged=False)
    sign_in(app, Role.LEAD)

    words = opened(app, PAGE)

    assert "No judge has judged these responses yet" in words


def test_judges_that_are_not_admitted_yet_are_measured_and_named(app, sign_in, study):
    user = sign_in(app, Role.LEAD)
    with write_session() as session:
        number = session.exec(select(Study.id)).one()
    set_bar(number, AdmissionBar(), actor_id=user.id)

    words = opened(app, PAGE)

    assert "Not admitted, and measured here all the same" in words
    assert "No judge has judged here" not in words


def test_without_a_study_it_leads_to_one(app, sign_in, sqlite_database):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app, PAGE)


def test_a_judge_that_is_not_there_is_shown_another(app, sign_in, study):
    sign_in(app, Role.LEAD)

    assert "at known odds" in opened(app, PAGE, judge="nobody", on="nothing")
