"""What annotators will see of a study that is being planned, as it is planned."""

import streamlit as st

from db.commands.preview import preview
from db.commands.studies import StudyPlan
from evalkit.errors import RefusedError
from evalkit.rendering.task import render_task
from pages.shared import labels
from pages.shared.components import preview as component

_KEY = "study-preview"


def show(plan: StudyPlan, *, viewer_id: int) -> None:
    """Draw a case of a planned study, or say why there is none to draw."""
    try:
        task = _task(plan, viewer_id)
    except RefusedError as refused:
        st.caption(labels.literal(str(refused)))
        return
    if task is None:
        st.caption("No case has responses of these models, so there is nothing to show.")
        return
    component.preview(task, key=_KEY)
    st.caption("One of its cases, as annotators will see it; nothing here is stored.")


def _task(plan: StudyPlan, viewer_id: int) -> dict[str, object] | None:
    """Return the case, made anew only where the plan has changed."""
    of: StudyPlan | None
    task: dict[str, object] | None
    of, task = st.session_state.get(_KEY + "-of", (None, None))
    if of != plan:
        made = preview(plan, viewer_id=viewer_id)
        task = None if made is None else render_task(made)
        st.session_state[_KEY + "-of"] = plan, task
    return task
