"""My annotations: what one annotated in a study, to look for a case and to open it again."""

import streamlit as st

from db.engine import read_session
from db.queries.annotation import own as queries, progress as progresses
from db.queries.annotation.own_recodings import own_stale_mark, own_stale_marks
from evalkit.vocabulary import Role
from pages.shared import annotating, labels, own, renaming, state
from pages.shared.address import addresses

user = state.require(Role.ANNOTATOR)

with read_session() as session:
    studies = progresses.open_studies(session, annotator_id=user.id)
    waiting = own_stale_marks(session, annotator_id=user.id)
    first = own_stale_mark(session, waiting[0], annotator_id=user.id) if waiting else None
st.title("My annotations")
renaming.queue(first, n=len(waiting), annotator_id=user.id)
study = own.study_picker([study for study in studies if study.n_done], addresses.number("study"))
if study is None:
    st.info("You have not submitted anything in a study that is open.")
    st.page_link("annotate/studies.py", label="To the studies", icon=":material/arrow_back:")
    st.stop()
addresses.say(study=study.study_id)

with read_session() as session:
    tags = queries.own_tags(session, study.study_id, annotator_id=user.id)
    asks_preference = queries.asks_preference(session, study.study_id)
search = own.search(tags, asks_preference=asks_preference)
with read_session() as session:
    entries, is_more = queries.own_annotations(
        session,
        study.study_id,
        annotator_id=user.id,
        preference=search.preference,
        tag=search.tag,
        words=search.words,
    )

st.caption(labels.literal(own.count_in_words(study, entries, is_more=is_more)))
for entry in entries:
    about, way = st.columns([5, 1], vertical_alignment="center", width=840)
    own.show(about, entry)
    with way:
        annotating.link(study.study_id, entry.assignment_id, "Open", "edit")
