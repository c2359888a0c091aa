"""A study of rankings on a lead's pages: how it is started, and what its results say."""

import pytest

from db.engine import read_session
from db.queries import library
from evalkit.vocabulary import Role, TaskKind
from tests.db.test_ranking_studies import rank_all, store_study
from tests.factories import make_eval_set
from tests.pages.conftest import at_page
from tests.pages.test_library import everything_written

PAGES = ("overview", "decision", "agreement", "annotators", "failures", "compare")


def store():
    rank_all(*store_study(n_models=3))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_reads_a_ranking_of_ours_as_the_comparisons_it_implies(
    app, sign_in, store_once, page
):
    store_once(store)
    sign_in(app, Role.LEAD)

    at_page(app, f"results/{page}.py").run()

    assert not app.exception
    told = {
        # Two people rank four cases of three responses: eight rankings of three pairs each.
        "overview": "24 comparisons (with those implied by 8 rankings)",
        "annotators": "2 annotators.",
        "agreement": "By 2 annotators.",
    }
    assert told.get(page, "") in everything_written(app)


def test_a_lead_starts_a_study_of_rankings_and_says_of_how_many_responses(app, sign_in):
    make_eval_set(models=("One", "Two", "Three", "Four"), n_cases=6)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    (kind,) = [group for group in app.button_group if group.label.startswith("For each case")]
    kind.set_value(TaskKind.RANK).run()
    assert "6 cases, a ranking of 4 responses each, 2 annotators a ranking: 12 annotations" in (
        everything_written(app)
    )
    (given,) = [pills for pills in app.button_group if pills.label.startswith("Annotators give")]
    assert given.options == ["Scores", "Error tags", "Comment", "What must hold"]
    guidelines = next(box for box in app.text_area if box.label.startswith("Guidelines"))
    assert "put them in order" in guidelines.value
    (together,) = [group for group in app.button_group if group.label.startswith("Responses to")]
    together.set_value(3).run()
    next(box for box in app.text_input if box.label == "Name").set_value("Ordered")
    next(button for button in app.button if button.label == "Start the study").click().run()

    assert not app.exception
    with read_session() as session:
        (study,) = library.studies(session)
    assert (study.kind, study.pairs_per_case) == (TaskKind.RANK, 3)
    assert study.collects == ("preference", "comment")
