"""Checks of an eval set beside what people said in one of its studies."""

from collections.abc import Mapping, Sequence

import streamlit as st

from db.queries.library import StudySummary
from evalkit.reports.checks.report import checks_report
from evalkit.reports.checks.sentences import checks_verdict
from evalkit.reports.checks.tables import checks_section
from evalkit.reports.retrieval.report import retrieval_report
from evalkit.reports.retrieval.tables import retrieval_section
from evalkit.study.collected import Collected
from evalkit.study.found_by_checks import FoundByCheck
from evalkit.study.retrieved import Retrieval
from evalkit.study.sentences import limits
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page


def study_picker(studies: Sequence[StudySummary], eval_set: str) -> str | None:
    """Let a study of the eval set be chosen; None where there is none."""
    names: Mapping[int, str] = {
        study.study_id: study.name for study in studies if study.eval_set == eval_set
    }
    st.header("Beside people", divider=False)
    if not names:
        exhibits.say("There is no study of this eval set, so nobody has judged its responses.")
        return None
    chosen = st.selectbox(
        "Study",
        list(names),
        format_func=names.__getitem__,
        key="checks-study",
        width=exhibits.PICKER_WIDTH,
    )
    return names[chosen]


def show_beside_people(kept: Kept, checks: tuple[FoundByCheck, ...]) -> None:
    """Show what share of each model passes, how far each check is from people, and of what."""
    report = kept.of(checks_report, checks)
    if limited := limits(kept.collected):
        exhibits.say(limited)
    told = checks_section(report)
    if not told:
        exhibits.say(checks_verdict(report))
    blocks.show(*told.blocks, page=Page({}, lambda _: ""), key="checks-report")


def show_retrieval(collected: Collected, of: Retrieval) -> None:
    """Show whether the right passages were retrieved, where records say what was."""
    if told := retrieval_section(retrieval_report(collected, of)):
        st.header(told.title, divider=False)
        blocks.show(*told.blocks, page=Page({}, lambda _: ""), key="retrieval")
