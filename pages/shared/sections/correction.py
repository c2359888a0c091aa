"""The sections of the page with corrected numbers."""

from collections.abc import Callable, Sequence

import streamlit as st

from db.queries.results import ResultFilters, ResultStudy, presented
from evalkit.phrases import quoted
from evalkit.reports.correction import tables
from evalkit.reports.correction.report import CorrectedPart, CorrectionReport, correction_report
from evalkit.reports.correction.sentences import part_in_words, set_aside
from evalkit.study.collected import Collected
from evalkit.study.main_criteria import main_part
from evalkit.study.odds import Presented
from evalkit.study.subjects import subject_key, subject_title
from pages.shared import collecting
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page


def corrected(kept: Kept, others: Sequence[ResultStudy]) -> CorrectionReport:
    """Return the report, with verdicts on the same responses in other studies."""
    every = ResultFilters().with_all_judges()
    several = [kept, *(collecting.kept(study, every) for study in others)]
    return collecting.of_all(several, _report, kept.read(presented))


def _report(several: tuple[Collected, ...], odds: Presented) -> CorrectionReport:
    return correction_report(main_part(several[0]), odds, several[1:])


def where_verdicts_are(names: Sequence[str]) -> str:
    """Say in which other studies judges judged the same responses; nothing where in none."""
    if not names:
        return ""
    return f"Verdicts on the same responses in {quoted(names)} count here, too."


def part_picker(report: CorrectionReport) -> CorrectedPart:
    """Let what was judged be chosen, and the judge, where there is more than one."""
    judged = {subject_key(subject): subject for subject in report.subjects}
    left, right = st.columns(2)
    with left:
        keys = list(judged)
        key = _picked(keys, "on", "On", "corrected-on", lambda each: subject_title(judged[each]))
    parts = {part.judge: part for part in report.on(judged[key])}
    with right:
        judge = _picked(list(parts), "judge", "Judge", "corrected-judge", str)
    return parts[judge]


def _picked(options: list[str], name: str, label: str, key: str, form: Callable[[str], str]) -> str:
    if len(options) == 1:
        return options[0]
    choices.choice(name, options, key=key, default=options[0])
    picked = st.selectbox(label, options, key=key, format_func=form, width=exhibits.PICKER_WIDTH)
    addresses.remember(name, picked)
    return picked or options[0]


def show_part(part: CorrectedPart, page: Page) -> None:
    """Show one judge on one thing: in words, drawn, model by model and pair by pair."""
    exhibits.say(part_in_words(part), style="lead")
    exhibits.say(set_aside(part))
    picture, *rest = tables.drawn(part)
    blocks.titled(picture, page, key="corrected")
    blocks.show(*rest, page=page, key="corrected-more")
    models, pairs = tables.models_table(part), tables.pairs_table(part)
    blocks.show(models, page=page, key="corrected-models")
    exhibits.say(tables.NOTE)
    if pairs:
        blocks.fold(pairs, key="corrected-pairs", label="Every two models")
    strengths = tables.strength_blocks(part)
    if strengths:
        exhibits.heading("Bradley–Terry strengths, in log-odds")
        blocks.show(*strengths, page=page, key="corrected-strengths")


def show_links(address: State) -> None:
    """Lead to the judges themselves, and to how far people agree."""
    places = {"Judges": "judges", "Agreement": "agreement"}
    links.line(
        "Whether a judge may be believed, and how far people agree",
        {title: link(page, address) for title, page in places.items()},
    )
