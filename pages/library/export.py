"""Export: what a study holds, as the format that fits what is to be done with it."""

from functools import partial

import streamlit as st

from db.engine import read_session
from db.queries import library
from db.queries.records.files import export_bytes, manifest_bytes
from evalkit.vocabulary import Role
from pages.shared import downloads, state
from pages.shared.address import addresses
from pages.shared.library import tables as library_tables
from pages.shared.library.files import ask_options, files_of, offer_count

state.require(Role.LEAD)

st.title("Export annotations")
st.caption("What people and judges said, with the names of the models: for leads, not annotators.")
with read_session() as session:
    studies = {study.study_id: study for study in library.studies(session)}
if not studies:
    st.info("There is no study yet, so there is nothing to export.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    st.stop()

asked = addresses.number("study")
study = studies[
    st.selectbox(
        "Study",
        studies,
        index=list(studies).index(asked) if asked in studies else 0,
        format_func=lambda study_id: studies[study_id].name,
    )
]
if not study.n_annotations:
    st.info("Nobody has annotated in this study yet. The records hold its cases and outputs.")

formats = files_of(study)
key = st.selectbox(
    "Format", formats, format_func=lambda key: formats[key].title, key="export-format"
)
made_as = formats[key]
st.caption(made_as.purpose)
options = ask_options(made_as, sorted({study.eval_set for study in studies.values()}))

name = f"{library_tables.file_name(study.name)}{made_as.ending}"
downloads.of_study(study.study_id)
with st.container(horizontal=True, vertical_alignment="center"):
    downloads.button(
        "Download",
        partial(export_bytes, name, study=study.name, format=key, options=options),
        file_name=name,
        kind="secondary",
    )
    downloads.button(
        "Its manifest",
        partial(manifest_bytes, name, study=study.name, format=key, options=options),
        file_name=f"{name}.manifest.json",
    )
offer_count(study, made_as, options)
if made_as.ending.endswith(".csv"):
    st.caption("Cells that a spreadsheet would run as a formula begin with an apostrophe.")
if made_as.is_for_training:
    st.caption(
        "Held back, unless asked for: cases with a canary or a right answer, anchors and the test "
        "split. Failed and empty responses never leave."
    )
