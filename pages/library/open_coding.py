"""Open coding: one person reads responses before there is a taxonomy, and notes what goes wrong."""

import streamlit as st

from db.commands.open_codings import reveal_models, start_open_coding
from db.engine import read_session
from db.queries import open_codings
from evalkit.errors import EvalkitError
from evalkit.vocabulary import Role
from pages.shared import labels, state
from pages.shared.address import addresses
from pages.shared.sections import open_coding

user = state.require(Role.LEAD)

with read_session() as session:
    sources = open_codings.coding_sources(session)
    own = open_codings.own_codings(session, reader_id=user.id)

st.title("Open coding")
if not sources:
    st.info("There is nothing to read yet. Import responses first.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")
    addresses.stop()

coding = open_coding.coding_picker(own)
if coding is None:
    st.caption(
        "Read some responses before there are kinds of error, and note of each what goes wrong "
        "first. The kinds are found in the notes later."
    )
    plan = open_coding.plan_form(sources)
    if plan is None:
        addresses.stop()
    try:
        begun = start_open_coding(
            reader_id=user.id,
            version_id=plan.source.version_id,
            study_id=plan.source.study_id,
            n=plan.n,
            is_by_category=plan.is_by_category,
            seed=plan.seed,
            key=plan.key,
        )
    except EvalkitError as refused:
        st.error(labels.literal(str(refused)))
        addresses.stop()
    open_coding.open_at(begun)
    st.rerun()

place = open_coding.place_of(coding)
with read_session() as session:
    response = open_codings.response_to_read(session, coding.coding_id, place)
    noted = open_codings.noted_responses(session, coding.coding_id)

open_coding.read_and_note(coding, response, reader_id=user.id)
st.divider()
open_coding.show_notes(noted, coding)
if open_coding.wants_models(coding):
    reveal_models(coding.coding_id, reader_id=user.id)
    st.rerun()
