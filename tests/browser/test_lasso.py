"""Notes that are drawn around on the map of Clusters: named, counted, and led on from."""

import csv
import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from db.columns import number_of
from db.commands.records import import_records
from db.engine import read_session
from db.models import (
    Case,
    CodedNote,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Run,
    Study,
    StudyCase,
    Taxonomy,
    VersionCase,
)
from tests.browser.walking import downloaded, fill_in, settled, sign_in, wait_until_whole
from tests.db.record_files import HEADER, TAG, case, mark, output
from tests.evalkit.planted_notes import planted

pytestmark = pytest.mark.browser

SET, STUDY, TAXONOMY, NAME = "Drawn around", "Notes on a map", "Errors on the map", "Off the map"
OAK, FIR = "Oak of the map", "Fir of the map"
N_CASES = 120

#: Where the marks of the map are on the screen, with the number of the note that each is of.
_MARKS = """() => {
    const plot = document.querySelector('[data-testid="stPlotlyChart"] .js-plotly-plot')
    if (!plot || !plot._fullLayout || !plot._fullLayout.xaxis) return []
    const box = plot.getBoundingClientRect(), {xaxis, yaxis} = plot._fullLayout
    return plot._fullData.flatMap(trace => Array.from(trace.x, (x, at) => [
        trace.customdata[at][0],
        box.left + xaxis._offset + xaxis.l2p(x),
        box.top + yaxis._offset + yaxis.l2p(trace.y[at]),
    ]))
}"""


@pytest.fixture
def study_id(demo_database, monkeypatch) -> int:
    """A note per case, of one of four topics; topic 0 is of the first model alone."""
    monkeypatch.setenv("DATABASE_URL", demo_database)
    texts, topics = planted(N_CASES, n_topics=4, share=0.7)
    keys = [f"map-{number:03}" for number in range(N_CASES)]
    tag = {**TAG, "taxonomy": TAXONOMY, "key": "other", "name": "Other"}
    records = [{**HEADER, "eval_set": SET, "study": STUDY}, tag]
    records += [case(key, f"What of {key}?") for key in keys]
    records += [output(key, model, f"{model} on {key}.") for key in keys for model in (OAK, FIR)]
    records += [
        mark("other", case=key, model=FIR if topic and at % 2 else OAK, note=text, severity="major")
        for at, (key, text, topic) in enumerate(zip(keys, texts, topics, strict=True))
    ]
    import_records(records, source_name="a map of notes")
    with read_session() as session:
        return number_of(session.exec(select(Study).where(col(Study.name) == STUDY)).one())


def draw_around_the_left(page: Page) -> int:
    """Draw a lasso around the marks of the left half of the map; give how many it holds."""
    page.locator('[data-testid="stPlotlyChart"]').scroll_into_view_if_needed()
    marks = settled(page, lambda: page.evaluate(_MARKS), is_right=lambda all_: len(all_) > 0)
    left, right = min(x for _, x, _ in marks), max(x for _, x, _ in marks)
    top, bottom = min(y for _, _, y in marks), max(y for _, _, y in marks)
    xs = sorted(x for _, x, _ in marks)
    # Through the widest gap between two marks near the middle: none is on the line.
    middle = [(b - a, (a + b) / 2) for a, b in pairwise(xs)]
    _, line = max(each for each in middle if left + 20 < each[1] < right - 20)
    corners = [(left - 6, top - 6), (line, top - 6), (line, bottom + 6), (left - 6, bottom + 6)]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for x, y in (*corners[1:], corners[0]):
        page.mouse.move(x, y, steps=8)
    page.mouse.up()
    return sum(x < line for _, x, _ in marks)


def told(page: Page, words: str) -> None:
    expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    wait_until_whole(page)


def coded(study_id: int) -> list[tuple[int, str, str]]:
    """Give response, model and case of each note that was given a tag."""
    with read_session() as session:
        return list(
            session.exec(
                select(Output.id, Model.name, Case.key)
                .join(CodedNote, col(CodedNote.output_id) == col(Output.id))
                .join(Run, col(Run.id) == col(Output.run_id))
                .join(Model, col(Model.id) == col(Run.model_id))
                .join(Case, col(Case.id) == col(Output.case_id))
                .where(col(CodedNote.study_id) == study_id)
            )
        )


