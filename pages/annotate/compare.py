"""Compare: judge two blinded responses to one case, or one, then go on to the next."""

import streamlit as st

from db.commands.assignments import next_task_id
from db.engine import read_session
from db.queries.annotation import pace, progress as progresses, task as queries
from evalkit.errors import RefusedError
from evalkit.rendering.task import render_task
from evalkit.vocabulary import Role
from pages.shared import annotating, labels, state
from pages.shared.address import addresses
from pages.shared.components.workbench import outbox, workbench

user = state.require(Role.ANNOTATOR)

study_id, assignment_id = addresses.number("study"), addresses.number("assignment")
if study_id is None and assignment_id is None:
    st.switch_page("annotate/studies.py")

task = progress = taken_out = None
try:
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
    workbench(render_task(task), key="workbench", account=state.account_word(user))
    st.stop()

state.account_menu(user)
addresses.say(study=study_id, assignment=taken_out.assignment_id if taken_out else None)
if taken_out is not None:
    annotating.undo_skip(taken_out, annotator_id=user.id)
if progress is not None:
    agreement = annotating.finished(
        progress, skipped, seconds_spent=seconds_spent, annotator_id=user.id
    )
    annotating.next_study(studies, after=progress.study_id)
    outbox(account=state.account_word(user), key="outbox")
st.page_link("annotate/studies.py", label="Back to the studies", icon=":material/arrow_back:")
if progress is not None:
    annotating.own_agreement(agreement, progress, annotator_id=user.id)
