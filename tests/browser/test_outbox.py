"""What was submitted and not acknowledged: it goes out once, by who submitted it, or is said."""

import json

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.walking import cut_off
from tests.browser.workbench import SHOWN, FakeServer, fill, press, wait_for_case

pytestmark = pytest.mark.browser

HELD_UP = "Not stored yet: no connection. Retrying"


def submit_into_the_void(page: Page) -> None:
    """Submit a case while nothing reaches the server any more but drafts."""
    cut_off(page, "/annotate/submit")
    fill(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ek-status")).to_contain_text(HELD_UP)


def stored_here(page: Page) -> list[dict]:
    """Return what this browser keeps of what is on its way."""
    words = page.evaluate(
        "Object.entries(localStorage).filter(([key]) => key.includes('outbox'))"
        ".map(([, value]) => value)"
    )
    return [json.loads(word) for word in words]


def senders(server: FakeServer) -> set[str]:
    """Return as whom submissions were sent."""
    return {one["account"] for one in server.state()["requests"] if one["path"] == "submit"}


def open_again(page: Page, address: str) -> None:
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    page.wait_for_selector(".ek-workbench")


def test_the_next_case_is_shown_before_the_last_is_stored_and_the_footer_says_so(server, opened):
    page = opened("plain,tools,formulas")
    submit_into_the_void(page)

    wait_for_case(page, "tool use")
    expect(page.locator(".ek-count")).to_have_text("12 done, about 28 to go")
    expect(page.locator(".ek-case-heading")).to_be_focused()
    (entry,) = stored_here(page)
    assert (entry["path"], entry["body"]["token"]) == ("submit", "token-of-1")
    assert "search_orders" not in json.dumps(entry)  # nothing of the case that was held
    page.unroute("**/annotate/submit")

    expect(page.locator(".ek-status")).to_have_text("Stored")
    assert stored_here(page) == []
    (sent,) = server.requests("submit")
    assert sent["shown"]["token"] == "token-of-2"
    expect(page.locator(".ek-count")).to_have_text("12 done, about 28 to go")


def test_two_cases_submitted_without_a_connection_are_stored_in_their_order(server, opened):
    page = opened("plain,tools,formulas")
    submit_into_the_void(page)
    wait_for_case(page, "tool use")
    fill(page)
    page.keyboard.press("Control+Enter")  # there is no further one held: this one waits
    expect(page.locator('.ek-workbench[data-state="busy"]')).to_be_visible()
    assert len(stored_here(page)) == 2
    page.unroute("**/annotate/submit")

    wait_for_case(page, "support")
    expect(page.locator(".ek-status")).to_have_text("Stored")
    sent = server.requests("submit")
    assert [body["assignment_id"] for body in sent] == [1, 2]
    expect(page.locator(".ek-count")).to_have_text("13 done, about 27 to go")
    assert stored_here(page) == []


def test_what_is_on_its_way_outlives_a_reload_which_asks_first(server, opened):
    page = opened("plain,tools,formulas")
    asked: list[Dialog] = []
    submit_into_the_void(page)
    wait_for_case(page, "tool use")

    def accept(dialog: Dialog) -> None:
        asked.append(dialog)
        dialog.accept()

    page.on("dialog", accept)
    page.reload()
    page.wait_for_selector(SHOWN)

    assert [dialog.type for dialog in asked] == ["beforeunload"]
    wait_for_case(page, "tool use")
    expect(page.locator(".ek-status")).to_contain_text(HELD_UP)
    page.unroute("**/annotate/submit")
    expect(page.locator(".ek-status")).to_have_text("Stored")
    assert len(server.state()["submitted"]["1"]) == 1
    assert stored_here(page) == []
    page.reload()
    page.wait_for_selector(SHOWN)
    assert len(asked) == 1  # nothing was on its way any more


def test_a_case_that_is_on_its_way_is_not_worked_on_after_a_reload_and_leads_on(server, opened):
    page = opened("plain,tools", hold=False)
    submit_into_the_void(page)
    open_again(page, page.url)

    expect(page.locator('.ek-workbench[data-state="busy"]')).to_be_visible()
    expect(page.get_by_role("radio", name="B better")).to_be_checked()
    page.unroute("**/annotate/submit")

    wait_for_case(page, "tool use")
    assert len(server.state()["submitted"]["1"]) == 1


def test_nobody_else_sends_it_and_who_submitted_it_does_so_another_day(server, opened):
    page = opened("plain,tools,formulas")
    submit_into_the_void(page)
    server.sign_in("bob")
    open_again(page, server.screen)
    page.unroute("**/annotate/submit")
    page.wait_for_timeout(1_500)

    expect(page.locator(".ek-status")).to_be_empty()
    assert senders(server) <= {"ada"}  # who tried once more when the page went
    assert len(stored_here(page)) == 1

    server.sign_in("ada")
    open_again(page, server.screen)
    server.wait_for("submit", bool)
    wait_for_case(page, "tool use")
    assert stored_here(page) == []
    assert senders(server) == {"ada"}
    assert len(server.state()["submitted"]["1"]) == 1


def test_a_case_that_is_refused_comes_back_with_what_was_entered_and_why(server, opened):
    over = {"error": "The study is closed.", "fields": []}
    page = opened("plain,tools,formulas", ["submit", 409, over])
    fill(page)
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("alert").filter(has_text="The study is closed.")).to_be_visible()
    wait_for_case(page, "support")
    expect(page.get_by_role("radio", name="B better")).to_be_checked()
    assert page.locator('.ek-scale [aria-checked="true"]').all_inner_texts() == list("435241")
    server.wait_for("draft", lambda sent: bool(sent) and sent[-1]["draft"]["preference"] == "right")
    assert stored_here(page) == []

    page.get_by_role("button", name="Next case").click()
    wait_for_case(page, "support")  # it is the one that is begun
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")


def test_going_back_waits_for_what_is_on_its_way_and_says_so(server, opened):
    page = opened("plain,tools,formulas")
    submit_into_the_void(page)
    wait_for_case(page, "tool use")
    press(page, "[")

    expect(page.get_by_role("alert")).to_contain_text("Something is still on its way.")
    page.unroute("**/annotate/submit")
    expect(page.locator(".ek-status")).to_have_text("Stored")
    press(page, "[")
    expect(page.get_by_role("heading", name="Case, submitted before")).to_be_visible()
    press(page, "]")
    wait_for_case(page, "tool use")


def test_a_skip_goes_out_behind_the_next_case_too_and_can_be_taken_back(server, opened):
    page = opened("plain,tools,formulas")
    cut_off(page, "/annotate/skip")
    press(page, "s1")
    page.keyboard.press("Enter")

    wait_for_case(page, "tool use")
    expect(page.get_by_text("You skipped a case.")).to_be_visible()
    expect(page.locator(".ek-status")).to_have_text(HELD_UP.replace("stored", "skipped"))
    page.unroute("**/annotate/skip")
    expect(page.locator(".ek-status")).to_have_text("Skipped")
    press(page, "t")
    wait_for_case(page, "support")
    assert server.state()["skipped"] == []