def way(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    wait_until_whole(page)


def test_notes_drawn_around_become_a_tag_with_its_rates_and_lead_on(demo, chromium_page, study_id):
    page = chromium_page
    sign_in(page, demo, "leo")
    page.goto(f"{demo}/clusters?study={study_id}")
    expect(page.get_by_role("heading", name="Clusters")).to_be_visible()
    wait_until_whole(page)
    n_drawn = draw_around_the_left(page)
    assert 0 < n_drawn < N_CASES
    told(page, rf"^{n_drawn} notes chosen\.")

    name_it(page, n_drawn)
    notes = coded(study_id)
    assert len(notes) == n_drawn  # a note a case, of one response
    rates_stand(page, notes)
    page.get_by_text("Make something of these responses", exact=True).click()
    a_table(page, notes)
    a_study_that_asks_for_it(page, notes)
    a_version_and_watched_cases(page, notes)


def name_it(page: Page, n_drawn: int) -> None:
    fill_in(page.get_by_role("textbox", name="What these notes are about"), NAME)
    page.get_by_role("button", name=f"Make it a tag of {n_drawn} notes").click()
    told(page, f"“{NAME}” is now a tag of “{TAXONOMY}”, version 2")


def rates_stand(page: Page, notes: list[tuple[int, str, str]]) -> None:
    """Compare the rate of each model with what was stored: of its responses with a note."""
    _, topics = planted(N_CASES, n_topics=4, share=0.7)
    of_fir = sum(bool(topic and at % 2) for at, topic in enumerate(topics))
    row = page.get_by_role("row").filter(has_text=NAME)
    expect(row).to_be_visible()
    words = row.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    for model, n in ((OAK, N_CASES - of_fir), (FIR, of_fir)):
        share = round(100 * sum(each[1] == model for each in notes) / n)
        assert re.search(rf"\b{share} %\s+\[\d+, \d+\], n = {n}, q [=<] ?[.\d]+", words), words


def a_table(page: Page, notes: list[tuple[int, str, str]]) -> None:
    way(page, "Table")
    with downloaded(page, "Download the table").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["case"] for row in rows} == {key for _, _, key in notes}


def a_study_that_asks_for_it(page: Page, notes: list[tuple[int, str, str]]) -> None:
    way(page, "New study")
    told(page, f"What version 2 changes: New: “{NAME}”")
    page.get_by_text(f"Ask for version 2 of “{TAXONOMY}”").click()
    wait_until_whole(page)
    fill_in(page.get_by_role("textbox", name="Name of the study"), "Of the map")
    page.get_by_role("button", name="Start the study").click()
    told(page, "Started “Of the map”")
    with read_session() as session:
        study = session.exec(select(Study).where(col(Study.name) == "Of the map")).one()
        cases = session.exec(
            select(Case.key)
            .join(StudyCase, col(StudyCase.case_id) == col(Case.id))
            .where(col(StudyCase.study_id) == study.id)
        ).all()
        version = session.get_one(Taxonomy, study.taxonomy_id).version
    assert sorted(cases) == sorted({key for _, _, key in notes})
    assert version == 2


def a_version_and_watched_cases(page: Page, notes: list[tuple[int, str, str]]) -> None:
    way(page, "Version of the eval set")
    fill_in(page.get_by_role("textbox", name="What the version is for"), "The left of the map")
    page.get_by_role("button", name="Make the version").click()
    told(page, f"Version 2 of “{SET}” is made")
    way(page, "Watched cases")
    fill_in(page.get_by_role("textbox", name="Why they are watched"), "They are off the map")
    page.get_by_role("button", name="Watch them").click()
    told(page, rf"^{len(notes)} cases watched from here on")
    with read_session() as session:
        of_version = (
            select(Case.key, Case.is_watched)
            .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
            .join(EvalSetVersion, col(EvalSetVersion.id) == col(VersionCase.version_id))
            .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
            .where(col(EvalSet.name) == SET, col(EvalSetVersion.number) == 2)
        )
        cases = session.exec(of_version).all()
    assert sorted(cases) == sorted((key, True) for _, _, key in notes)
