"""Compare: judge two blinded responses to one case, then go on to the next."""

import streamlit as st

from db.commands.annotation import next_task_id
from db.engine import read_session
from db.queries import annotation as queries
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import addresses, labels, state
from pages.shared.components.workbench import move, workbench

user = state.require(Role.ANNOTATOR)

asked = move(key="workbench")
study_id, assignment_id = addresses.number("study"), addresses.number("assignment")
if asked == "studies" or (study_id is None and assignment_id is None):
    st.switch_page("annotate/studies.py")

task = progress = None
try:
    if asked == "next":
        assignment_id = None
    elif asked is not None and assignment_id is not None:
        with read_session() as session:
            around = queries.beside(session, assignment_id, annotator_id=user.id)
        assignment_id = around.previous if asked == "previous" else around.following
    if assignment_id is None and study_id is not None:
        assignment_id = next_task_id(study_id=study_id, annotator_id=user.id)
    with read_session() as session:
        if assignment_id is not None:
            task = queries.comparison_task(session, assignment_id, annotator_id=user.id)
        elif study_id is not None:
            progress = queries.study_progress(session, study_id, annotator_id=user.id)
except RefusedError as refused:
    st.info(labels.literal(str(refused)))

if task is not None:
    addresses.say(study=task.study_id, assignment=task.assignment_id)
    workbench(task, key="workbench")
    st.stop()

addresses.say(study=study_id)
if progress is not None and progress.n_done:
    st.subheader("Nothing is left for you in this study")
    st.text(f"You submitted {progress.n_done} of your {progress.n_total} cases. Thank you.")
    st.page_link(
        "annotate/compare.py",
        label="Look back at the last one",
        icon=":material/history:",
        query_params={"study": str(progress.study_id), "assignment": str(progress.last_id)},
    )
elif progress is not None:
    st.subheader("There is nothing for you in this study")
    st.text("Its cases are taken by others, or it has none that can be compared.")
st.page_link("annotate/studies.py", label="Back to the studies", icon=":material/arrow_back:")
