"""Annotate: the studies that are open, how far one is in each, and the way in."""

from html import escape

import streamlit as st

from db.engine import read_session
from db.queries.annotation import progress as progresses
from evalkit.vocabulary import Role
from pages.shared import annotating, state

user = state.require(Role.ANNOTATOR)

with read_session() as session:
    studies = progresses.open_studies(session, annotator_id=user.id)

st.title("Annotate")
if not studies:
    st.info(
        "No study is open at the moment. A lead starts one on the page Studies; "
        "it then appears here."
    )
    st.stop()
st.caption("You judge responses without knowing which model wrote them.")

for study in studies:
    with st.container(border=True, width=840):
        about, way = st.columns([3, 1], vertical_alignment="center")
        about.html(f"<strong>{escape(study.study_name)}</strong>")
        if study.n_total:
            to_go = f"{study.n_done} done, about {study.n_left} to go"
            about.progress(study.n_done / study.n_total, text=to_go)
        address = {"study": str(study.study_id)}
        if study.n_left:
            words = "Continue" if study.n_done or study.n_begun else "Start"
            if way.button(words, key=f"study-{study.study_id}", type="primary", width="stretch"):
                st.switch_page("annotate/compare.py", query_params=address)
        elif study.n_done:
            about.caption("All of yours are done. Thank you.")
        else:
            about.caption("There is nothing here for you: others have taken all its cases.")
        if study.last_id is not None:
            with way:
                annotating.link(study.study_id, study.last_id, "Look back", "history")
        annotating.edits(study, annotator_id=user.id)
