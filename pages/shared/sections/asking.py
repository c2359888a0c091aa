"""Ask for labels where they help: cases drawn by verdict, a forecast, and one click to a study."""

import secrets
from collections.abc import Mapping

import streamlit as st

from db.commands.label_studies import ask_for_labels
from db.queries.results import ResultStudy
from evalkit.errors import EvalkitError, UndefinedStatisticError
from evalkit.reports.correction.asking import (
    LabelPlan,
    drawn_cases,
    forecast_table,
    label_plan,
    strata_table,
)
from evalkit.reports.correction.report import CorrectedPart
from pages.shared import labels
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page

_USUAL_CASES = 100
_WHAT_FOR = (
    "Cases are drawn by what the judge says of them: one in five from all alike, the rest where "
    "people's answers are least certain. Every label keeps the odds with which it was drawn, so "
    "that its numbers can be corrected. Verdicts stay where they are and count there, too."
)


def show(part: CorrectedPart, kept: Kept, study: ResultStudy, *, user_id: int, page: Page) -> None:
    """Let a lead say how many cases, see what that is worth, and start the study."""
    try:
        plan = label_plan(kept.collected, part)
    except UndefinedStatisticError as error:
        exhibits.say(str(error))
        return
    exhibits.say(_WHAT_FOR)
    left, middle, right = st.columns([1, 1, 2])
    n = int(
        left.number_input(
            "Cases",
            min_value=plan.least,
            max_value=plan.most,
            value=min(max(_USUAL_CASES, plan.least), plan.most),
            key="asking-cases",
        )
    )
    overlap = int(middle.number_input("People per case", 1, 10, 1, key="asking-overlap"))
    name = right.text_input("Name of the study", f"{study.name}: labels", key="asking-name")
    blocks.show(strata_table(plan, n), page=page, key="asking-strata")
    blocks.show(forecast_table(plan, n), page=page, key="asking-forecast")
    if st.button("Start the study", type="primary", key="asking-start"):
        _start(plan, study, {"n": n, "overlap": overlap}, name=name, user_id=user_id)


def _start(
    plan: LabelPlan, study: ResultStudy, asked: Mapping[str, int], *, name: str, user_id: int
) -> None:
    seed = secrets.randbelow(2**31)
    try:
        ask_for_labels(
            like=study.study_id,
            name=name,
            drawn=drawn_cases(plan, asked["n"], seed=seed),
            collects=plan.collects,
            overlap=asked["overlap"],
            seed=seed,
            actor_id=user_id,
        )
    except EvalkitError as error:
        st.error(labels.literal(str(error)))
        return
    st.success(labels.literal(f"“{name.strip()}” is open: people find it under Annotate."))
    st.page_link("library/studies.py", label="Studies", icon=":material/list:")
