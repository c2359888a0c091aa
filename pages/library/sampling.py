"""Choose cases: a few hundred of many thousands, what they cover and miss, as a new version."""

import streamlit as st

from db.commands.sampling import store_sample
from db.engine import read_session
from db.queries import library
from db.queries.sampling import state_of_cases, whole_versions
from evalkit.errors import EvalkitError
from evalkit.vocabulary import Role
from pages.shared import labels, sampling_pools, state
from pages.shared.sections import sampling, swapping

user = state.require(Role.LEAD)

with read_session() as session:
    eval_sets = library.eval_sets(session)
    versions = {each.eval_set_id: whole_versions(session, each.eval_set_id) for each in eval_sets}
    states = {each.eval_set_id: state_of_cases(session, each.eval_set_id) for each in eval_sets}

st.title("Choose cases")
st.caption(
    "A log holds thousands of cases, and people judge a few hundred. What is chosen here becomes "
    "the next version of its eval set; the whole stays in the version it is in."
)
st.page_link(
    "library/new_log.py", label="Choose from the files of a log", icon=":material/upload_file:"
)
if message := st.session_state.pop("sampling-message", None):
    st.success(labels.literal(message))
    st.page_link("library/eval_sets.py", label="See the cases", icon=":material/list:")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
if not any(versions.values()):
    st.info("There is nothing to choose from yet. Import a log as an eval set first.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")
    st.stop()

plan = sampling.sample_plan(eval_sets, versions, states)
whole = plan.eval_set, plan.version, plan.stamp
try:
    pool = sampling_pools.pool_of_version(*whole)
    n_clusters = sampling.n_clusters(pool)
    names = {}
    if n_clusters is not None:
        clusters = sampling_pools.clusters_of_version(*whole, n_clusters)
        names = sampling.named_clusters(clusters, pool)
    pool, sample = sampling.kept_sample(pool, plan, names)
except EvalkitError as refused:
    st.error(labels.literal(str(refused)))
    st.stop()

sampling.show_sample(sample)
with st.expander("Swap a case for another", expanded=bool(sample.swaps)):
    swapping.show_swap(pool, sample, plan)

st.subheader("Make the version")
with st.form("sampling-store", border=False):
    note = st.text_input(
        "Note of the version",
        f"{len(sample.chosen):,} cases of version {plan.version}, seed {plan.seed}",
    )
    why = st.text_input(
        "Why these cases exist",
        placeholder="The failure they cover, or what they are from",
        help="Stands at each of them that has no note of its own, and can be changed there.",
    )
    is_asked = st.form_submit_button("Make the version", type="primary", icon=":material/check:")
if is_asked:
    try:
        stored = store_sample(*whole[:2], sample, note=note, why=why, actor_id=user.id)
    except EvalkitError as refused:
        st.error(labels.literal(str(refused)))
        st.stop()
    st.session_state["sampling-message"] = (
        f"Version {stored} of {plan.eval_set} holds {len(sample.chosen):,} cases."
    )
    st.rerun()
