"""Export: the annotations of a study as CSV for a spreadsheet or a judge, or as records."""

from functools import partial

import streamlit as st

from db.engine import read_session
from db.queries import library
from db.queries.records.files import CsvShape, export_bytes
from evalkit.vocabulary import Role
from pages.shared import downloads, state
from pages.shared.address import addresses
from pages.shared.library import tables as library_tables

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
for title, about, file_name, shape in (
    ("CSV, long", "A row per preference, score and error mark.", f"{name}-long.csv", CsvShape.LONG),
    (
        "CSV, wide",
        "A row per case and pair of responses, a column per annotator.",
        f"{name}-wide.csv",
        CsvShape.WIDE,
    ),
    ("Records", "Everything, to import elsewhere or keep.", f"{name}.jsonl.gz", None),
):
    with st.container(border=True):
        description, button = st.columns([4, 1], vertical_alignment="center")
        description.markdown(f"**{title}**")
        description.caption(about)
        with button:
            downloads.button(
                "Download",
                partial(
                    export_bytes,
                    file_name,
                    study=study.name,
                    csv_shape=shape,
                    include_superseded=with_history,
                ),
                file_name=file_name,
                kind="secondary",
                width="stretch",
            )
st.caption(
    "Cells that a spreadsheet would run as a formula are written with an apostrophe before them."
)
