"""The annotation screen in a browser, against a server that plays the annotation routes."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.workbench import SHOWN, come_back, fill, press, wait_for_case

pytestmark = pytest.mark.browser


def test_a_case_is_judged_by_keyboard_alone_without_a_rerun(server, opened):
    page = opened(in_streamlit=True)
    runs = server.state()["runs"]

    fill(page)
    press(page, "n")
    page.keyboard.type("Crabs say so, really.")  # letters that are keys elsewhere
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    server.wait_for("submit", bool)
    (sent,) = server.requests("submit")
    assert sent["assignment_id"] == 1
    assert sent["draft"] == {
        "preference": "right",
        "scores": {
            "left": {"helpfulness": 4, "correctness": 5, "instruction_following": 4},
            "right": {"helpfulness": 3, "correctness": 2, "instruction_following": 1},
        },
        "tags": {"left": {}, "right": {}},
        "marks": {"left": [], "right": []},
        "comment": "Crabs say so, really.",
    }
    assert server.state()["runs"] == runs
    assert all(one["header"] == "1" for one in server.state()["requests"])
    assert page.complaints == []


def test_the_next_case_starts_at_its_top_with_the_focus_on_its_heading(server, opened):
    page = opened("long,tools")
    page.locator(".ek-pane-body").first.evaluate("body => body.scrollTop = 400")
    page.locator(".ek-case-body").evaluate("body => body.scrollTop = 200")

    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")

    expect(page.locator(".ek-case-heading")).to_be_focused()
    tops = page.evaluate(
        """() => ['.ek-main', '.ek-pane-body', '.ek-case-body', '[data-testid="stMain"]']
            .map((name) => document.querySelector(name).scrollTop)"""
    )
    assert tops == [0, 0, 0, 0]


def test_a_draft_is_stored_and_comes_back_after_a_reload(server, opened):
    page = opened()

    press(page, "x42")
    page.locator(".ek-chip").first.click(click_count=2)
    page.locator(".ek-comment-field").fill("half done")
    server.wait_for(
        "draft", lambda sent: bool(sent) and sent[-1]["draft"]["comment"] == "half done"
    )
    expect(page.locator(".ek-status")).to_have_text("Draft saved")
    page.reload()
    page.wait_for_selector(SHOWN)

    expect(page.get_by_role("radio", name="Both bad")).to_have_attribute("aria-checked", "true")
    assert page.locator('.ek-scale [aria-checked="true"]').all_inner_texts() == ["4", "2"]
    expect(page.locator(".ek-chip").first).to_have_attribute("data-severity", "2")
    expect(page.locator(".ek-comment-field")).to_have_value("half done")


def test_what_was_just_entered_is_stored_when_the_page_is_left_at_once(server, opened):
    page = opened()

    press(page, "e")
    page.goto("about:blank")

    server.wait_for("draft", lambda sent: bool(sent) and sent[-1]["draft"]["preference"] == "tie")


def test_what_is_missing_is_said_highlighted_and_focused(server, opened):
    page = opened()

    press(page, "4325")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".ek-problem")).to_have_text(
        "Still to do: the preference, Does it follow the instructions? (A) "
        "and Does it follow the instructions? (B)."
    )
    assert page.locator(".ek-missing").count() == 3
    expect(page.get_by_role("radio", name="A better")).to_be_focused()
    assert server.requests("submit") == []
    press(page, "a12")
    assert page.locator(".ek-missing").count() == 0
    expect(page.locator(".ek-problem")).to_be_empty()


def test_what_is_still_to_do_gets_shorter_as_it_is_done(server, opened):
    page = opened()
    said = page.locator(".ek-problem")

    page.keyboard.press("Control+Enter")
    expect(said).to_have_text("Still to do: the preference and 6 scores.")
    press(page, "b")
    expect(said).to_have_text("Still to do: 6 scores.")
    page.locator(".ek-scale").first.get_by_role("radio").first.focus()
    press(page, "432")
    expect(said).to_have_text("Still to do: 3 scores.")
    page.keyboard.press("Backspace")
    expect(said).to_have_text("Still to do: 4 scores.")
    press(page, "2123")
    expect(said).to_be_empty()


def test_what_the_server_finds_missing_is_shown_as_well(server, opened):
    page = opened(
        "plain,tools", ["submit", 422, {"error": "Score A first.", "fields": ["left.correctness"]}]
    )

    fill(page)
    page.keyboard.press("Enter")

    expect(page.locator(".ek-problem")).to_have_text("Score A first.")
    assert page.locator(".ek-missing").count() == 1
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")


def test_a_double_click_and_a_held_enter_store_one(server, opened):
    page = opened(in_streamlit=True)
    runs = server.state()["runs"]

    fill(page)
    page.get_by_role("button", name="Submit").dblclick()
    for _ in range(20):
        page.keyboard.down("Enter")  # repeats, as a key does that is held
    page.keyboard.up("Enter")
    wait_for_case(page, "tool use")
    page.wait_for_timeout(500)

    assert len(server.requests("submit")) == 1
    assert server.state()["runs"] == runs
    expect(page.locator(".ek-problem")).to_be_empty()


def test_a_failing_server_is_asked_again_with_the_same_key(server, opened):
    page = opened("plain,tools", ["submit", 503, {}], ["submit", 503, {}])

    fill(page)
    page.keyboard.press("Enter")
    expect(page.locator(".ek-status")).to_contain_text("Not stored yet")
    wait_for_case(page, "tool use")
    expect(page.locator(".ek-status")).to_have_text("Stored")

    sent = server.requests("submit")
    assert len(sent) == 3
    assert len({one["submission_key"] for one in sent}) == 1
    assert len(server.state()["submitted"]["1"]) == 1


def test_a_cut_connection_is_told_and_mended(server, opened):
    page = opened()
    cut = [True]

    def pass_or_cut(route: Route) -> None:
        if cut[0]:
            route.abort()
        else:
            route.continue_()

    page.route("**/annotate/*", pass_or_cut)
    fill(page)
    expect(page.locator(".ek-status")).to_have_text("Not saved: no connection. Retrying")
    page.keyboard.press("Enter")
    expect(page.locator(".ek-status")).to_have_text("Not stored yet: no connection. Retrying")
    wait_for_case(page, "tool use")
    cut[0] = False
    expect(page.locator(".ek-status")).to_have_text("Stored")

    assert len(server.state()["submitted"]["1"]) == 1


def test_a_signed_out_annotator_is_told_and_loses_nothing(server, opened):
    page = opened("plain,tools", ["submit", 401, {"error": "Please sign in again."}])

    fill(page)
    page.keyboard.press("Enter")

    expect(page.locator(".ek-problem")).to_contain_text("Please sign in again.")
    come_back(page)
    expect(page.locator(".ek-problem")).to_be_empty()
    wait_for_case(page, "tool use")
    assert len(server.state()["submitted"]["1"]) == 1


def test_being_sent_to_the_sign_in_page_is_not_taken_for_stored(server, opened):
    page = opened("plain,tools", ["submit", 303, {"location": "/"}])

    fill(page)
    page.keyboard.press("Enter")

    expect(page.locator(".ek-problem")).to_contain_text("You are signed out.")
    assert server.state()["submitted"] == {}
    come_back(page)
    expect(page.locator(".ek-problem")).to_be_empty()
    assert len(server.state()["submitted"]["1"]) == 1


def test_a_page_of_something_in_between_is_not_taken_for_stored(server, opened):
    page = opened("plain,tools", ["submit", 200, None])  # as a captive portal answers

    fill(page)
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    server.wait_for("submit", lambda sent: len(sent) == 2)
    assert len(server.state()["submitted"]["1"]) == 1


def test_a_draft_that_is_refused_keeps_the_annotator_where_they_are(server, opened):
    page = opened("plain,tools", ["draft", 422, {"error": "The comment is too long."}])

    press(page, "a")
    expect(page.locator(".ek-status")).to_have_text("Not saved")
    expect(page.locator(".ek-problem")).to_have_text("The comment is too long.")
    press(page, "]")
    expect(page.get_by_role("button", name="Leave without saving")).to_be_visible()
    wait_for_case(page, "support")
    press(page, "b]")
    wait_for_case(page, "tool use")

    assert server.requests("draft")[-1]["draft"]["preference"] == "right"


def test_letters_typed_into_the_comment_are_no_shortcuts(server, opened):
    page = opened()

    page.locator(".ek-comment-field").click()
    page.keyboard.type("a b e x s g ? [ ] r c 1 2 3")
    page.keyboard.press("Enter")

    assert page.locator('[aria-checked="true"]:not(.ek-side-switch *)').count() == 0
    assert page.locator("dialog").count() == 0
    expect(page.locator(".ek-problem")).to_be_empty()
    expect(page.locator(".ek-comment-field")).to_have_value("a b e x s g ? [ ] r c 1 2 3\n")


def test_streamlits_own_keys_do_nothing_here(server, opened):
    page = opened(in_streamlit=True)
    runs = server.state()["runs"]

    press(page, "rc")
    press(page, "rc")
    page.wait_for_timeout(500)

    assert page.get_by_role("dialog").count() == 0
    assert server.state()["runs"] == runs


def test_keys_with_a_modifier_are_left_to_the_browser(server, opened):
    page = opened()

    for keys in ("Control+a", "Control+b", "Alt+s", "Meta+e"):
        page.keyboard.press(keys)

    assert page.locator('.ek-form [aria-checked="true"]').count() == 0
    assert page.locator("dialog").count() == 0


def test_skipping_asks_for_a_reason_and_goes_on(server, opened):
    page = opened()

    press(page, "s2")
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    (sent,) = server.requests("skip")
    assert (sent["assignment_id"], sent["reason"], sent["note"]) == (1, "not_my_field", "")


def test_one_can_go_back_and_change_what_was_submitted(server, opened):
    page = opened()
    fill(page)
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    press(page, "[")
    wait_for_case(page, "support")
    press(page, "a")
    page.get_by_role("button", name="Submit again").click()
    wait_for_case(page, "tool use")

    first, second = server.requests("submit")
    assert first["submission_key"] != second["submission_key"]
    assert (first["revision"], second["revision"]) == (0, 1)
    assert second["draft"]["preference"] == "left"


def test_guidelines_and_keys_open_and_close_by_their_keys(server, opened):
    page = opened()

    for key, words in (("g", "The main point is false"), ("?", "Equally good")):
        press(page, key)
        expect(page.locator("dialog")).to_contain_text(words)
        press(page, "a" + key)
        expect(page.locator("dialog")).to_have_count(0)
        press(page, key)
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
    assert page.locator('.ek-form [aria-checked="true"]').count() == 0


def test_the_anchor_of_a_level_is_read_where_it_is_chosen(server, opened):
    page = opened()
    anchors = page.locator("#ek-anchors-0")

    page.locator(".ek-scale").first.get_by_role("radio").nth(1).hover()
    expect(anchors).to_contain_text("A small part is usable")
    press(page, "5")
    page.mouse.move(0, 0)
    expect(anchors).to_contain_text("Exactly what was wanted")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_chips_stay_where_they_are_while_errors_are_marked(server, opened, width):
    page = opened()
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(100)
    chips = page.locator(".ek-chip").all()
    chips[0].scroll_into_view_if_needed()
    before = [chip.bounding_box() for chip in chips]

    for severity in ("minor", "major", "critical"):
        chips[1].click()
        expect(page.locator(".ek-marks").first).to_have_text(f"1 {severity}")
        assert [chip.bounding_box() for chip in chips] == before
    chips[2].click()
    chips[3].click(click_count=2)
    assert [chip.bounding_box() for chip in chips] == before


def test_an_explanation_waits_for_the_mouse_and_leaves_chips_and_sentences_in_view(server, opened):
    page = opened("plain,empty")
    chip, box = page.locator(".ek-chip").first, page.locator(".ek-explanation")
    fill(page)
    at = chip.bounding_box()
    page.mouse.move(at["x"] + 20, at["y"] + 10)
    expect(box).to_be_visible()

    page.keyboard.press("Control+Enter")
    expect(page.locator(f"{SHOWN} .ek-count")).to_contain_text("12 done")
    page.wait_for_timeout(500)
    under = "at => document.elementFromPoint(...at).closest('.ek-chip') !== null"
    assert page.evaluate(under, [at["x"] + 20, at["y"] + 10])  # the mouse rests on a chip
    expect(box).to_be_hidden()

    page.mouse.move(at["x"] + 22, at["y"] + 10)
    expect(box).to_be_visible()
    for position in range(page.locator(".ek-chip").count()):
        page.locator(".ek-chip").nth(position).hover()
        explained = box.bounding_box()
        kept = page.locator(".ek-chip, .ek-anchors, .ek-scale").evaluate_all(
            "parts => parts.map((part) => part.getBoundingClientRect().toJSON())"
        )
        assert len(kept) > 20
        assert not any(overlap(explained, part) for part in kept), position


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(
        one[start] < other[start] + other[length] and other[start] < one[start] + one[length]
        for start, length in (("x", "width"), ("y", "height"))
    )


def test_raw_text_is_one_key_away_and_exact(server, opened):
    page = opened()

    press(page, "r")

    raw = page.locator(".ek-raw-view").first.inner_text()
    assert '<img src=x onerror="window.hurt=1">' in raw
    assert "**14 March**" in raw


def test_nothing_in_a_response_is_loaded_run_or_followed(server, opened, chromium_page):
    asked: list[str] = []
    chromium_page.on("request", lambda request: asked.append(request.url))
    page = opened()
    page.locator(".ek-link").first.click()

    assert all(url.startswith((server.address, "data:", "blob:")) for url in asked)
    assert page.evaluate("window.hurt") is None
    assert page.url.startswith(server.address)


def test_no_id_but_those_of_the_address_reaches_the_browser(server, opened, chromium_page):
    frames: list[str] = []
    chromium_page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: frames.append(repr(data))),
    )
    page = opened("tools", in_streamlit=True)

    received = "".join(frames) + page.content()
    assert "search_orders" in received
    for hidden in ("call_9f3a", "case_id", "output_id", "tool_call_id"):
        assert hidden not in received


@pytest.mark.parametrize(
    "task", ["plain", "tools", "empty", "long", "scripts", "single", "bare", "many"]
)
def test_nothing_makes_the_page_wider_than_the_screen(server, opened, task):
    page = opened(task)

    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(100)
        over = page.evaluate(
            """() => ['html', '.ek-workbench', '.ek-main', '.ek-case-body', '.ek-pane-body']
                .map((name) => document.querySelector(name))
                .map((element) => element.scrollWidth - element.clientWidth)"""
        )
        assert over == [0] * 5, width


@pytest.mark.parametrize("task", ["plain", "tools", "long", "many"])
def test_case_panes_and_form_are_all_in_view(server, opened, task):
    page = opened(task)
    page.wait_for_timeout(100)

    rows = page.locator(".ek-case, .ek-panes, .ek-preference, .ek-row, .ek-tags, .ek-comment")
    footer = page.locator(".ek-footer").bounding_box()
    boxes = [row.bounding_box() for row in rows.all()]

    assert all(box["y"] >= 0 and box["y"] + box["height"] <= footer["y"] for box in boxes)
    assert page.locator(".ek-pane").first.bounding_box()["height"] >= 240
    assert page.locator(".ek-case").bounding_box()["height"] <= 0.3 * 900


def test_arabic_lists_read_from_the_right(server, opened):
    page = opened("scripts")

    assert (
        page.locator(".ek-pane-body ul").first.evaluate("list => getComputedStyle(list).direction")
        == "rtl"
    )


def test_a_single_response_has_no_preference_and_no_second_scale(server, opened):
    page = opened("single,tools")

    assert page.locator(".ek-preference").count() == 0
    press(page, "432")
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    (sent,) = server.requests("submit")
    assert sent["draft"]["preference"] is None
    assert sent["draft"]["scores"]["right"] == {}


def test_time_is_counted_while_somebody_is_at_work(server, opened):
    page = opened()

    page.wait_for_timeout(1500)
    press(page, "a")
    server.wait_for("draft", bool)

    assert 1 < server.requests("draft")[-1]["active_seconds"] < 60


def test_mathematics_is_set_in_a_font_that_is_shipped_and_code_shown_as_written(opened):
    page = opened("formulas,plain")
    left, right = page.locator(".ek-pane").all()

    page.wait_for_function("document.fonts.check('16px \"STIX Two Math\"')")
    font = "font => getComputedStyle(font).fontFamily"
    assert "STIX Two Math" in left.locator("math").first.evaluate(font)
    faces = page.evaluate("[...document.fonts].map(face => `${face.family} ${face.status}`)")
    assert "STIX Two Math loaded" in [face.replace('"', "") for face in faces]
    root = left.locator("msqrt").first.bounding_box()
    inside = left.locator("msqrt > *").first.bounding_box()
    assert root["width"] > inside["width"] + 5  # the sign itself, which stands before
    second_line = left.locator("mtr").nth(1).bounding_box()
    assert second_line["y"] > left.locator("mtr").first.bounding_box()["y"] + 10
    assert left.locator(".ek-tex").text_content() == "\\(\\cancel{x} + 1\\)"
    assert "# the total\ndef total(rows):" in right.locator("pre").text_content()
    expect(right.get_by_text("Formatted; Raw shows it as written")).to_be_visible()
    expect(left.get_by_text("Formatted; Raw shows it as written")).to_have_count(0)
    press(page, "r")
    expect(right.get_by_text("Formatted; Raw shows it as written")).to_be_hidden()
    assert page.complaints == []
