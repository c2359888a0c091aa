"""One annotator with the same case in two tabs of one browser."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from db.commands.people import add_demo_accounts
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.models import Annotation
from tests.browser.serving import app_server
from tests.browser.walking import begin, sign_in
from tests.browser.workbench import seen_only
from tests.factories import make_eval_set

pytestmark = pytest.mark.browser

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")


def judge(page: Page, preference: str) -> None:
    page.bring_to_front()
    page.keyboard.press(preference)
    page.keyboard.press("Control+Enter")


def test_the_tab_that_submits_second_is_told_and_changes_only_what_it_comes_back_to(
    sqlite_database, chromium_page, free_port
):
    make_eval_set(models=MODELS, n_cases=1, name="One case")
    add_demo_accounts()
    study = create_study(
        StudyPlan(
            name="Two tabs",
            eval_set="One case",
            models=MODELS,
            collects=frozenset({"preference"}),
        )
    )
    first = chromium_page
    sent: list[dict] = []
    first.on("request", lambda one: sent.append(one.post_data_json) if "submit" in one.url else 0)
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(first, address, "ada")
        second = seen_only(first.context.new_page())
        begin(first, address, study)
        begin(second, address, study)

        judge(second, "b")
        expect(second.get_by_text("Nothing is left for you")).to_be_visible()
        judge(first, "a")

        expect(first.get_by_role("alert")).to_contain_text("submitted in another window")
        with read_session() as session:
            (kept,) = session.exec(select(Annotation)).all()
        assert (kept.preference, kept.revision, kept.is_superseded) == ("right", 1, False)

        first.get_by_role("button", name="Next case").click()
        first.get_by_text("Look back at the last one").click()
        expect(first.get_by_role("button", name=re.compile("^Submit again"))).to_be_enabled()
        judge(first, "x")
        expect(first.get_by_text("Nothing is left for you")).to_be_visible()

    assert [body["revision"] for body in sent] == [0, 1]
    with read_session() as session:
        stored = session.exec(select(Annotation).order_by(Annotation.revision)).all()
    assert [(one.preference, one.is_superseded) for one in stored] == [
        ("right", True),
        ("both_bad", False),
    ]
