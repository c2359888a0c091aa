"""Judge: let a model judge the responses of a study, see what it will take, watch it, stop it."""

import streamlit as st

from db.commands.judgings import begin_judging
from db.engine import read_session
from db.judging import estimate_judging
from db.queries import library
from evalkit.errors import RefusedError
from evalkit.running.endpoint import configured_endpoints
from evalkit.vocabulary import Role
from pages.shared import labels, state
from pages.shared.display import exhibits
from pages.shared.library import baseline_form, judge_form, judgings

user = state.require(Role.LEAD)

st.title("Judge")
st.caption(
    "evalkit asks a model to judge the responses of a study as people do, and stores what it says "
    "beside theirs. It goes on when this page is closed."
)
try:
    endpoints = configured_endpoints()
except RefusedError as refused:
    st.error(labels.literal(str(refused)))
    st.stop()
with read_session() as session:
    studies = [study.name for study in library.studies(session)]

if message := st.session_state.pop("judge-message", None):
    st.toast(message, icon=":material/play_arrow:")
judgings.show(actor=user)
if not studies:
    st.info("There is no study yet. Begin one, or import one with its annotations.")
    st.page_link("library/studies.py", label="Studies", icon=":material/science:")
    st.stop()
try:
    came_of_it = baseline_form.ask(studies, is_open=not endpoints)
    if came_of_it:
        exhibits.say(*came_of_it, style="verdict")
        st.page_link("results/judges.py", label="Judges", icon=":material/gavel:")
except RefusedError as refused:
    st.error(labels.literal(str(refused)))
if not endpoints:
    st.info(
        "No endpoint can be asked yet. Whoever runs evalkit here names it in "
        ".streamlit/secrets.toml or sets OPENAI_API_KEY; docs/operators.md says how. Panels of "
        "judges that judged already need none: `python -m evalkit judge --help` says how."
    )
    st.stop()

st.markdown("##### A new judge")
try:
    plan = judge_form.plan(studies, endpoints)
    if plan is not None:
        with st.spinner("Counting tokens"):
            st.session_state["judge-estimate"] = plan, estimate_judging(plan)
    estimated = st.session_state.get("judge-estimate")
    if estimated is None or not judge_form.is_started(*estimated):
        st.stop()
    del st.session_state["judge-estimate"]
    begin_judging(estimated[0], actor_id=user.id)
except RefusedError as refused:
    st.session_state.pop("judge-estimate", None)
    st.error(labels.literal(str(refused)))
    st.stop()
st.session_state["judge-message"] = "It is at the top of this page, and begins in a moment."
st.rerun()
