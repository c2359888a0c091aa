"""From signing in to the first results, in a real browser on the real app and both databases."""

import json
import re
import time

import pytest
from playwright.sync_api import expect

from db.commands.demo import load_demo
from db.commands.people import add_demo_accounts
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.queries import library
from evalkit.demo.simulate import DEMO_EVAL_SET
from tests.browser.serving import app_server
from tests.browser.walking import annotate, begin, n_stored, sign_in

pytestmark = pytest.mark.browser

MODELS = ("Atlas", "Birch", "Cedar", "Dune")
PROVIDERS = ("Meridian", "Northwind", "Halcyon")
STUDY = "Walk through"


@pytest.fixture
def study(database) -> int:
    """A study of the demo's cases that nobody has begun, and people to work in it."""
    load_demo()
    add_demo_accounts()
    return create_study(StudyPlan(name=STUDY, eval_set=DEMO_EVAL_SET, models=MODELS))


def test_ten_cases_by_keyboard_become_results_a_lead_can_read(
    study, database, chromium_page, browser, free_port
):
    with app_server(database, port=free_port) as address:
        page = chromium_page
        sign_in(page, address, "ada")
        page.get_by_role("link", name="Start").first.click()
        for number in range(10):
            annotate(page, preference="abex"[number % 4])

        assert n_stored(study) == 10
        scores = page.context.browser.new_context(viewport={"width": 1440, "height": 900})
        lead = scores.new_page()
        sign_in(lead, address, "leo")
        lead.goto(f"{address}/overview?study={study}")
        expect(lead.get_by_text("10 comparisons")).to_be_visible(timeout=30_000)
        scores.close()
    assert not [said for said in page.complaints if "404" not in said]


def test_nothing_that_names_a_model_reaches_the_annotators_browser(
    study, database, chromium_page, free_port
):
    received: list[str] = []
    page = chromium_page
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: _keep(frame)))

    def _keep(frame: bytes | str) -> None:
        received.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))

    def _body(response) -> None:
        received.append(response.url + json.dumps(response.headers))
        kind = response.headers.get("content-type", "")
        if response.ok and any(known in kind for known in ("text", "json", "javascript")):
            received.append(response.text())

    page.on("requestfinished", lambda request: _body(request.response()))
    with app_server(database, port=free_port) as address:
        sign_in(page, address, "ada")
        page.goto(f"{address}/annotate")
        expect(page.get_by_text(STUDY)).to_be_visible()
        begin(page, address, study)
        for number in range(3):
            page.keyboard.press("g")
            page.keyboard.press("Escape")
            annotate(page, preference="abx"[number])
        page.keyboard.press("[")
        expect(
            page.get_by_text(re.compile("Change|Submitted|revision", re.I)).first
        ).to_be_visible()
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
        received += [refused, page.content(), page.url]
        received += page.evaluate(
            "Object.values(localStorage).concat(Object.values(sessionStorage))"
        )
        time.sleep(0.5)

    assert len(received) > 20
    everything = "\n".join(received)
    for name in (*MODELS, *PROVIDERS):
        assert not re.search(rf"\b{name}\b", everything), name
    for what in ("cost_usd", "latency_ms", "output_tokens", "time_to_first_token", "output_id"):
        assert what not in everything, what


def test_a_search_for_names_would_find_one_that_leaked(study):
    """The demo does hold responses that name their maker: the test above can fail."""
    with read_session() as session:
        (summary, *_) = library.eval_sets(session)
        contents = [
            output.content
            for case_id in library.cases(session, version_id=summary.version_id)["case_id"]
            for output in library.case_detail(session, case_id=int(case_id)).outputs
        ]

    assert sum("Northwind" in content for content in contents) == 3


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
        expect(page.get_by_text(re.compile(r"\b1 of \d+ yours"))).to_be_visible()

    assert n_stored(study) == 1
