"""By how much a response is better, and how sure one is: at the annotation screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.workbench import N_SCORES, SHOWN, press, wait_for_case

pytestmark = pytest.mark.browser

SCORES = "435241"[:N_SCORES]


def checked(page):
    """Return what is chosen of the preference."""
    return page.locator('.ek-preference [aria-checked="true"]').evaluate_all(
        "chosen => chosen.map((choice) => choice.getAttribute('aria-label'))"
    )


def test_a_key_pressed_again_is_much_better_and_a_third_time_slightly_again(server, opened):
    page = opened("finer,plain")
    steps = []
    for key in ("a", "a", "a", "b", "b", "e", "b"):
        press(page, key)
        steps += checked(page)

    assert steps == [
        "A better",
        "A much better",
        "A better",
        "B better",
        "B much better",
        "Equally good",
        "B better",
    ]


def test_strength_and_doubt_are_given_by_keyboard_alone_and_submitted(server, opened):
    page = opened("finer,tools")

    press(page, "bbi" + SCORES)
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    server.wait_for("submit", bool)
    (sent,) = server.requests("submit")
    finer = {name: sent["draft"][name] for name in ("preference", "strength", "certainty")}
    assert finer == {"preference": "right", "strength": "much", "certainty": "unsure"}
    assert page.complaints == []


def test_strength_and_doubt_come_back_after_a_reload_and_can_be_taken_back(server, opened):
    page = opened("finer")
    press(page, "aai")
    server.wait_for("draft", lambda sent: bool(sent) and "certainty" in sent[-1]["draft"])
    expect(page.locator(".ek-status")).to_have_text("Draft saved")
    page.reload()
    page.wait_for_selector(SHOWN)
    doubt = page.get_by_role("button", name="Not sure")

    assert checked(page) == ["A much better"]
    expect(doubt).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Backspace")
    expect(doubt).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Backspace")
    assert checked(page) == []


def test_each_of_the_levels_is_a_choice_of_its_own_for_the_mouse(server, opened):
    page = opened("finer")

    names = page.locator(".ek-preference [role=radio]").evaluate_all(
        "choices => choices.map((choice) => choice.getAttribute('aria-label'))"
    )
    page.get_by_role("radio", name="B much better").click()
    server.wait_for("draft", lambda sent: bool(sent))

    assert names == [
        "A much better",
        "A better",
        "Equally good",
        "B better",
        "B much better",
        "Both bad",
    ]
    draft = server.requests("draft")[-1]["draft"]
    assert (draft["preference"], draft["strength"]) == ("right", "much")


def test_a_study_that_does_not_ask_shows_neither(server, opened):
    page = opened("plain")
    press(page, "aai")

    assert page.locator(".ek-preference [role=radio]").count() == 4
    assert page.get_by_role("button", name="Not sure").count() == 0
    server.wait_for("draft", lambda sent: bool(sent))
    assert not {"strength", "certainty"} & server.requests("draft")[-1]["draft"].keys()


CRITERIA = ("helpfulness", "correctness", "instruction_following")


def test_what_is_better_on_each_criterion_is_given_by_keyboard_in_the_order_of_the_rubric(
    server, opened
):
    page = opened("better,tools")

    press(page, "b" + "431" + "252" + "41")  # two scores and a choice a row
    press(page, "x")  # the focus is on the last choice: its letter goes there
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    server.wait_for("submit", bool)
    draft = server.requests("submit")[0]["draft"]
    assert draft["preference"] == "right"
    assert draft["scores"]["left"] == dict(zip(CRITERIA, (4, 2, 4), strict=True))
    assert draft["scores"]["right"] == dict(zip(CRITERIA, (3, 5, 1), strict=True))
    assert draft["preferences"] == dict(zip(CRITERIA, ("left", "tie", "both_bad"), strict=True))
    assert page.complaints == []


def test_without_scores_the_digits_go_to_the_criteria_and_come_back_after_a_reload(server, opened):
    page = opened("bettersole")
    press(page, "a13")
    page.keyboard.press("Enter")
    expect(page.locator(".ek-problem")).to_have_text(
        "Still to do: Does it follow the instructions? (which is better)."
    )
    expect(page.locator(".ek-status")).to_have_text("Draft saved")
    page.reload()
    page.wait_for_selector(SHOWN)
    chosen = page.locator('.ek-better [aria-checked="true"]')

    assert chosen.all_inner_texts() == ["A", "B"]
    page.keyboard.press("Backspace")
    assert chosen.all_inner_texts() == ["A"]
    page.get_by_role("radio", name="Equally good").last.click()
    assert chosen.all_inner_texts() == ["A", "="]
