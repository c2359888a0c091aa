"""Studies: what is compared, how far each has come, and a form that starts the next one."""

import streamlit as st

from db.commands.audience import set_audience
from db.commands.instructions import set_instructions
from db.commands.studies import create_study, set_study_open
from db.engine import read_session
from db.queries import library
from db.queries.annotation import audience as audiences, instructions, leaks, naming, pace
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import labels, state
from pages.shared.display import exhibits
from pages.shared.library import study_form, tables

user = state.require(Role.LEAD)

with read_session() as session:
    studies = library.studies(session)
    eval_sets = library.eval_sets(session)
    models = {each.name: library.run_names(session, each.eval_set_id) for each in eval_sets}
    definitions = library.definition_names(session)
    seconds = pace.usual_seconds(session)

st.title("Studies")
st.caption("A study shows people blinded responses to the cases of one eval set.")
if message := st.session_state.pop("study-message", None):
    st.success(labels.literal(message))

study_form.require_eval_sets(eval_sets)
if studies:
    exhibits.inline_table(tables.study_table(studies), key="studies", left=tables.TEXTS)
    by_id = {study.study_id: study for study in studies}
    picked = by_id[st.selectbox("Study", by_id, format_func=lambda study_id: by_id[study_id].name)]
    with read_session() as session:
        leaking = leaks.leak_count(session, picked.study_id)
        naming_texts = naming.texts_that_name_models(session, picked.study_id)
        audience = audiences.audience(session, picked.study_id)
        people, groups = audiences.people(session), audiences.group_names(session)
        told = instructions.instructions(session, picked.study_id)
    exhibits.say(tables.leak_sentence(picked, leaking))
    study_form.point_out(naming_texts)
    results, opening, discarding = st.columns([1, 1, 3], vertical_alignment="center")
    study_form.lead_to_results(results, picked.study_id)
    if opening.button("Close to new work" if picked.is_open else "Open to new work"):
        set_study_open(picked.study_id, is_open=not picked.is_open, actor_id=user.id)
        st.rerun()
    study_form.let_discard(discarding, picked, user_id=user.id)
    key = f"audience-{picked.study_id}"
    if (chosen := study_form.audience_form(audience, people, groups, key=key)) is not None:
        set_audience(picked.study_id, chosen, actor_id=user.id)
        st.rerun()
    key = f"instructions-{picked.study_id}"
    if (changed := study_form.instructions_form(told, asked=picked.kinds, key=key)) is not None:
        set_instructions(picked.study_id, changed, actor_id=user.id)
        st.rerun()

refused = st.session_state.pop("study-refused", None)
with st.expander("Start a study", expanded=not studies or bool(refused), icon=":material/add:"):
    eval_set = st.selectbox("Eval set", eval_sets, format_func=lambda eval_set: eval_set.name)
    form = f"study-form-{len(studies)}"  # a new one, empty, after each start
    plan = study_form.study_form(
        eval_set, models[eval_set.name], seconds, **definitions, viewer_id=user.id, key=form
    )
    if refused:
        st.error(labels.literal(refused))
if plan is None:
    st.stop()

try:
    create_study(plan, actor_id=user.id)
    st.session_state["study-message"] = study_form.open_sentence(plan)
except RefusedError as refusal:
    st.session_state["study-refused"] = str(refusal)
st.rerun()
