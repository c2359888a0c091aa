"""The last submission taken back, and questions to the lead."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import coloured, found
from tests.browser.workbench import SHOWN, fill, press, seen_only, wait_for_case

pytestmark = pytest.mark.browser


def undo_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Undo")


def asked(page: Page) -> Locator:
    return page.locator(".ek-asked")


def test_the_last_submission_is_taken_back_by_a_key_and_the_case_between_keeps_its_draft(
    server, opened
):
    page = opened()
    page.keyboard.press("Control+z")  # there is nothing to undo
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    press(page, "x")
    expect(undo_button(page)).to_be_visible()

    page.keyboard.press("Control+z")
    wait_for_case(page, "support")

    expect(page.locator(".ek-status")).to_have_text("Taken back")
    expect(undo_button(page)).to_have_count(0)
    expect(page.get_by_role("radio", name="B better")).to_be_checked()
    expect(page.locator(".ek-count")).to_have_text("11 done, about 29 to go")
    (submitted,), (withdrawn,) = server.requests("submit"), server.requests("withdraw")
    names = ("assignment_id", "token", "session", "opened_on", "revision")
    assert withdrawn == {name: submitted[name] for name in names} | {
        "number": submitted["number"] + 1
    }
    assert server.state()["submitted"] == {}
    assert server.state()["drafts"]["2"]["preference"] == "both_bad"
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    expect(page.get_by_role("radio", name="Both bad")).to_be_checked()
    server.wait_for("submit", lambda sent: len(sent) == 2)
    assert page.complaints == []


def test_while_writing_the_undo_is_the_browsers_own(server, opened):
    page = opened()
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    expect(page.locator(".ek-status")).to_have_text("Stored")

    press(page, "n")
    page.keyboard.insert_text("no")  # at once: what is typed slowly is undone letter by letter
    page.keyboard.press("Control+z")

    expect(page.locator(".ek-comment .ek-comment-field")).to_have_value("")
    wait_for_case(page, "tool use")
    assert server.requests("withdraw") == []


def test_what_is_still_on_its_way_arrives_before_it_is_taken_back(server, opened):
    page = opened("plain,tools", *[["submit", 503, {}]] * 2)
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    expect(page.locator(".ek-status")).to_contain_text("Not stored yet")

    undo_button(page).click()
    wait_for_case(page, "support")

    paths = [sent["path"] for sent in server.state()["requests"]]
    assert paths.count("submit") == 3
    assert paths.index("withdraw") > max(at for at, path in enumerate(paths) if path == "submit")
    assert server.state()["submitted"] == {}


def test_what_cannot_be_undone_any_more_says_so_and_the_case_goes_on(server, opened):
    late = {"error": "This cannot be undone any more, and counts as it was submitted."}
    page = opened("plain,tools", ["withdraw", 409, late])
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    undo_button(page).click()

    expect(page.locator(".ek-problem")).to_have_text(late["error"])
    expect(undo_button(page)).to_have_count(0)
    press(page, "b")
    expect(page.get_by_role("radio", name="B better")).to_be_checked()


def test_undo_is_offered_for_a_minute_and_not_for_an_edit(server, browser):
    server.start_over("plain,tools,formulas")
    context = browser.new_context()  # of its own, for a clock stays in it
    page = seen_only(context.new_page())
    page.goto(server.screen)
    page.wait_for_selector(SHOWN)
    # It stands still but for what it is told to run, however slow the machine is.
    page.clock.install(time=0)
    page.clock.pause_at(1_000)
    fill(page)
    page.keyboard.press("Control+Enter")
    page.clock.run_for(1_000)
    wait_for_case(page, "tool use")
    expect(undo_button(page)).to_be_visible()
    expect(page.locator(".ek-status")).to_have_text("Stored")
    page.clock.run_for(58_000)
    expect(undo_button(page)).to_be_visible()
    page.clock.run_for(3_000)
    expect(undo_button(page)).to_have_count(0)
    page.clock.resume()

    press(page, "[")
    wait_for_case(page, "support")
    press(page, "a")
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    expect(undo_button(page)).to_have_count(0)
    page.keyboard.press("Control+z")
    assert server.requests("withdraw") == []
    context.close()


def test_after_a_skip_it_is_the_skip_that_is_undone(server, opened):
    page = opened()
    press(page, "s1")
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")
    expect(undo_button(page)).to_have_count(0)  # "Take it back" is there

    page.keyboard.press("Control+z")

    wait_for_case(page, "support")
    assert len(server.requests("take-back")) == 1


def test_a_question_is_sent_with_its_case_and_its_answer_stands_there(server, opened):
    page = opened()
    expect(asked(page)).to_be_hidden()

    press(page, "h")
    dialog = page.get_by_role("dialog", name="Question to the lead")
    page.keyboard.type("Does shipping count as help?")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)

    (sent,) = server.requests("ask")
    assert sent == {
        "assignment_id": 1,
        "token": "token-of-1",
        "words": "Does shipping count as help?",
    }
    expect(asked(page)).to_contain_text("Your question, not answered yet")
    assert server.requests("submit") == []
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    expect(asked(page)).to_be_hidden()  # it was about another case
    server.answer("Yes, if it was asked for.")
    press(page, "[")
    wait_for_case(page, "support")
    expect(asked(page)).to_contain_text("Your question, answered")
    expect(page.get_by_text("Yes, if it was asked for.")).to_be_visible()
    page.locator(".ek-asked summary").click()
    expect(page.get_by_text("Yes, if it was asked for.")).to_be_hidden()
    assert page.complaints == []


def test_an_answer_is_announced_at_any_case_of_its_study_until_it_is_read(server, opened):
    page = opened(in_streamlit=True)
    press(page, "h")
    page.keyboard.type("Does shipping count as help?")
    page.keyboard.press("Control+Enter")
    expect(asked(page)).to_contain_text("Your question, not answered yet")
    server.answer("Yes, if it was asked for.")
    # Two minutes later it is asked again whether there is an answer.
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 121_000; }")
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")

    summary = asked(page).get_by_text("The lead answered your question about another case")
    expect(summary).to_be_visible()
    expect(page.get_by_text("Yes, if it was asked for.")).to_be_hidden()  # the room is the case's
    summary.click()
    expect(page.get_by_text("Yes, if it was asked for.")).to_be_visible()
    for scheme in ("light", "dark"):
        assert found(page, coloured(page, scheme)) == []
    page.get_by_role("button", name="Open that case").click()
    wait_for_case(page, "support")
    expect(asked(page)).to_contain_text("Your question, answered")
    page.get_by_role("button", name="Mark as read").click()

    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    expect(page.get_by_text("Yes, if it was asked for.")).to_be_visible()
    seen = {"question_id": 1, "answered_at": "at: Yes, if it was asked for."}
    server.wait_for("answers-read", lambda sent: sent == [{"questions": [seen]}])
    press(page, "]")
    wait_for_case(page, "tool use")
    expect(asked(page)).to_be_hidden()
    assert page.complaints == []


def test_a_question_that_is_refused_keeps_its_words_and_says_why(server, opened):
    refused = {"error": "You asked a lot about this case already.", "fields": []}
    page = opened("bare", ["ask", 422, refused])  # without a comment it can be asked, too
    page.get_by_role("button", name="Ask the lead").click()
    field = page.get_by_role("textbox", name="Question")
    field.fill("Why?")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("dialog")).to_contain_text(refused["error"])
    expect(field).to_have_value("Why?")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask the lead").click()
    expect(field).to_have_value("Why?")
    page.get_by_role("button", name="Send").click()
    expect(asked(page)).to_contain_text("Why?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_breaks_no_rule_of_wcag(opened, scheme):
    page = opened(in_streamlit=scheme == "dark")
    rules = coloured(page, scheme)
    press(page, "h")
    expect(page.get_by_role("dialog", name="Question to the lead")).to_be_visible()

    assert found(page, rules) == []
    page.keyboard.type("What counts?")
    page.keyboard.press("Control+Enter")
    expect(asked(page)).to_be_visible()
    assert found(page, rules) == []
