"""Failures: which errors, in whose responses, in which cases; and the responses themselves."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from evalkit.reporting import reports
from evalkit.vocabulary import Role
from pages.shared import collecting, exhibits, failures, filters, state

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Failures")
    st.info("There is no study yet. Start one that asks for error tags.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    st.stop()

name = filters.study_picker(studies, heading="Failures")
with read_session() as session:
    study = results.result_study(session, name=name)
chosen = filters.filter_line(study)
collected = collecting.collected(study, chosen)
exhibits.say(filters.in_words(study, chosen))

what = st.segmented_control(
    "Look through",
    ["Error tags", "Notes and comments"],
    default="Error tags",
    required=True,
    key="failures-through",
    label_visibility="collapsed",
)
if what == "Error tags":
    cell = failures.cell_picker(reports.tags_report(collected), study)
    if cell is None:
        st.info(f"No error has been marked{filters.within(chosen)}.")
        exhibits.say("Errors come from studies that ask for error tags, and from imported records.")
        st.stop()
    with read_session() as session:
        tagged = results.tagged_responses(session, study, filters=chosen, **cell)
    output_id = failures.response_picker(tagged)
else:
    search = st.text_input("Search", placeholder="invented source", key="remark-search")
    with read_session() as session:
        remarks = results.remarks(session, study, filters=chosen, search=search)
    output_id = failures.remark_picker(remarks, search)

if output_id is None:
    st.stop()
with read_session() as session:
    response = results.response(session, study, filters=chosen, output_id=output_id)
failures.show_response(response)
