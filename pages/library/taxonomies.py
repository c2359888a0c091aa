"""Taxonomies: rename, merge, split and nest error tags, see what that changes, and its history."""

import streamlit as st

from db.commands.taxonomies import change_taxonomy
from db.engine import read_session
from db.queries import library
from db.queries.definitions import newest_taxonomy
from db.queries.recodings import last_recoding
from db.queries.responses import side_by_side
from db.queries.results import ResultFilters
from db.queries.taxonomies import stale_marks, taxonomy_history
from evalkit.errors import EvalkitError
from evalkit.failures.changes import changed
from evalkit.vocabulary import Role
from pages.shared import labels, state
from pages.shared.address import addresses
from pages.shared.sections import taxonomies, taxonomy_effects
from pages.shared.taxonomy_changes import effects_of

user = state.require(Role.LEAD)

with read_session() as session:
    names = library.definition_names(session)["taxonomies"]

st.title("Taxonomies")
st.caption(
    "Tags are renamed, merged, split and put under one another as failures are understood. Marks "
    "stay as they were made; results count them as what became of their tag."
)
taxonomies.say_what_was_done()
taxonomies.offer_others(names, actor_id=user.id)
if not names:
    st.info("No taxonomy is stored yet. The ready one is, with the first study that uses it.")
    st.page_link("library/rubrics.py", label="Write a taxonomy", icon=":material/edit:")
    addresses.stop()

name = taxonomies.name_picker(names)
with read_session() as session:
    newest = newest_taxonomy(session, name)
    history = taxonomy_history(session, name)
    stale = stale_marks(session, name)
    coded_last = last_recoding(session, name)
if newest is None:
    addresses.stop()

taxonomies.offer_to_take_back(coded_last, actor_id=user.id)
if stale:
    with read_session() as session:
        asked = [stale[0].output_id]
        read = side_by_side.of_responses(session, asked, filters=ResultFilters())
    taxonomies.recode(stale[0], read, n=len(stale), actor_id=user.id)

st.subheader("Change it")
change = taxonomies.change_form(newest)
if change is not None:
    try:
        changed(newest.parts, change)
    except EvalkitError as refused:
        st.error(labels.literal(str(refused)))
        change = None
if change is not None:
    taxonomy_effects.show(change, effects_of(name, change))
    reason = taxonomies.reason_box(newest)
    if st.button("Make version " + str(newest.version + 1), type="primary"):
        try:
            change_taxonomy(name, change, reason=reason, opened=newest.version, actor_id=user.id)
        except EvalkitError as refused:
            st.error(labels.literal(str(refused)))
            addresses.stop()
        taxonomies.done(f"“{name}” has a version {newest.version + 1}.")

st.subheader("History")
taxonomies.show_history(history)
taxonomies.freeze_form(name, newest.version, history, actor_id=user.id)
