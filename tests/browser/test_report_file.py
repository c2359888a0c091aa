"""The HTML report as a browser prints and shows it: a page for a board, then an appendix."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.html.document import About, html_report
from tests.browser.test_accessibility import COLOURS, WCAG, found as broken_rules
from tests.evalkit.collected_studies import LEFT, RIGHT, collected

pytestmark = pytest.mark.browser

#: What 16 mm of margin leave of A4 (210 × 297 mm) at 96 pixels per 25.4 mm.
_A4_WIDTH, _A4_HEIGHT = 672, 1001
_N_MODELS, _N_CASES = 59, 400
#: Everything that is wider than its place, or that reaches beyond the page.
_CUT = """() => [...document.querySelectorAll("body *")].filter(e => {
    const isDrawn = e.closest("svg") && e.tagName !== "text";
    const isWide = getComputedStyle(e).display !== "inline" && e.scrollWidth > e.clientWidth + 1;
    const {left, right} = e.getBoundingClientRect();
    const isOut = left < -1 || right > document.documentElement.clientWidth + 1;
    return !isDrawn && (isOut || (isWide && e.tagName !== "text"));
}).map(e => `${e.tagName} ${e.textContent.trim().slice(0, 40)}`)"""


@pytest.fixture(scope="module")
def arena(tmp_path_factory) -> Path:
    """Write the report of 59 models with long names, three criteria, six categories and prices."""
    rng = np.random.default_rng(9)
    names = tuple(f"provider-{place % 7}/Model {place} Instruct (7B)" for place in range(_N_MODELS))
    strength = rng.normal(0, 1, _N_MODELS)
    preferences, scores, marks = [], [], []
    for case in range(_N_CASES):
        for annotator in range(3):
            left, right = (int(place) for place in rng.choice(_N_MODELS, 2, replace=False))
            wins = 1 / (1 + np.exp(strength[right] - strength[left]))
            preferences.append(
                (annotator, case, left, right, rng.choice([LEFT, RIGHT], p=[wins, 1 - wins]))
            )
            scores.append((annotator, case, left, rng.integers(1, 6)))
            marks.append((annotator, case, right, int(rng.random() < 0.2) - 1))
    study = collected(
        models=names,
        n_cases=_N_CASES,
        preferences=preferences,
        scores=scores,
        marks=marks,
        costs=0.001 * np.exp(strength),
        latencies=rng.gamma(5, 300, _N_MODELS),
    )
    (helpful,) = study.criteria
    study = replace(
        study,
        categories=("agents", "code", "extraction", "instructions", "safety", "support"),
        outputs=replace(study.outputs, category=study.outputs.case % 6),
        criteria=tuple(replace(helpful, key=key) for key in ("helpful", "correct", "in_style")),
        values=replace(study.values, criterion=rng.integers(0, 3, len(study.values.value))),
    )
    file = tmp_path_factory.mktemp("arena") / "report.html"
    about = About(made_at=datetime(2026, 11, 29, tzinfo=UTC), schema="0001", models=names)
    file.write_text(html_report(study, about=about), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def demo(demo_template, tmp_path_factory) -> Path:
    """Write the report of the demo: four models on six measures, eleven errors, five annotators."""
    folder = tmp_path_factory.mktemp("demo")
    file = folder / "report.html"
    arguments = ["report", "html", str(file), "--study", "Support copilot, autumn 2026"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{shutil.copy(demo_template, folder)}")
        assert CliRunner().invoke(app, arguments).exit_code == 0
    return file


def on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": _A4_WIDTH, "height": _A4_HEIGHT})


def test_nothing_is_cut_on_a4_or_on_a_wide_screen(demo, arena, chromium_page):
    for file in (demo, arena):
        chromium_page.emulate_media(media="screen")
        chromium_page.set_viewport_size({"width": 1440, "height": 900})
        chromium_page.goto(file.as_uri())
        assert chromium_page.evaluate(_CUT) == []

        on_paper(chromium_page)
        assert chromium_page.evaluate(_CUT) == []


def test_the_first_printed_page_is_the_boards_and_the_appendix_begins_on_the_next(
    arena, chromium_page
):
    chromium_page.goto(arena.as_uri())
    on_paper(chromium_page)

    board = chromium_page.locator("header.board")
    box = board.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= _A4_HEIGHT
    assert board.locator(".verdict").count() == 1
    assert board.locator("svg").count() == 10  # the best of 59, the baseline among them
    assert board.locator("tbody tr").count() == 5
    breaks = "e => getComputedStyle(e).breakBefore"
    assert chromium_page.locator("main > :first-child").evaluate(breaks) == "page"


def test_the_report_keeps_to_wcag_in_the_light_and_in_the_dark(demo, chromium_page):
    chromium_page.goto(demo.as_uri())
    for scheme, rules in (("light", WCAG), ("dark", COLOURS)):
        chromium_page.emulate_media(color_scheme=scheme)
        assert broken_rules(chromium_page, rules) == []


def test_many_models_take_twelve_pages_at_most(arena, chromium_page):
    chromium_page.goto(arena.as_uri())

    printed = chromium_page.pdf(format="A4", prefer_css_page_size=True)

    n_pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    # One less than may be: other studies have more kinds of errors, and more people to compare.
    assert 2 <= n_pages <= 11


def test_every_model_of_many_has_its_rank(arena, chromium_page):
    chromium_page.goto(arena.as_uri())

    ranked = chromium_page.get_by_role("table", name="Models by rank")

    assert ranked.locator("tbody tr").count() == _N_MODELS
