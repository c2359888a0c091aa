"""A mixed study on a lead's pages: how it is started, and what its results say."""

from dataclasses import replace

import pytest
from sqlmodel import select

from db.commands.assignments import next_task_id
from db.engine import read_session, write_session
from db.models import Assignment
from db.queries import library
from db.queries.annotation.pace import seconds_to_go, usual_seconds
from db.queries.annotation.progress import study_progress
from db.queries.annotation.tasks import kind_of
from evalkit.annotation.planning import TaskPlan
from evalkit.vocabulary import Role, TaskKind
from pages.shared.annotating import to_go
from pages.shared.library.kinds import shares_sentence, workload
from tests.db.test_mixed_studies import MODELS, judge, judge_all, planned, store_study
from tests.factories import make_eval_set
from tests.pages.conftest import at_page
from tests.pages.test_library import everything_written

PAIR, SINGLE, RANK = TaskKind.PAIR, TaskKind.SINGLE, TaskKind.RANK
PAGES = ("overview", "decision", "agreement", "annotators", "failures", "compare")


def store():
    ranked = TaskPlan(kind=RANK, share=0.3, collects=frozenset({"preference"}))
    alone = TaskPlan(kind=SINGLE, share=0.2)
    judge_all(*store_study(models=MODELS, share=0.5, pairs_per_case=3, beside=[ranked, alone]))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_reads_a_mixed_study(app, sign_in, store_once, page):
    store_once(store)
    sign_in(app, Role.LEAD)

    at_page(app, f"results/{page}.py").run()

    assert not app.exception
    told = {
        # Two people: three pairs of five cases, and three pairs in each ranking of three cases.
        "overview": "48 comparisons (with those implied by 6 rankings)",
        "annotators": "2 annotators.",
        "agreement": "By 2 annotators.",
    }
    assert told.get(page, "") in everything_written(app)


def test_what_is_left_is_told_by_kind_and_takes_the_time_of_its_kind(app, sign_in):
    beside = [TaskPlan(kind=SINGLE, overlap=3, share=0.2)]
    study_id, people = store_study(people=("Ann", "Bo", "Cy"), beside=beside)
    with read_session() as session:
        assert usual_seconds(session) == {}
    for who in people:
        for _ in range(8):
            judge(next_task_id(study_id=study_id, annotator_id=who), who)
    with write_session() as session:
        for row in session.exec(select(Assignment)).all():
            row.active_seconds = {PAIR: 60, SINGLE: 600}[kind_of(row)]

    with read_session() as session:
        shown = study_progress(session, study_id, annotator_id=people[0])
        seconds = seconds_to_go(session, shown, annotator_id=people[0])
        usual = usual_seconds(session)

    left = dict(shown.left_of_kind)
    assert sum(left.values()) == shown.n_left > 0
    # Of each kind everybody's latest took the same, so the median is that.
    assert seconds == left[PAIR] * 60 + left[SINGLE] * 600
    assert usual == {PAIR: 60, SINGLE: 600}
    told = to_go(replace(shown, left_of_kind={PAIR: 2, SINGLE: 1}), 720)
    assert told.endswith("to go (2 pairs, 1 response): about 12 min")
    plan = planned(beside=beside)  # eight pairs by two people, four responses by three
    assert (
        "28 annotations in all. That is about 2.25 h of work, at what people took here: 60 s a "
        "pair and 600 s a response." in workload(plan, n_cases=10, seconds=usual)
    )
    assert workload(plan, n_cases=10, seconds={PAIR: 60}).endswith("28 annotations in all.")


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.34, 0.33, 0.33), "Together 100 %: each case is asked in one way."),
        ((0.5, 0.2), "Together 70 %: 30 % of the cases are asked of nobody."),
    ],
)
def test_what_shares_come_to_is_said(shares, words):
    assert shares_sentence(shares) == words


def test_a_lead_starts_a_study_that_mixes_kinds_and_says_how_much_of_each(app, sign_in):
    make_eval_set(models=("One", "Two", "Three"), n_cases=10)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    (more,) = [group for group in app.button_group if group.label == "Mixed with"]
    assert [*more.options] == ["Three to five to be ranked", "One response at a time"]
    more.set_value([SINGLE]).run()

    def field(label):
        return next(box for box in app.number_input if box.label == label)

    # As much of each, and together each case once: three kinds have 34, 33 and 33.
    shares = [field("Percent of the cases that are compared").value]
    shares.append(field("Percent of the cases whose responses stand alone").value)
    assert shares == [50, 50]
    field("Percent of the cases that are compared").set_value(80).run()
    assert "Together 130 %: some cases are asked in several ways." in everything_written(app)
    field("Percent of the cases whose responses stand alone").set_value(20).run()
    field("Annotators per response").set_value(1).run()
    # Two pairs of eight cases by two, and three responses to two cases by one.
    assert (
        "10 cases: of 8 of them 2 pairs each, 2 annotators a pair (32); of 2 of them 3 responses "
        "each, 1 annotator a response (6). 38 annotations in all." in everything_written(app)
    )
    given = [pills for pills in app.button_group if pills.label.startswith("Annotators give")]
    assert [pills.value for pills in given] == [
        ["preference", "comment"],
        ["scores", "tags", "comment"],
    ]
    next(box for box in app.text_input if box.label == "Name").set_value("Both")
    next(button for button in app.button if button.label == "Start the study").click().run()

    assert not app.exception
    with read_session() as session:
        (study,) = library.studies(session)
    asked = [(task.kind, task.share, task.overlap, task.per_case) for task in study.tasks]
    assert asked == [(PAIR, 0.8, 2, 2), (SINGLE, 0.2, 1, 3)]
    assert "2 a pair, 1 a response" in str(
        app.dataframe[0].value.to_dict() if app.dataframe else everything_written(app)
    )
