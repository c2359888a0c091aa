"""The page of the workbench tests: the first open task, or the one that the address names."""

import streamlit as st

from evalkit.rendering.task import render_task
from pages.shared.address import addresses
from pages.shared.components.workbench import workbench
from tests.browser.apps import workbench_store as store

st.set_page_config(page_title="Workbench", layout="wide")
store.runs += 1

at = addresses.number("assignment") or store.next_id()
if at is None or at in store.skipped:
    st.write("Nothing left" if at is None else "You skipped this case")
    st.stop()
addresses.say(study=1, assignment=at)
workbench(render_task(store.task(at)), key="workbench", account=store.account)
