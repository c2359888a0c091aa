"""The page of the workbench tests: the first open task, or the one asked for."""

from dataclasses import replace

import streamlit as st

from pages.shared.components.workbench import move, workbench
from tests.browser.apps import workbench_store as store
from tests.browser.apps.workbench_tasks import TASKS

st.set_page_config(page_title="Workbench", layout="wide")
store.runs += 1

names = st.query_params.get("tasks", "plain,tools").split(",")
ids = [TASKS[name].assignment_id for name in names]
open_ids = [i for i in ids if i not in store.submitted and i not in store.skipped]
asked = move(key="workbench")
if asked == "next" and store.lost:
    store.lost -= 1
    asked = None
at = st.session_state.get("at", open_ids[0] if open_ids else None)
if asked == "next":
    at = open_ids[0] if open_ids else None
elif asked in ("previous", "following"):
    around = [i for i in ids if i == at or i not in store.skipped]
    at = around[around.index(at) + (-1 if asked == "previous" else 1)]
elif asked == "studies":
    at = None
elif isinstance(asked, int):
    at = asked
st.session_state["at"] = at
if at is None:
    st.write("Nothing left")
    st.stop()

place = ids.index(at)
answered = list(store.submitted.get(at, {}).values())
workbench(
    replace(
        TASKS[names[place]],
        draft=store.drafts.get(at) or (answered[-1]["draft"] if answered else {}),
        is_submitted=bool(answered),
        has_edit=bool(answered) and at in store.drafts,
        revision=len(answered),
        previous_assignment_id=ids[place - 1] if place else None,
        next_assignment_id=ids[place + 1] if place + 1 < len(ids) else None,
        n_done=11 + len(store.submitted),
        n_total=40,
    ),
    key="workbench",
)
