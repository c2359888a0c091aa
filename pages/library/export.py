"""Export: the annotations of a study as CSV, as preferences to train on, or as records."""

from functools import partial

import streamlit as st

from db.engine import read_session
from db.queries import library
from db.queries.records.files import export_bytes
from evalkit.vocabulary import Role
from pages.shared import downloads, state
from pages.shared.address import addresses
from pages.shared.library import tables as library_tables
from pages.shared.library.files import files_of, offer_count

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
with_history = st.toggle(
    "With superseded annotations", help="Earlier revisions of what was edited, marked as such."
)
if not study.n_annotations:
    st.info("Nobody has annotated in this study yet. The records hold its cases and outputs.")

name = library_tables.file_name(study.name)
downloads.of_study(study.study_id)
for file in files_of(study):
    options = {"include_superseded": with_history} if file.has_history else {}
    file_name = f"{name}{file.ending}"
    with st.container(border=True):
        description, button = st.columns([4, 1], vertical_alignment="center")
        description.markdown(f"**{file.title}**")
        description.caption(file.about)
        if file.is_of_pairs:
            with description:
                offer_count(study)
        with button:
            downloads.button(
                "Download",
                partial(export_bytes, file_name, study=study.name, **file.options, **options),
                file_name=file_name,
                kind="secondary",
                width="stretch",
            )
st.caption(
    "Cells that a spreadsheet would run as a formula are written with an apostrophe before them."
)
