"""A mixed study on a lead's pages: how it is started, and what its results say."""

import pytest

from db.engine import read_session
from db.queries import library
from evalkit.annotation.planning import TaskPlan
from evalkit.vocabulary import Role, TaskKind
from tests.db.test_mixed_studies import MODELS, judge_all, store_study
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


def test_a_lead_starts_a_study_that_mixes_kinds_and_says_how_much_of_each(app, sign_in):
    make_eval_set(models=("One", "Two", "Three"), n_cases=10)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    (more,) = [group for group in app.button_group if group.label == "Mixed with"]
    assert [*more.options] == ["Three to five to be ranked", "One response at a time"]
    more.set_value([SINGLE]).run()

    def field(label):
        return next(box for box in app.number_input if box.label == label)

    field("Percent of the cases that are compared").set_value(80).run()
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
