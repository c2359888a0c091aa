"""The page about verdicts taken without a person."""

import pytest
from sqlmodel import select

from db.commands.admission import set_bar
from db.commands.records import import_records
from db.engine import read_session
from db.models import Study, VerdictAcceptance
from evalkit.errors import RefusedError
from evalkit.study.admitted import AdmissionBar
from evalkit.vocabulary import Role
from tests.db.record_files import comparison
from tests.db.test_acceptances import store_half
from tests.db.test_judge_costs import JUDGE as COSTLY, content
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_annotators import opened, written

PAGE = "results/acceptance.py"
MODELS = ("Atlas :red[x]", "Birch <b>")
JUDGE = "gauge $1$ <i>"
N_CASES = 150
SPENT = {"cost_usd": 0.02}


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


def test_a_look_is_asked_for_and_then_it_says_what_may_be_accepted(app, sign_in, study):
    sign_in(app, Role.LEAD)

    # About 40 % of the cases certify: some 60 labels show 10 %, hardly 5 %.
    before = opened(app, PAGE, risk="10")
    app.button(key="acceptance-look").click().run()
    words = written(app)

    assert "have not been looked at as they are now: look 1, tested at the level 3 %" in before
    assert "Verdicts may be taken without a person, at most 10 % of them wrong" in words
    assert "gauge $1$ &lt;i&gt; on which response is better" in words
    assert "With probability at least 95 %, at most 10 % of the accepted" in words
    headings = [header.value for header in app.header]
    assert headings == ["Who may be taken at their word", "One judge", "Worth it?"]
    assert "Yes: what it is sure of may be taken without a person." in words


def test_what_is_missing_is_said_with_the_number_of_labels(app, sign_in, study):
    sign_in(app, Role.LEAD)

    # The first look is at the level .0304; .99^348 < .0304: more labels than there are.
    words = opened(app, PAGE, risk="1")

    assert "verdicts may be taken without a person yet" in words
    assert "it takes 348 labels on the test split even if none is wrong" in words


def test_a_lead_accepts_what_may_be_and_stops_it_again(app, sign_in, store_once):
    store_once(store_half)
    sign_in(app, Role.LEAD)
    opened(app, PAGE, risk="40", sure="80")
    app.button(key="acceptance-look").click().run()

    app.button(key="acceptance-accept").click().run()
    words = written(app)
    assert "12 verdicts of Judge on preference accepted, at most 40 % of them wrong" in words
    with read_session() as session:
        (accepted,) = session.exec(select(VerdictAcceptance)).all()
    app.button(key=f"acceptance-stop-{accepted.id}").click().run()

    assert not app.exception
    assert "Stopped: A lead stopped it." in written(app)


def test_what_is_refused_meanwhile_is_said_and_is_no_error(app, sign_in, store_once, monkeypatch):
    def refused(*_, **__):
        raise RefusedError("The verdicts of Judge are accepted already.")

    store_once(store_half)
    sign_in(app, Role.LEAD)
    opened(app, PAGE, risk="40", sure="80")
    app.button(key="acceptance-look").click().run()
    # Somebody else was faster, after the page was read.
    monkeypatch.setattr("db.commands.acceptances.accept", refused)

    app.button(key="acceptance-accept").click().run()

    assert not app.exception
    assert "The verdicts of Judge are accepted already" in app.error[0].value


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


def test_judges_that_are_not_admitted_yet_are_measured_and_named(app, sign_in, study):
    user = sign_in(app, Role.LEAD)
    with read_session() as session:
        number = session.exec(select(Study.id)).one()
    set_bar(number, AdmissionBar(), actor_id=user.id)

    words = opened(app, PAGE)

    assert "Not admitted, and measured here all the same" in words
    assert "No judge has judged here" not in words


def test_what_a_judge_costs_stands_beside_what_it_is_worth(app, sign_in, sqlite_database):
    told = [comparison(case=f"c{n}", **who) for n in (1, 2, 3) for who in ({}, COSTLY | SPENT)]
    import_records([*content(), *told], source_name="f")
    sign_in(app, Role.LEAD)

    opened(app, PAGE)

    assert not app.exception
    assert app.header[-1].value == "Worth it?"
    tables = [table.value for table in app.dataframe]
    (costs,) = [of["Cost of a verdict"] for of in tables if "Cost of a verdict" in of]
    assert costs.str.startswith("$0.02").all()


def test_without_a_study_it_leads_to_one(app, sign_in, sqlite_database):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app, PAGE)
