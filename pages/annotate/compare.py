"""Compare: judge two blinded responses to one case, then go on to the next."""

import streamlit as st

from db.commands.assignments import next_task_id
from db.engine import read_session
from db.queries.annotation import pace, progress as progresses, task as queries
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import annotating, labels, state
from pages.shared.address import addresses
from pages.shared.components.workbench import move, workbench

user = state.require(Role.ANNOTATOR)

asked = move(key="workbench")
study_id, assignment_id = addresses.number("study"), addresses.number("assignment")
if asked == "studies" or (study_id is None and assignment_id is None):
    st.switch_page("annotate/studies.py")

task = progress = taken_out = None
try:
    if asked == "next":
        assignment_id = None
    elif isinstance(asked, int):
        assignment_id = asked
    elif asked in ("previous", "following") and assignment_id is not None:
        with read_session() as session:
            around = queries.beside(session, assignment_id, annotator_id=user.id)
        assignment_id = around.previous if asked == "previous" else around.following
    if assignment_id is None and study_id is not None:
        assignment_id = next_task_id(study_id=study_id, annotator_id=user.id)
    with read_session() as session:
        if assignment_id is not None:
            task = queries.comparison_task(session, assignment_id, annotator_id=user.id)
        elif study_id is not None:
            progress = progresses.study_progress(session, study_id, annotator_id=user.id)
            skipped = progresses.skipped(session, study_id, annotator_id=user.id)
            studies = progresses.open_studies(session, annotator_id=user.id)
            seconds_spent = pace.seconds_spent(session, study_id, annotator_id=user.id)
except queries.SkippedError as refused:
    taken_out = refused.case
    st.info(str(refused))
except RefusedError as refused:
    st.info(labels.literal(str(refused)))

if task is not None:
    addresses.say(study=task.study_id, assignment=task.assignment_id)
    workbench(task, key="workbench")
    st.stop()

state.account_menu(user)
addresses.say(study=study_id, assignment=taken_out.assignment_id if taken_out else None)
if taken_out is not None:
    annotating.undo_skip(taken_out, annotator_id=user.id)
if progress is not None:
    annotating.finished(progress, skipped, seconds_spent=seconds_spent, annotator_id=user.id)
    annotating.next_study(studies, after=progress.study_id)
st.page_link("annotate/studies.py", label="Back to the studies", icon=":material/arrow_back:")
