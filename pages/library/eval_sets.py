"""Eval sets: the cases of each version, and every model's response to a case, with its name."""

import streamlit as st

from db.engine import read_session
from db.queries import library
from evalkit.vocabulary import Role
from pages.shared import addresses, library_tables, panes, state
from pages.shared.components.viewer import viewer

state.require(Role.LEAD)

with read_session() as session:
    eval_sets = library.eval_sets(session)

st.title("Eval sets")
if not eval_sets:
    st.info("There is no eval set yet. Import cases and outputs to make the first one.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")
    addresses.stop()

by_id = {found.eval_set_id: found for found in eval_sets}
eval_set = by_id[
    st.selectbox("Eval set", by_id, format_func=lambda eval_set_id: by_id[eval_set_id].name)
]
with read_session() as session:
    cases = library.cases(session, version_id=eval_set.version_id)
    runs = library.runs(session, eval_set_id=eval_set.eval_set_id)
    versions = library.versions(session, eval_set_id=eval_set.eval_set_id)

st.caption(
    f"Version {eval_set.version_number}, {eval_set.n_cases:,} cases, {eval_set.n_outputs:,} "
    f"outputs, content hash {eval_set.content_hash[:12]}"
)
by_case, by_run, by_version = st.tabs(["Cases", "Models and runs", "Versions"])
with by_run:
    st.dataframe(library_tables.run_table(runs), hide_index=True)
with by_version:
    st.dataframe(library_tables.version_table(versions), hide_index=True)
with by_case:
    categories = sorted(cases["category"].dropna().unique())
    left, right = st.columns([1, 2])
    category = left.selectbox("Category", ["All", *categories])
    text = right.text_input("Find in id or note", placeholder="refund")
    shown = library_tables.matching_cases(cases, category=category, text=text)
    st.caption(f"{len(shown):,} of {len(cases):,} cases. Choose a row to read it.")
    picked = st.dataframe(
        library_tables.case_table(shown),
        hide_index=True,
        height=min(38 + 35 * max(len(shown), 1), 320),
        on_select="rerun",
        selection_mode="single-row",
        key=f"cases-{eval_set.version_id}",
    )
    rows = picked.selection.rows
    if not rows or rows[0] >= len(shown):
        addresses.stop()
    case_id = int(shown.iloc[rows[0]]["case_id"])
    with read_session() as session:
        detail = library.case_detail(session, case_id=case_id)
    if detail is None:
        st.info("This case is gone.")
        addresses.stop()
    viewer(panes.case_panes(detail), key=f"case-{case_id}")
    viewer(panes.output_panes(detail), key=f"outputs-{case_id}", height=420)
