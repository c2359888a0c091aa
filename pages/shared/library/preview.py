"""What annotators will see of a study that is being planned, as it is planned."""

from typing import NamedTuple

import streamlit as st

from db.commands.preview import preview
from evalkit.annotation.planning import StudyPlan
from evalkit.annotation.rubric import CriterionDefinition
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import TagDefinition
from evalkit.rendering.task import render_task
from evalkit.severity import DEFAULT_SEVERITIES, Severity
from evalkit.vocabulary import TaskKind
from pages.shared import labels
from pages.shared.components import preview as component

_KEY = "study-preview"


def show(
    plan: StudyPlan,
    *,
    viewer_id: int,
    kind: TaskKind | None = None,
    criteria: tuple[CriterionDefinition, ...] | None = None,
    tags: tuple[TagDefinition, ...] | None = None,
    severities: tuple[Severity, ...] = DEFAULT_SEVERITIES,
) -> None:
    """Draw a case of a planned study, or say why there is none to draw.

    ``kind`` is that of the case, where the study mixes kinds of task; ``criteria`` and ``tags``
    with their ``severities`` are those that are being written, where any are.
    """
    try:
        task = _task(_Shown(plan, kind, criteria, tags, severities), viewer_id)
    except RefusedError as refused:
        st.caption(labels.literal(str(refused)))
        return
    if task is None:
        st.caption("No case has responses of these models that may be shown.")
        return
    component.preview(task, key=_KEY)
    st.caption("One of its cases, as annotators will see it; nothing here is stored.")


class _Shown(NamedTuple):
    plan: StudyPlan
    kind: TaskKind | None
    criteria: tuple[CriterionDefinition, ...] | None
    tags: tuple[TagDefinition, ...] | None
    severities: tuple[Severity, ...]


def _task(of: _Shown, viewer_id: int) -> dict[str, object] | None:
    """Return the case, made anew only where what it is made of has changed."""
    before: _Shown | None
    task: dict[str, object] | None
    before, task = st.session_state.get(_KEY + "-of", (None, None))
    if before != of:
        made = preview(
            of.plan,
            viewer_id=viewer_id,
            kind=of.kind,
            criteria=of.criteria,
            tags=of.tags,
            severities=of.severities,
        )
        task = None if made is None else render_task(made)
        st.session_state[_KEY + "-of"] = of, task
    return task
