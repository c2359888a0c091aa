"""The annotation screen as one component: a task in, at most one move per case out."""

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st

from evalkit.annotation.rubric import SKIP_REASONS
from evalkit.annotation.task import BlindedResponse, ComparisonTask
from evalkit.rendering.markdown import clean, render_response, render_text
from evalkit.rendering.messages import raw_messages, render_context, render_messages, render_tools
from evalkit.rendering.unfenced import has_unfenced_code

_FOLDER = Path(__file__).parent
_STYLES = ("workbench.css", "form.css", "reading.css", "dialogs.css")


def _asset(name: str) -> str:
    """Read a file without indentation: it travels with every case."""
    text = (_FOLDER / name).read_text("utf-8")
    return "\n".join(line.strip() for line in text.splitlines())


_component = st.components.v2.component(
    "evalkit_workbench",
    # Made of the modules in this folder by `npm run bundle`, so that running needs no Node.
    js=_asset("bundle.js"),
    css="\n".join(_asset(name) for name in _STYLES),
    isolate_styles=False,
)


def move(*, key: str) -> str | int | None:
    """Say where the annotator asked to go with this rerun; call it before loading the task.

    ``next`` after a submission or a skip, ``previous``, ``following``, ``again`` (the same case,
    as it is stored now), ``studies``, the number of an assignment, or None.
    """
    state = st.session_state.get(key)
    return state.get("move") if state else None


def workbench(task: ComparisonTask, *, key: str) -> None:
    """Draw one assignment; drafts, submission and skips go over HTTP, not through reruns."""
    _component(key=key, data=screen_data(task), on_move_change=lambda: None)


def screen_data(task: ComparisonTask) -> dict[str, Any]:
    """Return all that reaches the browser: of ids, the assignment's own and no other."""
    return {
        # Distinct in every rerun, so that the screen wakes up even if the same task comes again.
        "turn": secrets.token_hex(4),
        "prefix": _prefix(),
        "assignment_id": task.assignment_id,
        "study": clean(task.study_name),
        "category": clean(task.case_category),
        "case": render_messages(task.messages),
        "context": render_context(task.context),
        "tools": render_tools(task.tools),
        "left": _response(task.left),
        "right": None if task.right is None else _response(task.right),
        "criteria": [asdict(criterion) for criterion in task.criteria],
        "tags": [asdict(tag) for tag in task.tags],
        "collect": sorted(task.collect),
        "guidelines": render_text(task.guidelines),
        "draft": task.draft,
        "active_seconds": task.active_seconds,
        "submitted": task.is_submitted,
        "has_edit": task.has_edit,
        "token": task.token,
        "draft_mark": task.draft_mark,
        "revision": task.revision,
        "has_previous": task.previous_assignment_id is not None,
        # From the last one that was submitted, forward is on to a new one.
        "has_following": task.next_assignment_id is not None or task.is_submitted,
        "done": task.n_done,
        "total": task.n_total,
        "skip_reasons": [
            {"value": reason.value, "label": label} for reason, label in SKIP_REASONS.items()
        ],
    }


def _response(response: BlindedResponse) -> dict[str, Any]:
    if response.steps is None:
        return {
            "html": render_response(response.text),
            "raw": clean(response.text),
            "may_be_code": has_unfenced_code(response.text),
        }
    return {
        "html": render_messages(response.steps),
        "raw": raw_messages(response.steps),
        "may_be_code": False,
    }


def _prefix() -> str:
    """Return the path the app is served under, as it begins and ends every address: "/"."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"
