"""From 300 unread responses to a taxonomy, a failure that is followed, its fix and its reopening.

What people do is done on the pages, by hand once at each station; the many notes and marks around
it are stored beforehand.
"""

import os
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from db.columns import now, number_of
from db.commands.cases import watch
from db.commands.open_codings import start_open_coding
from db.commands.records import import_records
from db.engine import read_session, write_session
from db.models import Annotator, OpenCodingResponse, OpenNote, Study
from db.queries.case_life import cases_called
from tests.browser.walking import choose, fill_in, sign_in, wait_until_whole
from tests.db.record_files import CRITERION, HEADER, TAG, case, mark, output, score

pytestmark = pytest.mark.browser

SET, READ, MARKED = "The way of a failure", "Read first", "Marked by what was named"
ASH, ELM = "Ash of the way", "Elm of the way"
TAXONOMY = "Errors on the way"
CASES = [f"way-{number:03}" for number in range(150)]
#: The cases that show the failure, and so its regression set.
SHOWING = CASES[:8]
#: What notes of open coding are about, in words that no other topic uses.
TOPICS = (
    "invents a source nobody wrote: made up citation, link, journal, author and page",
    "refuses the refund although our policy allows it within thirty days of buying",
    "broken JSON that does not parse: missing bracket, trailing comma, unquoted key",
    "cold, curt tone towards an upset customer; sounds annoyed, lectures, no apology",
)


def material(run: str = "1") -> list[dict[str, Any]]:
    """Make 150 cases with a response of two models each; of a later run, of the first alone."""
    models = (ASH, ELM) if run == "1" else (ASH,)
    day = {"1": "2026-11-01", "2": "2026-11-08"}[run]
    return [
        *(case(key, f"What of {key}?", category="chat") for key in CASES),
        *(
            output(
                key, model, f"{key} is as {model[:3]} says.", run=run, created_at=f"{day}T09:00Z"
            )
            for key in CASES
            for model in models
        ),
    ]


def header(study: str) -> dict[str, Any]:
    return {**HEADER, "eval_set": SET, "study": study}


def store(records: Iterable[dict[str, Any]], *, what: str) -> None:
    import_records(list(records), source_name=what)


def looks(tag: str | None, cases: list[str], *, run: str, who: str, later: int = 0):
    """Say what somebody found in responses of the first model, so many days from now."""
    at = (now() + timedelta(days=later)).isoformat(timespec="seconds")
    fields = {"model": ASH, "run": run, "annotator": who, "created_at": at}
    if tag is not None:
        fields["severity"] = "major"
    return [mark(tag, case=key, **fields) for key in cases]


def note_of(number: int) -> str:
    """Give a note of one of the topics, of half of its words and two that anybody uses."""
    rng = np.random.default_rng(number)
    words = TOPICS[number % len(TOPICS)].replace(",", "").replace(":", "").split()
    usual = ["here", "again", "really", "overall", "answer", "clearly", "mostly", "badly"]
    return " ".join([*rng.choice(words, 6, replace=False), *rng.choice(usual, 2, replace=False)])


def noted_but_two(coding_id: int) -> None:
    """Note every response of a reading but the first two."""
    with write_session() as session:
        of_coding = select(OpenCodingResponse).where(
            col(OpenCodingResponse.coding_id) == coding_id, col(OpenCodingResponse.place) > 2
        )
        session.add_all(
            OpenNote(coding_id=coding_id, output_id=row.output_id, words=note_of(row.place))
            for row in session.exec(of_coding)
        )


def study_id(name: str) -> int:
    with read_session() as session:
        return number_of(session.exec(select(Study).where(col(Study.name) == name)).one())


@pytest.fixture
def coding_id(demo_database, monkeypatch) -> int:
    """Three hundred responses that leo began to read, all noted but the first two."""
    monkeypatch.setenv("DATABASE_URL", demo_database)
    tag = {**TAG, "taxonomy": TAXONOMY, "key": "other", "name": "Other"}
    unmarked = mark(None, case=CASES[-1], model=ELM, annotator="Ann")
    store([header(READ), tag, *material(), unmarked], what="unread")
    with read_session() as session:
        leo = session.exec(select(Annotator).where(col(Annotator.name) == "leo")).one()
        study = session.get_one(Study, study_id(READ))
        reader_id, version_id = number_of(leo), study.eval_set_version_id
    coding = start_open_coding(
        reader_id=reader_id, version_id=version_id, study_id=study_id(READ), n=300, seed=1
    )
    noted_but_two(coding)
    return coding


