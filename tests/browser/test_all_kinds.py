"""Studies that ask for all that can be asked, from signing in to the last case, in the real app."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.people import add_demo_accounts
from db.engine import read_session
from db.models import Annotator
from db.queries.annotation.task import comparison_task
from evalkit.vocabulary import TaskKind
from tests.browser.received import FIELDS, Received, names
from tests.browser.serving import app_server
from tests.browser.test_accessibility import COLOURED, found
from tests.browser.walking import (
    PASSWORD,
    n_stored,
    read_guidelines,
    ready,
    sign_in,
    wait_until_whole,
)
from tests.browser.workbench import seen_only
from tests.everything import (
    CHECKLIST,
    IMAGE,
    MODELS,
    PROVIDER,
    QUESTIONS,
    answers,
    make_mixed_study,
    make_studies,
)
from tests.factories import opened

pytestmark = pytest.mark.browser

N_CASES = len(QUESTIONS)
DONE = "Nothing is left for you in this study"
SELECT = """() => {
  const nodes = document.createTreeWalker(
    document.querySelector(".ek-pane-body .ek-text"), NodeFilter.SHOW_TEXT);
  let node;
  while ((node = nodes.nextNode()).data.trim().length < 8) continue;
  getSelection().setBaseAndExtent(node, 0, node, node.data.indexOf(" ", 4));
}"""


@pytest.fixture(scope="module")
def studies(database_of_file: str) -> dict[TaskKind, int]:
    """A study of either kind that nobody has begun, and people to work in it."""
    add_demo_accounts()
    return make_studies()


@pytest.fixture(scope="module")
def address(studies: dict[TaskKind, int], database_of_file: str, free_port: int) -> Iterator[str]:
    with app_server(database_of_file, port=free_port) as served:
        yield served


@pytest.fixture
def phone(browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on this."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}.")


def told(page: Page, address: str, study: int, *, assignment: int) -> dict[str, Any]:
    """Return a case as the server gives it to this browser."""
    asked = f"{address}/annotate/task?study={study}&assignment={assignment}"
    answer = page.request.get(asked, headers={"X-Evalkit": "1", "Origin": address})
    return dict(answer.json()["task"])


def shown_case(page: Page) -> int:
    return int(page.url.split("assignment=")[1].split("&")[0])


def wait_for_done(page: Page, n: int) -> None:
    expect(page.get_by_text(f"{n} done, about")).to_be_visible()
    expect(page.locator(".ek-status")).to_have_text("Stored")


def answer_by_keys(page: Page) -> str:
    """Mark words, score, write and check by keyboard alone; return the words that are marked."""
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    words = str(page.evaluate("getSelection().toString()"))
    page.keyboard.press("Enter")
    palette = page.locator(".ek-palette")
    letter = palette.get_by_role("button", name="False").locator(".ek-kbd").inner_text()
    for key in (letter.lower(), "2", ".", "n", "o", "Enter", "Escape"):
        page.keyboard.press(key)
    for key in "287.5":
        page.keyboard.press(key)
    for key in "10":  # the checklist: yes, no
        page.keyboard.press(key)
    for _ in range(2):  # back from the last item to the question in words
        page.keyboard.press("Shift+Tab")
    page.keyboard.type("Shorter.")
    return words


def sign_in_by_keys(page: Page, address: str) -> None:
    """Sign in as ada; the field for the name has the focus."""
    page.goto(f"{address}/sign-in")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def edit_by_keys(page: Page, assignment: int) -> None:
    """Go back to what was submitted last, score it anew, and come to the case after it again."""
    page.keyboard.press("[")
    is_back = re.compile(rf"assignment={assignment}\b")
    expect(page).to_have_url(is_back)
    ready(page)
    tab_to(page, ".ek-slider")
    page.keyboard.type("12")
    page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url(is_back)
    ready(page)


def assert_holds(draft: dict[str, Any], *, quote: str, correct: float = 87.5) -> None:
    (mark,) = draft["marks"]["left"]
    # A mark that touches a masked name is on all of it, whatever its words are.
    quote = "[name removed]" if quote in "[name removed]" else quote
    assert (mark["quote"], mark["tag"]) == (quote, "false")
    assert draft["scores"]["left"] == {"complete": 2, "correct": correct}
    assert draft["texts"]["left"] == {"why": "Shorter."}
    assert draft["checks"]["left"] == {CHECKLIST[0]["key"]: "yes", CHECKLIST[1]["key"]: "no"}


def assert_blind(received: Received) -> None:
    everything = received.everything()
    assert any("[name removed]" in text for text in received.texts)
    for name in (*MODELS, *(name.partition("-")[0] for name in MODELS), PROVIDER):
        assert not names(name, everything), name
    for what in FIELDS:
        assert not any(what in text for text in everything), what


def test_responses_alone_are_judged_by_keyboard_alone_from_signing_in_to_the_last(
    studies, address, chromium_page
):
    page, study = chromium_page, studies[TaskKind.SINGLE]
    received = Received(page)
    sign_in_by_keys(page, address)
    page.locator(f".st-key-study-{study} button").wait_for()
    wait_until_whole(page)
    tab_to(page, f".st-key-study-{study} button")
    page.keyboard.press("Enter")
    ready(page)
    expect(page.get_by_role("dialog", name="Before you start")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)

    quotes = {}
    for number in range(N_CASES):
        quote = answer_by_keys(page)
        shown = shown_case(page)
        quotes[shown] = quote
        if number == 1:
            expect(page.locator(".ek-status")).to_have_text("Draft saved")
            received.settle()
            page.reload()
            ready(page)
            expect(page.locator(".ek-number")).to_have_value("87.5")
            draft = told(page, address, study, assignment=shown)["draft"]
            assert_holds(draft, quote=quote)
        page.keyboard.press("Control+Enter")
        if number < N_CASES - 1:
            wait_for_done(page, number + 1)
        if number == 2:  # an edit, before the last one
            edit_by_keys(page, edited := shown)
    expect(page.get_by_text(DONE)).to_be_visible()

    assert n_stored(study) == N_CASES
    for assignment, quote in quotes.items():
        task = told(page, address, study, assignment=assignment)
        is_edited = assignment == edited
        assert (task["submitted"], task["revision"]) == (True, 2 if is_edited else 1)
        assert_holds(task["draft"], quote=quote, correct=12 if is_edited else 87.5)
    received.settle()
    page.goto(f"{address}/own?study={study}")
    wait_until_whole(page)
    assert_blind(received)
    assert not [said for said in page.complaints if "404" not in said]


def judge_by_touch(page: Page) -> str:
    """Mark words of A, and answer all that is asked of two responses, by taps alone."""
    page.evaluate(SELECT)
    quote = str(page.evaluate("getSelection().toString()")).strip()
    page.get_by_role("button", name="Mark error", exact=True).tap()
    palette = page.locator(".ek-palette")
    palette.get_by_role("button", name="False").tap()
    palette.get_by_role("radio", name="major").tap()
    page.get_by_role("button", name="Done", exact=True).tap()
    page.get_by_role("radio", name="A much better").tap()
    page.get_by_role("button", name="Not sure").tap()
    for side in ("A", "B"):
        complete = page.get_by_role("radiogroup", name=f"How complete is it?, response {side}")
        complete.get_by_role("radio").nth(1).tap()
        slider = page.get_by_role("slider", name=f"How much of it is correct?, response {side}")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        slider.tap(position={"x": box["width"] / 2, "y": box["height"] / 2})
        page.get_by_role("textbox", name=f"What would you change?, response {side}").tap()
        page.keyboard.type("Shorter.")
        for item in CHECKLIST:
            check = page.get_by_role("radiogroup", name=f"{item['question']}, response {side}")
            check.get_by_role("radio", name="1 Yes").tap()
    for question in ("How complete is it?", "How much of it is correct?"):
        better = page.get_by_role("radiogroup", name=f"{question}, which is better")
        better.get_by_role("radio", name="B better").tap()
    return quote


def test_pairs_are_judged_by_touch_alone_on_a_phone_and_come_back_after_a_reload(
    studies, address, phone
):
    page, study = seen_only(phone.new_page()), studies[TaskKind.PAIR]
    received = Received(page)
    page.goto(f"{address}/sign-in")
    for field, words in (("name", "ada"), ("password", PASSWORD)):
        page.locator(f"#{field}").tap()
        page.keyboard.type(words)
    page.get_by_role("button", name="Sign in").tap()
    page.locator(f".st-key-study-{study} button").wait_for()
    wait_until_whole(page)
    page.locator(f".st-key-study-{study} button").tap()
    ready(page)
    page.get_by_role("dialog").get_by_role("button").last.tap()
    expect(page.get_by_role("dialog")).to_have_count(0)

    quotes = {}
    for number in range(N_CASES):
        quotes[shown := shown_case(page)] = judge_by_touch(page)
        if number == 0:
            expect(page.locator(".ek-status")).to_have_text("Draft saved")
            entered = told(page, address, study, assignment=shown)["draft"]
            received.settle()
            page.reload()
            ready(page)
            expect(page.locator(".ek-slider").first).to_have_attribute("aria-valuetext", "50")
            assert told(page, address, study, assignment=shown)["draft"] == entered
        page.get_by_role("button", name="Submit").tap()
        if number < N_CASES - 1:
            wait_for_done(page, number + 1)
    expect(page.get_by_text(DONE)).to_be_visible()

    assert n_stored(study) == N_CASES
    for assignment, quote in quotes.items():
        draft = told(page, address, study, assignment=assignment)["draft"]
        (mark,) = draft["marks"]["left"]
        assert mark["quote"] in (quote, "[name removed]")
        assert (draft["preference"], draft["strength"]) == ("left", "much")
        assert draft["certainty"] == "unsure"
        assert draft["preferences"] == {"complete": "right", "correct": "right"}
        for side in ("left", "right"):
            assert draft["scores"][side] == {"complete": 2, "correct": 50}
            assert draft["texts"][side] == {"why": "Shorter."}
            assert set(draft["checks"][side].values()) == {"yes"}
    received.settle()
    page.goto(f"{address}/own?study={study}")
    wait_until_whole(page)
    assert_blind(received)


def answer_one_of_each(study_id: int, name: str) -> tuple[dict[str, int], int]:
    """Answer until each kind and the image was there; give their assignments, and the next."""
    with read_session() as session:
        who = session.exec(select(Annotator.id).where(Annotator.name == name)).one()
    shown: dict[str, int] = {}
    while assignment := next_task_id(study_id=study_id, annotator_id=who):
        with read_session() as session:
            task = comparison_task(session, assignment, annotator_id=who)
        is_pictured = any(IMAGE["alt"] in str(message) for message in task.messages)
        kind = f"{len(task.responses)} responses" + (" and an image" if is_pictured else "")
        is_new = kind not in shown
        shown.setdefault(kind, assignment)
        has_all = len({each.partition(" ")[0] for each in shown}) == 3
        if has_all and any("image" in each for each in shown) and not is_new:
            return shown, assignment
        commands.submit(
            assignment_id=assignment,
            annotator_id=who,
            opening=opened(assignment),
            draft=answers(task),
            active_seconds=3,
            submission_key=f"submission-{assignment}",
        )
    raise AssertionError(f"There are only {list(shown)}.")


def test_no_kind_of_task_breaks_wcag_empty_or_answered_in_the_light_or_in_the_dark(
    studies, address, chromium_page
):
    page, study, wrong = chromium_page, make_mixed_study(), {}
    shown, unanswered = answer_one_of_each(study, "ada")
    sign_in(page, address, "ada")
    read_guidelines(page, address, study)
    for kind, assignment in {**shown, "empty": unanswered}.items():
        page.goto(f"{address}/compare?study={study}&assignment={assignment}")
        ready(page)
        if "image" in kind:
            expect(page.get_by_role("img", name=IMAGE["alt"])).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(COLOURED, arg=scheme)
            wrong[f"{kind}, {scheme}"] = found(page)

    assert {place: problems for place, problems in wrong.items() if problems} == {}
