"""A study that mixes pairs, rankings and single responses, done whole by keyboard."""

import re
from collections import Counter

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from db.engine import read_session
from db.models import Annotation, Assignment
from db.queries.annotation.tasks import kind_of
from evalkit.annotation.planning import TaskPlan
from evalkit.vocabulary import LeakPolicy, TaskKind
from tests.browser.received import Received, names
from tests.browser.serving import app_server
from tests.browser.test_accessibility import found
from tests.browser.test_walk import MODELS, NAMING, PROVIDERS, make_naming_study
from tests.browser.walking import begin, n_stored, ready, sign_in

pytestmark = pytest.mark.browser

PAIR, SINGLE, RANK = TaskKind.PAIR, TaskKind.SINGLE, TaskKind.RANK
#: Of the case that is seen: the next one is laid out behind it.
SEEN = ".ek-workbench:not(.ek-unseen-yet)"
#: One of the three cases is compared, one is ranked, and of one the four responses stand alone.
MIXED = {
    "kind": PAIR,
    "share": 1 / len(NAMING),
    "pairs_per_case": 1,
    "collects": frozenset({"preference", "comment"}),
    "beside": [
        TaskPlan(kind=RANK, share=1 / len(NAMING), collects=frozenset({"preference"})),
        TaskPlan(kind=SINGLE, share=1 / len(NAMING), collects=frozenset({"scores"})),
    ],
}
N_TASKS = Counter({PAIR: 1, RANK: 1, SINGLE: len(MODELS)})
#: What answers each kind of task, by its keys.
KEYS = {PAIR: "b", RANK: "c b a d", SINGLE: "4 3 2"}
CHOSEN = f"{SEEN} [role=radio][aria-checked=true]"


def seen_kind(page: Page) -> TaskKind:
    """Tell by what is on the screen which kind of task it is; its form has nothing of another."""
    n_panes = page.locator(f"{SEEN} .ek-pane").count()
    kind = {1: SINGLE, 2: PAIR, 4: RANK}[n_panes]
    expect(page.locator(f"{SEEN} .ek-rank")).to_have_count(4 if kind == RANK else 0)
    better = page.locator(SEEN).get_by_role("radio", name=re.compile("better"))
    expect(better).to_have_count(2 if kind == PAIR else 0)
    asked = page.locator(SEEN).get_by_text("How helpful is the response?")
    expect(asked).to_have_count(1 if kind == SINGLE else 0)
    return kind


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def entered(page: Page, kind: TaskKind) -> str:
    """Return what is entered on the screen, as it is seen."""
    if kind == RANK:
        return " ".join(page.locator(f"{SEEN} .ek-rank").all_inner_texts())
    return " ".join(page.locator(CHOSEN).all_inner_texts())


def submit(page: Page, *, done: int, n: int) -> None:
    page.keyboard.press("Control+Enter")
    if done < n:
        told = page.get_by_text(re.compile(rf"\b{done} done, about"))
        expect(told).to_be_visible(timeout=60_000)
        expect(page.locator(".ek-status")).to_have_text("Stored")
    else:
        left = page.get_by_role("heading", name="Nothing is left for you")
        expect(left).to_be_visible(timeout=60_000)


def test_a_mixed_study_is_done_whole_by_keyboard(sqlite_database, chromium_page, free_port):
    page, wrong, order = chromium_page, {}, []
    received = Received(page)
    study_id = make_naming_study(LeakPolicy.MASK, **MIXED)
    n = N_TASKS.total()
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study_id)
        page.evaluate("window.isTheSamePage = true")
        for number in range(1, n + 1):
            kind = seen_kind(page)
            if kind not in order:
                wrong[kind] = found(page)
            order.append(kind)
            press(page, KEYS[kind])
            whole = entered(page, kind)
            page.keyboard.press("Backspace")  # the last of it is taken back, and given again
            assert entered(page, kind) != whole
            page.keyboard.press(KEYS[kind][-1])
            assert entered(page, kind) == whole
            if number == 2:  # a draft of this kind is found again; its form was laid out behind
                expect(page.locator(".ek-status")).to_have_text("Draft saved")
                page.reload()
                ready(page)
                assert (seen_kind(page), entered(page, kind)) == (kind, whole)
                page.evaluate("window.isTheSamePage = true")
            if number == n:  # back to a task of the other form and forward again, before the last
                page.keyboard.press("[")
                expect(page.get_by_role("button", name=re.compile("^Submit again"))).to_be_enabled()
                before = order[-2]
                assert seen_kind(page) == before
                assert entered(page, before) != ""
                page.keyboard.press("]")
                expect(
                    page.get_by_role("button", name=re.compile("^Submit(?! again)"))
                ).to_be_enabled()
                assert (seen_kind(page), entered(page, kind)) == (kind, whole)
            submit(page, done=number, n=n)
        assert page.evaluate("window.isTheSamePage") is True
        page.wait_for_timeout(300)  # frames that come late are searched too

    assert Counter(order) == N_TASKS
    assert {kind: problems for kind, problems in wrong.items() if problems} == {}
    assert n_stored(study_id) == n
    with read_session() as session:
        rows = session.exec(
            select(Assignment, Annotation).join(
                Annotation, Annotation.assignment_id == Assignment.id
            )
        ).all()
        preferred = {(kind_of(shown), annotation.preference) for shown, annotation in rows}
    assert preferred == {(PAIR, "right"), (RANK, None), (SINGLE, None)}
    for name in (*MODELS, *PROVIDERS):
        assert not names(name, received.everything()), name
