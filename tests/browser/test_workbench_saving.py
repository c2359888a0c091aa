"""What is entered stays whole whatever happens to connection, session and other tabs."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.workbench import SHOWN, come_back, fill, press, wait_for_case

pytestmark = pytest.mark.browser

NEWER = {
    "error": "There are newer answers to this case, from another window.",
    "fields": [],
    "newer": "somebody.3",
}


def problem(page: Page):
    return page.get_by_role("alert").filter(has_text=re.compile("."))


def test_all_that_is_sent_says_which_opening_it_is_from_and_counts_on(server, opened):
    page = opened()

    press(page, "a")
    server.wait_for("draft", lambda sent: len(sent) == 1)
    press(page, "b")
    server.wait_for("draft", lambda sent: len(sent) == 2)
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")

    sent = [*server.requests("draft"), *server.requests("submit")]
    assert {body["token"] for body in sent} == {"token-of-1"}
    assert len({body["session"] for body in sent}) == 1
    numbers = [body["number"] for body in sent]
    assert numbers == sorted(set(numbers))
    assert sent[-1]["revision"] == 0


@pytest.mark.parametrize("trouble", ["failing", "silent"])
def test_back_does_not_freeze_the_form_while_drafts_cannot_be_saved(server, opened, trouble):
    page = opened("plain,tools")
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    held = []

    def hold(route: Route) -> None:
        if trouble == "failing":
            route.fulfill(status=503, body="{}")
        else:
            held.append(route)

    page.route("**/annotate/draft", hold)
    press(page, "x")
    expect(page.get_by_role("radio", name="Both bad")).to_be_checked()
    press(page, "[")

    expect(problem(page)).to_contain_text("What you entered is not saved yet.", timeout=10_000)
    expect(page.locator(SHOWN)).to_be_visible()
    press(page, "e")  # the form is alive
    expect(page.get_by_role("radio", name="Equally good")).to_be_checked()
    # It is tried again, so what was said goes at once: a click must not meet what is replaced.
    assert (
        page.evaluate(
            """() => {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "[", bubbles: true }));
            return document.querySelector(".ek-problem").textContent;
        }"""
        )
        == ""
    )
    page.get_by_role("button", name="Leave without saving").click(timeout=10_000)
    wait_for_case(page, "support")


def test_what_is_saved_at_last_is_no_trouble_any_more(server, opened):
    page = opened("plain,tools", ["draft", 503, {}], ["draft", 503, {}])
    press(page, "x")
    page.get_by_role("button", name=re.compile("^Guidelines")).wait_for()
    page.get_by_role("button", name=re.compile("studies", re.IGNORECASE)).first.click()
    expect(problem(page)).to_contain_text("not saved yet")

    expect(page.get_by_role("status")).to_have_text("Draft saved", timeout=15_000)
    expect(problem(page)).to_have_count(0)


def test_what_was_saved_is_said_to_be_saved_no_longer_than_it_is_all_there_is(server, opened):
    page = opened()
    press(page, "a")
    expect(page.get_by_role("status")).to_have_text("Draft saved")

    # A reload in the half second before the next draft is sent must not look safe.
    status = page.evaluate(
        """() => {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "b", bubbles: true }));
        return document.querySelector(".ek-status").textContent;
    }"""
    )

    assert status == "Saving…"
    server.wait_for("draft", lambda sent: len(sent) == 2)
    expect(page.get_by_role("status")).to_have_text("Draft saved")


def test_what_is_still_on_its_way_at_a_reload_is_on_the_screen_after_it(server, opened):
    # The server gives out the page before it takes what the page before it sent at its end.
    page = opened("plain,tools", ["draft", 503, {}])
    press(page, "b4")
    page.reload()
    page.wait_for_selector(SHOWN)

    expect(page.get_by_role("radio", name="B better")).to_be_checked()
    expect(page.get_by_role("status")).to_have_text("Draft saved")
    assert server.state()["drafts"]["1"]["preference"] == "right"
    left, again = server.requests("draft")
    assert again["draft"] == left["draft"]
    # It is the same opening, so the older one changes nothing, however late it arrives.
    assert (again["session"], again["opened_on"]) == (left["session"], left["opened_on"])
    assert again["number"] == left["number"] + 1
    assert again["active_seconds"] >= left["active_seconds"]


def test_a_tab_with_older_answers_is_told_and_shows_the_newer_ones(server, opened):
    page = opened("plain,tools", ["draft", 409, NEWER], in_streamlit=True)
    press(page, "x")
    expect(problem(page)).to_contain_text("newer answers to this case, from another window")

    runs = server.state()["runs"]
    page.get_by_role("button", name="Show them").click()

    expect(problem(page)).to_have_count(0)
    wait_for_case(page, "support")
    assert server.state()["runs"] == runs
    assert server.state()["drafts"] == {}  # the older answers are nowhere


def test_a_tab_that_is_told_may_keep_its_own_answers(server, opened):
    page = opened("plain,tools", ["draft", 409, NEWER])
    press(page, "x")

    page.get_by_role("button", name="Keep what is here").click()

    server.wait_for("draft", lambda sent: len(sent) == 2)
    expect(page.get_by_role("status")).to_have_text("Draft saved")
    first, second = server.requests("draft")
    assert (first["opened_on"], second["opened_on"]) == ("", "somebody.3")


def test_whoever_is_signed_out_is_shown_where_to_sign_in_and_goes_on_from_there(server, opened):
    page = opened("plain,tools", ["submit", 401, {"error": "You are signed out.", "fields": []}])
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    fill(page)
    page.keyboard.press("Control+Enter")

    way = page.get_by_role("link", name="Sign in in a new tab")
    expect(way).to_have_attribute("href", "/sign-in")
    expect(way).to_have_attribute("target", "_blank")
    come_back(page)

    expect(page.get_by_role("status")).to_have_text("Stored")
    wait_for_case(page, "tool use")
    assert len(server.requests("submit")) == 2
    assert all("assignment=2" in url for url in loads)  # the page was not loaded anew


def test_a_draft_refused_for_want_of_a_session_is_sent_again_when_one_comes_back(server, opened):
    page = opened("plain,tools", ["draft", 401, {"error": "You are signed out.", "fields": []}])
    press(page, "x")
    expect(page.get_by_role("link", name="Sign in in a new tab")).to_be_visible()

    come_back(page)

    expect(page.get_by_role("status")).to_have_text("Draft saved")
    assert server.state()["drafts"]["1"]["preference"] == "both_bad"


def test_a_skip_can_be_undone_from_the_case_after(server, opened):
    page = opened("plain,tools")
    press(page, "s1")
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    expect(page.get_by_text("You skipped a case.")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()

    wait_for_case(page, "support")
    (skipped,), (taken_back,) = server.requests("skip"), server.requests("take-back")
    assert taken_back == {"assignment_id": 1, "token": skipped["token"]}


def test_an_edit_that_was_not_submitted_is_said_and_can_be_discarded(server, opened):
    page = opened("plain,tools")
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    press(page, "[")
    wait_for_case(page, "support")
    discard = page.get_by_role("button", name="Discard edit")
    expect(discard).to_be_hidden()

    press(page, "e")
    expect(page.get_by_role("status")).to_contain_text("Edit not submitted")
    press(page, "]")
    wait_for_case(page, "tool use")
    press(page, "[")
    wait_for_case(page, "support")

    expect(page.get_by_role("status")).to_contain_text("Edit not submitted")
    expect(page.get_by_role("radio", name="Equally good")).to_be_checked()
    discard.click()

    expect(page.get_by_role("radio", name="B better")).to_be_checked()
    expect(page.get_by_role("status")).to_contain_text("Submitted before")
    assert server.state()["drafts"] == {}
    assert len(server.requests("submit")) == 1


def test_a_skip_can_be_taken_back_by_its_key_also_after_going_back(server, opened):
    page = opened("plain,tools,formulas")
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    press(page, "s1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You skipped a case.")).to_be_visible()
    press(page, "[")
    expect(page.get_by_role("heading", name="Case, submitted before")).to_be_visible()

    take_back = page.get_by_role("button", name="Take it back")
    expect(take_back).to_have_attribute("aria-keyshortcuts", "T")
    expect(take_back.locator("kbd")).to_have_text("T")
    press(page, "t")

    wait_for_case(page, "tool use")
    expect(take_back).to_have_count(0)
    assert len(server.requests("take-back")) == 1


def test_a_skip_is_no_longer_offered_once_work_has_gone_on(server, opened):
    page = opened("tools,plain,formulas")
    press(page, "s1")
    page.keyboard.press("Enter")
    wait_for_case(page, "support")
    fill(page)
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    press(page, "t")
    assert server.requests("take-back") == []


def test_what_is_undone_is_reached_by_the_first_tab_and_has_a_key(server, opened):
    page = opened("plain,tools")
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    press(page, "[")
    wait_for_case(page, "support")
    press(page, "o")  # there is nothing to discard
    press(page, "e")
    expect(page.get_by_role("status")).to_contain_text("Edit not submitted")
    press(page, "]")
    wait_for_case(page, "tool use")
    press(page, "[")
    wait_for_case(page, "support")

    discard = page.get_by_role("button", name="Discard edit")
    expect(discard.locator("kbd")).to_have_text("O")
    page.keyboard.press("Tab")
    expect(discard).to_be_focused()
    press(page, "o")

    expect(page.get_by_role("radio", name="B better")).to_be_checked()
    assert server.state()["drafts"] == {}
    assert len(server.requests("discard")) == 1


def test_answers_put_back_as_they_were_submitted_are_no_edit(server, opened):
    page = opened("plain,tools")
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    press(page, "[")
    wait_for_case(page, "support")
    press(page, "e")
    expect(page.get_by_role("status")).to_contain_text("Edit not submitted")

    press(page, "b")

    expect(page.get_by_role("status")).to_contain_text("Submitted before")
    expect(page.get_by_role("button", name="Discard edit")).to_be_hidden()


def test_from_the_last_submitted_case_forward_leads_on_to_a_new_one(server, opened):
    page = opened("plain,tools")
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    press(page, "[")
    wait_for_case(page, "support")

    expect(page.get_by_role("button", name="Forward")).to_be_enabled()
