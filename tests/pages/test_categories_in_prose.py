"""Cases without a category are never a category in prose, on any page."""

import re

import pytest

from evalkit.vocabulary import Role
from tests.evalkit.cli.test_categories_in_prose import SPEAKS_OF_ONE, store
from tests.pages.conftest import at_page


@pytest.mark.parametrize(
    "page", ["results/overview.py", "results/decision.py", "results/compare.py"]
)
def test_no_page_speaks_of_cases_without_a_category_as_of_one(app, sign_in, sqlite_database, page):
    store([""], n_cases=12)
    sign_in(app, Role.LEAD)

    at_page(app, page).run()

    said = " ".join(element.proto.body for element in app.get("html"))
    assert "A" in said
    assert not SPEAKS_OF_ONE.search(re.sub(r"<[^>]+>", " ", said))
