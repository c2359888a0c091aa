"""A number that no measurement can be, from an older database, takes no page with it."""

import pytest
from sqlalchemy import text

from db.engine import engine
from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page

#: Those that compute with costs.
PAGES = ["results/overview.py", "results/decision.py", "results/compare.py"]


def store_study():
    """Give a study of six cases, one of whose outputs cost more than a square can hold."""
    ids = make_eval_set(n_cases=6)
    make_study(ids)
    for number in range(6):
        shown = f"case-{number}/Model one", f"case-{number}/Model two"
        annotate(ids, "Ada", *shown, "left")
    with engine().begin() as connection:
        connection.execute(text("UPDATE output SET cost_usd = 0.01, latency_ms = 90"))
        connection.execute(
            text("UPDATE output SET cost_usd = 1.797e308, latency_ms = 1.797e308 WHERE id = 1")
        )


@pytest.fixture
def absurd(store_once):
    return store_once(store_study)


@pytest.mark.parametrize("page", PAGES)
def test_one_absurd_cost_fails_no_page(app, sign_in, absurd, page):
    sign_in(app, Role.LEAD)

    at_page(app, page).run()

    assert not app.exception
