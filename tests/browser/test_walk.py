"""From signing in to the first results, in a real browser on the real app and both databases."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from db.commands.demo import load_demo
from db.commands.people import add_demo_accounts
from db.commands.records import import_records
from db.commands.studies import StudyPlan, create_study
from evalkit.demo.simulate import DEMO_EVAL_SET, demo_records
from evalkit.vocabulary import LeakPolicy
from tests.browser.received import FIELDS, Received, names
from tests.browser.serving import app_server
from tests.browser.walking import (
    annotate,
    begin,
    n_stored,
    ready,
    sign_in,
    sign_in_by_hand,
)

pytestmark = pytest.mark.browser

MODELS = ("Atlas", "Birch", "Cedar", "Dune")
PROVIDERS = ("Meridian", "Northwind", "Halcyon")
STUDY = "Walk through"
#: Cases of the demo where the response of Cedar says who made it.
NAMING = ("support-05", "code-04", "safety-04")
MAKER = "Northwind"
#: What every model thought aloud before it answered: its words tell models apart.
THOUGHT = "Pondering aloud as ever"


@pytest.fixture
def study(database, store_once) -> int:
    """A study of the demo's cases that nobody has begun, and people to work in it."""
    return store_once(make_study)


def make_study() -> int:
    load_demo()
    add_demo_accounts()
    return create_study(StudyPlan(name=STUDY, eval_set=DEMO_EVAL_SET, models=MODELS))


def test_ten_cases_by_keyboard_become_results_a_lead_can_read(
    study, database, chromium_page, browser, free_port
):
    with app_server(database, port=free_port) as address:
        page = chromium_page
        sign_in_by_hand(page, address, "ada")
        page.locator(f".st-key-study-{study} button").click()
        ready(page)
        first = page.get_by_role("dialog", name="Before you start")
        expect(first).to_contain_text("You read a case and two responses to it.")
        page.keyboard.press("Enter")
        expect(first).to_have_count(0)
        for number in range(10):
            annotate(page, preference="abex"[number % 4])

        assert n_stored(study) == 10
        scores = page.context.browser.new_context(viewport={"width": 1440, "height": 900})
        lead = scores.new_page()
        sign_in(lead, address, "leo")
        lead.goto(f"{address}/overview?study={study}")
        expect(lead.get_by_text("10 comparisons")).to_be_visible(timeout=60_000)
        scores.close()
    assert not [said for said in page.complaints if "404" not in said]


def make_naming_study(policy: LeakPolicy, **plan: Any) -> int:
    """Make a study of the demo's cases where the response of Cedar names its maker."""
    records = [
        record
        for record in demo_records()
        if (record["type"] == "case" and record["id"] in NAMING)
        or (record["type"] == "output" and record["case"] in NAMING)
    ]
    said = [record["content"] for record in records if record["type"] == "output"]
    assert sum(MAKER in content for content in said) == len(NAMING)
    for record in records:
        if record["type"] == "output":
            record |= {"reasoning": THOUGHT, "reasoning_tokens": 987_654}
    import_records(records, source_name="three cases", eval_set="Cases that name a maker")
    add_demo_accounts()
    return create_study(
        StudyPlan(
            name=STUDY,
            eval_set="Cases that name a maker",
            models=MODELS,
            leak_policy=policy,
            **plan,
        )
    )


def test_nothing_that_names_a_model_reaches_the_annotators_browser(
    database, chromium_page, free_port
):
    page = chromium_page
    received = Received(page)
    study_id = make_naming_study(LeakPolicy.MASK)
    with app_server(database, port=free_port) as address:
        sign_in(page, address, "ada")
        page.goto(f"{address}/annotate")
        expect(page.get_by_text(STUDY)).to_be_visible()
        begin(page, address, study_id)
        n_masked = 0
        for number in range(6):  # two pairs of each case: every response is shown once
            n_masked += page.locator(".ek-panes").get_by_text("[name removed]").count()
            if number == 5:
                break
            page.keyboard.press("g")
            page.keyboard.press("Escape")
            annotate(page, preference="abxea"[number])
        assert n_masked == len(NAMING)
        page.keyboard.press("[")
        expect(page.get_by_role("button", name=re.compile("^Submit again"))).to_be_enabled()
        page.keyboard.press("s")
        page.keyboard.press("Escape")
        refused = page.evaluate(
            """async () => {
              const answer = await fetch("/annotate/submit", {
                method: "POST",
                headers: {"X-Evalkit": "1", "Content-Type": "application/json"},
                body: JSON.stringify({assignment_id: 1, draft: {preference: "sideways"}}),
              });
              return answer.status + await answer.text();
            }"""
        )
        received.texts.append(refused)
        everything = received.everything()

    assert any("[name removed]" in text and '"held"' in text for text in received.texts)
    assert len(everything) > 20
    for name in (*MODELS, *PROVIDERS):
        assert not names(name, everything), name
    for what in (*FIELDS, THOUGHT, "reasoning_tokens", "987654"):
        assert not any(what in text for text in everything), what


def test_the_search_for_names_finds_one_in_an_answer_where_a_study_does_not_mask(
    sqlite_database, chromium_page, free_port
):
    """The test above can fail: the same search finds the maker once nothing hides it."""
    page = chromium_page
    received = Received(page)
    study_id = make_naming_study(LeakPolicy.SHOW)
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study_id)
        for _ in range(5):
            if page.locator(".ek-panes").get_by_text(MAKER).count():
                break
            annotate(page)
        page.wait_for_timeout(500)  # frames that come late are searched too

    assert names(MAKER, received.texts)
    assert not names("Cedar", received.texts + received.frames)


def test_a_draft_survives_a_restart_of_the_server_and_a_double_click_stores_one(
    study, database, chromium_page, free_port
):
    page = chromium_page
    with app_server(database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study)
        page.keyboard.press("b")
        page.keyboard.press("5")
        page.get_by_placeholder(re.compile("Comment")).fill("Kept across a restart")
        expect(page.get_by_text("Draft saved")).to_be_visible()
    with app_server(database, port=free_port) as address:
        begin(page, address, study)

        expect(page.get_by_placeholder(re.compile("Comment"))).to_have_value(
            "Kept across a restart"
        )
        expect(page.get_by_role("radio", name=re.compile("^B better"))).to_be_checked()
        page.get_by_role("radio", name=re.compile("^B better")).focus()
        for digit in "54321":
            page.keyboard.press(digit)
        page.get_by_role("button", name=re.compile("^Submit")).dblclick()
        expect(page.get_by_text(re.compile(r"\b1 done, about"))).to_be_visible()

    assert n_stored(study) == 1
