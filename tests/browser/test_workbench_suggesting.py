"""An error is suggested for what was typed, once typing stopped, and taken by a key."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workbench import press, wait_for_case

pytestmark = pytest.mark.browser

#: "rude" lies at 1 of tone, as in tests/javascript/suggesting.test.mjs.
MODEL = {
    "digest": "learnt",
    "tags": ["tone", "hallucination"],
    "lengths": [0.5, 0.5],
    "cut": 0.5,
    "terms": {"rude": [2, 0.25, 0, 0.75], "invented": [2, 0.25, 1, 0.75]},
}
TOLD = {
    "about": "",
    "contact": "",
    "seconds_per_case": None,
    "digest": "as it is now",
    "is_read": True,
    "questions": [],
}


def offered(page: Page):
    return page.locator(".ek-offer:visible")


def start(opened, tasks="plain,tools", model=MODEL):
    with_model = TOLD | {"suggesting": model}
    return opened(tasks, *[["study", 200, with_model]] * 4)


def last_draft(server):
    server.wait_for("draft", lambda sent: bool(sent) and "offers" in sent[-1]["draft"])
    return server.requests("draft")[-1]["draft"]


def test_a_suggestion_comes_after_typing_and_one_key_marks_the_error(server, opened):
    page = start(opened)
    press(page, "n")
    expect(offered(page)).to_have_count(0)  # nobody has written yet
    page.keyboard.type("Quite rude.")
    expect(offered(page)).to_have_count(0)
    expect(offered(page)).to_contain_text("Suggested: Tone")

    page.keyboard.press("F4")

    expect(offered(page)).to_contain_text("Tone: marked.")
    draft = last_draft(server)
    assert (draft["tags"]["left"], draft["tags"]["right"]) == ({}, {"tone": "minor"})
    assert draft["offers"] == [{"tag": "tone", "source": "comment", "outcome": "taken"}]
    expect(page.get_by_label("Comment", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")  # taken back like any other
    server.wait_for("draft", lambda sent: sent[-1]["draft"]["tags"]["right"] == {})
    assert page.complaints == []


def test_who_goes_on_has_refused_it_and_it_is_sent_with_the_case(server, opened):
    page = start(opened, "single,plain")
    press(page, "n")
    page.keyboard.type("An invented number")
    expect(offered(page)).to_contain_text("Suggested: Hallucination")
    page.keyboard.type(", and rude")
    expect(offered(page)).to_have_count(0)
    expect(page.locator(".ek-chip[aria-pressed=true]")).to_have_count(0)
    page.keyboard.press("Escape")
    press(page, "435")
    page.keyboard.press("Enter")
    server.wait_for("submit", bool)

    offers = server.requests("submit")[0]["draft"]["offers"]
    assert offers[0] == {"tag": "hallucination", "source": "comment", "outcome": "refused"}


def test_a_note_of_a_mark_is_given_the_suggested_error(server, opened):
    page = start(opened, "single,plain")
    press(page, "d-.")
    page.keyboard.type("rude")
    expect(offered(page)).to_contain_text("Suggested: Tone")

    page.keyboard.press("F2")
    page.keyboard.press("Escape")

    (mark,) = last_draft(server)["marks"]["left"]
    assert (mark["tag"], mark["note"], mark["omission"]) == ("tone", "rude", True)


def test_who_is_held_out_sees_no_suggestion_and_no_key_for_one(server, opened):
    page = start(opened, model=None)
    press(page, "n")
    page.keyboard.type("Quite rude.")
    page.keyboard.press("Escape")  # leaves the field: at once, if ever
    page.wait_for_timeout(1300)

    expect(offered(page)).to_have_count(0)
    page.keyboard.press("F2")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).not_to_contain_text("suggested")
    assert "offers" not in server.requests("draft")[-1]["draft"]
    expect(page.locator(".ek-chip[aria-pressed=true]")).to_have_count(0)


def test_leaving_the_field_is_the_end_of_typing_and_keys_tell_of_it(opened):
    page = start(opened)
    press(page, "n")
    page.keyboard.type("Rude")
    page.keyboard.press("Escape")

    expect(offered(page)).to_contain_text("Suggested: Tone", timeout=700)
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("suggested")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Mark in A: Tone").click()
    expect(page.locator(".ek-chip[aria-pressed=true]")).to_have_count(1)


def test_an_error_that_is_marked_already_is_not_suggested(opened):
    page = start(opened)
    press(page, "d")
    page.get_by_role("dialog").get_by_role("button", name="Tone", exact=False).first.click()
    page.keyboard.press("Escape")
    press(page, "n")
    page.keyboard.type("Rude")
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)

    expect(offered(page)).to_have_count(0)
    wait_for_case(page, page.locator(".ek-category").inner_text())


def test_what_is_suggested_on_a_phone_is_above_the_footer(opened):
    page = start(opened)
    page.set_viewport_size({"width": 420, "height": 860})
    press(page, "n")
    page.keyboard.type("Quite rude.")

    take = offered(page).get_by_role("button", name="Mark in A: Tone")
    expect(take).to_be_visible()
    expect(page.locator(".ek-status")).to_have_text("Draft saved")
    box, footer = take.bounding_box(), page.locator(".ek-footer").bounding_box()
    assert box["y"] + box["height"] <= footer["y"]
