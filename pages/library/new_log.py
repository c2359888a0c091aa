"""New log: files of a log beside an eval set, what drifted, and cases chosen from them alone."""

import streamlit as st

from db.engine import read_session
from db.queries import library
from db.queries.sampling import state_of_cases
from evalkit.errors import EvalkitError
from evalkit.redaction.redaction import Redaction
from evalkit.vocabulary import Role
from pages.shared import labels, new_logs, state
from pages.shared.sections import new_log, sampling, swapping

user = state.require(Role.LEAD)

with read_session() as session:
    eval_sets = library.eval_sets(session)
    states = {each.eval_set_id: state_of_cases(session, each.eval_set_id) for each in eval_sets}

st.title("New log")
st.caption(
    "What production was asked since: does an eval set still represent it, and which lines should "
    "become cases? Nothing of the files is stored but the cases that are chosen."
)
if message := st.session_state.pop("new-log-message", None):
    st.success(labels.literal(message))
    st.page_link("library/eval_sets.py", label="See the cases", icon=":material/list:")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")

n_stored = st.session_state.setdefault("n-new-logs", 0)
try:
    at_hand = new_logs.log_at_hand(f"new-log-{n_stored}", actor_id=user.id)
    if at_hand is None:
        st.stop()
    file_name, log = at_hand
    eval_set = new_log.eval_set_beside(eval_sets)
    report = None
    if eval_set is not None:
        stamp = (eval_set.content_hash, *states[eval_set.eval_set_id])
        report = new_logs.beside(log, eval_set.name, stamp)
        new_log.show_coverage(report, actor_id=user.id)
    st.subheader("Choose cases")
    pool = new_logs.pool_of_log(log, report if new_log.chosen_from(report) else None)
    plan = new_log.log_plan(pool, eval_set)
    pool, sample = sampling.kept_sample(pool, plan, new_logs.suggested(pool, plan))
except EvalkitError as refused:
    st.error(labels.literal(str(refused)))
    st.stop()
sampling.show_sample(sample, has_chances=eval_set is None)
with st.expander("Swap a case for another", expanded=bool(sample.swaps)):
    swapping.show_swap(pool, sample, plan, has_chances=eval_set is None)

with st.form("new-log-store", border=False):
    name = eval_set.name if eval_set else st.text_input("Name of the eval set")
    note = st.text_input("Note of the version", f"{plan.n:,} cases of {file_name}")
    why = st.text_input("Why these cases exist", placeholder="The failure they cover")
    redacts = st.checkbox("Replace personal data and secrets by placeholders", value=True)
    is_asked = st.form_submit_button("Store the cases", type="primary", icon=":material/check:")
if is_asked:
    redaction, of = Redaction() if redacts else None, name.strip()
    adds, by = eval_set is not None, user.id
    try:
        stored = log.store(
            sample, of, note=note, why=why, redaction=redaction, adds=adds, actor_id=by
        )
    except EvalkitError as refused:
        st.error(labels.literal(str(refused)))
        st.stop()
    st.session_state["new-log-message"] = " ".join((stored.sentence, *stored.warnings))
    st.session_state["n-new-logs"] = n_stored + 1
    new_logs.forget()
    st.rerun()