def shot(page: Page, name: str) -> None:
    """Keep what is seen where somebody wants to look: ``EVALKIT_SHOTS`` names the folder."""
    if folder := os.environ.get("EVALKIT_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def told(page: Page, words: str) -> None:
    expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    wait_until_whole(page)


def test_from_unread_responses_to_a_taxonomy_a_fix_and_its_reopening(
    demo, chromium_page, coding_id
):
    page = chromium_page
    sign_in(page, demo, "leo")
    read_the_last_two(page, demo, coding_id)
    tag = name_a_group(page, demo)
    mark_with(tag)
    follow(page, demo, tag)
    say_it_is_fixed(page)
    confirm_and_reopen(page, demo)


def read_the_last_two(page: Page, demo: str, coding_id: int) -> None:
    """Open coding by the keyboard: a note, nothing wrong, and the models at the end."""
    page.goto(f"{demo}/open-coding?coding={coding_id}")
    expect(page.get_by_role("heading", name="1 of 300: not noted yet")).to_be_visible()
    wait_until_whole(page)
    expect(page.get_by_role("textbox", name="What goes wrong first here?")).to_be_focused()
    shot(page, "1-open-coding")
    page.keyboard.type(TOPICS[0])
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="2 of 300: not noted yet")).to_be_visible()
    wait_until_whole(page)
    page.keyboard.press("Control+Shift+Enter")
    page.get_by_role("button", name="Show which models wrote them").click()
    told(page, "^Models are shown since")


def name_a_group(page: Page, demo: str) -> str:
    """Choose a group of notes, say what they are about, freeze the taxonomy; give the tag's key."""
    page.goto(f"{demo}/clusters?study={study_id(READ)}")
    wait_until_whole(page)
    shot(page, "2-clusters")
    fill_in(page.get_by_role("textbox", name="What these notes are about"), "Named on the way")
    page.get_by_role("button", name=re.compile(r"^Make it a tag of \d+ notes$")).click()
    told(page, "is now a tag of")
    shot(page, "3-named")

    page.goto(f"{demo}/taxonomies?name={TAXONOMY}")
    wait_until_whole(page)
    note = page.get_by_role("textbox", name=re.compile("^Freeze version 2"))
    fill_in(note, "Grouped from the notes on 300 responses")
    page.get_by_role("button", name="Freeze version 2").click()
    told(page, "^Version 2 of .* is frozen")
    shot(page, "4-frozen")
    return "named_on_the_way"


def tags_of(tag: str) -> list[dict[str, Any]]:
    of = {**TAG, "taxonomy": TAXONOMY}
    return [{**of, "key": "other", "name": "Other"}, {**of, "key": tag, "name": "Named on the way"}]


def mark_with(tag: str) -> None:
    """Let Ann find the failure in eight cases of a study that asks for the new version."""
    store(
        [header(MARKED), *tags_of(tag), *material(), *looks(tag, SHOWING, run="1", who="Ann")],
        what="marked",
    )
    store([header(MARKED), *material("2")], what="a newer run")


def follow(page: Page, demo: str, tag: str) -> None:
    """Follow the failure from its cell, with the cases that show it."""
    page.goto(f"{demo}/failures?study={study_id(MARKED)}&tag={tag}")
    wait_until_whole(page)
    shot(page, "5-failures")
    page.get_by_role("link", name="Follow this failure").click()
    title = page.get_by_role("textbox", name="Title: what goes wrong, in a few words")
    expect(title).to_be_visible()
    wait_until_whole(page)
    fill_in(title, "Invents sources")
    page.get_by_role("button", name="Follow it").click()
    told(page, "“Invents sources” is followed from here on")
    told(page, "^Invents sources: open$")
    shot(page, "6-board")


def say_it_is_fixed(page: Page) -> None:
    page.get_by_text("Change state, owner, cases; add a note").click()
    page.get_by_role("button", name="Change the state").click(trial=True)  # it is open, and still
    choose(page, "State", "Fixed")
    fill_in(page.get_by_role("textbox", name="Reason"), "Retrieval is on again")
    page.get_by_role("button", name="Change the state").click()
    told(page, "0 of 8 cases judged since")
    expect(page.get_by_text("Invents sources: fixed, not confirmed")).to_be_visible()


def confirm_and_reopen(page: Page, demo: str) -> None:
    """Read the board as looks at the fixed run come in, and when a watched case flips."""
    store(
        [header(MARKED), *material("2"), *looks(None, SHOWING[:7], run="2", who="Bo", later=1)],
        what="most looked at",
    )
    page.reload()
    told(page, "7 of 8 cases judged since")
    store(
        [header(MARKED), *material("2"), *looks(None, SHOWING[7:], run="2", who="Bo", later=1)],
        what="all looked at",
    )
    page.reload()
    told(page, "^Invents sources: fixed, confirmed$")
    shot(page, "7-confirmed")

    with read_session() as session:
        watched = cases_called(session, SET, SHOWING[:1])
    watch(watched, is_watched=True, reason="Customers quote it")
    scored = [
        score(value, case=SHOWING[0], model=ASH, run=run) for run, value in (("1", 3), ("2", 1))
    ]
    store(
        [header("Scored on the way"), CRITERION, *material(), *material("2"), *scored],
        what="it flips",
    )
    page.reload()
    told(page, "^Invents sources: reopened$")
    expect(page.get_by_role("alert").first).to_contain_text(SHOWING[0])
    shot(page, "8-reopened")
