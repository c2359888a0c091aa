"""Every page of results, of a study in which several responses were ranked."""

import pytest

from db.commands.records import import_records
from evalkit.vocabulary import Role
from tests.db.test_rankings import reviews
from tests.pages.conftest import at_page
from tests.pages.test_library import everything_written

PAGES = ("overview", "decision", "agreement", "annotators", "failures", "compare")


def store():
    import_records(list(reviews()), source_name="the reviews", eval_set="Stories", study="Stories")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_reads_a_ranking_as_the_comparisons_it_implies(app, sign_in, store_once, page):
    store_once(store)
    sign_in(app, Role.LEAD)

    at_page(app, f"results/{page}.py").run()

    assert not app.exception
    said = everything_written(app)
    told = {
        "overview": "72 comparisons (with those implied by 24 rankings)",
        "decision": "gold is ahead of",
        "agreement": "By 3 annotators.",
        "annotators": "3 annotators.",
        "compare": "beats",
    }
    assert told.get(page, "") in said
