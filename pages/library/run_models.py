"""Run models: choose cases, models and an endpoint, see what it will take, and start."""

import streamlit as st

from db.commands.askings import begin_run
from db.engine import read_session
from db.queries import eval_set_tables, library
from db.running import estimate_run
from evalkit.errors import RefusedError
from evalkit.running.endpoint import configured_endpoints
from evalkit.vocabulary import Role
from pages.shared import labels, state
from pages.shared.library import run_form, runs

user = state.require(Role.LEAD)

st.title("Run models")
st.caption(
    "evalkit asks models the cases of an eval set and stores what they answer. A run goes on when "
    "this page is closed."
)
try:
    endpoints = configured_endpoints()
except RefusedError as refused:
    st.error(labels.literal(str(refused)))
    st.stop()
with read_session() as session:
    eval_sets = library.eval_sets(session)
    versions = {
        each.eval_set_id: eval_set_tables.versions(session, eval_set_id=each.eval_set_id)["number"]
        for each in eval_sets
    }

if message := st.session_state.pop("run-message", None):
    st.toast(message, icon=":material/play_arrow:")
runs.show(actor=user)
if not eval_sets:
    st.info("There is no eval set yet. Import cases to make the first one.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")
    st.stop()
if not endpoints:
    st.info(
        "No endpoint can be asked yet. Whoever runs evalkit here names it in "
        ".streamlit/secrets.toml or sets OPENAI_API_KEY; docs/operators.md says how. The "
        "command line asks any: python -m evalkit run --help"
    )
    st.stop()

st.markdown("##### A new run")
refused_before = st.session_state.pop("run-refused", None)
try:
    plans = run_form.plans(eval_sets, versions, endpoints)
    if plans is not None:
        with st.spinner("Counting tokens"):
            st.session_state["run-estimates"] = [(plan, estimate_run(plan)) for plan in plans]
except RefusedError as refused:
    st.session_state.pop("run-estimates", None)
    st.error(labels.literal(str(refused)))
if refused_before:
    st.error(labels.literal(refused_before))
estimates = st.session_state.get("run-estimates", [])
if not estimates or not run_form.is_started(estimates):
    st.stop()

del st.session_state["run-estimates"], st.session_state["run-models"]
st.session_state["run-message"] = "They are at the top of this page, and begin in a moment."
for plan, _ in estimates:
    try:
        begin_run(plan, actor_id=user.id)
    except RefusedError as refused:
        st.session_state["run-refused"] = str(refused)
        st.session_state.pop("run-message", None)
st.rerun()
