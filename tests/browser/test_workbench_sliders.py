"""Continuous scales on the annotation screen: unset at first, then by mouse, keys, touch."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workbench import press

pytestmark = pytest.mark.browser


def slider(page: Page, place: int = 0):
    return page.locator(".ek-slider").nth(place)


def number(page: Page, place: int = 0):
    return page.locator(".ek-number").nth(place)


def last_scores(server):
    server.wait_for("draft", lambda sent: bool(sent))
    return server.requests("draft")[-1]["draft"]["scores"]


def test_nothing_stands_on_a_slider_that_nobody_set_and_submitting_asks_for_it(server, opened):
    page = opened("sliders")

    for place in range(6):
        assert slider(page, place).get_attribute("aria-valuetext") == "not set"
        assert "ek-unset" in (slider(page, place).get_attribute("class") or "")
        expect(number(page, place)).to_have_value("")
    press(page, "a")
    page.keyboard.press("Enter")

    expect(page.locator(".ek-missing")).to_have_count(6)  # two sliders and a scale, twice
    assert not server.requests("submit")


def test_all_scores_are_given_by_keys_alone(server, opened):
    page = opened("sliders")
    press(page, "a87.5")  # complete with its half: the marker goes on
    press(page, "62")
    page.keyboard.press("Tab")
    press(page, "-4")
    press(page, "3")
    press(page, "5")  # levels between sliders
    press(page, "2")
    press(page, "0.25")
    page.keyboard.press("Enter")

    server.wait_for("submit", lambda sent: len(sent) == 1)
    scores = server.requests("submit")[0]["draft"]["scores"]
    assert scores == {
        "left": {"correct": 87.5, "tone": -4, "helpfulness": 5, "share": 0.25},
        "right": {"correct": 62, "tone": 3, "helpfulness": 2},
    }


def test_arrows_step_and_backspace_takes_back(server, opened):
    page = opened("sliders")
    slider(page).focus()
    page.keyboard.press("ArrowRight")  # the first step is to the middle
    expect(number(page)).to_have_value("50")
    page.keyboard.press("ArrowRight")
    expect(number(page)).to_have_value("50.5")
    expect(slider(page)).to_have_attribute("aria-valuetext", "50.5")
    page.keyboard.press("ArrowDown")  # to the row beneath, as among levels
    expect(slider(page, 2)).to_be_focused()
    page.keyboard.press("Backspace")
    expect(slider(page)).to_have_attribute("aria-valuetext", "not set")


def test_the_mouse_sets_what_it_points_at_also_the_middle(server, opened):
    page = opened("sliders")
    box = slider(page).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(number(page)).to_have_value("50")
    other = slider(page, 1).bounding_box()
    page.mouse.move(other["x"] + other["width"] * 0.3, other["y"] + other["height"] / 2)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] - 1, other["y"] + other["height"] / 2)
    page.mouse.up()
    expect(number(page, 1)).to_have_value("100")

    assert last_scores(server)["left"] == {"correct": 50}


def test_a_number_that_is_typed_is_checked_and_a_wrong_one_is_no_score(server, opened):
    page = opened("sliders")
    number(page).fill("33,5")
    expect(slider(page)).to_have_attribute("aria-valuetext", "33.5")
    number(page).fill("870")
    expect(number(page)).to_have_attribute("aria-invalid", "true")
    expect(slider(page)).to_have_attribute("aria-valuetext", "not set")
    number(page).fill("100")
    number(page).press("Enter")
    expect(slider(page, 1)).to_be_focused()
    expect(number(page)).to_have_value("100")


def test_a_draft_brings_scores_back(server, opened):
    page = opened("sliders")
    press(page, "a87.5")
    server.wait_for("draft", lambda sent: bool(sent) and bool(sent[-1]["draft"]["scores"]["left"]))
    page.reload()

    expect(number(page)).to_have_value("87.5")
    expect(number(page, 1)).to_have_value("")
