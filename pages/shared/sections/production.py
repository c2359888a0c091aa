"""Results weighted to production, and the form that says what production is asked."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from db.commands.traffic import state_traffic
from db.queries.library import EvalSetSummary
from evalkit import text
from evalkit.errors import NotFoundError, RefusedError
from evalkit.reports.blocks import Block, Table
from evalkit.reports.by_model import category_name
from evalkit.reports.production.report import production_report
from evalkit.reports.production.tables import TITLE, production_blocks
from evalkit.study.traffic import Traffic, read_traffic
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page

_INVITES = (
    "These numbers count cases as they were collected. Say what production is asked of each "
    "category, and they stand here weighted to it, too."
)


def show_weighted(kept: Kept, page: Page, *, study_id: int, only: Sequence[str] = ()) -> None:
    """Show both numbers of every model, or how to say what production is asked."""
    report = kept.of(production_report)
    told = production_blocks(report, page.shown.models, only=only)
    if not told and (report is not None or len(kept.collected.categories) < 2):
        return
    st.header(TITLE, divider=False)
    if told:
        _show_told(told, page)
    else:
        exhibits.say(_INVITES)
    st.page_link(
        "library/eval_sets.py",
        label="Say what production is asked",
        icon=":material/tune:",
        query_params={"study": str(study_id)},
    )


def _show_told(told: Sequence[Block], page: Page) -> None:
    """Show the first measure, and fold the tables of the others."""
    first = next((block for block in told if isinstance(block, Table)), None)
    for place, block in enumerate(told):
        if isinstance(block, Table) and block is not first:
            blocks.fold(block, key=f"production-{place}", label=block.title)
        else:
            blocks.show(block, page=page, key=f"production-{place}")


def traffic_form(
    eval_set: EvalSetSummary, stated: Traffic, n_cases: dict[str, int], *, actor_id: int
) -> None:
    """Ask for a share or a count of every category, a line each, and store them."""
    exhibits.say(
        "What production is asked, a category a line: shares, percent or counts from a log; only "
        "their ratios matter. Results of this eval set are then shown as they were collected and "
        "weighted to this. A line of “= 5” is of cases without a category; remove all lines, and "
        "nothing is weighted."
    )
    amounts = dict(stated.amounts) or dict.fromkeys(n_cases, 0.0)
    lines = "\n".join(f"{category} = {amount:g}" for category, amount in amounts.items())
    key = f"traffic-{eval_set.eval_set_id}"
    with st.form(f"{key}-form", border=False):
        written = st.text_area("Share or count of each category", lines, height=200, key=key)
        is_asked = st.form_submit_button("Save", type="primary")
    if is_asked:
        try:
            state_traffic(eval_set.name, read_traffic(written.splitlines()), actor_id=actor_id)
        except (RefusedError, NotFoundError) as refused:
            st.error(str(refused))
            return
        st.rerun()
    if stated:
        _show_shares(stated, n_cases)


def _show_shares(stated: Traffic, n_cases: dict[str, int]) -> None:
    """Show shares beside those of the cases here."""
    n_all = sum(n_cases.values())
    names = [*stated.shares, *(name for name in n_cases if name not in stated.shares)]
    rows = [
        (
            category_name(name),
            text.percent(stated.shares.get(name, 0.0)),
            text.percent(n_cases.get(name, 0) / n_all) if n_all else text.MISSING,
            f"{n_cases.get(name, 0):,}",
        )
        for name in names
    ]
    columns = ["Category", "Production", "Cases here", "Cases"]
    exhibits.inline_table(pd.DataFrame(rows, columns=columns), key="traffic")
