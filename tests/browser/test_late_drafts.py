"""A draft that is held up on its way changes nothing about what was submitted meanwhile."""

import re

import pytest
from playwright.sync_api import Route, expect
from sqlmodel import select

from db.commands.people import add_demo_accounts
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.models import Annotation, Assignment
from tests.browser.serving import app_server
from tests.browser.walking import begin, settled, sign_in
from tests.factories import make_eval_set

pytestmark = pytest.mark.browser

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")


def test_a_draft_held_up_until_after_the_submission_is_not_shown_as_what_was_submitted(
    sqlite_database, chromium_page, free_port
):
    make_eval_set(models=MODELS, n_cases=2, name="Two cases")
    add_demo_accounts()
    study = create_study(
        StudyPlan(
            name="Late drafts",
            eval_set="Two cases",
            models=MODELS,
            collects=frozenset({"preference", "comment"}),
        )
    )
    page = chromium_page
    held: list[Route] = []
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study)
        page.route("**/annotate/draft", lambda route: held.append(route))
        page.keyboard.press("a")
        # The draft is on its way, and held.
        assert settled(page, lambda: len(held), is_right=lambda n_held: n_held == 1) == 1
        page.keyboard.press("b")
        page.keyboard.press("Control+Enter")  # waits three seconds for the draft, no longer
        expect(page.get_by_text(re.compile(r"\b1 done, about"))).to_be_visible(timeout=60_000)

        for route in held:
            route.continue_()
        page.unroute("**/annotate/draft")
        page.wait_for_timeout(1_000)
        page.keyboard.press("[")

        expect(page.get_by_role("button", name=re.compile("^Submit again"))).to_be_enabled()
        expect(page.get_by_role("radio", name="B better")).to_be_checked()
        expect(page.get_by_role("status")).to_contain_text("Submitted before")

    with read_session() as session:
        (annotation,) = session.exec(select(Annotation)).all()
        drafts = session.exec(
            select(Assignment.draft).where(Assignment.id == annotation.assignment_id)
        ).all()
    assert (annotation.preference, drafts) == ("right", [None])
