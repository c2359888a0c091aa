"""Annotate: the studies that are open, how far one is in each, and the way in."""

from html import escape
from typing import Literal

import streamlit as st

from db.engine import read_session
from db.queries.annotation import pace, progress as progresses, questions
from db.queries.annotation.own_recodings import own_stale_marks
from evalkit.vocabulary import Role
from pages.shared import annotating, renaming, state
from pages.shared.components.workbench import outbox

user = state.require(Role.ANNOTATOR)

with read_session() as session:
    studies = annotating.next_first(progresses.open_studies(session, annotator_id=user.id))
    paces = {
        study.study_id: pace.seconds_to_go(session, study, annotator_id=user.id)
        for study in studies
        if study.n_left
    }
    answers = questions.new_answers(session, annotator_id=user.id)
    n_waiting = len(own_stale_marks(session, annotator_id=user.id))

st.title("Annotate")
outbox(account=state.account_word(user), key="outbox")
annotating.new_answers(answers, annotator_id=user.id)
renaming.lead_there(n_waiting)
if not studies:
    st.info(
        "No study is open at the moment. A lead starts one on the page Studies; "
        "it then appears here.",
        width=840,
    )
    st.stop()
st.caption("You judge responses without knowing which model wrote them.")

for study in studies:
    # The one to go on with has the one button that stands out.
    kind: Literal["primary", "secondary"] = "primary" if study is studies[0] else "secondary"
    with st.container(border=True, width=840):
        about, way = st.columns([3, 1], vertical_alignment="center")
        about.html(f"<strong>{escape(study.study_name)}</strong>")
        if study.n_total:
            to_go = annotating.to_go(study, paces.get(study.study_id))
            about.progress(study.n_done / study.n_total, text=to_go)
        address = {"study": str(study.study_id)}
        if study.n_left:
            words = "Continue" if study.n_done or study.n_begun else "Start"
            if way.button(words, key=f"study-{study.study_id}", type=kind, width="stretch"):
                st.switch_page("annotate/compare.py", query_params=address)
        elif study.n_done:
            about.caption("All of yours are done. Thank you.")
        else:
            about.caption("There is nothing here for you: others have taken all its cases.")
        if study.last_id is not None:
            with way:
                annotating.link(study.study_id, study.last_id, "Look back", "history")
        annotating.edits(study, annotator_id=user.id)
if any(study.n_done for study in studies):
    st.page_link("annotate/own.py", label="My annotations", icon=":material/manage_search:")
